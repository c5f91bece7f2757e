"""A review as people read it: the verse with its signs, the findings in order, one verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from yayun.lazy import lazy
from yayun.prosody.books.shelf import book
from yayun.prosody.meter.finding import Finding
from yayun.prosody.readings.lexicon import read_line
from yayun.prosody.tones import LEVEL

if TYPE_CHECKING:
    import rich.text as rich_text

    from yayun.prosody.forms.form import Form
else:
    rich_text = lazy("rich.text")

LEVEL_SIGN, OBLIQUE_SIGN, EITHER_SIGN, UNKNOWN_SIGN, FOOT_SIGN = "○", "●", "◐", "?", "△"
STYLES = {"error": "bold red", "warning": "yellow", "note": "green"}
LABELS = {"error": "错", "warning": "注意", "note": "说明"}
LEGEND = f"{LEVEL_SIGN}平 {OBLIQUE_SIGN}仄 {EITHER_SIGN}两可 {FOOT_SIGN}韵脚"


class Shown(Protocol):
    """What is shown of a review. (A review itself asks how it is shown, so that its class is not named here.)"""

    @property
    def lines(self) -> tuple[str, ...]: ...
    @property
    def form(self) -> str: ...
    @property
    def rhyme(self) -> str | None: ...
    @property
    def pattern(self) -> str | None: ...
    @property
    def findings(self) -> tuple[Finding, ...]: ...
    @property
    def tones(self) -> tuple[str, ...]: ...
    @property
    def book(self) -> str: ...
    @property
    def passed(self) -> bool: ...


class Told(Protocol):
    """What a verdict in one sentence needs to know."""

    @property
    def form(self) -> str: ...
    @property
    def findings(self) -> tuple[Finding, ...]: ...


class ShownVerse(Shown, Protocol):
    """The same of a ``Review``, which knows what it was judged as."""

    @property
    def as_form(self) -> Form | None: ...


def render_review(review: ShownVerse) -> rich_text.Text:
    """The whole review as text with styles, which a terminal shows and a pipe drops."""
    text = rich_text.Text()
    text.append(heading(review) + "\n", style="bold")
    marked = marked_places(review.findings)
    feet = foot_lines(review)
    for number, line in enumerate(review.lines, start=1):
        text.append("  ")
        for column, char in enumerate(line, start=1):
            text.append(char, style=STYLES.get(marked.get((number, column), ""), ""))
        text.append("\n  ")
        for column, sign in enumerate(line_signs(review, number - 1), start=1):
            foot = number in feet and column == len(line)
            # A sign is one column wide in most fonts, a character two.
            shown = FOOT_SIGN if foot else sign
            text.append(f"{shown} ", style=STYLES.get(marked.get((number, column), ""), "cyan" if foot else "dim"))
        text.append("\n")
    text.append(f"  {LEGEND}\n", style="dim")
    for finding in review.findings:
        text.append(f"{LABELS[finding.severity]} {finding.rule}:", style=STYLES[finding.severity])
        text.append(f"{finding.message}。\n")
    text.append(verdict(review) + "\n", style="bold green" if review.passed else "bold red")
    return text


def heading(review: ShownVerse) -> str:
    """Form, pattern and group, e.g. ``五言绝句 仄起首句不入韵 下平十一尤韵``."""
    group = f"{book(review.book).label(review.rhyme)}韵" if review.rhyme else ""
    return " ".join(part for part in (review.form, review.pattern, group) if part)


def line_signs(review: ShownVerse, index: int) -> str:
    """A sign a character: the tones as the review read them, or as the lexicon has them where it did not scan."""
    if review.tones:
        return "".join(LEVEL_SIGN if t == LEVEL else OBLIQUE_SIGN for t in review.tones[index])
    signs = {(): UNKNOWN_SIGN, (LEVEL,): LEVEL_SIGN, ("仄",): OBLIQUE_SIGN}
    return "".join(signs.get(tuple(place.tones), EITHER_SIGN) for place in read_line(review.lines[index]))


def verdict(review: Told) -> str:
    """One sentence."""
    if "古" in review.form or review.form.endswith("排律"):
        return f"这是{review.form},不以近体绝句、律诗论。"
    errors = sum(f.severity == "error" for f in review.findings)
    warnings = sum(f.severity == "warning" for f in review.findings)
    if errors:
        return f"不合律:{errors} 处错误。"
    return f"合律,有 {warnings} 处可再斟酌。" if warnings else "合律。"


def marked_places(findings: tuple[Finding, ...]) -> dict[tuple[int, int], str]:
    """The gravest severity at each place; a place that cures is marked like the note it belongs to."""
    marked: dict[tuple[int, int], str] = {}
    for severity in ("note", "warning", "error"):
        for finding in findings:
            if finding.severity == severity and finding.line and finding.column:
                marked[finding.line, finding.column] = severity
                if finding.cure:
                    marked.setdefault(finding.cure, severity)
    return marked


def foot_lines(review: ShownVerse) -> frozenset[int]:
    """Numbers of the lines that rhyme."""
    if review.rhyme is None:
        return frozenset()
    if (form := review.as_form) is not None and form.licence == "依谱":
        return frozenset(line + 1 for line in form.rhyming)
    even = frozenset(range(2, len(review.lines) + 1, 2))
    return even | {1} if review.pattern and review.pattern.endswith("首句入韵") else even
