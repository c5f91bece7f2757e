"""One finder a field: each looks at what is left of the request and says what it found, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from yayun.brief.fields import (
    NUMBER,
    Opening,
    RhymeTone,
    Script,
    parse_count,
    read_number,
)
from yayun.brief.shape import Shape
from yayun.brief.text import HAN, NOT_HAN, Text
from yayun.errors import YayunError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Span = tuple[int, int]

NOT = r"(?:不要求|不要|不用|不必|不需要?|不许|不能|不得|不想要?|不是|不|无需|无须|别|勿|莫|避免|禁止|除了|而非|并非)"


@dataclass(frozen=True, slots=True)
class Found(Generic[T_co]):
    """A field's value and the spans of the text that said it."""

    value: T_co
    spans: tuple[Span, ...]


def one_of(values: list[T], what: str) -> T:
    """The one value said (again and again, perhaps). Errors: YayunError for two different ones."""
    different = list(dict.fromkeys(values))
    if len(different) > 1:
        said = "和".join(f"“{value}”" for value in different[:3])
        raise YayunError(f"{what}前后不一:{said}只能选一个。")
    return different[0]


# ---- script, count

_SCRIPT = re.compile(
    rf"(?P<no>{NOT})?(?:使用|用|写成|转成|输出|以)*(?:(?P<old>繁体|正体)|简体|简化)(?:中文|汉字|字)?"
    rf"(?:来?(?:写|书写|输出|显示|呈现|版)本?)?"
)


def find_script(text: Text) -> Found[Script] | None:
    """用繁体, 简体字输出, 不要繁体."""
    found = list(text.find(_SCRIPT))
    if not found:
        return None
    scripts: list[Script] = ["traditional" if bool(m["old"]) != bool(m["no"]) else "simplified" for m in found]
    if len(set(scripts)) > 1:
        raise YayunError("简体和繁体只能选一个。")
    return Found(scripts[0], tuple(m.span() for m in found))


_COUNT = re.compile(
    rf"(?<![第每各这那前两])(?:共|总共|一共)?(?P<n>{NUMBER}|[几多])"
    rf"(?P<more>[、~至到-]?{NUMBER})?个?(?:首(?![句联都句字尾都次之])|副)"
)


def find_count(text: Text) -> Found[int] | None:
    """写三首, 来两首, 10首. The first number counts; 几首 is three."""
    m = text.first(_COUNT)
    if m is None:
        return None
    n = 3 if m["n"] in "几多" else read_number(m["n"])
    return Found(parse_count(n), (m.span(),))


_A_POEM = re.compile(
    r"[写作做来吟赋整求想](?:首|个|篇)(?:(?:小|古|近体|格律)?诗(?![人经意情歌]))?|[写作做来整求想拟撰题]一?[副幅对](?=$|[^\w]|\x1f)"
)


def find_poem(text: Text) -> Found[None] | None:
    """写首诗, 来首: says that a poem is wanted, and nothing more."""
    m = text.first(_A_POEM)
    return Found(None, (m.span(),)) if m else None


# ---- form

_FIVE_SEVEN, _FOUR_EIGHT = "[五七57]", "[四八48]"
_PER_LINE = rf"(?:每|一|单)[一1]?个?[句行](?:都|各|要)?(?:是|有|为|用)?(?P<w>{_FIVE_SEVEN})个?[字言]"
_SHAPES = tuple(
    re.compile(rf"(?P<no>{NOT}(?:写成|写|作|用|是|要|来)?)?" + shape)
    for shape in (
        rf"(?:近体)?(?<!第)(?P<w>{_FIVE_SEVEN}) ?[言字]?的?(?:近体|格律)?(?:律(?=绝))?(?P<l>绝|律)"
        rf"(?:句|诗)?(?:体?诗|体)?",
        rf"(?P<l>{_FOUR_EIGHT})[句行][ ,的]*(?:而且|并且|要求)?{_PER_LINE}(?:的?诗)?",
        rf"{_PER_LINE}[ ,的]*(?:一?共|总共|写|要|有)*(?P<l>{_FOUR_EIGHT})[句行](?:的?诗)?",
        rf"(?<!第)(?P<w>{_FIVE_SEVEN})(?:个?字|言)[一每]?[句行]?[ ,的]*"
        rf"(?:一?共|总共|写|要|有)*(?P<l>{_FOUR_EIGHT})[句行](?:的?诗)?",
        rf"(?P<l>{_FOUR_EIGHT})[句行]的?(?P<w>{_FIVE_SEVEN})(?:个?字|言)(?:的?诗)?",
        _PER_LINE,
        rf"(?<!第)(?P<w>{_FIVE_SEVEN})(?:个字一?[句行]|言)(?:的?近体诗|的?格律诗|诗)?",
        rf"(?<![^\s,.;:!?的])(?P<w>{_FIVE_SEVEN})个字的?(?=$|[,.;!?])",
        r"(?:律(?=绝))?(?P<l>绝句|(?<=律)绝|律诗)(?:诗)?",
        rf"(?<!{HAN})(?P<l>{_FOUR_EIGHT})[句行](?:的?诗)?",
        rf"(?<=写)(?P<l>{_FOUR_EIGHT})[句行](?:的?诗)?",
        r"(?<![\d十])(?P<total>二十|20|二十八|28|四十|40|五十六|56)个?字(?:的?诗)?",
    )
)
# 绝句 in front of 五言 has said its lines already.
_WHOLE = re.compile(rf"(?P<l>绝句|律诗)[ ,(的]*(?P<w>{_FIVE_SEVEN})言")
_TOTALS = {20: Shape(5, 4), 28: Shape(7, 4), 40: Shape(5, 8), 56: Shape(7, 8)}


def find_form(text: Text) -> Found[tuple[Shape, tuple[str, ...]]] | None:
    """The shape asked for and the forms ruled out: 五绝, 一首七言的律诗, 四句每句五个字, 不要七律."""
    found: list[tuple[Span, Shape, bool]] = []
    for pattern in (_WHOLE, *_SHAPES):
        for m in text.find(pattern):
            groups = m.groupdict()
            found.append((m.span(), _shape(groups), bool(groups.get("no"))))
        text = text.cut(span for span, _, _ in found)
    if not found:
        return None
    found.sort(key=lambda item: item[0])
    shape, end = Shape(), 0
    for (start, stop), said, negated in found:
        if negated:
            continue
        optional = re.fullmatch(r" ?或(?:者|是)? ?", text.plain[end:start]) is not None  # 五绝或七绝: the first
        if not optional and _clash(shape, said):
            raise YayunError(f"体裁前后不一:{shape.form()}和{said.form()}只能选一种。")
        shape, end = Shape(shape.width or said.width, shape.lines or said.lines), stop
    avoided = tuple(dict.fromkeys(form for _, said, no in found if no for form in _covered(said)))
    return Found((shape, avoided), tuple(span for span, _, _ in found))


def _shape(groups: dict[str, str | None]) -> Shape:
    if total := groups.get("total"):
        return _TOTALS[read_number(total)]
    width, lines = groups.get("w"), groups.get("l")
    return Shape(
        None if not width else 5 if width in "五5" else 7,
        None if not lines else 4 if lines[0] in "绝四4" else 8,
    )


def _clash(a: Shape, b: Shape) -> bool:
    pairs = ((a.width, b.width), (a.lines, b.lines))
    return any(x is not None and y is not None and x != y for x, y in pairs)


def _covered(shape: Shape) -> Iterator[str]:
    for width in (5, 7) if shape.width is None else (shape.width,):
        for lines in (4, 8) if shape.lines is None else (shape.lines,):
            if form := Shape(width, lines).form():
                yield form


# ---- opening and first line

_FIRST = re.compile(
    rf"(?P<no>{NOT}(?:让|使)?)?(?:首|第一|第1|起)[句行]"
    rf"(?:[要需须应可以也就都得请必]{{0,3}})(?P<not>{NOT}|无)?[要用需]?(?:入|押|用|带)韵(?!脚)"
)
_OPENING = re.compile(
    rf"(?P<no>{NOT}[用是]?)?(?:首句)?(?P<o>仄|(?<![太和生水公])平)声?起"
    rf"(?=$|{NOT_HAN}|[首式格体的来写押五七绝律仄平都或和]|[平仄]收|不?(?:入|押|用)韵)"
    rf"(?:(?P<tail>[平仄])收)?(?:格式|[式格])?[的,、 ]?(?:首句)?(?P<first>(?P<not>不)?(?:入|押"
    rf"|用)韵)?(?:格式|[式格])?"
)


def find_first_line(text: Text) -> Found[bool] | None:
    """首句入韵, 首句不入韵, 第一句不用押韵, 不要首句入韵."""
    found = list(text.find(_FIRST))
    if not found:
        return None
    values = [bool(m["no"]) == bool(m["not"]) for m in found]
    if len(set(values)) > 1:
        raise YayunError("首句是否入韵,前后说法不一,请只留一处。")
    return Found(values[0], tuple(m.span() for m in found))


def find_opening(text: Text) -> Found[tuple[Opening, bool | None]] | None:
    """平起, 仄起首句不入韵, 平起仄收 -> the opening and, if said, whether the first line rhymes (in a level group)."""
    found = list(text.find(_OPENING))
    if not found:
        return None
    openings: list[Opening] = ["平起" if (m["o"] == "平") != bool(m["no"]) else "仄起" for m in found]
    opening = one_of(openings, "平起仄起")
    first = next((not m["not"] for m in found if m["first"]), None)
    if first is None:
        first = next((m["tail"] == "平" for m in found if m["tail"]), None)
    return Found((opening, first), tuple(m.span() for m in found))


# ---- a tone to rhyme in

_TONE = re.compile(
    rf"(?P<no>{NOT}押?)?(?:押|用|韵脚用?|以)?(?:上平|下平|(?P<t>[平仄上去入]))"
    rf"(?:声的?韵|声(?!{HAN})|韵)(?:为韵|脚)?"
)


def find_tone(text: Text) -> Found[RhymeTone] | None:
    """押仄韵, 入声韵, 平声韵; 不要仄韵 is level."""
    found = [m for m in text.find(_TONE) if not text.plain[: m.start()].endswith(("首句", "一句", "末句"))]
    if not found:
        return None
    values: list[RhymeTone] = []
    for m in found:
        tone = m["t"] or "平"
        values.append(("仄" if tone == "平" else "平") if m["no"] else tone)  # type: ignore[arg-type]
    return Found(one_of(values, "韵的声调"), tuple(m.span() for m in found))
