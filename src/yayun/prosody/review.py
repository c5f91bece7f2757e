"""The review: what the rules say of a poem, as findings, scores and names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Literal, NamedTuple

from yayun.errors import YayunError
from yayun.prosody import rhymes, rules
from yayun.prosody.analysis import Analysis, Shape, analyse, find_shape
from yayun.prosody.finding import Finding, ordinal
from yayun.prosody.forms import canonical_form, canonical_pattern, canonical_rhyme, exact_shape
from yayun.prosody.lexicon import Place
from yayun.prosody.linerules import Verdict, error_count
from yayun.prosody.oblique import ObliqueScansion
from yayun.prosody.patterns import LEVEL, OBLIQUE, OPEN, line_tones
from yayun.prosody.scansion import CoupletReading, Scansion, explained
from yayun.prosody.scores import Scores, analysis_scores

Profile = Literal["strict", "paper"]

# From so many broken tone rules on, a poem nobody called regulated is read as old-style verse: a quatrain at 3, an
# octave at 7, longer verse at three faults in four lines.
_OLD_QUATRAIN, _OLD_OCTAVE, _OLD_SHARE = 3, 7, 0.75


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
        tuple(sorted(found, key=_order) if len(found) > 1 else found),
        _scores(analysis, asked_form, asked_rhyme, profile),
        _tones_read(analysis) if judged.regulated else (),
        profile,
    )


def _tones_read(analysis: Analysis) -> tuple[str, ...]:
    """The tones each line was read with; none for a line of another length, or beyond the form's last."""
    tones, fitting = analysis.scansion.tones, analysis.fitting
    if analysis.exact:
        return tones
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


class _Judgement(NamedTuple):
    form: str
    regulated: bool
    findings: tuple[Finding, ...]


def _judge(analysis: Analysis, asked_form: str | None, asked_rhyme: str | None) -> _Judgement:
    shape, lines = analysis.shape, analysis.lines
    if shape.form is None:
        form = _old_form(lines)
        message = f"{_shape_in_words(lines)},不合绝句、律诗、排律的句数字数,是{form},不以近体论"
        return _Judgement(form, False, (Finding("体裁", "error", None, None, message),))
    tonal = _tone_findings(analysis)
    if asked_form is None and analysis.exact and _is_old(analysis, tonal, asked_rhyme):
        form = _old_form(lines)
        return _Judgement(form, False, (_old_style(analysis, form, tonal), *_unresolved(analysis)))
    found = [] if analysis.exact else [*_shape_findings(analysis)]
    if analysis.unresolved:
        found += _unresolved(analysis)
    found += tonal
    found += _rhyme_findings(analysis)
    found += rules.repetition(lines)
    if len(lines) == shape.count:
        found += rules.parallelism(lines, shape.middle)
    if asked_form is not None and shape.form != asked_form:
        found.append(Finding("体裁", "error", None, None, f"所求为{asked_form},此诗是{shape.form}"))
    return _Judgement(shape.form, True, _merged(found))


def _shape_findings(analysis: Analysis) -> Iterator[Finding]:
    shape, lines = analysis.shape, analysis.lines
    yield from rules.line_count(lines, shape.count)
    yield from rules.line_lengths(lines[: shape.count], shape.width)


def _unresolved(analysis: Analysis) -> Iterator[Finding]:
    return rules.unresolved(analysis.lines[: analysis.shape.count]) if analysis.unresolved else iter(())


def _merged(found: list[Finding]) -> tuple[Finding, ...]:
    """One slip, one finding: a wrong tone at a foot is 出韵 where that is reported too."""
    feet = {finding.line for finding in found if finding.rule == "出韵"}
    if not feet:
        return tuple(found)
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
        opening = line_tones(scansion.couplets[0].types[0], analysis.shape.width)[1]
        rhyming = scansion.first_rhymes
    return f"{opening}起首句{'' if rhyming else '不'}入韵"


def _rhyme_findings(analysis: Analysis) -> Iterator[Finding]:
    rhyme, scansion = analysis.rhyme, analysis.scansion
    if isinstance(scansion, ObliqueScansion):
        yield Finding("仄韵", "note", None, None, f"押仄声{rhyme.group}韵,不是近体正格,只论句内平仄相间与粘对")
    else:
        yield from rhymes.first_line(rhyme, rhymes=scansion.first_rhymes)
    first_rhymes = scansion.first_rhymes
    yield from rhymes.out_of_rhyme(rhyme)
    yield from rhymes.repeated_rhyme(rhyme, first_rhymes=first_rhymes)
    yield from rhymes.colliding_rhyme(rhyme, first_rhymes=first_rhymes)


def _tone_findings(analysis: Analysis) -> list[Finding]:
    """The findings of the tone rules, one a slip."""
    scansion = analysis.scansion
    found = [
        _finding(analysis, first, verdict)
        for first, verdicts in _verdicts(scansion)
        for verdict in verdicts
        if _applies(analysis, first, verdict)
    ]
    found += rules.adhesion(scansion, quatrain=analysis.shape.quatrain)
    if isinstance(scansion, Scansion):
        found += _two_readings(analysis, scansion)
    return found


def _applies(analysis: Analysis, first: int, verdict: Verdict) -> bool:
    """Is the verdict on lines that are there, and no other's slip?"""
    line = first + verdict.line
    if not _is_there(analysis, line) or (verdict.rule == "失对" and not _is_there(analysis, line - 1)):
        return False
    return not (verdict.rule == "二四分明" and verdict.column == 2 and _explained(analysis.scansion, line))


def _explained(scansion: Scansion | ObliqueScansion, line: int) -> bool:
    """Is a wrong second place the slip that 失对 and 失粘 name already?"""
    return isinstance(scansion, Scansion) and explained(scansion, line)


def _verdicts(scansion: Scansion | ObliqueScansion) -> list[tuple[int, Sequence[Verdict]]]:
    """(index of the upper line, verdicts relative to it), a couplet at a time."""
    if isinstance(scansion, Scansion):
        return [(2 * i, couplet.verdicts) for i, couplet in enumerate(scansion.couplets)]
    return [(2 * i, scansion.verdicts(i)) for i in range(len(scansion.tones) // 2)]


def _is_there(analysis: Analysis, line: int) -> bool:
    return line < len(analysis.fitting) and analysis.fitting[line]


def _finding(analysis: Analysis, first: int, verdict: Verdict) -> Finding:
    line, column = first + verdict.line, verdict.column
    place = analysis.place(line, column - 1)
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
    for line, symbols in enumerate(analysis.symbols):
        if OPEN not in symbols or not _is_there(analysis, line):
            continue
        couplet = scansion.couplets[line // 2]
        for i, symbol in enumerate(symbols):
            if symbol == OPEN and _decides(couplet, line % 2, i):
                place, tone = analysis.place(line, i), scansion.tones[line][i]
                if not place.readings:
                    continue
                fitting = [r for r in place.readings if r.level == (tone == LEVEL)]
                in_group = [r for r in fitting if i == len(symbols) - 1 and r.group == analysis.rhyme.group]
                used = "或".join(rhymes.describe(reading) for reading in in_group or fitting)
                where = f"第{ordinal(line + 1)}句第{ordinal(i + 1)}字「{place.char}」"
                message = f"{where}平仄两读,此处须读{used}才合律"
                yield Finding("两读", "note", line + 1, i + 1, message, reading=used)


def _decides(couplet: CoupletReading, line: int, i: int) -> bool:
    """Would the other tone at place ``i`` of one of a couplet's lines break a rule that now holds?"""
    upper, lower = couplet.upper, couplet.lower
    faults = error_count(*couplet.types, upper, lower)
    if line == 0:
        upper = _with_other_tone(upper, i)
    else:
        lower = _with_other_tone(lower, i)
    return error_count(*couplet.types, upper, lower) > faults


@cache
def _with_other_tone(tones: str, i: int) -> str:
    return tones[:i] + (OBLIQUE if tones[i] == LEVEL else LEVEL) + tones[i + 1 :]
