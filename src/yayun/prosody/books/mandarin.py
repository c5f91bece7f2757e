"""Rhyme books of today's Mandarin: 中华新韵 (fourteen rhymes, 2005) and 中华通韵 (sixteen, 2019).

Both follow from the final of a syllable (``XINYUN``, ``TONGYUN``). First and second tone are level, third and fourth
oblique. The readings are in ``data/mandarin.tsv``, words that tell the readings of a character apart in
``data/mandarin_words.tsv``; ``scripts/build_mandarin.py`` makes both.

Sources: 中华诗词学会《中华新韵(十四韵)》2005; 国家语言文字工作委员会《中华通韵》GF 0022—2019.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from yayun.prosody import tables

# Final -> rhyme. -i is the vowel of zhi chi shi ri zi ci si; v is ü.
XINYUN = {
    **dict.fromkeys(("a", "ia", "ua"), "麻"),
    **dict.fromkeys(("o", "e", "uo"), "波"),
    **dict.fromkeys(("ie", "ve"), "皆"),
    **dict.fromkeys(("ai", "uai"), "开"),
    **dict.fromkeys(("ei", "ui"), "微"),
    **dict.fromkeys(("ao", "iao"), "豪"),
    **dict.fromkeys(("ou", "iu"), "尤"),
    **dict.fromkeys(("an", "ian", "uan", "van"), "寒"),
    **dict.fromkeys(("en", "in", "un", "vn"), "文"),
    **dict.fromkeys(("ang", "iang", "uang"), "唐"),
    **dict.fromkeys(("eng", "ing", "ong", "iong", "ueng"), "庚"),
    **dict.fromkeys(("i", "er", "v"), "齐"),
    "-i": "支",
    "u": "姑",
}
TONGYUN = {
    **dict.fromkeys(("a", "ia", "ua"), "啊"),
    **dict.fromkeys(("o", "uo"), "喔"),
    **dict.fromkeys(("e", "ie", "ve"), "鹅"),
    **dict.fromkeys(("i", "-i"), "衣"),
    "u": "乌",
    "v": "迂",
    **dict.fromkeys(("ai", "uai"), "哀"),
    **dict.fromkeys(("ei", "ui"), "欸"),
    **dict.fromkeys(("ao", "iao"), "熬"),
    **dict.fromkeys(("ou", "iu"), "欧"),
    **dict.fromkeys(("an", "ian", "uan", "van"), "安"),
    **dict.fromkeys(("en", "in", "un", "vn"), "恩"),
    **dict.fromkeys(("ang", "iang", "uang"), "昂"),
    **dict.fromkeys(("eng", "ing", "ueng"), "英"),
    **dict.fromkeys(("ong", "iong"), "雍"),
    "er": "儿",
}
FINALS = frozenset(XINYUN)

_INITIAL = re.compile(r"zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]")
_BUZZING = frozenset(("zh", "ch", "sh", "r", "z", "c", "s"))


class Syllable(NamedTuple):
    """A reading: the ``final`` (see ``XINYUN``), the ``tone`` 1 to 4, how it is ``spelt`` (lv4), and whether it is
    ``rare``: in dictionaries, but in few or no words."""

    final: str
    tone: int
    spelt: str
    rare: bool = False

    @property
    def level(self) -> bool:
        """First and second tone."""
        return self.tone < 3


@cache
def final_of(syllable: str) -> str:
    """The final of a syllable without its tone, as the books count finals: zhi -> -i, xue -> ve, you -> iu."""
    match = _INITIAL.match(syllable)
    initial = match[0] if match else ""
    rest = syllable[len(initial) :]
    if initial == "y":
        rest = {"u": "v", "ue": "ve", "uan": "van", "un": "vn", "ou": "iu", "i": "i", "in": "in", "ing": "ing"}.get(
            rest, f"i{rest}"
        )
    elif initial == "w":
        rest = {"u": "u", "ei": "ui", "en": "un", "o": "uo"}.get(rest, f"u{rest}")
    elif initial in ("j", "q", "x") and rest.startswith("u"):
        rest = "v" + rest[1:]
    elif initial in _BUZZING and rest == "i":
        rest = "-i"
    return {"uen": "un", "uei": "ui", "iou": "iu", "ê": "e"}.get(rest, rest)


def _rows(name: str) -> list[str]:
    return (files("yayun.prosody.books") / "data" / name).read_text(encoding="utf-8").split("\n")[1:-1]


@cache
def _by_character() -> dict[str, tuple[Syllable, ...]]:
    found = {}
    for row in _rows("mandarin.tsv"):
        read, chars = row.split("\t")
        syllables = tuple(dict.fromkeys(map(_syllable, read.split())))
        found.update(dict.fromkeys(chars, syllables))
    return found


def _syllable(text: str) -> Syllable:
    spelt = text.strip("()")
    return Syllable(final_of(spelt[:-1]), int(spelt[-1]), spelt, spelt != text)


def syllables(char: str) -> tuple[Syllable, ...]:
    """The readings of a character in any script, the usual one first; empty when unknown."""
    known = _by_character()
    return known.get(char) or known.get(char.translate(tables.folding()), ())


@cache
def _words() -> dict[str, tuple[tuple[int, Syllable], ...]]:
    """Word (simplified) -> ((place from 0, reading), ...)."""
    found = {}
    for row in _rows("mandarin_words.tsv"):
        word, marks = row.split("\t")
        found[word] = tuple((int(mark[0]) - 1, _syllable(mark[1:])) for mark in marks.split())
    return found


def read_syllables(line: str) -> tuple[tuple[Syllable, ...], ...]:
    """For each character of a line the readings in play: one where a word around it decides, else all it has."""
    folded = line.translate(tables.folding())
    found = [syllables(char) for char in line]
    words = _words()
    for length in (2, 3, 4):  # longer words have the last say
        for start in range(len(line) - length + 1):
            for place, syllable in words.get(folded[start : start + length], ()):
                if len(found[start + place]) > 1 or length > 2:
                    found[start + place] = (syllable,)
    return tuple(found)
