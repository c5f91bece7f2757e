"""Forms, rhyme groups and patterns as people name them, and the form a text's shape points at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from yayun.errors import YayunError
from yayun.prosody import tables
from yayun.prosody.books.book import RhymeBook
from yayun.prosody.forms.catalog import forms_named
from yayun.prosody.forms.regulated import FORM_NAMES, FORMS, LONG_FORMS, SHORTEST_LONG

_GROUP_NAME = re.compile(r"(?:平水韵)?(?:上平|下平|[平上去入]声?)?(?:部|第)?[一二三四五六七八九十]*(.)(?:韵|部)?")
_PATTERN_NAME = re.compile(r"(?P<opening>[平仄]起)?式?,?(?:首句(?P<no>不)?(?:入|押)韵)?式?")


def fold(text: str) -> str:
    """``text`` in one spelling (simplified, standard): for names, not for verse."""
    return tables.fold(text)


@cache
def canonical_form(name: str) -> str:
    """The full name of a form, whatever script or short form names it, e.g. 五絕 -> 五言绝句.

    Raises YayunError for a name that no form has.
    """
    if forms := forms_named(name):
        return forms[0].name
    raise YayunError(
        f"不认识体裁「{name}」,请用五绝、七绝、五律、七律、五言排律、七言排律、五古、七古、对联,或词牌名,如浣溪沙。"
    )


@cache
def short_form(name: str) -> str:
    """The short name of a canonical form, e.g. 五言绝句 -> 五绝; itself where it has none."""
    return next((short for short, full in FORM_NAMES.items() if full == name), name)


@cache
def canonical_rhyme(name: str, book: RhymeBook) -> str:
    """The name a book has of a rhyme group: 東, 东韵, 一东, 上平一东 -> 东.

    Raises YayunError for a name that is no group of it.
    """
    folded = fold(name).strip()
    match = _GROUP_NAME.fullmatch(folded)
    if match is not None:
        group = book.aliases.get(match[1], match[1])
        if group in book.groups:
            return group
    raise YayunError(f"{book.name}里没有「{name}」这个韵部,请用韵目名,如东、支、先、阳。")


def canonical_pattern(name: str) -> str:
    """A pattern as asked for: 平起, 仄起, 首句入韵, or both together, e.g. 仄起首句不入韵.

    Raises YayunError for anything else.
    """
    folded = fold(name).strip()
    match = _PATTERN_NAME.fullmatch(folded)
    if not folded or match is None:
        raise YayunError(f"不认识格式「{name}」,请用平起或仄起,可加首句入韵或首句不入韵,如仄起首句不入韵。")
    first = "" if "首句" not in folded else f"首句{match['no'] or ''}入韵"
    return f"{match['opening'] or ''}{first}"


def misshape(lines: Sequence[str], widths: Sequence[int]) -> int:
    """How many characters have to be added or taken away before the lines have these widths."""
    count = len(widths)
    kept = sum(abs(len(line) - width) for line, width in zip(lines, widths, strict=False))
    return kept + sum(map(len, lines[count:])) + sum(widths[len(lines) :])


@cache
def shapes() -> tuple[tuple[str, int, int], ...]:
    """(full name, width, number of lines) of the four forms."""
    return tuple((FORM_NAMES[short], width, count) for short, (width, count) in FORMS.items())


@cache
def _exact_shapes() -> dict[tuple[int, ...], tuple[str, int, int]]:
    """Length of each line -> the form that has just that shape."""
    return {(width,) * count: (name, width, count) for name, width, count in shapes()}


def exact_shape(lines: Sequence[str]) -> tuple[str, int, int] | None:
    """The form whose shape the lines have exactly: its full name, width and number of lines. 排律 (an even number of
    lines from ten on) included; None for any other shape."""
    lengths = tuple(map(len, lines))
    if (found := _exact_shapes().get(lengths)) is not None:
        return found
    count = len(lengths)
    if count >= SHORTEST_LONG and count % 2 == 0 and lengths.count(lengths[0]) == count:
        return next(((name, width, count) for name, width in LONG_FORMS.items() if width == lengths[0]), None)
    return None


def nearest_form(lines: Sequence[str]) -> tuple[str, int, int, float]:
    """The form whose shape is nearest, its width and number of lines, and how far off it is (0 fits, 1 and more:
    as many characters wrong as the form has)."""
    return min(
        ((name, width, count, misshape(lines, (width,) * count) / (width * count)) for name, width, count in shapes()),
        key=lambda shape: shape[3],
    )
