"""The form asked for: 五绝, 七律, 五言排律二十句, 试帖, 五古, 对联, as a flag or inside a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from yayun.brief.fields import FORMS_HINT, NUMBER, brief_quote, read_number
from yayun.brief.text import clean, plain
from yayun.errors import YayunError
from yayun.prosody.forms import facing
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.old import old_style
from yayun.prosody.forms.regulated import FORMS, SHORTEST_LONG, regulated

Kind = Literal["", "排律", "古体", "对联"]
LONGEST = 100  # lines of 排律
USUAL_LONG = 12  # 六韵, as most 排律 of the Tang
OLD_LINES = (8, 20)


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of a form: its kind ('' for 近体 of four or eight lines), characters a line and lines; None is not
    said."""

    width: int | None = None
    lines: int | None = None
    kind: Kind = ""

    def form(self) -> str | None:
        """The canonical form; what a half-said one leaves open is five characters and four lines."""
        if self == Shape():
            return None
        if (full := self.full()) is not None:
            return full.name
        wanted = (self.width or 5, self.lines or 4)
        return next((name for name, shape in FORMS.items() if shape == wanted), f"{wanted[1]}句的诗")

    def full(self) -> Form | None:
        """The form itself, where more than its name is to be said: 排律, 古体 and 对联 of a length.

        Raises YayunError for a length that it has not.
        """
        width = self.width or (facing.USUAL if self.kind == "对联" else 5)
        if self.kind == "对联":
            if not facing.SHORTEST <= width <= facing.LONGEST:
                raise YayunError(f"对联每边要 {facing.SHORTEST} 到 {facing.LONGEST} 个字,{width} 个字不行。")
            return facing.alternating(width)[0]
        if self.kind == "排律":
            lines = self.lines or USUAL_LONG
            if lines % 2 or not SHORTEST_LONG <= lines <= LONGEST:
                raise YayunError(f"排律要双数句,从 {SHORTEST_LONG} 句到 {LONGEST} 句,{lines} 句不行。")
            return regulated(width, lines)[0]
        if self.kind == "古体":
            lines = self.lines or USUAL_LONG
            if lines != 4 and (lines % 2 or not OLD_LINES[0] <= lines <= OLD_LINES[1]):
                raise YayunError(f"古体写 {OLD_LINES[0]} 到 {OLD_LINES[1]} 句(双数),或 4 句的古绝,{lines} 句不行。")
            return old_style(width, lines)
        return None


def merged(one: Shape, other: Shape) -> Shape:
    """What two places say of one form, the first first; see ``clash``."""
    return Shape(one.width or other.width, one.lines or other.lines, one.kind or other.kind)


def clash(one: Shape, other: Shape) -> bool:
    """Do they say different things?"""
    pairs = ((one.width, other.width), (one.lines, other.lines), (one.kind or None, other.kind or None))
    return any(a is not None and b is not None and a != b for a, b in pairs)


_SHAPE = re.compile(
    r"(?:近体)?(?P<w>[五七57])\s*[言字]?的?(?:近体)?诗?\s*(?:律(?=绝))?(?:(?P<l>绝|律)(?:句|诗)?|诗"
    r"|(?P<n>[四八48])[句行])?[诗体]?"
    r"|(?:近体)?(?:律(?=绝))?(?P<l2>绝句?|律诗?)(?P<w2>[五七57]言)?"
)
# How many lines: 二十句, 十韵 (a 韵 is a couplet), 六联.
_LENGTH = rf"(?:(?P<n>{NUMBER})(?P<unit>[句行韵联]))"
_AFTER = rf"(?:(?P<n2>{NUMBER})(?P<unit2>[句行韵联]))"
_WIDTH = r"(?:(?P<w>[五七57])(?:言|字)?)"
_LONG = rf"{_WIDTH}?{_LENGTH}?的?(?:长?排律|长律|排(?=$|诗))诗?(?:[ ,(的]*{_AFTER})?"
_EXAM = rf"{_WIDTH}?{_LENGTH}?的?试(?:帖|律)诗?"
_RHYMES = rf"{_WIDTH}(?P<n>{NUMBER})(?P<unit>韵)(?:排律|诗)?"
_OLD_NAMES = r"古绝|古体诗?|古风(?!韵)|古诗(?=$|[,.;!? 的]|[十二八一])"
_OLD = (
    rf"{_LENGTH}?的?(?:(?P<w>[五七57])言?)?的?(?:{_OLD_NAMES})"
    rf"|{_AFTER}?的?(?P<w2>[五七57])(?:言?古(?:诗|风|体|绝)?)"
)
_CHARS = r"(?:(?P<chars>[四五六七八九十]|十一|十二|[4-9]|1[012])(?:字|言)的?)"
_ROOMS = "|".join(f"(?<={room})联" for room in ("书房", "书斋", "客厅", "厅堂", "茶馆", "酒楼", "店铺"))
_PAIR = rf"{_CHARS}?(?:对联|楹联|[春寿挽婚门喜贺]联|对子|联语|(?<=[字言的])联(?![都的句])|{_ROOMS})"
KINDS: tuple[tuple[Kind, str], ...] = (
    ("排律", _LONG), ("排律", _EXAM), ("排律", _RHYMES), ("古体", _OLD), ("对联", _PAIR)
)  # fmt: skip


def shape_of_match(kind: Kind, m: re.Match[str]) -> Shape:
    """The shape that a match of one of ``KINDS`` says."""
    said = m.groupdict()
    if kind == "对联":
        return Shape(read_number(said["chars"]) if said["chars"] else None, 2, kind)
    width = said.get("w") or said.get("w2")
    number, unit = said.get("n") or said.get("n2"), said.get("unit") or said.get("unit2")
    lines = None if not number else read_number(number) * (2 if unit in ("韵", "联") else 1)
    if kind == "古体" and m[0].endswith("绝"):
        lines = 4
    return Shape(None if not width else 5 if width in "五5" else 7, lines, kind)


def parse_form(value: str) -> Shape:
    """``五绝``, ``五言绝句``, ``5绝``, ``絕句``, ``五言排律``, ``五古``, ``对联`` … Errors: YayunError for others."""
    text = re.sub(r"[\s(),、]", "", plain(clean(value, "体裁")))
    m = _SHAPE.fullmatch(text)
    if m is None or len(m[0]) == 1:
        for kind, pattern in KINDS:
            if (said := re.fullmatch(pattern, text)) is not None:
                shape = shape_of_match(kind, said)
                shape.full()
                return shape
        raise YayunError(f"不会写“{brief_quote(value)}”这种体裁,{FORMS_HINT}。")
    width = m["w"] or m["w2"]
    kind_of = m["l"] or m["l2"] or m["n"]
    return Shape(
        None if width is None else 5 if width[0] in "五5" else 7,
        None if kind_of is None else 4 if kind_of[0] in "绝四4" else 8,
    )
