"""Where the metre shows a two-tone character's tone: labelled examples for ``build_readings.py`` and the benchmark.

A poem of a regulated shape whose strict places (see ``lexicon_counts``) fit exactly one of the four patterns, two-tone
characters fitting anything, says of each two-tone character at such a place which tone it has there. Texts are folded
to one spelling, so the script of the source does not matter. Poems come from the local corpus and from JSON lines
(``{id, dynasty, paragraphs}``, .xz too) given by path.
"""

from __future__ import annotations

import json
import lzma
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from lexicon_counts import fit
from yayun.corpus.store import CorpusPoem, read_poems
from yayun.prosody.readings.characters import readings
from yayun.prosody.tables import folding

_HANZI = re.compile(r"[^㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]+")
_HELD_OUT = 20  # one poem in so many of the later verse


class Example(NamedTuple):
    """The character at ``place`` (from 0) of a folded ``line``, and whether the metre wants it level."""

    line: str
    place: int
    level: bool


@dataclass(frozen=True, slots=True)
class Labelled:
    """A poem's examples; ``split``: train, valid or test."""

    dynasty: str
    split: str
    examples: tuple[Example, ...]


def later_poems(paths: Iterable[Path]) -> Iterator[CorpusPoem]:
    """Poems of JSON lines; one in ``_HELD_OUT`` is for calibration and one for the test."""
    for path in paths:
        with lzma.open(path, "rt", encoding="utf-8") as f:
            for row in map(json.loads, f):
                lines = tuple(filter(None, _HANZI.split("".join(row["paragraphs"]))))
                part = zlib.crc32("".join(lines[:1]).encode()) % _HELD_OUT
                split = {0: "valid", 1: "test"}.get(part, "train")
                yield CorpusPoem(row["id"], row["dynasty"], row["author"], row["title"], lines, (), split)


_two_tone: dict[str, bool] = {}


def two_tone(folded: str) -> bool:
    """Has the folded character, as a simplified one, readings of both classes?"""
    if folded not in _two_tone:
        _two_tone[folded] = len({reading.level for reading in readings(folded)}) == 2
    return _two_tone[folded]


def labelled_poems(paths: Iterable[Path]) -> Iterator[Labelled]:
    """The examples of every regular poem."""
    table = folding()
    for source in (read_poems(), later_poems(paths)):
        for poem in source:
            if poem.split not in ("train", "valid", "test") or (found := fit(poem)) is None:
                continue
            lines = [line.translate(table) for line in found.lines]
            examples = tuple(Example(lines[i], j, level) for i, j, level in found.strict if two_tone(lines[i][j]))
            yield Labelled(poem.dynasty, poem.split, examples)
