"""Characters as typed, copied or scanned -> characters that can be judged. Nothing readable is lost on the way.

Every text that comes in goes through ``clean``: verse, a request, a single character to look up.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

from yayun.errors import YayunError

LOST = "□"  # stands for a character that can't be read

# What editors and programs print for a character they don't have.
_LOST_SIGNS = frozenset("□■▢▣◻◼◽◾⬜⬛▇█▉▓▒░〓☐⊠⍰\ufffd")
_BREAKS = frozenset("\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
# Numerals that are characters of their own shape only by their code.
_NUMERALS = {"〸": "十", "〹": "卄", "〺": "卅"}
# Ideographic description characters -> how many parts follow: ⿰氵每 is one character that the writer couldn't type.
_PARTS = dict.fromkeys("⿰⿱⿴⿵⿶⿷⿸⿹⿺⿻⿼⿽㇯", 2) | dict.fromkeys("⿲⿳", 3) | dict.fromkeys("⿾⿿", 1)

_LONGEST_DESCRIPTION = 16
_CLEAN = re.compile("[\u4e00-\u9fa5，。！？；：、\n]*")  # nothing to be done to any of these


def clean(text: str) -> str:
    """``text`` normalised (NFC), without invisible characters, with the ideographs that radicals (⼭) show, and with □
    for each character that can't be read: private use, U+FFFD, half a surrogate pair, ■, one only described (⿰氵每).

    Line breaks of every kind become ``\\n``.
    """
    if _CLEAN.fullmatch(text):
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_read)
    return text if _PARTS.keys().isdisjoint(text) else _without_descriptions(text)


def one_character(text: str) -> str:
    """The one character of ``text`` that is to be looked up, cleaned. Raises YayunError where it isn't one."""
    char = clean(text).strip()
    if len(char) != 1:
        raise YayunError("一次只能查一个字。")
    if char == LOST:
        raise YayunError("这个字读不出来:它是空框、私用区的字或乱码,请换用它的正体再查。")
    return char


class _Read(dict[int, str]):
    """For ``str.translate``, which is quick where every character it meets is there."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _read_char(chr(code))
        return found


_read = _Read()


def _read_char(char: str) -> str:
    if char in _LOST_SIGNS:
        return LOST
    if char in _BREAKS:
        return "\n"
    if char in _PARTS:
        return char
    if "\u2e80" <= char <= "\u2fdf" or "\u31c0" <= char <= "\u31ef":
        return radicals().get(char, LOST)
    category = unicodedata.category(char)
    if category in ("Co", "Cs", "Cn"):
        return LOST
    if category in ("Cf", "Mn", "Me") or (category == "Cc" and char not in "\n\t"):
        return ""
    return _NUMERALS.get(char, char)


@cache
def radicals() -> dict[str, str]:
    """Kangxi radical, radical of the Supplement or stroke -> the ideograph it looks like."""
    rows = (files("yayun.text") / "data" / "radicals.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return dict(row.split("\t") for row in rows)


def _without_descriptions(text: str) -> str:
    """□ for each whole ideographic description sequence."""
    kept: list[str] = []
    at = 0
    while at < len(text):
        end = _description_end(text, at)
        kept.append(text[at] if end is None else LOST)
        at = at + 1 if end is None else end
    return "".join(char for char in kept if char not in _PARTS)


def _description_end(text: str, start: int) -> int | None:
    """Where the sequence that begins at ``start`` ends; None where none does."""
    if text[start] not in _PARTS:
        return None
    at, wanted, limit = start, 1, min(len(text), start + _LONGEST_DESCRIPTION)
    while wanted and at < limit and (text[at] in _PARTS or text[at] == LOST or unicodedata.category(text[at]) == "Lo"):
        wanted += _PARTS.get(text[at], 0) - 1
        at += 1
    return at if wanted == 0 else None
