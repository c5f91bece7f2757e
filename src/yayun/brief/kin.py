"""The words that people say and a poet does not (``kin_table``), found in a text, and put as a poet puts them."""

from __future__ import annotations

import re

from yayun.brief.kin_table import kin
from yayun.brief.occasion import occasions, titles
from yayun.brief.text import plain


def kin_in(text: str, *kinds: str) -> tuple[str, ...]:
    """The words of ``text`` (any script) that the table has, of these kinds or of any, as they come, the longest first
    where several begin at one place."""
    said, found, at = plain(text), [], 0
    while at < len(said):
        word = next((said[at : at + n] for n in range(min(5, len(said) - at), 0, -1) if said[at : at + n] in kin()), "")
        if word and (not kinds or kin()[word].kind in kinds):
            found.append(word)
        at += len(word) or 1
    return tuple(dict.fromkeys(found))


def in_poets_words(title: str, occasion: str | None = None) -> str:
    """What the writer is told of ``title``: the occasion's own words for it, or the table's for what no poet said."""
    if occasion and title in titles(occasion):
        return occasions()[occasion].told
    told = said = plain(title)
    for word in sorted(kin_in(title), key=len, reverse=True):
        told = told.replace(word, kin()[word].told)
    return title if told == said else told


def has_person(text: str) -> bool:
    """Does ``text`` (simplified) name a person by what they are to one?"""
    return any(word in text for word, entry in kin().items() if entry.kind == "person")


def in_poets_names(text: str) -> str:
    """``text`` (simplified) with persons named as poets name them: 奶奶八十, 祖母八十."""
    persons = sorted((word for word, entry in kin().items() if entry.kind == "person"), key=len, reverse=True)
    return re.sub("|".join(persons), lambda m: kin()[m[0]].told, text)
