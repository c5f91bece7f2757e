"""What the local copy holds: counts by dynasty, form and split, and how much of it the lexicon can read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from yayun.corpus.dynasties import DYNASTIES, UNKNOWN
from yayun.corpus.store import AddedSource, CorpusPoem, added_sources, read_all
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.readings.lexicon import readings
from yayun.script import to_simplified

OTHER = "其他"
_FETCHED = ("唐", "宋")
_FORMS = ("五绝", "七绝", "五律", "七律", OTHER, "词")
_SPLITS = {"train": "训练", "valid": "验证", "test": "测试", "near": "近似", "repeat": "重复"}


@dataclass(frozen=True, slots=True)
class Survey:
    """``poems``: (dynasty, form or 其他, split) -> poems; ``characters``: dynasty -> character -> its uses in verse."""

    poems: Counter[tuple[str, str, str]]
    characters: dict[str, Counter[str]]

    def count(self, dynasty: str | None = None, form: str | None = None, split: str | None = None) -> int:
        """Poems of a dynasty, a form and a split (None: all)."""
        asked = (dynasty, form, split)
        return sum(n for key, n in self.poems.items() if all(a in (None, k) for a, k in zip(asked, key, strict=True)))

    def dynasties(self) -> list[str]:
        """The fetched dynasties, and those that something was added of, in order of time."""
        held = {dynasty for dynasty, _, _ in self.poems} | set(_FETCHED)
        return [dynasty for dynasty in (*DYNASTIES, UNKNOWN) if dynasty in held]

    def unresolved(self, dynasty: str, respell: Callable[[str], str]) -> float:
        """Share of the dynasty's verse characters, respelled, that the lexicon knows no reading of."""
        uses = self.characters.get(dynasty, Counter())
        return sum(n for char, n in uses.items() if not readings(respell(char))) / max(1, uses.total())


def survey(poems: Iterable[CorpusPoem]) -> Survey:
    """Count poems and verse characters."""
    counts: Counter[tuple[str, str, str]] = Counter()
    characters: dict[str, Counter[str]] = defaultdict(Counter)
    for poem in poems:
        counts[poem.dynasty, "词" if poem.genre == "词" else poem.form or OTHER, poem.split] += 1
        characters[poem.dynasty].update("".join(poem.lines))
    for uses in characters.values():
        for char in [char for char in uses if not is_hanzi(char)]:
            del uses[char]
    return Survey(counts, characters)


def describe() -> str:
    """The local copy in plain Chinese, as ``yayun corpus info`` prints it. Raises YayunError where there is none."""
    found = survey(read_all())
    parts = [_form_table(found), _split_table(found), _lexicon_table(found), _source_table(added_sources())]
    return "\n\n".join("\n".join(part) for part in parts)


def describe_added(sources: Iterable[AddedSource]) -> str:
    """What was added, and why rows were left out, in plain Chinese."""
    rows = []
    for source in sources:
        why = "、".join(f"{reason} {count:,}" for reason, count in source.dropped.items() if count)
        rows.append(f"{source.name}:{source.rows:,} 行,收 {source.poems:,} 首" + (f"(未收:{why})" if why else ""))
    return "\n".join(rows)


def _form_table(found: Survey) -> list[str]:
    rows = [_row("体裁(按形)", *_FORMS, "合计")]
    for dynasty in found.dynasties():
        rows.append(_row(dynasty, *(found.count(dynasty, form) for form in _FORMS), found.count(dynasty)))
    return rows


def _split_table(found: Survey) -> list[str]:
    rows = [_row("划分", *_SPLITS.values())]
    for dynasty in found.dynasties():
        rows.append(_row(dynasty, *(found.count(dynasty, split=split) for split in _SPLITS)))
    return [*rows, "(近似:与留出诗有同句或只差一字之句,不用于训练;重复:与前面某首全同。)"]


def _lexicon_table(found: Survey) -> list[str]:
    rows = [_row("韵书不识之字", "字数", "原文", "转为简体")]
    for dynasty in found.dynasties():
        rate = partial(found.unresolved, dynasty)
        rows.append(
            _row(
                dynasty,
                found.characters[dynasty].total(),
                f"万分之{10_000 * rate(str):.2f}",
                f"万分之{10_000 * rate(to_simplified):.2f}",
            )
        )
    return rows


def _source_table(sources: Sequence[AddedSource]) -> list[str]:
    return ["另收:", *describe_added(sources).split("\n")] if sources else ["另收:无(yayun corpus add)"]


def _row(name: str, *cells: object) -> str:
    """Cells set flush right in columns of 12, a hanzi two columns wide."""
    texts = [f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in cells]
    return _pad(name, 14, left=True) + "".join(_pad(text, 12) for text in texts)


def _pad(text: str, width: int, left: bool = False) -> str:
    wide = sum(2 if ord(char) > 0x2E7F else 1 for char in text)
    space = " " * max(0, width - wide)
    return text + space if left else space + text
