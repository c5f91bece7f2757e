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


class Word(NamedTuple):
    """A word that speaks of its character ``at`` (from 0): the group or tone classes it selects, and whether it rules
    the others out."""

    text: str
    at: int
    reading: str
    forbids: bool


class Said(NamedTuple):
    """What the words around a place say: the groups and tone classes they select, whether the words lie ``within`` one
    part of the line, whether they ``forbid`` what they don't select, and the ``word`` that decides."""

    selected: frozenset[str]
    within: bool
    forbids: bool
    word: str


@cache
def spoken_of() -> frozenset[str]:
    """The folded characters that words speak of."""
    return frozenset(word[at] for word, marks in tables.compounds().items() for at, *_ in marks)


@cache
def by_pair() -> tuple[dict[str, tuple[Word, ...]], dict[str, tuple[Word, ...]]]:
    """The words that speak of the second of two characters running, and those that speak of the first and of no second:
    so that each word is found once."""
    second: dict[str, list[Word]] = {}
    first: dict[str, list[Word]] = {}
    for text, marks in tables.compounds().items():
        for at, reading, forbids in marks:
            found, pair = (second, text[at - 1 : at + 1]) if at else (first, text[:2])
            found.setdefault(pair, []).append(Word(text, at, reading, forbids))
    return {pair: tuple(rows) for pair, rows in second.items()}, {pair: tuple(rows) for pair, rows in first.items()}


def said_of(folded: str, place: int) -> Said | None:
    """What words say of a place (from 0) of a folded line; None where there are none."""
    second, first = by_pair()
    rows = second.get(folded[place - 1 : place + 1], ()) if place else ()
    rows += first.get(folded[place : place + 2] if place + 1 < len(folded) else folded[place] + END, ())
    if not rows:
        return None
    text, width = folded + END, len(folded)
    within: list[Word] = []
    across: list[Word] = []
    for word in rows:
        start, length = place - word.at, len(word.text)
        if start < 0 or (length > 2 and not text.startswith(word.text, start)):
            continue
        whole = length >= _SURE or _together(start, start + length - 1, width)
        (within if whole else across).append(word)
    if not (spoken := within or across):
        return None
    longest = max(len(word.text) for word in spoken)
    spoken = [word for word in spoken if len(word.text) == longest]
    selected = frozenset([word.reading for word in spoken])
    return Said(selected, bool(within), bool(within) and _forbid(spoken, selected), spoken[0].text.rstrip(END))


def _forbid(spoken: list[Word], selected: frozenset[str]) -> bool:
    return len(selected) == 1 and all(word.forbids for word in spoken)


def _together(first: int, last: int, width: int) -> bool:
    part = parts(width)
    return last >= width or part[first] == part[last]
