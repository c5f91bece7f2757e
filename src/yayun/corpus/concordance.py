"""Who used a word, and in which lines: a look through the whole local copy of the corpus, in any script.

The files are packed JSON lines. The word's bytes are looked for in them as they are unpacked, and only the rows that
have them are read as JSON: a look takes a few seconds the first time, and none the next.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

from yayun.corpus.dynasties import DYNASTIES, UNKNOWN
from yayun.corpus.packed import chunks, packed_files
from yayun.corpus.store import corpus_path
from yayun.errors import YayunError
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.readings.lexicon import uses
from yayun.retrieval.novelty import fold_line, spellings

LONGEST = 8  # characters of a word that is looked for: more than a line is no word
EACH = 60  # lines that are kept of an author, to choose from
KNOWN = "唐诗三百首"
# Whose lines readers are likely to know, beside the anthology's.
GREAT = frozenset(
    [
        "李白", "杜甫", "王維", "孟浩然", "王昌齡", "白居易", "劉禹錫", "柳宗元", "李賀", "杜牧",
        "李商隱", "韋應物", "岑參", "高適", "蘇軾", "陸游", "王安石", "黃庭堅", "楊萬里", "范成大",
        "歐陽修", "辛棄疾", "李清照", "柳永", "晏殊", "秦觀", "朱熹", "文天祥",
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Use:
    """A line with the word in it, in the corpus's spelling. ``answer``: the other line of its couplet, "" where it has
    none; ``known``: is the poem in 唐诗三百首?"""

    line: str
    answer: str
    author: str
    dynasty: str
    title: str
    genre: str
    known: bool


@dataclass(frozen=True, slots=True)
class Concordance:
    """All that uses a word: how many lines, of how many poems; the authors who use it most, (dynasty, author, lines);
    and some of the lines, those that readers know first, one of each author before a second."""

    word: str
    lines: int
    poems: int
    authors: tuple[tuple[str, str, int], ...]
    uses: tuple[Use, ...]


ERAS = tuple(dict.fromkeys(("唐", "宋", *DYNASTIES, UNKNOWN)))
Stamp = tuple[tuple[Path, int], ...]
Told = Callable[[int], None]


def look_up(word: str, most: int = 40, at_end: bool = False, told: Told | None = None) -> Concordance:
    """The lines with ``word`` (1 to 8 hanzi, any script) in them, or with ``at_end`` at their end; ``most`` of them
    are given, and of the authors too. ``told``: how many bytes of ``packed_size`` are looked through.

    Raises YayunError where it is no word, and where there is no corpus.
    """
    word = word.strip()
    if not 1 <= len(word) <= LONGEST or not all(map(is_hanzi, word)):
        raise YayunError(f"请给出要查的词:一到{LONGEST}个汉字,如 断肠。")
    return _look_up(word, most, at_end, _stamp()) if told is None else _looked(word, most, at_end, _stamp(), told)


def packed_size() -> int:
    """Bytes of the files that are looked through. Raises YayunError where there is no corpus."""
    return sum(path.stat().st_size for path, _ in _stamp())


@lru_cache(maxsize=64)
def _look_up(word: str, most: int, at_end: bool, files: Stamp) -> Concordance:
    return _looked(word, most, at_end, files)


def _looked(word: str, most: int, at_end: bool, files: Stamp, told: Told | None = None) -> Concordance:
    lines, poems, authors = 0, 0, Counter[tuple[str, str]]()
    kept: dict[tuple[str, str], list[Use]] = defaultdict(list)
    for row in _rows(word, at_end, files, told):
        if not (found := _uses(row, fold_line(word), at_end)):
            continue
        who = (found[0].dynasty, found[0].author)
        lines, poems = lines + len(found), poems + 1
        authors[who] += len(found)
        if found[0].known or len(kept[who]) < EACH:
            kept[who] += found
    commonest = tuple((*who, count) for who, count in authors.most_common(most))
    return Concordance(word, lines, poems, commonest, tuple(_spread(kept.values())[:most]))


def best_endings(words: Iterable[str]) -> dict[str, Use]:
    """For each of some words that end in one character a line that ends in it: one that readers know where there is
    one, of Tang and Song. Words that no line ends in are left out. Raises YayunError where there is no corpus."""
    return dict(_best_endings(tuple(words), _stamp()[:1]))


@lru_cache(maxsize=64)
def _best_endings(words: tuple[str, ...], files: Stamp) -> tuple[tuple[str, Use], ...]:
    best: dict[str, Use] = {}
    for char in dict.fromkeys(word[-1] for word in words):
        wanted = {fold_line(word): word for word in words if word[-1] == char}
        for row in _rows(char, True, files):
            for use in _uses(row, fold_line(char), True):
                folded = fold_line(use.line)
                word = next((word for ending, word in wanted.items() if folded.endswith(ending)), None)
                if word is not None and (word not in best or _rank(use) < _rank(best[word])):
                    best[word] = use
    return tuple(best.items())


def _rank(use: Use) -> tuple[bool, bool, bool, int]:
    """What is shown first: known poems, known poets, 诗 before 词; then Tang, Song, and the others in order of time."""
    return not use.known, use.author not in GREAT, use.genre != "诗", ERAS.index(use.dynasty)


def _spread(kept: Iterable[Sequence[Use]]) -> list[Use]:
    """The best line of each author, then a second of each; a line that stands in several poems once."""
    ranked = [(turn, use) for uses in kept for turn, use in enumerate(sorted(uses, key=_rank))]
    ranked.sort(key=lambda pair: (not pair[1].known, pair[0], _rank(pair[1])))
    best: dict[str, Use] = {}
    for _, use in ranked:
        best.setdefault(fold_line(use.line), use)
    return list(best.values())


def _uses(row: bytes, folded: str, at_end: bool) -> list[Use]:
    poem = json.loads(row)
    lines, found = poem["lines"], []
    for i, line in enumerate(lines):
        plain = fold_line(line)
        if plain.endswith(folded) if at_end else folded in plain:
            answer = lines[i ^ 1] if i ^ 1 < len(lines) else ""
            title, known = poem["title"] or poem.get("tune", ""), KNOWN in poem.get("tags", ())
            found.append(Use(line, answer, poem["author"], poem["dynasty"], title, poem.get("genre", "诗"), known))
    return found


def _rows(word: str, at_end: bool, files: Stamp, told: Told | None = None) -> Iterator[bytes]:
    """The rows that have the word in some spelling, in their lines or anywhere else."""
    needles = [("".join(spelt) + '"' * at_end).encode() for spelt in product(*map(_used, word))]
    done = 0
    for path, _ in files:
        for chunk, read in chunks(path):
            if told is not None:
                told(done + read)
            found = {row for needle in needles for row in _around(chunk, needle)}
            yield from (chunk[start:end] for start, end in sorted(found))
        done += path.stat().st_size


def _used(char: str) -> list[str]:
    """The spellings of a character that the corpus has, which is in traditional script."""
    return [other for other in spellings(char) if uses(other)] or [char]


def _around(chunk: bytes, needle: bytes) -> Iterator[tuple[int, int]]:
    """Where the lines with the needle begin and end."""
    at = chunk.find(needle)
    while at >= 0:
        end = chunk.find(b"\n", at)
        yield chunk.rfind(b"\n", 0, at) + 1, end
        at = chunk.find(needle, end)


def _stamp() -> Stamp:
    """The files there are, and when each was written. Raises YayunError where nothing was fetched."""
    if not corpus_path().exists():
        raise YayunError("本地还没有语料,请先运行 yayun corpus fetch。")
    return tuple((file, file.stat().st_mtime_ns) for file in packed_files() if file.exists())
