"""合掌: the two lines of a couplet say the same. Measured by the characters that the other line says again, by the same
character or word or one that means the same (``data/antithesis_synonyms.tsv``)."""

from __future__ import annotations

from functools import cache
from operator import add

from yayun.prosody import tables


def says_the_same(upper: str, lower: str) -> bool:
    """Is most of each of two folded lines said again in the other?"""
    return min(_said_again(upper, lower), _said_again(lower, upper)) >= needed(len(upper))


def needed(width: int) -> int:
    """The characters of a line that must come again: 4 of 5, 5 of 7. (With one less, all that it finds in real verse is
    parallel and says two things.)"""
    return (width + 3) // 2


def _said_again(line: str, other: str) -> int:
    """The characters of ``line`` whose meaning ``other`` has too, at whatever place."""
    table = synonym_table()
    said = [char in other or (char in table and not table[char].isdisjoint(other)) for char in line]
    for i, word in enumerate(map(add, line, line[1:])):
        if word in table and not table[word].isdisjoint(map(add, other, other[1:])):
            said[i] = said[i + 1] = True
    return sum(said)


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
