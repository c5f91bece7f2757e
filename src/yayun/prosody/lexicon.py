"""The lexicon: what the rhyme books know of a character, in any script, and which reading a line gives it.

The parts: ``tables`` (the files in ``data/``), ``characters`` (a character's readings), ``context`` (a line's).
"""

from __future__ import annotations

from functools import cache

from yayun.prosody import tables
from yayun.prosody.characters import Reading, everyday, readings, rhyme_groups, tones
from yayun.prosody.context import How, Place, read_line
from yayun.prosody.groups import groups

__all__ = [
    "How", "Place", "Reading", "everyday", "members", "read_line", "readings", "rhyme_groups", "standardize", "tones",
    "variants",
]  # fmt: skip


@cache
def members(group: str) -> tuple[str, ...]:
    """The characters of a group in standard traditional forms, the ones the corpus uses most first.

    Raises KeyError for a name that is no group.
    """
    groups()[group]
    held: dict[str, int] = {}
    for char, rows in tables.rhymebook().items():
        if char not in tables.variants() and group in rhyme_groups(char):
            for row in rows:
                _, of, _, uses, _ = row.split("\t")
                if of == group:
                    held[char] = int(uses)
    return tuple(sorted(held, key=lambda char: (-held[char], char)))


def variants() -> dict[str, str]:
    """Variant character -> the standard form this project writes."""
    return tables.variants()


def standardize(text: str) -> str:
    """``text`` with variant characters replaced by their standard forms (script unchanged)."""
    return text.translate(_variant_table())


@cache
def _variant_table() -> dict[int, str]:
    return str.maketrans(tables.variants())
