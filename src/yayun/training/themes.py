"""What a poem is about: one of the classical themes, read from its title and its verse.

``themes.tsv`` (theme, words of titles, words of verse; traditional script) is a table to read and correct. A title
says more than the verse, a longer word more than a shorter one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from yayun.prosody.readings.lexicon import standardize

FALLBACK = "詠懷"  # a lyric that names none of the themes
_TITLE, _VERSE = 3.0, 1.0  # the weight of a word's first character; each further one counts as much again


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme and the words that speak for it, in titles and in verse."""

    name: str
    title: tuple[str, ...]
    verse: tuple[str, ...]


def theme_of(title: str, lines: Sequence[str]) -> str:
    """The theme (two characters, traditional script) of a poem in traditional script; ``FALLBACK`` where nothing
    speaks for any. Of equals the one that stands first in the table is taken."""
    heading, verse = standardize(title), "\n".join(map(standardize, lines))
    scores = {theme.name: _score(theme, heading, verse) for theme in themes()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0 else FALLBACK


def _score(theme: Theme, title: str, verse: str) -> float:
    """The strongest word of the title, and all words of the verse."""
    named = max((_TITLE * len(word) for word in theme.title if word in title), default=0.0)
    return named + sum(_VERSE * len(word) for word in theme.verse if word in verse)


@cache
def themes() -> tuple[Theme, ...]:
    """The table."""
    text = (files("yayun.training") / "themes.tsv").read_text(encoding="utf-8")
    rows = [row.split("\t") for row in text.splitlines()[1:]]
    return tuple(Theme(standardize(name), _words(title), _words(verse)) for name, title, verse in rows)


def _words(cell: str) -> tuple[str, ...]:
    return tuple(map(standardize, cell.split()))
