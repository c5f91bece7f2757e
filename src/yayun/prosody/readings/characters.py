"""Character -> readings, in any script: sets rather than guesses.

A character has one or more readings (tone, rhyme group, sense); which of them are in play at a place, ``line`` decides.
A *rare* reading is not an everyday one: without context it is not offered.

The tables are in ``data/`` (see ``tables``); ``docs/lexicon.md`` tells how they were made.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

from yayun.prosody import tables
from yayun.prosody.tones import LEVEL, OBLIQUE, Tone

RARE = "罕"
# A traditional character that makes up less than this share of a merged simplified one's uses (衕 in 同) is rare in it.
MERGED_SHARE = 0.02
# The source of readings that no book has: of modern characters, by their phonetic or their modern sound.
INFERRED = "推定"
# Verse uses these in either tone at will.
FREE = frozenset("看望听醒忘叹漫凭过论探")


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a character.

    ``group`` is the rhyme group's canonical (simplified) name, ``tone`` 平, 上, 去 or 入 (of Mandarin the first and
    second are 平), ``gloss`` the rhyme book's own words, ``source`` who
    has it, ``sense`` a short name where the sense decides (堪任), else empty. ``rare`` readings are in play only where
    a compound or a sense selects them.
    """

    group: str
    tone: Tone
    gloss: str
    source: str
    sense: str = ""
    rare: bool = False

    @property
    def level(self) -> bool:
        """Is the tone level (平)?"""
        return self.tone == LEVEL


def tone_classes(found: tuple[Reading, ...]) -> frozenset[str]:
    """{平, 仄} as far as ``found`` has them."""
    return frozenset(LEVEL if reading.level else OBLIQUE for reading in found)


REPEAT = "々"  # stands for the character before it


def spell_out(line: str) -> str:
    """A line with the character that each 々 repeats."""
    if REPEAT not in line:
        return line
    found = ""
    for char in line:
        found += found[-1] if char == REPEAT and found else char
    return found


@cache
def readings(char: str) -> tuple[Reading, ...]:
    """Every reading of ``char``, whatever its script, everyday ones first; empty when unresolved.

    A simplified character has the readings of all the characters it is written for.
    """
    # Compatibility ideographs (U+F900 ...) are duplicates of unified ones.
    origins = _origins(unicodedata.normalize("NFC", char))
    found: dict[str, Reading] = {}
    standards = dict.fromkeys(map(_in_book, origins))
    total = sum(map(_uses, standards))
    for standard in standards:
        seldom = _uses(standard) < MERGED_SHARE * total
        for reading in _own_readings(standard):
            offered = _as_rare(reading) if seldom else reading
            if (known := found.get(reading.group)) is None or (known.rare and not offered.rare):
                found[reading.group] = offered
    # What a variant has beyond its standard form, or the same shape as a character of its own (听, 'to laugh', beside
    # the simplified form of 聽), counts only where nothing else is known.
    beside = [r for origin in dict.fromkeys(origins + char) for r in _own_readings(origin) if r.group not in found]
    known_otherwise = any(not reading.rare for reading in found.values())
    for reading in beside:
        found.setdefault(reading.group, _as_rare(reading) if known_otherwise else reading)
    return tuple(sorted(found.values(), key=lambda reading: reading.rare))


@cache
def own_readings(char: str) -> tuple[Reading, ...]:
    """The readings of ``char`` in a text that is surely traditional: not those of others that simplified script writes
    the same (干 is not 幹)."""
    return tuple(sorted(_own_readings(_in_book(char)), key=lambda reading: reading.rare)) or readings(char)


def _origins(char: str) -> str:
    """The traditional characters that ``char`` is written for, itself where it is one."""
    found = (table.get(char, "") for table in (tables.origins(), tables.variants(), tables.equivalents()))
    return "".join(found) or char


def _in_book(char: str) -> str:
    standard = tables.variants().get(char, char)
    return tables.equivalents().get(standard, standard)


def _uses(standard: str) -> int:
    """How often the corpus has a character of the rhyme book."""
    rows = tables.rhymebook().get(standard)
    return int(rows[0].split("\t")[3]) if rows else 0


def _as_rare(reading: Reading) -> Reading:
    return Reading(reading.group, reading.tone, reading.gloss, reading.source, reading.sense, rare=True)


@cache
def _own_readings(char: str) -> tuple[Reading, ...]:
    """Readings of exactly this character, by the rhyme book, the priors and the senses."""
    senses = {row[1]: (row[2], row[3] == RARE) for row in _split(tables.senses().get(char))}
    unused = {row[1] for row in _split(tables.feet().get(char)) if row[3] == RARE}
    in_play = tables.priors().get(char, LEVEL + OBLIQUE)
    found = []
    for _, group, source, _, gloss in _split(tables.rhymebook().get(char)):
        tone = tables.group_tones()[group]
        unusual = (LEVEL if tone == LEVEL else OBLIQUE) not in in_play or group in unused
        sense, rare = senses.get(group, ("", unusual))
        found.append(Reading(group, tone, gloss, source, sense, rare))
    return tuple(found)


def _split(rows: list[str] | None) -> list[list[str]]:
    return [row.split("\t") for row in rows or ()]


@cache
def everyday(char: str) -> tuple[Reading, ...]:
    """The readings of ``char`` that are in play without context: all but the rare ones."""
    return tuple(reading for reading in readings(char) if not reading.rare)


@cache
def tones(char: str) -> frozenset[str]:
    """The tone classes (平, 仄) of the everyday readings; empty when unresolved."""
    return _tone_classes(rhyme_groups(char))


@cache
def _tone_classes(held: frozenset[str]) -> frozenset[str]:
    return frozenset(LEVEL if tables.group_tones()[group] == LEVEL else OBLIQUE for group in held)


@cache
def rhyme_groups(char: str) -> frozenset[str]:
    """The rhyme groups of the everyday readings."""
    known = tables.everyday().get(char)
    return frozenset(reading.group for reading in everyday(char)) if known is None else known
