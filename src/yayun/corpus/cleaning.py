"""From rows as sources have them to clean verse, or the reason why a row can't be used."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from yayun.corpus.dynasties import canonical_dynasty
from yayun.corpus.rows import Row
from yayun.corpus.text import clean_title, split_lines, without_notes
from yayun.prosody.readings.hanzi import is_hanzi

# Ideographs taken apart, where a source had no character for them: {山叙}, [扌朱}.
_APART = re.compile(r"[{［\[][^\[\]{}［］]{0,6}[}］]|\{")
_LOST = frozenset("□■◆◇●○＿_△▲?�")
# 〔其一〕 and the like before each poem of a series given as one.
_NUMERAL = "一二三四五六七八九十百廿卅"
_HEADING = re.compile(f"^[【\\[（(〔]?其([{_NUMERAL}]+)[】\\]）)〕]?$")
_NUMBERED = re.compile(f"[\\s·・,，（(]*其([{_NUMERAL}]+)[）)]?\\s*$")
_TUNE = re.compile(r"[·・•‧]")
_MARK = "。，、；？！"
_MARKS = str.maketrans({"：": "，", ":": "，", ",": "，", ".": "。", "?": "？", "!": "！", ";": "；", "…": "。"})
_SHORTEST = 2  # lines
_LONGEST_CLAUSE = 16
# A clause of prose is longer than any line of verse but a few.
_PROSE = 11


class Dropped(StrEnum):
    """Why a row was not taken."""

    EMPTY = "没有诗句"
    LOST = "缺字"
    FOREIGN = "夹有外文或符号"
    PROSE = "是文不是诗"
    DOUBLED = "诗句重出"
    REPEAT = "与别处的诗相同"


@dataclass(frozen=True, slots=True)
class Verse:
    """A cleaned poem, in the script it came in. ``stanzas``: the text with its punctuation, for 词."""

    id: str
    dynasty: str
    source_dynasty: str
    author: str
    title: str
    tune: str
    genre: str
    lines: tuple[str, ...]
    stanzas: tuple[str, ...]


def clean(row: Row, genre: str) -> Iterator[Verse | Dropped]:
    """The poems of a row (a series given as one is taken apart), or why there is none."""
    for part in _series(row):
        yield _clean(part, row.genre or genre)


def _series(row: Row) -> list[Row]:
    """A row whose paragraphs have headings 其一, 其二 ... is so many poems."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for paragraph in row.paragraphs:
        if (heading := _HEADING.match(paragraph.strip())) is not None:
            parts.append((heading[1], []))
        else:
            parts[-1][1].append(paragraph)
    if len(parts) == 1:
        return [row]
    # What stands before 其一 is a preface.
    return [
        replace(row, id=f"{row.id}-{number}" if row.id else "", title=f"{row.title} 其{number}", paragraphs=tuple(rest))
        for number, rest in parts[1:]
    ]


def _clean(row: Row, genre: str) -> Verse | Dropped:
    paragraphs = tuple(unicodedata.normalize("NFC", _visible(text)) for text in row.paragraphs)
    whole = "".join(paragraphs)
    if _APART.search(whole) or any(char in _LOST or unicodedata.category(char) == "Co" for char in whole):
        return Dropped.LOST
    if genre == "诗":
        paragraphs = _without_preface(paragraphs)
    lines = split_lines(paragraphs)
    if reason := _unusable(lines):
        return reason
    stanzas = tuple(filter(None, (_marked(text) for text in paragraphs))) if genre == "词" else ()
    tune, title = _heading(_visible(row.title), genre)
    return Verse(
        id=row.id or str(uuid.uuid5(uuid.NAMESPACE_OID, row.dynasty + row.author + row.title + "/".join(lines))),
        dynasty=canonical_dynasty(row.dynasty),
        source_dynasty=row.dynasty,
        author="".join(filter(is_hanzi, _visible(row.author))) or "佚名",
        title=title,
        tune=tune,
        genre=genre,
        lines=lines,
        stanzas=stanzas,
    )


def _visible(text: str) -> str:
    """Without format characters and variation selectors, white space folded."""
    kept = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Mn", "Me"))
    return re.sub(r"\s+", " ", kept)


def _unusable(lines: Sequence[str]) -> Dropped | None:
    if len(lines) < _SHORTEST:
        return Dropped.EMPTY
    if not all(is_hanzi(char) for line in lines for char in line):
        return Dropped.FOREIGN
    if max(map(len, lines)) > _LONGEST_CLAUSE or sum(len(line) >= _PROSE for line in lines) * 3 > len(lines):
        return Dropped.PROSE
    if _is_doubled(lines):
        return Dropped.DOUBLED
    return None


def _is_doubled(lines: Sequence[str]) -> bool:
    """Does a couplet, or half the poem, stand there twice? (A refrain of one line may.)"""
    couplets = Counter("".join(lines[i : i + 2]) for i in range(0, len(lines) - 1, 2))
    repeated = sum(count - 1 for couplet, count in couplets.items() if len(couplet) >= 10)
    return repeated * 4 > len(couplets) or (len(lines) <= 8 and repeated > 0)


def _without_preface(paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    """Leading paragraphs of prose left out, where regular verse follows them."""
    widths = [[len(line) for line in split_lines([text])] for text in paragraphs]
    for cut in range(1, len(paragraphs)):
        if not any(width >= _PROSE for width in widths[cut - 1]):
            return paragraphs[cut - 1 :] if cut > 1 else paragraphs
        rest = [width for found in widths[cut:] for width in found]
        if len(rest) >= 4 and len(set(rest)) == 1 and rest[0] in (4, 5, 6, 7):
            return paragraphs[cut:]
    return paragraphs


def _marked(text: str) -> str:
    """A stanza's text: hanzi and 。，、；？！ alone, one mark between clauses, one at the end."""
    plain = without_notes(text).translate(_MARKS)
    kept = "".join(char for char in plain if is_hanzi(char) or char in _MARK)
    kept = re.sub(f"([{_MARK}])[{_MARK}]+", r"\1", kept).lstrip(_MARK)
    return kept if not kept or kept[-1] in _MARK else kept + "。"


def _heading(title: str, genre: str) -> tuple[str, str]:
    """(tune, title): 好事近·其一青阳道中见梅花 -> 好事近, 青阳道中见梅花 其一 is left alone but for the tune."""
    tune = ""
    if genre == "词":
        tune, *rest = _TUNE.split(clean_title(title), maxsplit=1)
        tune = "".join(filter(is_hanzi, _NUMBERED.sub("", tune)))
        title = rest[0] if rest else ""
    title = clean_title(title).replace("^", "")
    numbered = _NUMBERED.search(title)
    if numbered is not None and numbered.start() > 0:
        title = f"{title[: numbered.start()]} 其{numbered[1]}"
    return tune, title.strip()
