"""合掌: the two lines of a couplet say the same. Measured by the characters that the other line says again, by the same
character or word or one that means the same (``data/antithesis_synonyms.tsv``)."""

from __future__ import annotations

from functools import cache
from operator import add

from yayun.prosody import tables

_NONE = frozenset[str]()


def says_the_same(upper: str, lower: str) -> bool:
    """Is most of each of two folded lines said again in the other?"""
    spare = len(upper) - needed(len(upper))
    return _said_again(upper, lower, spare) and _said_again(lower, upper, spare)


def needed(width: int) -> int:
    """The characters of a line that must come again: 4 of 5, 5 of 7. (With one less, all that it finds in real verse is
    parallel and says two things.)"""
    return (width + 3) // 2


def _said_again(line: str, other: str, spare: int) -> bool:
    """Does ``other`` have the meaning of all characters of ``line``, at whatever place, but for ``spare``? (Most lines
    are found out at the second or third character.)"""
    table = synonym_table()
    for i, char in enumerate(line):
        if char in other or not table.get(char, _NONE).isdisjoint(other):
            continue
        words = {table.get(line[at : at + 2], _NONE) for at in (i - 1, i) if 0 <= at < len(line) - 1}
        if any(not meant.isdisjoint(map(add, other, other[1:])) for meant in words if meant):
            continue
        spare -= 1
        if spare < 0:
            return False
    return True


@cache
def synonym_table() -> dict[str, frozenset[str]]:
    """Folded word of one or two characters -> words that mean the same."""
    found: dict[str, set[str]] = {}
    for row in tables.read_rows("antithesis_synonyms.tsv"):
        word, others, _ = row.split("\t")
        for other in others.split():
            found.setdefault(word, set()).add(other)
            found.setdefault(other, set()).add(word)
    return {word: frozenset(others) for word, others in found.items()}
