"""A row of text -> its clauses of bare characters: punctuation, spacing, note marks and decoration off."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from yayun.prosody.readings.hanzi import is_hanzi
from yayun.text.characters import LOST

_WIDTHS = (5, 7)  # of a line of regulated verse
# Widths that unpunctuated verse is run together to.
RUN_TOGETHER = {10: 5, 14: 7, 20: 5, 28: 7, 40: 5, 56: 7}
# What a character is to a clause: part of it, perhaps a note mark, a note mark, a break, perhaps a break, nothing.
_HAN, _FOREIGN, _MARK, _BREAK, _GAP, _NOTHING = "汉", "a", "1", "\n", " ", ""
_QUIET = frozenset("\"'*_#`^†‡§※“”‘’「」『』〝〞〟﹁﹂﹃﹄《》〈〉")
_LINKING = frozenset("·・･•‧∙⋅")
_MISSING = frozenset("○◯◌")  # a lost character, in some editions
_PLAIN = re.compile("[\u4e00-\u9fff，。！？；：、]*[\u4e00-\u9fff][，。！？；：、]*")
_STOPS = re.compile("[，。！？；：、]+")


def clauses(row: str) -> tuple[str, ...]:
    """The clauses of a row without notes, in order; () where it has no Chinese character.

    Punctuation ends a clause. A space or an ornament does where what it divides is as long as lines are (床前明月光
    疑是地上霜), and joins where it only spaces out (床 前 明 月 光; 国破 山河在). Figures and letters are note marks,
    unless a clause has a line's length only with them (故国3千里).
    """
    if _PLAIN.fullmatch(row):  # most rows: neither spaces nor marks
        return tuple([clause for clause in _STOPS.split(row) if clause])
    found: list[str] = []
    for hard in row.translate(_shapes).split(_BREAK):
        if pieces := _pieces(hard):
            found.extend(_joined(pieces))
    return tuple(found) if any(map(_is_verse_char, "".join(found))) else ()


def _is_verse_char(char: str) -> bool:
    return char == LOST or is_hanzi(char)


class _Shapes(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = found = _shape(chr(code))
        return found


_shapes = _Shapes()


def _shape(char: str) -> str:
    """The character itself where it may count, else what it does to the clause."""
    if char == LOST or is_hanzi(char) or char in _MISSING:
        return char
    if char in _QUIET:
        return _NOTHING
    category = unicodedata.category(char)
    if category == "No" or (category == "Lm" and char != "々"):
        return _NOTHING
    if category[0] in "LN":
        return char
    if category[0] in "ZS" or char in _LINKING or char == "\t":
        return _BREAK if char in "|｜" else _GAP
    return _BREAK if category[0] == "P" else _NOTHING


@cache
def _counts(char: str) -> bool:
    """Does a character surely count? Others may be note marks."""
    return char == LOST or is_hanzi(char) or char == "々"


def _pieces(clause: str) -> list[str]:
    return [kept for piece in clause.split(_GAP) if (kept := _without_marks(piece))]


def _without_marks(piece: str) -> str:
    """A piece without figures and letters, or with them where only so it is as long as a line."""
    bare = "".join(filter(_counts, piece))
    if len(bare) == len(piece) or not bare:
        return bare
    if len(bare) not in _WIDTHS and len(piece) in _WIDTHS:
        return "".join(LOST if char in _MISSING else char for char in piece)
    return bare


def _joined(pieces: list[str]) -> list[str]:
    """Pieces between spaces as clauses."""
    if len(pieces) == 1 or all(len(piece) in _WIDTHS for piece in pieces):
        return pieces
    if all(len(piece) == 1 for piece in pieces):
        return ["".join(pieces)]
    return next((lines for width in _WIDTHS if (lines := _filled(pieces, width))), pieces)


def _filled(pieces: Sequence[str], width: int) -> list[str]:
    """Lines of just ``width`` that the pieces fill in order; [] where they don't."""
    lines = [""]
    for piece in pieces:
        if len(lines[-1]) == width:
            lines.append("")
        lines[-1] += piece
        if len(lines[-1]) > width:
            return []
    return lines if len(lines[-1]) == width else []
