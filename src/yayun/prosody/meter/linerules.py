"""The tone rules of a line and of a couplet: one small function a rule, over tone strings alone.

Everything that judges tones (the review, the scores, the decoder's mask) calls these functions or tables generated
from them, so a rule is written once. Definitions after Wang Li, *Shici gelü* (王力《诗词格律》), chapters on 平仄,
孤平 and 拗救. Places are numbered as in a five-character line (1..5); a seven-character line has -1 and 0 in front.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

from yayun.prosody.forms.regulated import Width, line_tones
from yayun.prosody.meter.finding import Severity, ordinal
from yayun.prosody.tones import LEVEL, OBLIQUE


@dataclass(frozen=True, slots=True)
class ToneLine:
    """The tones of a line (a string of 平 and 仄) read as one of the four line types."""

    type: str
    tones: str

    @property
    def width(self) -> int:
        """Characters in the line."""
        return len(self.tones)

    def level(self, *places: int) -> bool:
        """Are all these places level?"""
        offset = len(self.tones) - 6
        return all(self.tones[place + offset] == LEVEL for place in places)

    def oblique(self, *places: int) -> bool:
        """Are all these places oblique?"""
        offset = len(self.tones) - 6
        return all(self.tones[place + offset] == OBLIQUE for place in places)

    def column(self, place: int) -> int:
        """The column (from 1) of a place."""
        return place + self.width - 5

    def name(self, place: int) -> str:
        """A place as messages name it, by its column: 第四字."""
        return f"第{ordinal(self.column(place))}字"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says of a couplet: ``line`` is 0 (upper) or 1 (lower), ``column`` counts from 1; ``cure`` is the
    (line, column) that cures it. ``because`` is the Chinese explanation, written where the rule decides."""

    rule: str
    severity: Severity
    line: int
    column: int
    because: str
    cure: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Couplet:
    """The two lines of a couplet as the rules see them."""

    upper: ToneLine
    lower: ToneLine

    @property
    def lines(self) -> tuple[tuple[int, ToneLine], tuple[int, ToneLine]]:
        """The two lines, numbered 0 and 1."""
        return (0, self.upper), (1, self.lower)

    @property
    def cures(self) -> bool:
        """Is the upper line a broken a (大拗, 小拗), and the lower a B with place 3 level, which cures it?"""
        broken = is_great_break(self.upper) or is_small_break(self.upper)
        return broken and self.lower.type == "B" and self.lower.level(3)


LineRule = Callable[[ToneLine], Iterator[Verdict]]
CoupletRule = Callable[[Couplet], Iterator[Verdict]]


def alternation(line: ToneLine) -> Iterator[Verdict]:
    """二四分明: places 2 and 4 (in a seven 0, 2 and 4) follow the type, the licences of 特拗 and 大拗 apart."""
    canonical = line_tones(line.type, line.width)
    for column in range(2, line.width, 2):
        place = column - line.width + 5
        wanted = canonical[column - 1]
        if line.tones[column - 1] == wanted:
            continue
        if place == 4 and (is_great_break(line) or is_inverted(line)):
            continue
        yield Verdict("二四分明", "error", 0, column, f"{line.name(place)}应{wanted},却用了{line.tones[column - 1]}")


def line_end(line: ToneLine) -> Iterator[Verdict]:
    """句脚: rhyming lines end level, the others oblique."""
    if line.type.islower() and line.level(5):
        yield Verdict("句脚", "error", 0, line.width, "不入韵的出句应以仄声收尾,却用了平声")
    elif line.type.isupper() and line.oblique(5):
        yield Verdict("句脚", "error", 0, line.width, "入韵的句子应以平声收尾,却用了仄声")


def is_exposed(line: ToneLine) -> bool:
    """Is a B with place 1 oblique, so that only place 3 can give it a second level tone besides the rhyme?"""
    return line.type == "B" and line.oblique(1, 4) and line.level(2, 5)


def isolated_level(line: ToneLine) -> Iterator[Verdict]:
    """孤平: B with place 1 oblique and place 3 not level has no level left but place 2 and the rhyme."""
    if is_exposed(line) and line.oblique(3):
        because = f"{line.name(1)}用仄而{line.name(3)}没有用平来救,除韵脚外只剩{line.name(2)}一个平声"
        yield Verdict("孤平", "error", 0, line.column(1), because)


def three_levels(line: ToneLine) -> Iterator[Verdict]:
    """三平调: A with place 3 level ends in three level tones; nothing cures it."""
    if line.type == "A" and line.level(3, 4, 5):
        yield Verdict("三平调", "error", 0, line.column(3), f"{line.name(3)}用平,句末三字皆平,无法可救")


def three_obliques(line: ToneLine) -> Iterator[Verdict]:
    """三仄尾: b with places 3 and 4 oblique. Tang poets allow it."""
    if line.type == "b" and line.oblique(3, 4, 5):
        because = f"{line.name(3)}用仄,句末三字皆仄;唐人不避,能免则免"
        yield Verdict("三仄尾", "warning", 0, line.column(3), because)


def is_inverted(line: ToneLine) -> bool:
    """Is a b written as 平平仄平仄 (place 1 either)?"""
    return line.type == "b" and line.oblique(3) and line.level(4)


def inverted(line: ToneLine) -> Iterator[Verdict]:
    """特拗: b as 平平仄平仄, which wants place 1 level."""
    if not is_inverted(line):
        return
    cure = (0, line.column(3))
    swapped = f"{line.name(3)}仄、{line.name(4)}平互换"
    if line.level(1):
        because = f"{swapped},{line.name(1)}守平,是常用的特定拗句,合律"
        yield Verdict("特拗", "note", 0, line.column(4), because, cure)
    else:
        because = f"{swapped},成特定拗句,但{line.name(1)}应平而用仄,偶见于唐人,以平为稳"
        yield Verdict("特拗", "warning", 0, line.column(1), because, cure)


def self_cure(couplet: Couplet) -> Iterator[Verdict]:
    """孤平拗救: B with place 1 oblique cures itself by a level place 3 (where that cures the line above too: 双救)."""
    for i, line in couplet.lines:
        if is_exposed(line) and line.level(3) and not (i == 1 and couplet.cures):
            because = f"{line.name(1)}本应平而用仄,以{line.name(3)}改平自救,合律"
            yield Verdict("孤平拗救", "note", i, line.column(1), because, (i, line.column(3)))


def is_great_break(line: ToneLine) -> bool:
    """Is an a with place 4 oblique?"""
    return line.type == "a" and line.oblique(4)


def is_small_break(line: ToneLine) -> bool:
    """Is an a with place 3 oblique, place 4 keeping its level?"""
    return line.type == "a" and line.oblique(3) and line.level(4)


def great_break(couplet: Couplet) -> Iterator[Verdict]:
    """大拗: a with place 4 oblique must be cured by a level place 3 in the answering B."""
    upper, lower = couplet.upper, couplet.lower
    if not is_great_break(upper):
        return
    column, broken = upper.column(4), f"{upper.name(4)}应平而用仄"
    if couplet.cures:
        because = f"{broken},对句{lower.name(3)}用平相救,合律"
        yield Verdict("大拗", "note", 0, column, because, (1, lower.column(3)))
    else:
        yield Verdict("大拗", "error", 0, column, f"{broken},对句{lower.name(3)}必须用平来救,却没有救")


def small_break(couplet: Couplet) -> Iterator[Verdict]:
    """小拗: a with place 3 oblique may be cured by a level place 3 in the answering B."""
    upper, lower = couplet.upper, couplet.lower
    if not is_small_break(upper):
        return
    column, broken = upper.column(3), f"{upper.name(3)}应平而用仄"
    if couplet.cures:
        because = f"{broken},对句{lower.name(3)}用平相救,合律"
        yield Verdict("小拗", "note", 0, column, because, (1, lower.column(3)))
    else:
        yield Verdict("小拗", "note", 0, column, f"{broken},对句可救而未救;小拗本可不救")


def double_cure(couplet: Couplet) -> Iterator[Verdict]:
    """双救: one level B3 cures the break above and the oblique B1 beside it."""
    upper, lower = couplet.upper, couplet.lower
    if couplet.cures and lower.oblique(1):
        broken = upper.name(4) if is_great_break(upper) else upper.name(3)
        because = f"{lower.name(3)}用平,一救本句{lower.name(1)}之仄(孤平),二救出句{broken}之拗,合律"
        yield Verdict("双救", "note", 1, lower.column(3), because, (1, lower.column(3)))


def opposition(couplet: Couplet) -> Iterator[Verdict]:
    """失对: the second characters of a couplet must be of opposite tones."""
    if couplet.upper.tones[1] == couplet.lower.tones[1]:
        tone = couplet.lower.tones[1]
        yield Verdict("失对", "error", 1, 2, f"第二字与出句第二字同为{tone}声,一联之内平仄应相对")


LINE_RULES: tuple[LineRule, ...] = (
    alternation,
    line_end,
    isolated_level,
    three_levels,
    three_obliques,
    inverted,
)
# 拗 and its cures: these look at places 1 to 5 only.
CURE_RULES: tuple[CoupletRule, ...] = (self_cure, great_break, small_break, double_cure)
COUPLET_RULES: tuple[CoupletRule, ...] = (*CURE_RULES, opposition)


@cache
def line_verdicts(line_type: str, tones: str) -> tuple[Verdict, ...]:
    """What the rules say of a line by itself (``line`` is 0)."""
    line = ToneLine(line_type, tones)
    return tuple(verdict for rule in LINE_RULES for verdict in rule(line))


def pair_verdicts(upper_type: str, lower_type: str, upper: str, lower: str) -> tuple[Verdict, ...]:
    """What the rules say of two lines as a couplet, beyond what they say of each."""
    if len(upper) == 7:  # The first place of a seven has no part in it.
        upper, lower = LEVEL + upper[1:], LEVEL + lower[1:]
    return _pair_verdicts(upper_type, lower_type, upper, lower)


@cache
def _pair_verdicts(upper_type: str, lower_type: str, upper: str, lower: str) -> tuple[Verdict, ...]:
    couplet = Couplet(ToneLine(upper_type, upper), ToneLine(lower_type, lower))
    return tuple(verdict for rule in COUPLET_RULES for verdict in rule(couplet))


@cache
def error_count(upper_type: str, lower_type: str, upper: str, lower: str) -> int:
    """How many errors the rules find in a couplet."""
    found = (
        *line_verdicts(upper_type, upper),
        *line_verdicts(lower_type, lower),
        *pair_verdicts(upper_type, lower_type, upper, lower),
    )
    return sum(verdict.severity == "error" for verdict in found)


@cache
def couplet_verdicts(upper_type: str, lower_type: str, upper: str, lower: str) -> tuple[Verdict, ...]:
    """All that the rules say of a couplet of two tone strings read as the two types, in the order of the lines."""
    found = [
        *line_verdicts(upper_type, upper),
        *(_of_lower(verdict) for verdict in line_verdicts(lower_type, lower)),
        *pair_verdicts(upper_type, lower_type, upper, lower),
    ]
    return tuple(sorted(found, key=lambda verdict: (verdict.line, verdict.column)))


def _of_lower(verdict: Verdict) -> Verdict:
    return replace(verdict, line=1, cure=None if verdict.cure is None else (1, verdict.cure[1]))


def tone_strings(width: Width) -> tuple[str, ...]:
    """Every tone string of a width, 平 before 仄."""
    return tuple("".join(tones) for tones in product(LEVEL + OBLIQUE, repeat=width))


@cache
def acceptable_couplets(upper: str, lower: str, width: Width, *, clean: bool = False) -> frozenset[tuple[str, str]]:
    """The pairs of tone strings to which no rule objects when they are read as line types ``upper`` and ``lower``.

    An objection is a verdict of severity error; with ``clean`` also a warning (notes of 拗救 are always allowed).
    Generated by running the rules over all tone strings.
    """
    objections = ("error", "warning") if clean else ("error",)

    def passes(verdicts: Iterable[Verdict]) -> bool:
        return not any(verdict.severity in objections for verdict in verdicts)

    uppers, lowers = (
        [tones for tones in tone_strings(width) if passes(line_verdicts(line_type, tones))]
        for line_type in (upper, lower)
    )
    return frozenset(pair for pair in product(uppers, lowers) if passes(pair_verdicts(upper, lower, *pair)))


@cache
def acceptable_lines(line_type: str, width: Width) -> frozenset[str]:
    """The tone strings of a line to which no rule objects where the other line of its couplet is the type's own."""
    answers = {"a": ("a", "B"), "B": ("a", "B"), "b": ("b", "A"), "A": ("b", "A")}[line_type]
    at = answers.index(line_type)
    other = line_tones(answers[1 - at], width)
    pairs = acceptable_couplets(*answers, width)
    return frozenset(pair[at] for pair in pairs if pair[1 - at] == other)


@cache
def ruled_columns(line_type: str, width: Width) -> tuple[int, ...]:
    """The columns (from 0) of a line type that are not free: the other tone there, all else as the type has it, breaks
    a rule."""
    own, kept = line_tones(line_type, width), acceptable_lines(line_type, width)
    other = {LEVEL: OBLIQUE, OBLIQUE: LEVEL}
    return tuple(i for i in range(width) if own[:i] + other[own[i]] + own[i + 1 :] not in kept)
