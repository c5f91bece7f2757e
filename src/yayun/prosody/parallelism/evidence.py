"""What speaks for two lines being parallel: how their characters face each other.

A place's evidence is the log-odds that its two characters stand against each other in a real middle couplet rather
than by chance: the inner product of two codes learnt from 律诗, plus terms for what the classical 对类 ask for (数目,
颜色, 方位 and 叠字 answer their like, 虚字 do not face 实字, no character faces itself). ``data/antithesis_codes.bin``
holds the codes, ``antithesis_weights.tsv`` the numbers they are summed with; ``scripts/build_antithesis.py`` learns
them. Lines are given folded.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import zip_longest
from operator import mul

from yayun.prosody import tables
from yayun.prosody.parallelism.classes import faults_of
from yayun.prosody.parallelism.loans import borrowed

CODE_WIDTH = 64
# The terms that are added to a place's evidence where they hold, as antithesis_weights.tsv names them.
TERMS = ("相同字", "数目", "颜色", "方位", "虚实", "叠字不应", "叠字相应", "缺字")


@dataclass(frozen=True, slots=True)
class Weights:
    """``antithesis_weights.tsv``. ``couplet``, for fives and sevens: bias, and what the measures of ``SUMMARY`` count;
    ``place``: bias, and what its own evidence and the whole couplet's log-odds count."""

    scale: float
    cap: float
    terms: dict[str, float]
    couplet: tuple[tuple[float, ...], tuple[float, ...]]
    place: tuple[float, float, float]


# What a couplet is summed up in, as antithesis_weights.tsv names it: the mean evidence of its places, that of the two
# weakest, of the weaker half of the line and of its weakest part.
SUMMARY = ("均值", "弱位", "弱半", "弱节")


@cache
def halves(width: int) -> tuple[tuple[int, int], ...]:
    """Where the halves of a line begin and end: the last three characters, and what is before them."""
    return ((0, width - 3), (width - 3, width)) if width > 3 else ((0, width),)


@cache
def sections(width: int) -> tuple[tuple[int, int], ...]:
    """Where its parts begin and end: the last three characters, and twos before them (2|3, 2|2|3)."""
    twos = [(at, min(at + 2, width - 3)) for at in range(0, width - 3, 2)]
    return (*twos, halves(width)[-1])


def summary(evidence: Sequence[float]) -> tuple[float, float, float, float]:
    """The measures of ``SUMMARY`` of a couplet's places (one at least)."""
    weak, width = sorted(evidence)[:2], len(evidence)
    half, part = (min([sum(evidence[i:j]) / (j - i) for i, j in spans]) for spans in (halves(width), sections(width)))
    return sum(evidence) / width, sum(weak) / len(weak), half, part


def facing(upper: str, lower: str) -> list[tuple[float, tuple[str, ...]]]:
    """(log-odds, terms that hold) of every place; where one line has run out, 缺字."""
    found = [_facing(a, b) for a, b in zip_longest(upper, lower, fillvalue="")]
    if repeats(upper) or repeats(lower):
        terms = weights().terms
        for i, echo in _echoes(upper, lower).items():
            base, faults = found[i]
            found[i] = base + terms[echo], (*faults, echo)
    return found


def answering(char: str, other: str) -> float:
    """Evidence (log-odds) that two folded characters answer each other, by themselves."""
    return _facing(char, other)[0]


def repeats(line: str) -> bool:
    """Has a line one character more than once?"""
    return len(set(line)) < len(line)


def _echoes(upper: str, lower: str) -> dict[int, str]:
    """Places that repeat a character of their own line: does the other line repeat at the same two places?"""
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
    """Evidence of two folded characters by themselves, and the terms that hold; 借对 where they answer so."""
    table = weights()
    if (loan := borrowed(a, b)) is not None:
        a, b = loan
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


# -- tables -----------------------------------------------------------------------------------------------------------


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

    def couplet(width: str) -> tuple[float, ...]:
        return tuple([value[f"{width}言{name}"] for name in ("常数", *SUMMARY)])

    return Weights(
        value["编码比例"],
        value["上限"],
        {name: value[name] for name in TERMS},
        (couplet("五"), couplet("七")),
        (value["单字常数"], value["单字本位"], value["单字全联"]),
    )
