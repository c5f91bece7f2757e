"""Words that fix how a character is read: reviewed rows, the only ones that may rule a reading out.

A word speaks where it lies within one part of the line (2|3, 2|2|3); across a caesura only where neither another word
does nor odds are known, and then it prefers but does not forbid. The longest word goes first; two that disagree leave
the place open. Not every word rules others out: some only prefer a reading.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from yayun.prosody import tables
from yayun.prosody.readings.likelihood import parts

END = "$"  # in a word: the end of the line
_SURE = 3  # a word of so many characters is one wherever it stands


class Said(NamedTuple):
    """What the words around a place say: the groups and tone classes they select, whether the words lie ``within`` one
    part of the line, whether they ``forbid`` what they don't select, and the ``word`` that decides."""

    selected: frozenset[str]
    within: bool
    forbids: bool
    word: str


@cache
def by_character() -> dict[str, tuple[tuple[str, int, str, bool], ...]]:
    """Folded character -> (word, its place in it from 0, reading, does it rule others out?), the longest first."""
    found: dict[str, list[tuple[str, int, str, bool]]] = {}
    for word, marks in tables.compounds().items():
        for at, reading, forbids in marks:
            found.setdefault(word[at], []).append((word, at, reading, forbids))
    return {char: tuple(sorted(rows, key=lambda row: -len(row[0]))) for char, rows in found.items()}


def said_of(folded: str, place: int) -> Said | None:
    """What words say of a place (from 0) of a folded line; None where there are none."""
    rows = by_character().get(folded[place])
    if rows is None:
        return None
    text = folded + END
    within: list[tuple[str, str, bool]] = []
    across: list[tuple[str, str, bool]] = []
    for word, at, reading, forbids in rows:
        start = place - at
        if start < 0 or not text.startswith(word, start):
            continue
        whole = len(word) >= _SURE or _together(start, start + len(word) - 1, len(folded))
        (within if whole else across).append((word, reading, forbids))
    spoken = within or across
    if not spoken:
        return None
    longest = [row for row in spoken if len(row[0]) == len(spoken[0][0])]
    selected = frozenset([reading for _, reading, _ in longest])
    forbids = bool(within) and len(selected) == 1 and longest[0][2]
    return Said(selected, bool(within), forbids, longest[0][0].rstrip(END))


def _together(first: int, last: int, width: int) -> bool:
    part = parts(width)
    return last >= width or part[first] == part[last]
