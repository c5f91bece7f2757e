"""A review as HTML for notebooks: each character under its sign, the findings in order, one verdict.

Only elements and inline styles that notebooks let through; colours that can be read on light and dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from io import StringIO
from typing import TYPE_CHECKING

from yayun.lazy import lazy
from yayun.prosody.render import (
    FOOT_SIGN,
    LABELS,
    LEGEND,
    ShownVerse,
    foot_lines,
    heading,
    line_signs,
    marked_places,
    verdict,
)

if TYPE_CHECKING:
    import rich.console as rich_console
    from rich.text import Text
else:
    rich_console = lazy("rich.console")

_COLOURS = {"error": "#d03030", "warning": "#b07800", "note": "#2e8b57"}
_FOOT = "#2a7f9e"
_QUIET = "color:#808080;font-size:0.8em"


def poem_html(title: str, review: ShownVerse, said: Sequence[str] = ()) -> str:
    """A poem under its title; ``said``: what of the request was not taken up, and why."""
    aside = "".join(f'<div style="{_QUIET}">{escape(words)}</div>' for words in said)
    top = f'<div style="font-weight:bold;font-size:1.2em">《{escape(title)}》</div>'
    return f"<div>{top}{review_html(review)}{aside}</div>"


def review_html(review: ShownVerse) -> str:
    """Form and group, the verse with its signs above it, the findings and the verdict."""
    parts = [f'<div style="{_QUIET}">{escape(heading(review))}</div>']
    parts += (_line(review, number) for number in range(1, len(review.lines) + 1))
    parts.append(f'<div style="{_QUIET}">{LEGEND}</div>')
    for finding in review.findings:
        label = _coloured(f"{LABELS[finding.severity]} {finding.rule}:", _COLOURS[finding.severity])
        parts.append(f"<div>{label}{escape(finding.message)}。</div>")
    colour = _COLOURS["note" if review.passed else "error"]
    parts.append(f'<div style="font-weight:bold">{_coloured(verdict(review), colour)}</div>')
    return f"<div>{''.join(parts)}</div>"


def text_html(text: Text) -> str:
    """What a terminal shows, as HTML."""
    console = rich_console.Console(record=True, file=StringIO(), width=10_000)
    console.print(text, end="")
    return console.export_html(inline_styles=True, code_format="<pre>{code}</pre>")


def _line(review: ShownVerse, number: int) -> str:
    """A line of the verse, each character with its sign."""
    line = review.lines[number - 1]
    marked, foot = marked_places(review.findings), number in foot_lines(review)
    signs = line_signs(review, number - 1) or " " * len(line)
    found = []
    for column, (char, sign) in enumerate(zip(line, signs, strict=True), start=1):
        rhymes = foot and column == len(line)
        colour = _COLOURS.get(marked.get((number, column), ""), _FOOT if rhymes else "")
        shown = FOOT_SIGN if rhymes else sign
        found.append(f"<ruby>{_coloured(char, colour)}<rt>{_coloured(shown, colour)}</rt></ruby>")
    return f'<div style="font-size:1.3em;letter-spacing:0.2em;line-height:2">{"".join(found)}</div>'


def _coloured(text: str, colour: str) -> str:
    return f'<span style="color:{colour}">{escape(text)}</span>' if colour else escape(text)
