"""Cutting a request into words, and what the words of asking are: politeness, verbs of writing, persons, moods.

``data/words.tsv`` holds general words by cost (made by ``scripts/build_words.py``), ``data/terms.tsv`` this project's
own by what they do in a request.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from yayun.brief.kin_table import kin
from yayun.brief.occasion import triggers

SCALE = 2  # steps of cost a nat
UNKNOWN = 34  # cost of a character that stands in no list
TERM = 7  # cost of a term of two characters and more: dearer than none, so that a longer general word may win
LONGEST = 6
_RUN = re.compile(r"[^\W\da-z_]+")  # Chinese characters in a row (see ``text.HAN``)


def cut(plain: str) -> frozenset[int]:
    """The places (from 0, both ends of the text too) where words of ``plain`` begin or end: the cheapest way to lay
    words end to end. Signs and Latin letters part at every place."""
    ends = set(range(len(plain) + 1))
    for run in _RUN.finditer(plain):
        ends -= set(range(run.start() + 1, run.end()))
        ends |= {run.start() + end for end in _ends(run[0])}
    return frozenset(ends)


def _ends(text: str) -> list[int]:
    best: list[tuple[float, int]] = [(0.0, 0)]  # up to each place: cost, length of the last word
    for end in range(1, len(text) + 1):
        choices = []
        for length in range(1, min(LONGEST, end) + 1):
            cost = _cost(text[end - length : end])
            if length == 1 and cost is None:
                cost = UNKNOWN
            if cost is not None:
                choices.append((best[end - length][0] + cost, length))
        best.append(min(choices, key=lambda choice: (choice[0], -choice[1])))
    ends, at = [], len(text)
    while at:
        ends.append(at)
        at -= best[at][1]
    return ends


@lru_cache(maxsize=4096)
def _cost(word: str) -> int | None:
    """What a word costs, None for none. The list is searched as it stands: to make a dict of it would take longer than
    to read a request."""
    text, at = _list(), -1
    cost = None
    while (at := text.find(word, at + 1)) >= 0:
        if text[at - 1] in " \t" and text[at + len(word)] in " \n":
            row = text.rfind("\n", 0, at) + 1
            cost = int(text[row : text.index("\t", row)])
            break
    if len(word) > 1 and word in terms():
        return min(TERM + len(word), UNKNOWN if cost is None else cost)
    return cost


@cache
def _list() -> str:
    text = (files("yayun.brief") / "data" / "words.tsv").read_text(encoding="utf-8")
    return text[text.index("\n") :]


@cache
def terms() -> dict[str, frozenset[str]]:
    """Each term's classes, as ``data/terms.tsv`` names them."""
    found: dict[str, set[str]] = {}
    for kind, words in _rows("terms.tsv"):
        for word in words.split(" "):
            found.setdefault(word, set()).add(kind)
    for word, entry in kin().items():
        found.setdefault(word, set()).add(entry.kind)
    for word in triggers():
        found.setdefault(word, set()).add("occasion")
    return {word: frozenset(kinds) for word, kinds in found.items()}


def is_a(word: str, *kinds: str) -> bool:
    """Is ``word`` a term of one of the classes?"""
    return not terms().get(word, frozenset()).isdisjoint(kinds)


@cache
def tunes() -> frozenset[str]:
    """Names of 词 tunes, simplified."""
    text = (files("yayun.prosody.forms") / "data" / "tunes.tsv").read_text(encoding="utf-8")
    return frozenset(text.replace("\t", " ").split()[2:])


@cache
def adjectives() -> frozenset[str]:
    """Words that say how something is."""
    return frozenset(word for (word,) in _rows("adjectives.tsv"))


@cache
def titles_too() -> frozenset[str]:
    """Names of tunes that are titles of 诗 too (杨柳枝), or say what they seem to (江南春)."""
    return frozenset(name for (name,) in _rows("tune_titles.tsv"))


def _rows(name: str) -> list[list[str]]:
    text = (files("yayun.brief") / "data" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()[1:]]
