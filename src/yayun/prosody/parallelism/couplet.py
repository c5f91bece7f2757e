"""对仗: how parallel the two lines of a couplet are, and why, place by place.

One analysis (``analyse``): the score, the findings and the page's marks all come from it. The couplet's log-odds are
linear in the mean evidence of its places, in that of the two weakest, of the weaker half and of the weakest part of
the line (``evidence.summary``). Each place then has a score
of its own, from its own evidence and the couplet's: what looks odd by itself may well stand where all else answers.
The couplet's score is the logistic of its log-odds, less what its weak places take away: a couplet with a place that
is called unlike is never whole. A couplet that breaks a rule outright (``fault``: 叠字 answered by none, 合掌) keeps a
fifth. The score never falls when a place's evidence grows.

Everything is computed in one spelling (``classes.fold``), so both scripts get the same score. The tables are
``data/antithesis_*``, built by ``scripts/build_antithesis.py``; ``docs/antithesis.md`` tells what they can and can't.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp
from typing import Literal

from yayun.prosody.parallelism.classes import UNKNOWN, best_classes, fold, kind
from yayun.prosody.parallelism.evidence import facing, repeats, summary, weights
from yayun.prosody.parallelism.loans import answers, loans
from yayun.prosody.parallelism.sameness import says_the_same

# Below this a couplet is called not parallel; see docs/rules.md.
PARALLEL = 0.2
ALIKE = 0.45  # a place's score from which its two characters answer each other
WHOLE = 0.6  # a place's score from which it takes nothing away from the couplet's
_SURE = 0.5  # log-odds of a place that is WHOLE for sure (they are 0.405 there)
UNLIKE = 0.4  # the most a place has where the 对类 are broken, however well all else answers
STRICT = frozenset(("缺字", "相同字", "叠字不应", "数目", "颜色", "方位"))
BROKEN = 0.2  # what a couplet that breaks a rule outright keeps of its score
Fault = Literal["", "叠字", "合掌"]


@dataclass(frozen=True, slots=True)
class PositionVerdict:
    """How well two facing characters answer each other.

    ``position`` counts from 1; ``upper``/``lower`` are the characters as given (empty where a line has run out);
    the classes are those of the 对类 that suit each other best; ``score`` is 0..1; ``alike``: they answer each other.
    """

    position: int
    upper: str
    lower: str
    upper_class: str
    lower_class: str
    score: float
    alike: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Couplet:
    """What is to be said of a couplet: its score (0..1), the rule it breaks outright ('' for none), its places;
    ``doubled``: for 叠字, the place, from 0, where one line has it and the other none, else -1."""

    score: float
    fault: Fault
    doubled: int
    places: tuple[PositionVerdict, ...]

    @property
    def parallel(self) -> bool:
        """May it stand where a couplet must be parallel?"""
        return self.score >= PARALLEL

    @property
    def worst(self) -> PositionVerdict:
        """The place that answers least."""
        return min(self.places, key=lambda place: place.score)


def couplet_parallelism(upper: str, lower: str) -> float:
    """How parallel two lines of verse are: 0..1, 0.5 undecided, any script, any text.

    Places that only one line has count as faults; two empty lines score 0.
    """
    return _couplet_parallelism(upper, lower)


# A review asks twice of a couplet, for the score and for the finding; who mends a poem changes one line at a time.
@lru_cache(maxsize=1 << 8)
def _couplet_parallelism(upper: str, lower: str) -> float:
    first, second = fold(upper), fold(lower)
    return _score(facing(first, second)) * (BROKEN if _fault(first, second) else 1.0)


def explain(upper: str, lower: str) -> tuple[PositionVerdict, ...]:
    """One verdict per place, with its reason in plain Chinese."""
    return analyse(upper, lower).places


@lru_cache(maxsize=1 << 12)
def analyse(upper: str, lower: str) -> Couplet:
    """The whole analysis of a couplet."""
    first, second = fold(upper), fold(lower)
    found, fault = facing(first, second), _fault(first, second)
    score = _score(found) * (BROKEN if fault else 1.0)
    logit = _log_odds(found) if found else 0.0
    of_places = [_place(value, terms, logit) for value, terms in found]
    worst = min(of_places, default=0.0)
    places = []
    for i, (place, (_, terms)) in enumerate(zip(of_places, found, strict=True)):
        a, b = first[i : i + 1], second[i : i + 1]
        alike = place >= ALIKE and not (score < PARALLEL and place == worst and not fault)
        names = best_classes(a, b)
        reason = _reason(a, b, names, terms, alike)
        places.append(PositionVerdict(i + 1, upper[i : i + 1], lower[i : i + 1], *names, place, alike, reason))
    return Couplet(score, fault, _unanswered(first, second) if fault == "叠字" else -1, tuple(places))


# -- weighing ---------------------------------------------------------------------------------------------------------


Facing = Sequence[tuple[float, tuple[str, ...]]]  # of each place the evidence and the terms that hold


def _score(found: Facing) -> float:
    """The score of a couplet before outright faults."""
    if not found:
        return 0.0
    logit = _log_odds(found)
    bias, own, whole = weights().place
    base, kept = bias + whole * logit, 0.0
    for value, terms in found:
        # A place that nothing is said against and that is WHOLE by far takes nothing away: most need no logistic.
        kept += 1.0 if not terms and base + own * value > _SURE else min(1.0, _place(value, terms, logit) / WHOLE)
    return _logistic(logit) * (kept / len(found))


def _log_odds(found: Facing) -> float:
    """The couplet's log-odds, from what the evidence of its places sums up to."""
    bias, *counts = weights().couplet[len(found) > 5]
    measures = summary([value for value, _ in found])
    return bias + sum([count * measure for count, measure in zip(counts, measures, strict=True)])


def _place(value: float, terms: tuple[str, ...], logit: float) -> float:
    """A place's score, in a couplet with these log-odds."""
    bias, own, whole = weights().place
    return min(_logistic(bias + own * value + whole * logit), 1.0 if STRICT.isdisjoint(terms) else UNLIKE)


def _fault(upper: str, lower: str) -> Fault:
    """The rule that two folded lines break outright."""
    if len(upper) != len(lower):
        return ""
    if _unanswered(upper, lower) >= 0:
        return "叠字"
    return "合掌" if len(upper) >= 5 and says_the_same(upper, lower) else ""


def _unanswered(upper: str, lower: str) -> int:
    """Where one of two lines has a 叠字 and the other none, from 0; -1 for nowhere."""
    if not (repeats(upper) or repeats(lower)):
        return -1
    doubled = (i for i in range(len(upper) - 1) if (upper[i] == upper[i + 1]) != (lower[i] == lower[i + 1]))
    return next(doubled, -1)


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + exp(-x if -60.0 < x < 60.0 else -60.0 if x > 0 else 60.0))


# -- reasons ----------------------------------------------------------------------------------------------------------

_FAULT_REASONS = {
    "缺字": "两句字数不等,此处无字相对",
    "相同字": "两句同用一字,不成对",
    "叠字不应": "一句有重叠字,另一句同位没有",
    "数目": "数目字要对数目字",
    "颜色": "颜色字要对颜色字",
    "方位": "方位字要对方位字",
}


def _reason(a: str, b: str, names: tuple[str, str], faults: tuple[str, ...], alike: bool) -> str:
    for char, other in ((a, b), (b, a)):
        if (loan := loans().get(char)) is not None and answers(loan, other):
            return f"借对:{loan.way}「{loan.as_char}」,以{loan.name}对{loan.name}"
    for fault in _FAULT_REASONS:
        if fault in faults and not alike:
            return _FAULT_REASONS[fault]
    first, second = names
    if "叠字相应" in faults:
        return "叠字对叠字"
    if "虚实" in faults and not alike:
        return f"虚实不对:{first}对{second}"
    if UNKNOWN in names:
        return "字类未详,按诗中用例看相对" if alike else "字类未详,诗中少见相对"
    if first == second:
        return f"同类:{first}对{second}" if alike else f"同类而诗中少见相对:{first}对{second}"
    near = kind(first) == kind(second)
    if alike:
        return f"邻类:{first}对{second}" if near else f"字类不同而诗中常对:{first}对{second}"
    return f"门类相远:{first}对{second}" if near else f"词性不对:{first}对{second}"
