"""The lexicon's tables, indexed but not parsed: a row is only taken apart when its character is asked for.

``data/*.tsv`` are written one fact a row for people to read and correct; ``docs/lexicon.md`` says where they come from
and ``scripts/build_*.py`` rebuild them. The first line of each names its columns.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from yayun.prosody.by_code import ByCode
from yayun.prosody.tones import Tone, as_tone


def read_rows(name: str) -> list[str]:
    """The rows of a table as undivided lines, without the heading."""
    return (files("yayun.prosody") / "data" / name).read_text(encoding="utf-8").split("\n")[1:-1]


def _by_first_character(name: str) -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for row in read_rows(name):
        if (rows := index.get(row[0])) is None:
            index[row[0]] = [row]
        else:
            rows.append(row)
    return index


@cache
def rhymebook() -> dict[str, list[str]]:
    """Character -> its rows ``char group source uses gloss``, in the order of the groups."""
    return _by_first_character("rhymebook.tsv")


@cache
def groups() -> dict[str, str]:
    """Group of 平水韵 -> its row ``group volume ordinal tone neighbours finals``, in the order of the book."""
    return {row[0]: row for row in read_rows("groups.tsv")}


@cache
def group_tones() -> dict[str, Tone]:
    """Group of 平水韵 -> its tone."""
    return {name: as_tone(row.split("\t")[3]) for name, row in groups().items()}


@cache
def senses() -> dict[str, list[str]]:
    """Character -> rows ``char group sense use before after source``."""
    return _by_first_character("senses.tsv")


@cache
def feet() -> dict[str, list[str]]:
    """Character -> rows ``char group uses decision source``: level groups Tang and Song feet use it in."""
    return _by_first_character("feet.tsv")


@cache
def priors() -> dict[str, str]:
    """Character -> the tones that stay in play without context: 平, 仄 or 平仄."""
    return {row[0]: row.split("\t")[3] for row in read_rows("priors.tsv")}


@cache
def everyday() -> dict[str, frozenset[str]]:
    """Character that poets use -> the rhyme groups of its everyday readings, worked out from the other tables."""
    found: dict[str, frozenset[str]] = {}
    for row in read_rows("everyday.tsv"):
        held, chars = row.split("\t")
        found |= dict.fromkeys(chars, frozenset(held.split()))
    return found


@cache
def variants() -> dict[str, str]:
    """Variant character -> standard traditional form."""
    return {row[0]: row[2] for row in read_rows("variants.tsv")}


@cache
def equivalents() -> dict[str, str]:
    """Character that no rhyme book has -> one that reads the same; for reading only, never for rewriting."""
    return {row[0]: row[2] for row in read_rows("equivalents.tsv")}


@cache
def origins() -> dict[str, str]:
    """Simplified character -> every traditional character it is written for, as one string."""
    found: dict[str, str] = {}
    for row in read_rows("simplified.tsv"):
        found[row[0]] = found.get(row[0], "") + row[2]
    return found


@cache
def folding() -> dict[int, str]:
    """For ``str.translate``: any script -> one spelling that compounds are looked up in (simplified, standard)."""
    to_simplified: dict[str, str] = {}
    for row in read_rows("simplified.tsv"):
        simplified, traditional, way, _ = row.split("\t")
        if way != "st" and traditional != simplified:
            to_simplified[traditional] = simplified
    table = {ord(char): simplified for char, simplified in to_simplified.items()}
    for variant, standard in variants().items():
        table[ord(variant)] = to_simplified.get(standard, standard)
    return table


def _fold(char: str) -> str:
    return folding().get(ord(char), char)


fold = ByCode(_fold)  # a text in the one spelling that compounds are looked up in


@cache
def compounds() -> dict[str, tuple[tuple[int, str, bool], ...]]:
    """Word (folded) -> ((place in it from 0; group, or tone classes 平, 仄, 平仄; does it rule others out?), ...)."""
    found: dict[str, tuple[tuple[int, str, bool], ...]] = {}
    for row in read_rows("compounds.tsv"):
        word, place, reading, force, _ = row.split("\t", 4)
        found[word] = (*found.get(word, ()), (int(place) - 1, reading, force == "定"))
    return found


@cache
def likelihoods() -> dict[str, str]:
    """Folded character -> its row ``char bias weights``; see ``readings.likelihood``."""
    return {row[0]: row for row in read_rows("likelihoods.tsv")}


@cache
def restricted() -> dict[str, dict[str, str]]:
    """Folded character -> {group or tone class (平, 仄) that is never meant outside the reviewed words: why}."""
    found: dict[str, dict[str, str]] = {}
    for row in read_rows("restricted.tsv"):
        char, reading, why, _ = row.split("\t")
        found.setdefault(char, {})[reading] = why
    return found


@cache
def merged() -> frozenset[str]:
    """Traditional characters that simplified script writes for others too (干 后 云 里 ...)."""
    return frozenset(char for char, written_for in origins().items() if written_for != char and char in rhymebook())


@cache
def only_simplified() -> frozenset[str]:
    """Characters that no traditional text has."""
    return frozenset(char for char in origins() if char not in rhymebook())


@cache
def only_traditional() -> frozenset[str]:
    """Characters that no simplified text has."""
    return frozenset(chr(code) for code, char in folding().items() if chr(code) not in origins() and char in origins())
