"""The lexicon: what the rhyme books know of a character, in any script, and which reading a line gives it.

The parts: ``tables`` (the files in ``data/``), ``characters`` (a character's readings), ``context`` (a line's).
"""

from __future__ import annotations

from functools import cache

from yayun.prosody import tables
from yayun.prosody.by_code import ByCode
from yayun.prosody.readings.characters import INFERRED, Reading, everyday, readings, rhyme_groups, tones
from yayun.prosody.readings.line import How, Place, read_line

__all__ = [
    "How", "Place", "Reading", "everyday", "members", "read_line", "readings", "rhyme_groups", "standardize", "tones",
    "uses", "variants",
]  # fmt: skip


@cache
def members(group: str) -> tuple[str, ...]:
    """The characters of a group in standard traditional forms, the ones the corpus uses most first.

    Raises KeyError for a name that is no group.
    """
    tables.groups()[group]
    held = {
        row[0]: int(row.split("\t")[3])
        for row in _rows_by_group()[group]
        if row[0] not in tables.variants() and group in rhyme_groups(row[0]) and row.split("\t")[2] != INFERRED
    }
    return tuple(sorted(held, key=lambda char: (-held[char], char)))


def uses(char: str) -> int:
    """How often the corpus has a character of the rhyme book; 0 for one that isn't there."""
    rows = tables.rhymebook().get(char)
    return int(rows[0].split("\t")[3]) if rows else 0


@cache
def _rows_by_group() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in tables.groups()}
    for rows in tables.rhymebook().values():
        for row in rows:
            found[row.split("\t", 2)[1]].append(row)
    return found


def variants() -> dict[str, str]:
    """Variant character -> the standard form this project writes."""
    return tables.variants()


def standardize(text: str) -> str:
    """``text`` with variant characters replaced by their standard forms (script unchanged)."""
    return _standard(text)


def _standard_form(char: str) -> str:
    return tables.variants().get(char, char)


_standard = ByCode(_standard_form)
