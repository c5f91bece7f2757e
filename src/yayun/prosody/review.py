"""The review: what the rules say of a poem, as findings, scores and names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from yayun.errors import YayunError
from yayun.prosody import rhymes, rules
from yayun.prosody.analysis import Analysis, Shape, analyse, find_shape
from yayun.prosody.finding import Finding, ordinal
from yayun.prosody.forms import canonical_form, canonical_pattern, canonical_rhyme, exact_shape, misshape
from yayun.prosody.lexicon import Place
from yayun.prosody.linerules import Verdict, couplet_verdicts
from yayun.prosody.oblique import ObliqueScansion
from yayun.prosody.patterns import LEVEL, OBLIQUE, line_tones
from yayun.prosody.scansion import OPEN, Scansion, explained
from yayun.prosody.scores import Scores, analysis_scores

Profile = Literal["strict", "paper"]

# From so many broken tone rules on, a poem nobody called regulated is read as old-style verse: a quatrain at 3, an
# octave at 7, longer verse at three faults in four lines.
_OLD_QUATRAIN, _OLD_OCTAVE, _OLD_SHARE = 3, 7, 0.75


@dataclass(frozen=True, slots=True)
class Review:
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

    @property
    def passed(self) -> bool:
        """No finding of severity error."""
        return all(finding.severity != "error" for finding in self.findings)

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
    form: str | None = None,
    rhyme: str | None = None,
    pattern: str | None = None,
    profile: Profile = "strict",
    imagery: Sequence[str] = (),
) -> Review:
    """Review the lines of one poem (characters only, any script).

    ``form``, ``rhyme``, ``pattern`` and ``imagery`` are what was asked for: what differs is a finding. Raises
    YayunError where they name nothing known, or where there are no lines.
    """
    lines = tuple(line for line in lines if line)
    if not lines:
        raise YayunError("没有诗句可查,请给出至少一句诗。")
    asked_form = canonical_form(form) if form else None
    asked_rhyme = canonical_rhyme(rhyme) if rhyme else None
    asked_pattern = canonical_pattern(pattern) if pattern else None
    shape = _shape(lines, asked_form)
    analysis = analyse(lines, shape, rhyme=asked_rhyme)
    judged = _judge(analysis, asked_form, asked_rhyme)
    name = _pattern_name(analysis) if judged.regulated else None
    found = [*judged.findings, *rules.missing_imagery(lines, imagery)]
    if asked_pattern and name and not _is_pattern(name, asked_pattern):
        found.append(Finding("格律", "error", None, None, f"所求为{asked_pattern},此诗是{name}"))
    return Review(
        lines,
        judged.form,
        analysis.rhyme.group,
        name,
        tuple(sorted(found, key=_order)),
        _scores(analysis, asked_form, asked_rhyme, profile),
        _tones_read(analysis) if judged.regulated else (),
        profile,
    )


def _tones_read(analysis: Analysis) -> tuple[str, ...]:
    """The tones each line was read with; none for a line of another length, or beyond the form's last."""
    tones, fitting = analysis.scansion.tones, analysis.fitting
    return tuple(tones[i] if i < len(fitting) and fitting[i] else "" for i in range(len(analysis.lines)))


def _order(finding: Finding) -> tuple[int, int]:
    return finding.line or 0, finding.column or 0


def _is_pattern(name: str, asked: str) -> bool:
    opening, first = (asked[:2], asked[2:]) if asked[1:2] == "起" else ("", asked)
    return name.startswith(opening) and (not first or name.endswith(first))


def _scores(analysis: Analysis, asked_form: str | None, asked_rhyme: str | None, profile: Profile) -> Scores:
    if profile == "paper":
        from yayun.prosody.paper import paper_scores

        return paper_scores(analysis.lines, asked_form, asked_rhyme)
    if asked_form is not None and analysis.shape.form != asked_form:
        again = analyse(analysis.lines, find_shape(analysis.lines, asked_form), rhyme=analysis.rhyme.group)
        return analysis_scores(again)
    return analysis_scores(analysis)


def _shape(lines: Sequence[str], asked: str | None) -> Shape:
    """The shape to judge by. A text that has exactly another form's shape is judged as that form."""
    if asked is not None:
        exact = exact_shape(lines)
        if exact is not None and exact[2] <= 8:
            return Shape(*exact)
    return find_shape(lines, asked)


@dataclass(frozen=True, slots=True)
class _Judgement:
    form: str
    regulated: bool
    findings: tuple[Finding, ...]


def _judge(analysis: Analysis, asked_form: str | None, asked_rhyme: str | None) -> _Judgement:
    shape, lines = analysis.shape, analysis.lines
    if shape.form is None:
        form = _old_form(lines)
        message = f"{_shape_in_words(lines)},不合绝句、律诗、排律的句数字数,是{form},不以近体论"
        return _Judgement(form, False, (Finding("体裁", "error", None, None, message),))
    tonal = [*_tone_findings(analysis)]
    unasked = asked_form is None and misshape(lines, shape.width, shape.count) == 0
    if unasked and _is_old(analysis, tonal, asked_rhyme):
        form = _old_form(lines)
        return _Judgement(form, False, (_old_style(analysis, form, tonal), *_unresolved(analysis)))
    found = [
        *rules.line_count(lines, shape.count),
        *rules.line_lengths(lines[: shape.count], shape.width),
        *_unresolved(analysis),
        *tonal,
        *_rhyme_findings(analysis),
        *rules.repetition(lines),
    ]
    if len(lines) == shape.count:
        found += rules.parallelism(lines, shape.middle)
    if asked_form is not None and shape.form != asked_form:
        found.append(Finding("体裁", "error", None, None, f"所求为{asked_form},此诗是{shape.form}"))
    return _Judgement(shape.form, True, _merged(found))


def _unresolved(analysis: Analysis) -> Iterator[Finding]:
    return rules.unresolved(analysis.lines[: analysis.shape.count]) if analysis.unresolved else iter(())


def _merged(found: list[Finding]) -> tuple[Finding, ...]:
    """One slip, one finding: a wrong tone at a foot is 出韵 where that is reported too."""
    feet = {finding.line for finding in found if finding.rule == "出韵"}
    return tuple(finding for finding in found if finding.rule != "句脚" or finding.line not in feet)


def _is_old(analysis: Analysis, tonal: Sequence[Finding], asked_rhyme: str | None) -> bool:
    """Is a poem of a regulated shape, which nobody called regulated, old-style verse?"""
    faults = sum(finding.severity == "error" for finding in tonal)
    if analysis.rhyme.oblique and asked_rhyme is None:
        return faults > 0
    if analysis.shape.count > 8:
        return faults >= _OLD_SHARE * analysis.shape.count
    return faults >= (_OLD_QUATRAIN if analysis.shape.quatrain else _OLD_OCTAVE)


def _old_form(lines: Sequence[str]) -> str:
    widths = {len(line) for line in lines}
    if len(widths) > 1 or not widths <= {5, 7}:
        return "古体"
    return ("五言" if widths == {5} else "七言") + ("古绝" if len(lines) == 4 else "古体")


def _shape_in_words(lines: Sequence[str]) -> str:
    widths = sorted({len(line) for line in lines})
    each = f"每句{widths[0]}字" if len(widths) == 1 else f"每句{widths[0]}至{widths[-1]}字不等"
    return f"全诗{len(lines)}句,{each}"


def _old_style(analysis: Analysis, form: str, tonal: Sequence[Finding]) -> Finding:
    """One finding for a whole old-style poem, with the reasons in brief."""
    counts: dict[str, int] = {}
    for finding in tonal:
        if finding.severity == "error":
            counts[finding.rule] = counts.get(finding.rule, 0) + 1
    reasons = [f"{rule}{ordinal(n)}处" for rule, n in counts.items()]
    if analysis.rhyme.oblique:
        reasons.insert(0, f"押仄声{analysis.rhyme.group}韵")
    message = f"此诗是{form},不以近体论({'、'.join(reasons)});若本意写近体,请指明体裁再查"
    return Finding("体裁", "error", None, None, message)


def _pattern_name(analysis: Analysis) -> str:
    scansion = analysis.scansion
    if isinstance(scansion, ObliqueScansion):
        opening, rhyming = scansion.tones[0][1], scansion.first_rhymes
    else:
        opening = line_tones(scansion.types[0], analysis.shape.width)[1]
        rhyming = scansion.types[0].isupper()
    return f"{opening}起首句{'' if rhyming else '不'}入韵"


def _rhyme_findings(analysis: Analysis) -> Iterator[Finding]:
    rhyme, scansion = analysis.rhyme, analysis.scansion
    if isinstance(scansion, ObliqueScansion):
        first_rhymes = scansion.first_rhymes
        yield Finding("仄韵", "note", None, None, f"押仄声{rhyme.group}韵,不是近体正格,只论句内平仄相间与粘对")
    else:
        first_rhymes = scansion.types[0].isupper()
        yield from rhymes.first_line(rhyme, rhymes=first_rhymes)
    yield from rhymes.out_of_rhyme(rhyme)
    yield from rhymes.repeated_rhyme(rhyme, first_rhymes=first_rhymes)
    yield from rhymes.colliding_rhyme(rhyme, first_rhymes=first_rhymes)


def _tone_findings(analysis: Analysis) -> Iterator[Finding]:
    """The findings of the tone rules, one a slip."""
    scansion = analysis.scansion
    for first, verdicts in _verdicts(scansion):
        for verdict in verdicts:
            line = first + verdict.line
            if not _is_there(analysis, line) or (verdict.rule == "失对" and not _is_there(analysis, line - 1)):
                continue
            if verdict.rule == "二四分明" and verdict.column == 2 and _explained(scansion, line):
                continue
            yield _finding(analysis, first, verdict)
    yield from rules.adhesion(scansion, quatrain=analysis.shape.quatrain)
    if isinstance(scansion, Scansion):
        yield from _two_readings(analysis, scansion)


def _explained(scansion: Scansion | ObliqueScansion, line: int) -> bool:
    """Is a wrong second place the slip that 失对 and 失粘 name already?"""
    return isinstance(scansion, Scansion) and explained(scansion, line)


def _verdicts(scansion: Scansion | ObliqueScansion) -> Iterator[tuple[int, Sequence[Verdict]]]:
    """(index of the upper line, verdicts relative to it), a couplet at a time."""
    if isinstance(scansion, Scansion):
        for i, couplet in enumerate(scansion.couplets):
            yield 2 * i, couplet.verdicts
        return
    for i in range(len(scansion.tones) // 2):
        yield 2 * i, scansion.verdicts(i)


def _is_there(analysis: Analysis, line: int) -> bool:
    return line < len(analysis.fitting) and analysis.fitting[line]


def _finding(analysis: Analysis, first: int, verdict: Verdict) -> Finding:
    line, column = first + verdict.line, verdict.column
    place = analysis.places(line)[column - 1]
    tones = analysis.scansion.tones[line]
    name = f"第{ordinal(column)}字"
    because = verdict.because.replace(name, f"{name}「{place.char}」", 1)
    message = f"第{ordinal(line + 1)}句({tones}){because}"
    if verdict.severity == "error":
        message += _unused_reading(place, tones[column - 1])
    cure = None if verdict.cure is None else (first + verdict.cure[0] + 1, verdict.cure[1])
    lines = (line, line + 1) if verdict.rule == "失对" else ()
    reading = _reading(place, tones[column - 1])
    return Finding(verdict.rule, verdict.severity, line + 1, column, message, cure, reading, lines)


def _reading(place: Place, tone: str) -> str | None:
    """The reading a verdict rests on, where the character has more than one."""
    used = [reading for reading in place.readings if reading.level == (tone == LEVEL)]
    if not used or (len(place.readings) == 1 and not place.alternatives):
        return None
    return rhymes.describe(used[0])


def _unused_reading(place: Place, tone: str) -> str:
    """Say so where a reading that context rules out would have fitted."""
    for reading in place.alternatives:
        if reading.level != (tone == LEVEL):
            return f"(「{place.char}」另有{rhymes.describe(reading)}一读,此处不取)"
    return ""


def _two_readings(analysis: Analysis, scansion: Scansion) -> Iterator[Finding]:
    """两读: a character in play in both tones where only one of them fits."""
    for i, couplet in enumerate(scansion.couplets):
        for offset in (0, 1):
            line = 2 * i + offset
            if not _is_there(analysis, line) or OPEN not in analysis.symbols[line]:
                continue
            for column, place in enumerate(analysis.places(line), start=1):
                if analysis.symbols[line][column - 1] != OPEN or not place.readings:
                    continue
                if _decides(couplet.types, couplet.upper, couplet.lower, offset, column):
                    tone = scansion.tones[line][column - 1]
                    fitting = [r for r in place.readings if r.level == (tone == LEVEL)]
                    in_group = [r for r in fitting if column == len(couplet.upper) and r.group == analysis.rhyme.group]
                    used = "或".join(rhymes.describe(reading) for reading in in_group or fitting)
                    where = f"第{ordinal(line + 1)}句第{ordinal(column)}字「{place.char}」"
                    message = f"{where}平仄两读,此处须读{used}才合律"
                    yield Finding("两读", "note", line + 1, column, message, reading=used)


@lru_cache(maxsize=1 << 14)
def _decides(types: str, upper: str, lower: str, offset: int, column: int) -> bool:
    """Would the other tone at that place of a couplet break a rule that now holds?"""
    lines = [upper, lower]
    tones = lines[offset]
    other = OBLIQUE if tones[column - 1] == LEVEL else LEVEL
    lines[offset] = tones[: column - 1] + other + tones[column:]
    return _faults(couplet_verdicts(*types, *lines)) > _faults(couplet_verdicts(*types, upper, lower))


def _faults(verdicts: Sequence[Verdict]) -> int:
    return sum(verdict.severity == "error" for verdict in verdicts)
