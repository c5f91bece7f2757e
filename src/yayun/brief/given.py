"""Lines that a request gives: 以“孤帆远影碧空尽”为首句, 末句用…, 续写…, 补全…."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yayun.brief.fields import NUMBER, read_number
from yayun.brief.finders import Found, Span
from yayun.brief.shape import Shape
from yayun.brief.text import GAP, HAN, QUOTE, Text

_VERSE = rf"(?:{QUOTE}|{HAN}{{5}}(?:{HAN}{{2}})?(?!{HAN}))"
_NTH = rf"第(?P<n>{NUMBER})[句行]"
_PLACE = (
    rf"(?:(?P<first>首句|起句|开头(?:一句)?|第一句|首行)|(?P<last>(?:最后一|末尾一?|末|尾|结|收)句"
    rf"|结尾(?:一句)?)|{_NTH})"
)
_PLACE2 = _PLACE.replace("?P<first>", "?P<first2>").replace("?P<last>", "?P<last2>").replace("?P<n>", "?P<n2>")
_AS = r"(?:要?求?(?:必须|须|得|要|请|就|想|固定|写)*(?:是|用|为|作|定为|写|取|:|=){0,2})"
_PATTERNS = (
    re.compile(
        rf"(?:以|用|拿|把|将|取)(?P<x>{QUOTE}|{HAN}{{5}}(?:{HAN}{{2}})?)(?:来?作为|为|作|做|当作?"
        rf"|来?)(?:诗的?)?{_PLACE}"
    ),
    re.compile(rf"{_PLACE2}的?(?:诗)?{_AS}[ ,]?(?P<x>{QUOTE})"),
    re.compile(
        rf"{_PLACE2}的?(?:要?求?(?:必须|须|得|要|请|就)*(?:是|用|为|作|定为|写|取|:"
        rf"|=){{1,2}}) ?(?P<x>{HAN}{{5}}(?:{HAN}{{2}})?(?!{HAN}))"
    ),
    re.compile(rf"(?:以|用|拿)(?P<x>{QUOTE})(?:起句|开头|开篇|起头|打头)"),
    re.compile(rf"(?:以|用|拿)(?P<y>{QUOTE})(?:结尾|收尾|作?结|收束|收句)"),
)
_GO_ON = re.compile(
    r"(?:请?帮我|请|再|我|来|要)*(?:续写|续完|补全|续成|续上|续作|接着写|往下写|接下去|补全|补完|补齐|补成"
    r"|补上|补写?后|续后|写完|补写|续诗|接后|补句|补一句|填空|续两句|续一下|补两句)(?:成|为|整)*(?:全诗|一下)?"
)
_LINES = re.compile(rf"(?:{HAN}{{7}}|{HAN}{{5}})(?:[,.;!?、 /\n]+(?:{HAN}{{7}}|{HAN}{{5}}))*(?!{HAN})")
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


def find_given(text: Text) -> Found[Given] | None:
    """The lines given, and where they stand."""
    found: dict[int, str] = {}
    spans: list[Span] = []
    for pattern in _PATTERNS:
        for m in pattern.finditer(text.plain):
            said = m.groupdict()
            name = "x" if "x" in said else "y"
            line = _SPLIT.sub("", text.said(*m.span(name)))
            if len(line) not in (5, 7):
                continue
            found[_place(said) if name == "x" else -1] = line
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
