"""The review: what the rules say of a poem, as findings, scores and names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from yayun.errors import YayunError
from yayun.lazy import lazy
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.forms import facing
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.names import canonical_form, canonical_pattern, canonical_rhyme, exact_shape
from yayun.prosody.forms.regulated import SHORTEST_LONG
from yayun.prosody.meter import rules
from yayun.prosody.meter.analysis import Analysis, Shape, analyse, find_shape, shape_of
from yayun.prosody.meter.finding import Finding, summary
from yayun.prosody.meter.judgement import judge, pattern_name
from yayun.prosody.meter.sides import two_sides
from yayun.prosody.paper import paper_scores
from yayun.prosody.readings.characters import spell_out
from yayun.prosody.scores import Scores, analysis_scores

if TYPE_CHECKING:
    from yayun.prosody import render_html
else:
    render_html = lazy("yayun.prosody.render_html")

Profile = Literal["strict", "paper"]


class Review(NamedTuple):
    """What the rules say of a poem.

    ``form`` is 五言绝句 …, 五言排律, or 五言古绝, 七言古体, 古体; ``rhyme`` the canonical group or None; ``pattern``
    e.g. 仄起首句不入韵, or None where the poem is not regulated. ``lines`` are as given, ``tones`` as they were read
    ('' for a line of another length; none at all where the poem is not regulated).
    """

    lines: tuple[str, ...]
    form: str
    rhyme: str | None
    pattern: str | None
    findings: tuple[Finding, ...]
    scores: Scores
    tones: tuple[str, ...] = ()
    profile: Profile = "strict"
    as_form: Form | None = None  # what it was judged as, where it is no 古体
    book: str = PINGSHUI

    def __repr__(self) -> str:
        name = f"{self.form} {self.rhyme or '无'}韵"
        return f"<Review {summary(self.lines, name, self.findings)}>"

    def _repr_html_(self) -> str:
        """The verse with its tones, the findings and the verdict, as notebooks show it."""
        return render_html.review_html(self)

    @property
    def passed(self) -> bool:
        """No finding of severity error."""
        return "error" not in [finding.severity for finding in self.findings]

    def to_json(self) -> dict[str, object]:
        """The object ``check --json`` prints."""
        return {
            "passed": self.passed,
            "form": self.form,
            "rhyme": self.rhyme,
            "pattern": self.pattern,
            "lines": list(self.lines),
            "findings": [finding.to_json() for finding in self.findings],
            "scores": self.scores.to_json(),
        }


def review(
    lines: Sequence[str],
    *,
    form: str | Form | None = None,
    rhyme: str | None = None,
    pattern: str | None = None,
    profile: Profile = "strict",
    imagery: Sequence[str] = (),
    by: str = PINGSHUI,
) -> Review:
    """Review the lines of one poem (characters only, any script).

    ``form`` (a name, or a form itself), ``rhyme``, ``pattern`` and ``imagery`` are what was asked for: what differs is
    a finding; ``by`` is the rhyme book. Raises YayunError where they name nothing known, or where there are no lines.
    """
    lines = tuple(map(spell_out, filter(None, lines)))
    if not lines:
        raise YayunError("没有诗句可查,请给出至少一句诗。")
    asked_form = form.name if isinstance(form, Form) else canonical_form(form) if form else None
    asked_rhyme = canonical_rhyme(rhyme, book(by)) if rhyme else None
    if asked_form == facing.NAME and not isinstance(form, Form):
        lines, form = two_sides(lines)
    asked_pattern = canonical_pattern(pattern) if pattern else None
    shape = _shape(lines, form if isinstance(form, Form) else asked_form)
    analysis = analyse(lines, shape, book(by), rhyme=asked_rhyme)
    judged = judge(analysis, asked_form, asked_rhyme)
    name = pattern_name(analysis) if judged.regulated else None
    found = judged.findings
    if imagery:
        found += rules.missing_imagery(lines, imagery)
    if asked_pattern and name and not _is_pattern(name, asked_pattern):
        found.append(Finding("格律", "error", None, None, f"所求为{asked_pattern},此诗是{name}"))
    return Review(
        lines,
        judged.form,
        analysis.rhyme.group,
        name,
        in_order(found),
        _scores(analysis, asked_form, asked_rhyme, profile),
        _tones_read(analysis) if judged.regulated else (),
        profile,
        analysis.form if judged.regulated else None,
        analysis.rhyme.book.name,
    )


def _tones_read(analysis: Analysis) -> tuple[str, ...]:
    """The tones each line was read with; none for a line of another length, or beyond the form's last."""
    tones, fitting = analysis.scansion.tones, analysis.fitting
    if analysis.exact:
        return tones
    return tuple(tones[i] if i < len(fitting) and fitting[i] else "" for i in range(len(analysis.lines)))


def in_order(found: list[Finding]) -> tuple[Finding, ...]:
    """Findings by line and column, those of the whole poem first."""
    return tuple(sorted(found, key=_place) if len(found) > 1 else found)


def _place(finding: Finding) -> tuple[int, int]:
    return finding.line or 0, finding.column or 0


def _is_pattern(name: str, asked: str) -> bool:
    opening, first = (asked[:2], asked[2:]) if asked[1:2] == "起" else ("", asked)
    return name.startswith(opening) and (not first or name.endswith(first))


def _scores(analysis: Analysis, asked_form: str | None, asked_rhyme: str | None, profile: Profile) -> Scores:
    if profile == "paper":
        return paper_scores(analysis.lines, asked_form, asked_rhyme, by=analysis.rhyme.book.name)
    if asked_form is not None and analysis.shape.name != asked_form:
        rhyme = analysis.rhyme
        again = analyse(analysis.lines, find_shape(analysis.lines, asked_form), rhyme.book, rhyme=rhyme.group)
        return analysis_scores(again)
    return analysis_scores(analysis)


def _shape(lines: Sequence[str], asked: str | Form | None) -> Shape:
    """The shape to judge by. A text that has exactly another form's shape is judged as that form, where both are
    regulated verse."""
    shape = find_shape(lines, asked)
    if asked is not None and not shape.plain:
        exact = exact_shape(lines)
        if exact is not None and exact[2] < SHORTEST_LONG:
            return shape_of(*exact[1:])
    return shape
