"""Character -> readings: the 106 groups, any script, sets rather than guesses.

Tables: ``data/rhymebook.tsv`` (character, group, source, gloss) and ``data/variants.tsv`` (variant, standard).
Built by ``scripts/build_rhymebook.py``; see there for sources.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from yayun.prosody.groups import Tone, groups


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a character: its rhyme ``group`` (canonical name), ``gloss`` and ``source``."""

    group: str
    gloss: str
    source: str

    @property
    def tone(self) -> Tone:
        return groups()[self.group].tone

    @property
    def level(self) -> bool:
        return groups()[self.group].level


def _rows(name: str) -> list[list[str]]:
    text = (files("yayun.prosody") / "data" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()[1:]]


@cache
def _rhymebook() -> dict[str, tuple[Reading, ...]]:
    found: dict[str, list[Reading]] = {}
    for char, group, source, gloss in _rows("rhymebook.tsv"):
        found.setdefault(char, []).append(Reading(group, gloss, source))
    return {char: tuple(readings) for char, readings in found.items()}


@cache
def variants() -> dict[str, str]:
    """Variant character -> the standard form this project writes."""
    return {variant: standard for variant, standard, _ in _rows("variants.tsv")}


@cache
def readings(char: str) -> tuple[Reading, ...]:
    """All readings of ``char`` (any script); empty when unresolved."""
    book = _rhymebook()
    if found := book.get(char) or book.get(variants().get(char, char)):
        return found
    return ()


def standardize(text: str) -> str:
    """``text`` with variant characters replaced by their standard forms (script unchanged)."""
    return text.translate(_variant_table())


@cache
def _variant_table() -> dict[int, str]:
    return str.maketrans(variants())
