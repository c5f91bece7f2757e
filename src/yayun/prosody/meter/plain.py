"""A form kept place by place as it is written (依谱): what tunes are, and any form without a licence of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from yayun.prosody.forms.form import Form
from yayun.prosody.meter.finding import ordinal
from yayun.prosody.meter.linerules import Verdict
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN


@dataclass(frozen=True, slots=True)
class PlainScansion:
    """A tone string a line: an open character takes the tone its place wants. ``cost``: the places that are off."""

    form: Form
    symbols: tuple[str, ...]
    tones: tuple[str, ...]
    cost: float

    @property
    def first_rhymes(self) -> bool:
        """Does the form's first line rhyme?"""
        return self.form.first_line_rhymes


def scan_plain(lines: Sequence[str], loose: Sequence[str], form: Form) -> PlainScansion:
    """Read the symbols of a form's lines as the form has them; where that leaves a place off, a reading that stands
    back (``loose``: the symbols with those) comes in."""
    lines = [loosened(*line) for line in zip(lines, loose, form.tones, strict=True)]
    tones = tuple(read_as(symbols, slots) for symbols, slots in zip(lines, form.tones, strict=True))
    cost = sum(len(line_misses(read, slots)) for read, slots in zip(tones, form.tones, strict=True))
    return PlainScansion(form, tuple(lines), tones, float(cost))


@lru_cache(maxsize=1 << 14)
def loosened(symbols: str, loose: str, slots: str) -> str:
    """A line's symbols, open where only a reading that stands back fits the place."""
    return "".join(
        wide if slot not in (OPEN, symbol) and symbol != OPEN else symbol
        for symbol, wide, slot in zip(symbols, loose, slots, strict=True)
    )


@lru_cache(maxsize=1 << 14)
def read_as(symbols: str, slots: str) -> str:
    """The tones of a line whose open characters take what their place wants, level where it wants nothing."""
    return "".join(
        slot if symbol == OPEN and slot != OPEN else LEVEL if symbol == OPEN else symbol
        for symbol, slot in zip(symbols, slots, strict=True)
    )


@lru_cache(maxsize=1 << 14)
def line_misses(tones: str, slots: str) -> tuple[Verdict, ...]:
    """平仄: a place that the form settles has another tone."""
    return tuple(
        Verdict("平仄", "error", 0, i, f"第{ordinal(i)}字应{slot},却用了{tone}")
        for i, (tone, slot) in enumerate(zip(tones, slots, strict=True), start=1)
        if slot not in (OPEN, tone)
    )


@lru_cache(maxsize=1 << 12)
def acceptable_line(slots: str) -> tuple[str, ...]:
    """Every tone string that fits a line's slots."""
    return tuple("".join(tones) for tones in product(*(LEVEL + OBLIQUE if s == OPEN else s for s in slots)))


def decisive_places(symbols: str, slots: str) -> tuple[int, ...]:
    """The places (from 0) where a character may have either tone and the form settles which."""
    return tuple(i for i, (symbol, slot) in enumerate(zip(symbols, slots, strict=True)) if symbol == OPEN != slot)
