"""词 in a text as people paste it: a title that names a tune, perhaps an author, and verse by stanza or by line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yayun.prosody.forms.tunes.titles import tunes_in
from yayun.prosody.meter.tunes.verse import Verse, read_verse

_MARK = re.compile(r"[，。！？；、,.!?;]")
_AUTHOR = re.compile(
    r"^[\s【\[(（]*(?:(?:五代|南唐|[北南]?宋|唐|元|明|清|金)[】\])）·・.\s]*)?[\u4e00-\u9fff]{2,4}\s*$"
)


@dataclass(frozen=True, eq=False)
class TuneText:
    """A 词 found in a text: its ``title``, the ``tunes`` that may be meant, and the ``verse``."""

    title: str
    tunes: tuple[str, ...]
    verse: Verse


def find_tune_texts(text: str) -> tuple[TuneText, ...]:
    """The 词 of a text whose titles name their tunes, in order; empty where it does not begin with such a title."""
    found: list[TuneText] = []
    title, rows = "", list[str]()
    for row in text.splitlines():
        if _is_title(row):
            if title:
                found.append(_read(title, rows))
            title, rows = row.strip(), []
        elif title:
            rows.append(row)
        elif row.strip():
            return ()
    if title:
        found.append(_read(title, rows))
    return tuple(held for held in found if held.verse.text)


def _is_title(row: str) -> bool:
    """Does a row name a tune, and say no verse?"""
    bare = row.strip().strip("#* ")
    if not bare or len(bare) > 40 or not tunes_in(bare):
        return False
    name = re.split(r"[·・•/\s]", bare.strip("《》〈〉「」"))[0]
    return _MARK.search(bare) is None or bare.startswith("《") or (len(name) < len(bare) and "·" in bare)


def _read(title: str, rows: list[str]) -> TuneText:
    while rows and (not rows[0].strip() or (_AUTHOR.match(rows[0]) and any(_MARK.search(row) for row in rows[1:]))):
        rows = rows[1:]
    return TuneText(title.strip("#* 《》"), tunes_in(title), stanzas_of("\n".join(rows)))


def stanzas_of(text: str) -> Verse:
    """Verse by stanza: blank rows divide, and rows where each is a stanza; where each row is a line they don't."""
    blocks = [block.split("\n") for block in re.split(r"\n\s*\n", text.strip())]
    if len(blocks) == 1 and 1 < len(blocks[0]) <= 4 and all(len(_MARK.findall(row)) > 2 for row in blocks[0]):
        blocks = [[row] for row in blocks[0]]
    return read_verse("".join(map(_closed, block)) for block in blocks)


def _closed(row: str) -> str:
    row = row.strip()
    return row if not row or _MARK.match(row[-1]) else row + "，"
