"""词 and 词谱 as people read them in a terminal: characters over the tones that the form wants, rhymes marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from yayun.lazy import lazy
from yayun.prosody.forms.tunes.tune import Slot, TuneForm
from yayun.prosody.meter.finding import Finding
from yayun.prosody.meter.tunes.match import outline
from yayun.prosody.meter.tunes.verdict import Judged, stanza_name
from yayun.prosody.render import EITHER_SIGN, FOOT_SIGN, LABELS, LEVEL_SIGN, OBLIQUE_SIGN, STYLES, Shown, marked_places
from yayun.prosody.tones import LEVEL, OPEN

if TYPE_CHECKING:
    import rich.text as rich_text
    from rich.text import Text
else:
    rich_text = lazy("rich.text")

# A place that poets mostly, not always, keep.
MOSTLY_LEVEL, MOSTLY_OBLIQUE = "◌", "◍"
LEGEND = (
    f"{LEVEL_SIGN}平 {OBLIQUE_SIGN}仄 {MOSTLY_LEVEL}多平 {MOSTLY_OBLIQUE}多仄 {EITHER_SIGN}可平可仄"
    f" {FOOT_SIGN}平韵 ▲仄韵"
)  # fmt: skip


def slot_sign(slot: Slot) -> str:
    """The sign of a place."""
    if slot.tone == OPEN:
        return EITHER_SIGN
    if slot.grade == "多":
        return MOSTLY_LEVEL if slot.tone == LEVEL else MOSTLY_OBLIQUE
    return LEVEL_SIGN if slot.tone == LEVEL else OBLIQUE_SIGN


def form_signs(form: TuneForm) -> str:
    """A sign for each character; a foot △ or ▲, 句 and 读 marked as in the book: one text a stanza, rows by rhyme."""
    feet, at, rows = outline(form).feet, 0, []
    for number, stanza in enumerate(form.stanzas):
        text = ""
        for clause in stanza:
            signs = "".join(slot_sign(slot) for slot in form.slots[at : at + len(clause.tones)])
            at += len(clause.tones)
            if at - 1 in feet:
                signs = signs[:-1] + (FOOT_SIGN if clause.rhyme.isupper() else "▲")
            text += f"{signs}{clause.cut}" + ("\n" if clause.cut == "。" else "")
        name = stanza_name(number, len(form.stanzas))
        rows.append((f"{name}\n" if name else "") + text.rstrip("\n"))
    return "\n".join(rows)


class ShownTune(Protocol):
    """What is shown of a ``TuneReview``."""

    @property
    def lines(self) -> tuple[str, ...]: ...
    @property
    def stanzas(self) -> tuple[int, ...]: ...
    @property
    def tune(self) -> str: ...
    @property
    def variant(self) -> str: ...
    @property
    def book(self) -> str: ...
    @property
    def rhyme(self) -> str | None: ...
    @property
    def findings(self) -> tuple[Finding, ...]: ...
    @property
    def judged(self) -> Judged: ...
    @property
    def passed(self) -> bool: ...


def render_tune_review(review: ShownTune) -> rich_text.Text:
    """The whole review as text with styles."""
    text = rich_text.Text()
    rhyme = f" {review.rhyme}" if review.rhyme else ""
    text.append(f"词 {review.tune} {review.variant}({review.book}{rhyme})\n", style="bold")
    form, places = review.judged.form, review.judged.alignment.places
    sign = {j: slot_sign(form.slots[i]) for i, j in enumerate(places) if j is not None}
    for i, letter in outline(form).feet.items():
        if (j := places[i]) is not None:
            sign[j] = FOOT_SIGN if letter.isupper() else "▲"
    marked, at = marked_places(review.findings), 0
    for number, clause in enumerate(review.lines, start=1):
        if number > 1 and number - 1 in review.stanzas:
            text.append("\n")
        text.append("  ")
        for column, char in enumerate(clause, start=1):
            text.append(char, style=STYLES.get(marked.get((number, column), ""), ""))
        text.append("\n  ")
        for column in range(1, len(clause) + 1):
            shown = sign.get(at, "?")
            text.append(f"{shown} ", style=STYLES.get(marked.get((number, column), ""), "dim"))
            at += 1
        text.append("\n")
    text.append(f"  {LEGEND}\n", style="dim")
    _append_findings(text, review.findings)
    text.append(_verdict(review.findings, "合谱") + "\n", style="bold green" if review.passed else "bold red")
    return text


def render_book_review(review: Shown) -> rich_text.Text:
    """A poem judged by another rhyme book."""
    text = rich_text.Text()
    parts = (review.form, review.pattern, review.book, f"{review.rhyme}韵" if review.rhyme else "")
    text.append(" ".join(part for part in parts if part) + "\n", style="bold")
    marked = marked_places(review.findings)
    signs = {"平": LEVEL_SIGN, "仄": OBLIQUE_SIGN, "中": EITHER_SIGN}
    for number, line in enumerate(review.lines, start=1):
        text.append("  ")
        for column, char in enumerate(line, start=1):
            text.append(char, style=STYLES.get(marked.get((number, column), ""), ""))
        tones = review.tones[number - 1] if number <= len(review.tones) else ""
        text.append("\n  " + "".join(f"{signs[tone]} " for tone in tones) + "\n", style="dim")
    _append_findings(text, review.findings)
    text.append(_verdict(review.findings, "合律") + "\n", style="bold green" if review.passed else "bold red")
    return text


def _append_findings(text: Text, findings: Sequence[Finding]) -> None:
    for finding in findings:
        text.append(f"{LABELS[finding.severity]} {finding.rule}:", style=STYLES[finding.severity])
        text.append(f"{finding.message}。\n")


def _verdict(findings: Sequence[Finding], right: str) -> str:
    errors = sum(finding.severity == "error" for finding in findings)
    warnings = sum(finding.severity == "warning" for finding in findings)
    if errors:
        return f"不{right}:{errors} 处错误。"
    return f"{right},有 {warnings} 处可再斟酌。" if warnings else f"{right}。"
