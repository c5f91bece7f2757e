"""What the tone rules say of a couplet, worded but for the character a remark is about.

Poems share couplets of tones, hardly ever whole lines of characters: so the rules' verdicts on a couplet are put into
words once, and a poem only has its characters and their readings set in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from yayun.prosody.meter.finding import Finding, Severity, ordinal
from yayun.prosody.meter.linerules import Verdict, error_count
from yayun.prosody.meter.oblique import oblique_verdicts
from yayun.prosody.meter.plain import decisive_places, line_misses
from yayun.prosody.meter.rhyme_rules import describe, described
from yayun.prosody.meter.scansion import CoupletReading
from yayun.prosody.readings.line import Place
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN


@dataclass(frozen=True, slots=True, eq=False)
class Remark:
    """A verdict on a place (``line`` and ``column`` count from 1) that is read in ``tone``. The message is ``before``,
    the character and ``after``; without an ``after`` the character is not named. The rest is as in ``Finding``. One
    object for each, compared as such."""

    rule: str
    severity: Severity
    line: int
    column: int
    tone: str
    before: str
    after: str
    cure: tuple[int, int] | None
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Decisive:
    """A place (counted from 1) in play in both tones, of which only ``tone`` fits; ``before`` begins the message. One
    object for each, compared as such."""

    line: int
    column: int
    foot: bool
    tone: str
    before: str


class Remarks(NamedTuple):
    """All there is to say of a couplet, in the order of its lines."""

    verdicts: tuple[Remark, ...]
    decisive: tuple[Decisive, ...]


NOTHING = Remarks((), ())


@lru_cache(maxsize=1 << 16)
def remarks(couplet: CoupletReading, first: int) -> Remarks:
    """The remarks on a couplet whose upper line has the index ``first`` (from 0) in the poem."""
    tones = couplet.upper, couplet.lower
    verdicts = tuple([remark(verdict, first, tones[verdict.line]) for verdict in couplet.verdicts])
    decisive = tuple(_decisive(couplet, first))
    return Remarks(verdicts, decisive) if verdicts or decisive else NOTHING


@lru_cache(maxsize=1 << 14)
def oblique_remarks(upper: str, lower: str, first: int, *, first_rhymes: bool) -> Remarks:
    """The same for a couplet of tones in a poem with an oblique rhyme; ``first_rhymes``: its upper line rhymes."""
    tones = upper, lower
    verdicts = oblique_verdicts(upper, lower, first_rhymes=first_rhymes)
    return Remarks(tuple([remark(verdict, first, tones[verdict.line]) for verdict in verdicts]), ())


@lru_cache(maxsize=1 << 14)
def plain_remarks(symbols: str, tones: str, slots: str, line: int) -> Remarks:
    """The same for the line with the index ``line`` of a form that is kept place by place."""
    verdicts = tuple([remark(verdict, line, tones) for verdict in line_misses(tones, slots)])
    last = len(slots) - 1
    decisive = tuple([_doubt(line + 1, i + 1, i == last, tones[i]) for i in decisive_places(symbols, slots)])
    return Remarks(verdicts, decisive) if verdicts or decisive else NOTHING


@lru_cache(maxsize=1 << 14)
def remark(verdict: Verdict, first: int, tones: str) -> Remark:
    """A verdict on a line read with ``tones``, in words."""
    line, column = first + verdict.line, verdict.column
    head, name, tail = verdict.because.partition(f"第{ordinal(column)}字")
    before, after = f"第{ordinal(line + 1)}句({tones}){head}{name}", ""
    if name:
        before, after = f"{before}「", f"」{tail}"
    cure = None if verdict.cure is None else (first + verdict.cure[0] + 1, verdict.cure[1])
    lines = (line, line + 1) if verdict.rule == "失对" else ()
    return Remark(verdict.rule, verdict.severity, line + 1, column, tones[column - 1], before, after, cure, lines)


@lru_cache(maxsize=1 << 16)
def verdict_finding(said: Remark, place: Place) -> Finding:
    """The finding a remark makes of the character that stands there."""
    reading, unused = _reading(place, said.tone)
    message = f"{said.before}{place.char}{said.after}" if said.after else said.before
    if unused and said.severity == "error":
        message += unused
    return Finding(said.rule, said.severity, said.line, said.column, message, said.cure, reading, said.lines)


@lru_cache(maxsize=1 << 14)
def _reading(place: Place, tone: str) -> tuple[str | None, str]:
    """The reading a verdict rests on, where the character has more than one; and, where a reading that context rules
    out would have fitted, the words that say so."""
    used = [reading for reading in place.readings if reading.level == (tone == LEVEL)]
    used = used or [r for r in place.alternatives if r not in place.forbidden and r.level == (tone == LEVEL)]
    single = not used or (len(place.readings) == 1 and not place.alternatives)
    for reading in place.forbidden:  # the others were tried and put nothing right
        if reading.level != (tone == LEVEL):
            because = f":{place.because}" if place.because else ""
            unused = f"(「{place.char}」另有{describe(reading)}一读,此处不取{because})"
            return None if single else describe(used[0]), unused
    return None if single else describe(used[0]), ""


@lru_cache(maxsize=1 << 16)
def decisive_finding(said: Decisive, place: Place, group: str | None) -> Finding:
    """两读: a character in play in both tones where only one of them fits; ``group``, for a foot: what the poem rhymes
    in. A warning where only rare readings fit: nothing forbids them, and hardly anyone means them."""
    used = _fitting(place, said.tone, group)
    if said.tone in place.tones:
        message = f"{said.before}{place.char}」平仄两读,此处须读{used}才合律"
    else:
        message = f"{said.before}{place.char}」此处多读{described(place)},须读{used}才合律"
    far = said.tone not in place.tones and all(r.rare for r in place.alternatives if r.level == (said.tone == LEVEL))
    return Finding("两读", "warning" if far else "note", said.line, said.column, message, None, used)


@lru_cache(maxsize=1 << 14)
def _fitting(place: Place, tone: str, group: str | None) -> str:
    """The readings of a tone as a finding names them, only those in ``group`` where there are any."""
    every = (*place.readings, *[reading for reading in place.alternatives if reading not in place.forbidden])
    fitting = [reading for reading in every if reading.level == (tone == LEVEL)]
    if len(place.tones) == 2 or tone in place.tones:
        fitting = [reading for reading in place.readings if reading in fitting]
    in_group = [reading for reading in fitting if reading.group == group]
    return "或".join([describe(reading) for reading in in_group or fitting])


def _decisive(couplet: CoupletReading, first: int) -> Iterator[Decisive]:
    for line, (symbols, tones) in enumerate(zip(couplet.symbols, (couplet.upper, couplet.lower), strict=True)):
        for i, symbol in enumerate(symbols):
            if symbol == OPEN and _decides(couplet, line, i):
                yield _doubt(first + line + 1, i + 1, i == len(symbols) - 1, tones[i])


@cache
def _doubt(line: int, column: int, foot: bool, tone: str) -> Decisive:
    return Decisive(line, column, foot, tone, f"第{ordinal(line)}句第{ordinal(column)}字「")


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
