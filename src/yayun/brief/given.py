"""Lines that a request gives: 以“孤帆远影碧空尽”为首句, 末句用…, 续写…, 补全…."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yayun.brief.fields import NUMBER, read_number
from yayun.brief.finders import Found, Span
from yayun.brief.shape import Shape
from yayun.brief.text import GAP, HAN, QUOTE, Text

# A line of verse that is not quoted, and is no asking of the same length: 请帮我续成七绝.
_NO_ASKING = (
    r"(?!请|帮[我忙你]|麻烦|[续接补][写成完着全上]|给我|替我|劳驾|求你|[写作来]一?首|[^,.;:!?]{0,5}[五七]言?[绝律])"
)
_LINE = rf"{_NO_ASKING}(?:{HAN}{{7}}|{HAN}{{5}})"
_VERSE = rf"(?:{QUOTE}|{HAN}{{5}}(?:{HAN}{{2}})?(?!{HAN}))"
_NTH = rf"第(?P<n>{NUMBER})[句行]"
_PLACE = (
    rf"(?:(?P<first>首句|起句|开头(?:一句)?|第一句|首行)|(?P<last>(?:最后一|末尾一?|末|尾|结|收)句"
    rf"|结尾(?:一句)?)|{_NTH})"
)
_PLACE2 = _PLACE.replace("?P<first>", "?P<first2>").replace("?P<last>", "?P<last2>").replace("?P<n>", "?P<n2>")
_AS = r"(?:要?求?(?:必须|须|得|要|请|就|想|固定|写)*(?:是|用|为|作|定为|写成|写|取|:|=){0,2})"
_PUT = r"(?:来?作为|为|作|做|当作?|当成|来|(?:用|放|写|摆|搁|嵌|安排)(?:在|到|进|入)|充当|用作)"
_PATTERNS = (
    re.compile(
        rf"(?:以|用|拿|把|将|取)(?P<x>{QUOTE}|{HAN}{{5}}(?:{HAN}{{2}})?)(?:这[一]?句(?:诗)?)?{_PUT}(?:诗的?)?{_PLACE}"
    ),
    re.compile(rf"{_PLACE2}的?(?:诗)?{_AS}[ ,]?(?P<x>{QUOTE})"),
    re.compile(
        rf"{_PLACE2}的?(?:要?求?(?:必须|须|得|要|请|就)*(?:是|用|为|作|定为|写|取|:"
        rf"|=){{1,2}}) ?(?P<x>{HAN}{{5}}(?:{HAN}{{2}})?(?!{HAN}))"
    ),
    re.compile(rf"(?P<x>{QUOTE})(?:是|为|作|做|当|作为|要?[放用写]在)(?:全诗|诗)?的?{_PLACE}"),
    re.compile(rf"(?:以|用|拿)(?P<x>{QUOTE})(?:起句|起首|开头|开篇|起头|打头|起)"),
    re.compile(rf"(?:以|用|拿)(?P<y>{QUOTE})(?:结尾|收尾|作?结|收束|收句|煞尾)"),
)
# Several lines at one place: 颔联用“…,…”, 前两句:…,….
_SOME = (
    r"(?P<some>(?:最后一|[首颔颈尾末])联|第[一二三四1-4]联|(?:前|开头|起首|头|最?后|末尾?|结尾)[两二四三2-4]句"
    r"|第[一二三四五六七1-7][、和、到至]?第?[二三四五六七八2-8]句)"
)
_RUN = rf"{_LINE}(?:[,.;!?、 /\n]+{_LINE})+(?!{HAN})"
_SEVERAL = (
    re.compile(rf"{_SOME}(?:的?诗)?(?:我(?:想|已经)?)?(?:已经)?{_AS}了?[: ,]*(?P<x>{QUOTE}|{_RUN})"),
    re.compile(rf"(?:以|用|拿|把|将|取)(?P<x>{QUOTE})(?:这两句)?{_PUT}(?:诗的?)?{_SOME}"),
    re.compile(
        rf"(?:接着|顺着|承着|承接|沿着|接|承)(?P<x>{QUOTE}|{_VERSE})"
        r"(?:[ ,]?(?:继续|接着)?(?:往下|下去)?(?=[写续作来补]))"
    ),
)
_COUPLETS = {"首": 1, "颔": 3, "颈": 5, "一": 1, "二": 3, "三": 5, "1": 1, "2": 3, "3": 5}
_GO_ON = re.compile(
    r"(?:请?帮我|请|再|我|来|要)*(?:续写|续完|补全|续成|续上|续作|接着写|往下写|接下去|补全|补完|补齐|补成"
    r"|补上|补写?后|续后|写完|补写|续诗|接后|补句|补一句|填空|续两句|续一下|补两句)(?:成|为|整)*(?:全诗|一下)?"
)
_LINES = re.compile(rf"{_LINE}(?:[,.;!?、 /\n]+{_LINE})*(?!{HAN})")
_BLANK = r"(?:\([ _]*\)|_{2,}|□+|\?{2,}|\*{2,}|x{5,7}|…+|-{2,})"
_SPLIT = re.compile(r"[\s,，.。、;；!！?？:：/]+")


@dataclass(frozen=True, slots=True)
class Given:
    """Lines as typed, by their place: from 1, from the end where negative (-1 the last). ``width``: characters a
    line."""

    lines: tuple[tuple[int, str], ...]
    width: int

    def places(self, count: int) -> dict[int, str]:
        """Line index (from 0) of a poem of ``count`` lines to the line given; what lies outside it is left out."""
        found = {(n - 1 if n > 0 else count + n): line for n, line in self.lines}
        return {i: line for i, line in found.items() if 0 <= i < count}


def find_given(text: Text, *, of_tune: bool = False) -> Found[Given] | None:
    """The lines given, and where they stand; ``of_tune``: of a 词, whose lines may have other lengths than 5 and 7."""
    found: dict[int, str] = {}
    spans: list[Span] = []
    for pattern in _PATTERNS:
        for m in pattern.finditer(text.plain):
            said = m.groupdict()
            name = "x" if "x" in said else "y"
            line = _SPLIT.sub("", text.said(*m.span(name)))
            if len(line) not in (5, 7) and not (of_tune and 2 <= len(line) <= 11):
                continue
            found[_place(said) if name == "x" else -1] = line
            spans.append(m.span())
        text = text.cut(spans)
    for pattern in _SEVERAL:
        for m in pattern.finditer(text.plain):
            held = _lines_in(text.said(*m.span("x")))
            if held and (at := _start(m.groupdict().get("some") or "", len(held))):
                found |= {at + i: line for i, line in enumerate(held)}
                spans.append(m.span())
        text = text.cut(spans)
    going_on = _GO_ON.search(text.plain)
    if going_on and not found and not _with_gaps(text) and (lines := _first_lines(text)):
        found = dict(enumerate(lines.value, start=1))
        spans += lines.spans
    if going_on and (gapped := _with_gaps(text)):
        found |= gapped.value
        spans += gapped.spans
    if not found:
        return None
    spans += [going_on.span()] if going_on else []
    widths = {len(line) for line in found.values()}
    return Found(Given(tuple(sorted(found.items())), max(widths)), tuple(spans))


def _lines_in(said: str) -> list[str]:
    """The lines of a quotation; () for what is no verse of five or seven. A couplet may be written without a mark."""
    lines = [line for line in _SPLIT.split(said) if line]
    if len(lines) == 1 and len(lines[0]) in (10, 14):
        half = len(lines[0]) // 2
        lines = [lines[0][:half], lines[0][half:]]
    return lines if lines and len({*map(len, lines)}) == 1 and len(lines[0]) in (5, 7) else []


def _start(some: str, count: int) -> int | None:
    """Where ``count`` lines begin that stand at ``some`` (from the end where negative); None where they don't fit."""
    if not some:
        return 1
    couplet = some.endswith("联")
    many = re.search("[两二三四2-4](?=句)", some)
    if couplet and count == 2:
        return -2 if some[-2] in "尾末一四4" and not some.startswith("第一") else _COUPLETS[some[-2]]
    if some[0] == "第" and not couplet:
        first, last = re.findall(r"[一二三四五六七八\d]", some)
        return read_number(first) if read_number(last) - read_number(first) + 1 == count else None
    if many and read_number(many[0].replace("两", "二")) == count:
        return 1 if some[0] in "前开起头" else -count
    return None


def _with_gaps(text: Text) -> Found[dict[int, str]] | None:
    """Verse with lines left out, as ( ) or □□□□□ in their places: the lines by number, from 1."""
    if (first := re.search(rf"(?:{_BLANK}|{HAN}{{5,7}}(?!{HAN}))[,.;!?、 /\n]", text.plain)) is None:
        return None
    lines: dict[int, str] = {}
    at, end, number, blanks = first.start(), 0, 0, 0
    for m in re.finditer(
        rf"(?P<blank>{_BLANK})|(?P<line>(?:{HAN}{{7}}|{HAN}{{5}})(?!{HAN}))|[,.;!?、 /\n]+", text.plain[at:]
    ):
        if m.start() != end:  # something else comes between
            break
        end = m.end()
        number += bool(m["blank"] or m["line"])
        blanks += bool(m["blank"])
        if m["line"]:
            lines[number] = text.said(at + m.start(), at + m.end())
    if not (lines and blanks) or number not in (4, 8):
        return None
    return Found(lines, ((at, at + end),))


def _place(said: dict[str, str | None]) -> int:
    if said.get("last") or said.get("last2"):
        return -1
    if nth := said.get("n") or said.get("n2"):
        return read_number(nth)
    return 1


def _first_lines(text: Text) -> Found[list[str]] | None:
    """Verse that is to be gone on with: quoted, or standing by itself."""
    for m in re.finditer(QUOTE, text.plain):
        lines = [line for line in _SPLIT.split(text.said(*m.span())) if line]
        if lines and len({*map(len, lines)}) == 1 and len(lines[0]) in (5, 7):
            return Found(lines, (m.span(),))
    # A run of lines after a mark or a break; of 前两句:… the lines follow the colon.
    for m in re.finditer(rf"(?:^|(?<=[:,.;!?\n {GAP}])){_LINES.pattern}", text.plain):
        lines = [line for line in _SPLIT.split(text.said(*m.span())) if line]
        if len({*map(len, lines)}) == 1 and (len(lines) > 1 or text.plain[m.start() - 1 : m.start()] == ":"):
            return Found(lines, (m.span(),))
    return None


def shape_of(given: Given) -> Shape:
    """The form that given lines ask for as far as they do: their width."""
    return Shape(given.width, None)
