"""Occasions that verse is asked for: how they are said, what such a poem is called, speaks of and never says.

``data/occasions.tsv``: name, title, what the writer is told, the words that say it (with ? those that say other things
too, and need a person or good wishes beside them; after a colon, a title of their own), images (traditional script),
and what is taboo.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Occasion:
    """``title`` is shown, ``told`` is what the writer knows it by; ``images`` in traditional script; ``taboos``:
    characters and words (simplified) that such a poem never says."""

    name: str
    title: str
    told: str
    triggers: tuple[str, ...]
    images: tuple[str, ...]
    taboos: tuple[str, ...]


@cache
def occasions() -> dict[str, Occasion]:
    """All of them by name."""
    text = (files("yayun.brief") / "data" / "occasions.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return {
        name: Occasion(name, title, told, *(tuple(words.split(" ")) for words in lists))
        for name, title, told, *lists in rows
    }


@cache
def triggers() -> dict[str, str]:
    """The words that say an occasion, and its name."""
    return {_word(word): name for name, occasion in occasions().items() for word in occasion.triggers}


def title_for(occasion: str, text: str) -> str:
    """What a poem for ``occasion`` is called, said in the words of ``text`` (simplified)."""
    own = [word.split(":") for word in occasions()[occasion].triggers if ":" in word]
    return next((title for word, title in own if word.rstrip("?") in text), occasions()[occasion].title)


def titles(occasion: str) -> frozenset[str]:
    """All the titles of poems for ``occasion``."""
    own = (word.split(":")[1] for word in occasions()[occasion].triggers if ":" in word)
    return frozenset((occasions()[occasion].title, *own))


def _word(trigger: str) -> str:
    return trigger.partition(":")[0].rstrip("?")


@cache
def doubtful() -> frozenset[str]:
    """Those of them that say other things too: 满月."""
    return frozenset(_word(word) for o in occasions().values() for word in o.triggers if "?" in word)


def occasion_of(text: str) -> str | None:
    """The occasion that a title or theme (simplified) surely says, if any."""
    said = [word for word in triggers() if word in text and (word not in doubtful() or word == text)]
    return triggers()[max(said, key=len)] if said else None


def taboos(occasion: str | None) -> tuple[str, ...]:
    """What a poem for ``occasion`` never says, simplified; nothing where there is none."""
    return occasions()[occasion].taboos if occasion else ()


def images(occasion: str | None) -> tuple[str, ...]:
    """The images (traditional script) that belong to ``occasion``."""
    return occasions()[occasion].images if occasion else ()
