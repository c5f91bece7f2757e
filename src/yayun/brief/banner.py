"""横批: the four characters over a door, customary ones by what the couplet is for (``data/banners.tsv``)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from yayun.brief.text import plain
from yayun.brief.value import Brief


@cache
def banners() -> dict[str, tuple[str, ...]]:
    """Occasion (of ``brief.occasion``; '' for any other) to what is customary for it, simplified."""
    text = (files("yayun.brief") / "data" / "banners.tsv").read_text(encoding="utf-8")
    rows = (row.split("\t") for row in text.splitlines()[1:])
    return {name: tuple(words.split(" ")) for name, words in rows}


def banner(brief: Brief, lines: Sequence[str], seed: int) -> str:
    """One that shares no character with the couplet where there is such; '' where none is called for: a couplet for an
    occasion has one, any other where the request speaks of it."""
    said = plain(brief.request or "")
    name = brief.occasion if brief.occasion in banners() else ""
    if not name and "横批" not in said:
        return ""
    used = set(plain("".join(lines)))
    fresh = [words for words in banners()[name or ""] if used.isdisjoint(words)]
    choice = fresh or banners()[name or ""]
    return choice[seed % len(choice)]
