"""词 of a file of JSON lines (``.xz`` too): ``{id, dynasty, author, title, paragraphs}``, a paragraph a stanza."""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from yayun.prosody.forms.tunes.titles import tunes_in
from yayun.prosody.meter.tunes.verse import Verse, read_verse


@dataclass(frozen=True, eq=False)
class TunePoem:
    """A 词 whose title names a tune: ``tunes`` it may be of, likeliest first."""

    id: str
    author: str
    title: str
    tunes: tuple[str, ...]
    verse: Verse


def read_tune_poems(path: Path, dynasties: Collection[str] = ()) -> Iterator[TunePoem]:
    """The 词 of a file whose titles name a tune and whose text has no lost characters, of those dynasties or of all."""
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as f:
        for row in map(json.loads, f):
            if dynasties and row["dynasty"] not in dynasties:
                continue
            tunes = tunes_in(row["title"], loose=True)
            if not tunes:
                continue
            verse = read_verse(row["paragraphs"])
            if verse.text and "□" not in verse.text:
                yield TunePoem(row["id"], row["author"], row["title"], tunes, verse)


def learning_half(poem_id: str) -> bool:
    """Is the poem in the half that habits are learnt from? The other half measures them."""
    return hashlib.sha256(poem_id.encode()).digest()[-1] % 2 == 0
