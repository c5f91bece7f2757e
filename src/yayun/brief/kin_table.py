"""What people say and what a poet says for it: 奶奶 is 祖母, 爬山 登山, and 地铁, which no poet knew, a carriage.

``data/kin.tsv``: the word, its kind (person, act, or modern: a thing that classical verse has no word for), what the
writer is told in its place, and the words that verse will use.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Kin:
    """``told``: what a poet would write of; ``words``: what the verse will speak of; ``kind`` person, act or modern."""

    kind: str
    told: str
    words: tuple[str, ...]


@cache
def kin() -> dict[str, Kin]:
    """The table, by the (simplified) word that people say."""
    text = (files("yayun.brief") / "data" / "kin.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return {said: Kin(kind, told, tuple(words.split("、"))) for said, kind, told, words in rows}
