"""Verse that rhymes in an oblique group (仄韵): not standard regulated verse, judged by what is left of the rules.

Rhyming lines end oblique, the others level; inside a line the even places alternate, and the second characters oppose
within a couplet (对) and agree between couplets (粘). Source: Wang Li, *Shici gelü*, on 仄韵.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

from yayun.prosody.forms.regulated import Width, line_tones
from yayun.prosody.meter.finding import ordinal
from yayun.prosody.meter.linerules import Verdict
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN


@dataclass(frozen=True, slots=True)
class ObliqueScansion:
    """A tone string a line; open places chosen so that least is broken. ``first_rhymes``: the first line rhymes."""

    tones: tuple[str, ...]
    first_rhymes: bool
    cost: float

    @property
    def adhesion_breaks(self) -> tuple[int, ...]:
        """Indices (from 0) of the lines that break 粘."""
        return tuple(i for i in range(2, len(self.tones), 2) if self.tones[i][1] != self.tones[i - 1][1])

    @property
    def faulty(self) -> bool:
        """Is there an error to report: in a couplet, or 失粘?"""
        couplets = zip(self.tones[::2], self.tones[1::2], strict=True)
        return bool(self.adhesion_breaks) or any(
            verdict.severity == "error"
            for i, (upper, lower) in enumerate(couplets)
            for verdict in oblique_verdicts(upper, lower, first_rhymes=i == 0 and self.first_rhymes)
        )


@lru_cache(maxsize=1 << 14)
def oblique_verdicts(upper: str, lower: str, *, first_rhymes: bool) -> tuple[Verdict, ...]:
    """What the rules say of a couplet, 失粘 apart; ``first_rhymes``: its upper line is a poem's first, and rhymes."""
    found: list[Verdict] = []
    for line, tones in enumerate((upper, lower)):
        found.extend(broken_alternation(line, tones))
        found.extend(oblique_line_end(line, tones, rhymes=line == 1 or first_rhymes))
    if upper[1] == lower[1]:
        because = f"第二字与出句第二字同为{lower[1]}声,一联之内平仄应相对"
        found.append(Verdict("失对", "error", 1, 2, because))
    return tuple(found)


def broken_alternation(line: int, tones: str) -> Iterator[Verdict]:
    """二四分明: the even places of a line alternate."""
    for column in range(4, len(tones), 2):
        if tones[column - 1] == tones[column - 3]:
            because = f"第{ordinal(column)}字与第{ordinal(column - 2)}字同为{tones[column - 1]}声,应平仄相间"
            yield Verdict("二四分明", "error", line, column, because)


def oblique_line_end(line: int, tones: str, *, rhymes: bool) -> Iterator[Verdict]:
    """句脚: with an oblique rhyme, rhyming lines end oblique and the others level."""
    if rhymes and tones[-1] == LEVEL:
        yield Verdict("句脚", "error", line, len(tones), "押仄韵的句子应以仄声收尾,却用了平声")
    elif not rhymes and tones[-1] == OBLIQUE:
        yield Verdict("句脚", "warning", line, len(tones), "押仄韵时,不入韵的出句以平声收尾为正")


def scan_oblique(lines: Sequence[str], *, first_rhymes: bool) -> ObliqueScansion:
    """Choose tones for the open places line by line, each against the line before it."""
    chosen: list[str] = []
    cost = 0.0
    for i, symbols in enumerate(lines):
        rhymes = i % 2 == 1 or (i == 0 and first_rhymes)
        wanted = None if i == 0 else (_other(chosen[-1][1]) if i % 2 else chosen[-1][1])
        price, tones = best_line(symbols, rhymes, wanted)
        chosen.append(tones)
        cost += price
    return ObliqueScansion(tuple(chosen), first_rhymes, cost)


def _other(tone: str) -> str:
    return OBLIQUE if tone == LEVEL else LEVEL


def _options(symbols: str, rhymes: bool) -> Iterator[str]:
    """Open even places in both tones; open odd places don't matter, an open end takes the tone it should have."""
    end = OBLIQUE if rhymes else LEVEL
    odd_or_end = [LEVEL + OBLIQUE if i % 2 else end if i == len(symbols) - 1 else LEVEL for i in range(len(symbols))]
    for tones in product(*(odd_or_end[i] if s == OPEN else s for i, s in enumerate(symbols))):
        yield "".join(tones)


@lru_cache(maxsize=1 << 14)
def best_line(symbols: str, rhymes: bool, wanted: str | None) -> tuple[float, str]:
    """The cheapest tones of a line and their cost, ``wanted`` being the tone its second character should have."""
    return min((_price(tones, rhymes, wanted), tones) for tones in _options(symbols, rhymes))


def _price(tones: str, rhymes: bool, wanted: str | None) -> float:
    cost = float(wanted is not None and tones[1] != wanted)
    for verdict in (*broken_alternation(0, tones), *oblique_line_end(0, tones, rhymes=rhymes)):
        cost += 1.0 if verdict.severity == "error" else 0.2
    return cost


@cache
def acceptable_oblique_couplets(upper: str, lower: str, width: Width) -> frozenset[tuple[str, str]]:
    """The pairs of tone strings to which no rule of 仄韵 objects, for a couplet of mirrored line types.

    A type fixes the tone of the second character (so 对 and 粘 hold) and, by its case, whether the line rhymes.
    """
    return frozenset(product(_acceptable_lines(upper, width), _acceptable_lines(lower, width)))


def _acceptable_lines(line_type: str, width: Width) -> list[str]:
    rhymes = line_type.islower()
    return [
        tones
        for tones in map("".join, product(LEVEL + OBLIQUE, repeat=width))
        if tones[1] == line_tones(line_type, width)[1]
        and not any(broken_alternation(0, tones))
        and not any(oblique_line_end(0, tones, rhymes=rhymes))
    ]
