"""对仗: how parallel the two lines of a couplet are, and why, position by position.

A position's evidence is the log-odds that its two characters stand against each other in a real middle couplet rather
than by chance: the inner product of two codes learnt from 律诗, plus small terms for what the classical 对类 ask for
(数目, 颜色, 方位 and 叠字 answer their like, 虚字 do not face 实字, no character faces itself). The couplet's score
is a logistic of the mean evidence and of the two weakest positions; it never falls when a position's evidence grows.

Everything is computed in one spelling (``tables.folding``), so both scripts get the same score. The tables are
``data/antithesis_*``, built by ``scripts/build_antithesis.py``; ``docs/antithesis.md`` tells what they can and can't.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import zip_longest
from math import exp
from operator import mul
from typing import TYPE_CHECKING

from yayun.prosody import tables

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CODE_WIDTH = 64
UNKNOWN = "字类未详"
NOUNS = frozenset((
    "天文", "时令", "地理", "地名", "宫室", "器物", "植物", "动物",
    "人伦", "人名", "形体", "饮食", "文史", "人事", "干支",
))  # fmt: skip
FUNCTION_WORDS = frozenset(("虚字", "代名"))
# What must answer its like: (strict class, classes that may answer it, name of the fault). A character that can also
# stand in another class (上 and 下 are verbs too) is free.
LIKES = (
    ("数目", frozenset(("数目", "约数")), "数目"),
    ("颜色", frozenset(("颜色", "近色")), "颜色"),
    ("方位", frozenset(("方位", "近方位")), "方位"),
)
# The terms that are added to a position's evidence where they hold, as antithesis_weights.tsv names them.
TERMS = ("相同字", "数目", "颜色", "方位", "虚实", "叠字不应", "叠字相应", "缺字")


@dataclass(frozen=True, slots=True)
class PositionVerdict:
    """How well two facing characters answer each other.

    ``position`` counts from 1; ``upper``/``lower`` are the characters as given (empty where a line has run out);
    the classes are those of the 对类 that suit each other best; ``score`` is 0..1, 0.5 undecided.
    """

    position: int
    upper: str
    lower: str
    upper_class: str
    lower_class: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Weights:
    """``antithesis_weights.tsv``: the numbers of the final score, fitted on training poems the codes never saw."""

    scale: float
    cap: float
    terms: dict[str, float]
    couplet: tuple[tuple[float, float, float], tuple[float, float, float]]
    position: tuple[float, float]


def couplet_parallelism(upper: str, lower: str) -> float:
    """How parallel two lines of verse are: 0..1, 0.5 undecided, any script, any text.

    Positions that only one line has count as faults; two empty lines score 0.
    """
    evidence = [found for found, _ in _evidence(fold(upper), fold(lower))]
    if not evidence:
        return 0.0
    weak = sorted(evidence)[:2]
    bias, of_mean, of_weak = weights().couplet[len(evidence) > 5]
    return _logistic(bias + of_mean * sum(evidence) / len(evidence) + of_weak * sum(weak) / len(weak))


def explain(upper: str, lower: str) -> tuple[PositionVerdict, ...]:
    """One verdict per position, with its reason in plain Chinese."""
    slope, bias = weights().position
    first, second = fold(upper), fold(lower)
    found = []
    for i, (evidence, faults) in enumerate(_evidence(first, second)):
        a, b = first[i : i + 1], second[i : i + 1]
        score = _logistic(slope * evidence + bias)
        names = _best_classes(a, b)
        reason = _reason(a, b, names, faults, score)
        found.append(PositionVerdict(i + 1, upper[i : i + 1], lower[i : i + 1], *names, score, reason))
    return tuple(found)


def scores(pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
    """``couplet_parallelism`` of many couplets at once: float64 (n,). Imports numpy."""
    from yayun.prosody.antithesis_batch import batch_scores

    return batch_scores(pairs)


def fold(text: str) -> str:
    """``text`` in the spelling the tables are kept in."""
    return text.translate(tables.folding())


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + exp(-max(-60.0, min(60.0, x))))


# -- evidence ---------------------------------------------------------------------------------------------------------


def _evidence(upper: str, lower: str) -> Iterator[tuple[float, tuple[str, ...]]]:
    """(log-odds, terms that hold) of every position of two folded lines."""
    echoes = _echoes(upper, lower) if _repeats(upper) or _repeats(lower) else {}
    terms = weights().terms
    for i, (a, b) in enumerate(zip_longest(upper, lower, fillvalue="")):
        base, faults = _facing(a, b)
        if (echo := echoes.get(i)) is not None:
            base, faults = base + terms[echo], (*faults, echo)
        yield base, faults


def _repeats(line: str) -> bool:
    return len(set(line)) < len(line)


def _echoes(upper: str, lower: str) -> dict[int, str]:
    """Positions that repeat a character of their own line: does the other line repeat at the same two places?"""
    found: dict[int, str] = {}
    shared = min(len(upper), len(lower))
    for j in range(shared):
        for i in range(j):
            first, second = upper[i] == upper[j], lower[i] == lower[j]
            if first or second:
                for place in (i, j):
                    if found.get(place) != "叠字不应":
                        found[place] = "叠字相应" if first and second else "叠字不应"
    return found


@lru_cache(maxsize=1 << 16)
def _facing(a: str, b: str) -> tuple[float, tuple[str, ...]]:
    """Evidence of two folded characters by themselves, and the terms that hold."""
    table = weights()
    faults = tuple(faults_of(a, b))
    base = 0.0 if a == b else min(table.cap, likeness(a, b))
    return base + sum(table.terms[name] for name in faults), faults


def likeness(a: str, b: str) -> float:
    """The inner product of two characters' codes, 0 where one has none."""
    index, flat = code_table()
    i, j = index.get(a), index.get(b)
    if i is None or j is None:
        return 0.0
    return float(sum(map(mul, flat[i : i + CODE_WIDTH], flat[j : j + CODE_WIDTH]))) / weights().scale ** 2


def faults_of(a: str, b: str) -> Iterator[str]:
    """The faults two facing characters have by their classes."""
    if not a or not b:
        yield "缺字"
        return
    if a == b:
        yield "相同字"
        return
    first, second = classes(a), classes(b)
    if not first or not second:
        return
    for strict, may_answer, name in LIKES:
        if (strict in first <= may_answer and not may_answer & second) or (
            strict in second <= may_answer and not may_answer & first
        ):
            yield name
    if (first <= FUNCTION_WORDS and second <= NOUNS) or (second <= FUNCTION_WORDS and first <= NOUNS):
        yield "虚实"


# -- reasons ----------------------------------------------------------------------------------------------------------


def _best_classes(a: str, b: str) -> tuple[str, str]:
    """The classes of two characters that suit each other best; 字类未详 where none is known."""
    first, second = class_table().get(a, (UNKNOWN,)), class_table().get(b, (UNKNOWN,))
    pairs = [(x, y) for x in first for y in second]
    return max(pairs, key=lambda pair: (pair[0] == pair[1], _kind(pair[0]) == _kind(pair[1])))


def _kind(name: str) -> str:
    """实字 (things), 虚字 (function words), or the class itself: 动作, 性状, 数目 ..."""
    if name in NOUNS:
        return "名词"
    return "虚字" if name in FUNCTION_WORDS else name.removeprefix("近").replace("约数", "数目")


_FAULT_REASONS = {
    "缺字": "两句字数不等,此处无字相对",
    "相同字": "两句同用一字,不成对",
    "叠字不应": "一句有重叠字,另一句同位没有",
    "数目": "数目字要对数目字",
    "颜色": "颜色字要对颜色字",
    "方位": "方位字要对方位字",
}


def _reason(a: str, b: str, names: tuple[str, str], faults: tuple[str, ...], score: float) -> str:
    for fault in _FAULT_REASONS:
        if fault in faults:
            return _FAULT_REASONS[fault]
    first, second = names
    if "叠字相应" in faults:
        return "叠字对叠字"
    if "虚实" in faults:
        return f"虚实不对:{first}对{second}"
    if UNKNOWN in names:
        return "字类未详,按诗中用例看相对" if score >= 0.5 else "字类未详,诗中少见相对"
    if first == second:
        return f"同类:{first}对{second}" if score >= 0.5 else f"同类而诗中少见相对:{first}对{second}"
    alike = _kind(first) == _kind(second)
    if score >= 0.5:
        return f"邻类:{first}对{second}" if alike else f"字类不同而诗中常对:{first}对{second}"
    return f"门类相远:{first}对{second}" if alike else f"词性不对:{first}对{second}"


# -- tables -----------------------------------------------------------------------------------------------------------


def classes(char: str) -> frozenset[str]:
    """The classes of the 对类 a character can stand in; empty when unknown."""
    return class_sets().get(char, frozenset())


@cache
def class_sets() -> dict[str, frozenset[str]]:
    """``class_table`` without the order."""
    return {char: frozenset(names) for char, names in class_table().items()}


@cache
def class_table() -> dict[str, tuple[str, ...]]:
    """Folded character -> its classes, hand-set ones first."""
    found: dict[str, dict[str, None]] = {}
    folding = tables.folding()
    for row in tables.read_rows("antithesis_classes.tsv"):
        char, name, _ = row.split("\t")
        found.setdefault(char.translate(folding), {})[name] = None
    return {char: tuple(names) for char, names in found.items()}


@cache
def code_table() -> tuple[dict[str, int], array[int]]:
    """Folded character -> where its code starts, and all codes in a row (int8)."""
    data = files("yayun.prosody") / "data"
    chars = (data / "antithesis_chars.txt").read_text(encoding="utf-8").strip()
    flat = array("b", (data / "antithesis_codes.bin").read_bytes())
    return {char: i * CODE_WIDTH for i, char in enumerate(chars)}, flat


@cache
def weights() -> Weights:
    """The fitted numbers."""
    rows = dict(row.split("\t")[:2] for row in tables.read_rows("antithesis_weights.tsv"))
    value = {name: float(number) for name, number in rows.items()}

    def couplet(width: str) -> tuple[float, float, float]:
        return value[f"{width}言常数"], value[f"{width}言均值"], value[f"{width}言弱位"]

    return Weights(
        value["编码比例"], value["上限"], {name: value[name] for name in TERMS},
        (couplet("五"), couplet("七")), (value["单字斜率"], value["单字常数"]),
    )  # fmt: skip
