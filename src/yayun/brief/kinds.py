"""Longer and older forms, and couplets, as a sentence asks for them: 二十句的五言排律, 五言八韵, 七古, 上联:…"""

from __future__ import annotations

import re

from yayun.brief.fields import NUMBER, read_number
from yayun.brief.finders import NOT, Found, Span
from yayun.brief.shape import KINDS, Shape, clash, merged, shape_of_match
from yayun.brief.text import Text
from yayun.errors import YayunError
from yayun.prosody.forms.regulated import SHORTEST_LONG

_KINDS = tuple((kind, re.compile(rf"(?P<no>{NOT}(?:写成|写|作|用|是|要)?)?(?:{shape})")) for kind, shape in KINDS)
# So many lines, with the kind left to their number.
_LINES = re.compile(
    rf"(?<![第前后每{'零〇一二两三四五六七八九十百千万'}\d])(?P<n>{NUMBER})"
    rf"(?P<unit>[句行])(?<!十四行)(?=的|诗|[, ]|[五七57]言|$)"
)


def find_kind(text: Text) -> Found[Shape] | None:
    """The kind of form, with what is said of its lines beside it."""
    shape, spans = Shape(), list[Span]()
    for kind, pattern in _KINDS:
        for m in text.find(pattern):
            if any(m.start() < end and start < m.end() for start, end in spans):
                continue
            spans.append(m.span())
            if m["no"]:
                continue
            said = shape_of_match(kind, m)
            if clash(shape, said):
                raise YayunError(f"体裁前后不一:{shape.form()}和{said.form()}只能选一种。")
            shape = merged(shape, said)
    if shape.lines is None:
        for m in text.cut(spans).find(_LINES):
            lines = read_number(m["n"])
            if shape.kind or lines >= SHORTEST_LONG:
                shape = merged(shape, Shape(None, lines, shape.kind or "排律"))
                spans.append(m.span())
                break
    if shape.kind == "对联":
        spans += [m.span() for m in re.finditer("(?:还|也|并|再)?(?:要|带|加|配|附)?(?:上|有)?横批", text.plain)]
    if not spans:
        return None
    if shape.kind and shape.kind != "对联":
        shape.full()  # says which lengths there are
    return Found(shape, tuple(spans))
