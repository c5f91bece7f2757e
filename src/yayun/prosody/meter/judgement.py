"""Which findings a text has: the rules asked one after the other, and old-style verse told from regulated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from yayun.prosody.forms.old import is_old
from yayun.prosody.forms.regulated import line_tones
from yayun.prosody.meter import rhyme_rules, rules
from yayun.prosody.meter.analysis import Analysis
from yayun.prosody.meter.finding import Finding, ordinal
from yayun.prosody.meter.oblique import ObliqueScansion
from yayun.prosody.meter.plain import PlainScansion
from yayun.prosody.meter.remarks import (
    NOTHING,
    Remark,
    Remarks,
    decisive_finding,
    oblique_remarks,
    plain_remarks,
    remarks,
    verdict_finding,
)
from yayun.prosody.meter.scansion import Scansion, explained

# From so many broken tone rules on, a poem nobody called regulated is read as old-style verse: a quatrain at 3, an
# octave at 7, longer verse at three faults in four lines.
_OLD_QUATRAIN, _OLD_OCTAVE, _OLD_SHARE = 3, 7, 0.75


class Judgement(NamedTuple):
    """The form's name, whether it is regulated verse, and the findings, in no order yet."""

    form: str
    regulated: bool
    findings: list[Finding]


class Silent(NamedTuple):
    """Which rules are known to have nothing to say of a text, so that they need not be asked."""

    adhesion: bool = False
    rhymes: bool = False
    repetition: bool = False
    parallelism: bool = False


_ASK_ALL = Silent()
_ONCE = ("两读", "字音")  # said once of a place: by the rhyme, where it has something to say


def judge(analysis: Analysis, asked_form: str | None, asked_rhyme: str | None, silent: Silent = _ASK_ALL) -> Judgement:
    """What the rules say of a text, imagery and the pattern asked for apart."""
    shape, lines = analysis.shape, analysis.lines
    if shape.name is None:
        form = _old_form(lines)
        message = f"{_shape_in_words(lines)},不合绝句、律诗、排律的句数字数,是{form},不以近体论"
        return Judgement(form, False, [Finding("体裁", "error", None, None, message)])
    tonal = _tone_findings(analysis, silent)
    if tonal and asked_form is None and analysis.exact and not shape.plain and _is_old(analysis, tonal, asked_rhyme):
        form = _old_form(lines)
        return Judgement(form, False, [_old_style(analysis, form, tonal), *_unresolved(analysis)])
    found = [] if analysis.exact else [*_shape_findings(analysis)]
    if analysis.unresolved:
        found += _unresolved(analysis)
    found += tonal
    if not silent.rhymes:
        found += _rhyme_findings(analysis)
    if not silent.repetition and shape.form.genre == "诗" and not is_old(shape.form):
        found += rules.repetition(lines)
    if shape.form.genre == "联":
        found += rules.shared_characters(lines)
    if shape.form.parallel and len(lines) == shape.count and not silent.parallelism:
        found += rules.parallelism(lines, shape.form.parallel)
    if asked_form is not None and shape.name != asked_form:
        found.append(Finding("体裁", "error", None, None, f"所求为{asked_form},此诗是{shape.name}"))
    return Judgement(shape.name, True, found if silent.rhymes else _merged(found))


def _shape_findings(analysis: Analysis) -> Iterator[Finding]:
    shape, lines = analysis.shape, analysis.lines
    yield from rules.line_count(lines, shape.count)
    yield from rules.line_lengths(lines[: shape.count], shape.form.widths)


def _unresolved(analysis: Analysis) -> Iterator[Finding]:
    return rules.unresolved(analysis.lines[: analysis.shape.count]) if analysis.unresolved else iter(())


def _merged(found: list[Finding]) -> list[Finding]:
    """One slip, one finding: a wrong tone at a foot is 出韵 where that is reported too, and what the rhyme says of a
    foot's reading stands for what the tones say of it."""
    feet = [finding.line for finding in found if finding.rule == "出韵"]
    last = {(finding.rule, finding.line, finding.column): i for i, finding in enumerate(found)}
    return [
        finding
        for i, finding in enumerate(found)
        if (finding.rule != "句脚" or finding.line not in feet)
        and (finding.rule not in _ONCE or last[finding.rule, finding.line, finding.column] == i)
    ]


def _is_old(analysis: Analysis, tonal: Sequence[Finding], asked_rhyme: str | None) -> bool:
    """Is a poem of a regulated shape, which nobody called regulated, old-style verse?"""
    faults = [finding.severity for finding in tonal].count("error")
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


def pattern_name(analysis: Analysis) -> str:
    """The name of the pattern or variant that a text was read as."""
    scansion = analysis.scansion
    if isinstance(scansion, PlainScansion):
        return scansion.form.variant
    if isinstance(scansion, ObliqueScansion):
        return _opening(scansion.tones[0][1], scansion.first_rhymes)
    return _named_by(scansion.couplets[0].types[0], analysis.shape.width)


@cache
def _named_by(line_type: str, width: int) -> str:
    """The name of the pattern that opens with a line type."""
    return _opening(line_tones(line_type, width)[1], line_type.isupper())


def _opening(second: str, first_rhymes: bool) -> str:
    return f"{second}起首句{'' if first_rhymes else '不'}入韵"


def _rhyme_findings(analysis: Analysis) -> Iterator[Finding]:
    rhyme, scansion = analysis.rhyme, analysis.scansion
    if isinstance(scansion, PlainScansion):
        for of_class in analysis.rhymes:
            yield from rhyme_rules.out_of_rhyme(of_class)
            yield from rhyme_rules.repeated_rhyme(of_class, first_rhymes=False)
        return
    yield from rhyme_rules.regulated_rhyme(rhyme, first_rhymes=scansion.first_rhymes)


def _tone_findings(analysis: Analysis, silent: Silent) -> list[Finding]:
    """The findings of the tone rules, one a slip."""
    scansion, place = analysis.scansion, analysis.place
    found, decisive = list[Finding](), list[Finding]()
    for said in _remarks(scansion):
        if said is NOTHING:
            continue
        for remark in said.verdicts:
            if _applies(analysis, remark):
                found.append(verdict_finding(remark, place(remark.line - 1, remark.column - 1)))
        for doubt in said.decisive:
            if _is_there(analysis, doubt.line - 1) and (at := place(doubt.line - 1, doubt.column - 1)).readings:
                decisive.append(decisive_finding(doubt, at, analysis.rhyme.group if doubt.foot else None))
    if not silent.adhesion and not isinstance(scansion, PlainScansion):
        found += rules.adhesion(scansion, quatrain=analysis.shape.quatrain)
    if joints := {finding.line for finding in found if finding.rule in ("失对", "失粘")}:
        found = [f for f in found if f.rule != "二四分明" or f.column != 2 or f.line not in joints]
    return found + decisive if decisive else found


def _remarks(scansion: Scansion | ObliqueScansion | PlainScansion) -> list[Remarks]:
    """What there is to say of each couplet."""
    if isinstance(scansion, Scansion):
        return [remarks(couplet, 2 * i) for i, couplet in enumerate(scansion.couplets)]
    if isinstance(scansion, PlainScansion):
        every = zip(scansion.symbols, scansion.tones, scansion.form.lines, strict=True)
        return [plain_remarks(symbols, tones, line.slots, i) for i, (symbols, tones, line) in enumerate(every)]
    tones, first_rhymes = scansion.tones, scansion.first_rhymes
    return [
        oblique_remarks(tones[i], tones[i + 1], i, first_rhymes=i == 0 and first_rhymes)
        for i in range(0, len(tones), 2)
    ]


def _applies(analysis: Analysis, remark: Remark) -> bool:
    """Is the remark on lines that are there, and on no other's slip?"""
    rule, line = remark.rule, remark.line - 1
    if not analysis.exact and not (_is_there(analysis, line) and (rule != "失对" or _is_there(analysis, line - 1))):
        return False
    return rule != "二四分明" or remark.column != 2 or not _explained(analysis.scansion, line)


def _explained(scansion: Scansion | ObliqueScansion | PlainScansion, line: int) -> bool:
    """Is a wrong second place the slip that 失对 and 失粘 name already?"""
    return isinstance(scansion, Scansion) and explained(scansion, line)


def _is_there(analysis: Analysis, line: int) -> bool:
    return analysis.exact or (line < len(analysis.fitting) and analysis.fitting[line])
