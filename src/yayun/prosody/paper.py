"""The paper profile: scores comparable to the published table of Xunzi-Yayun-R1 (npj Heritage Science,
s40494-025-02087-x), whose formulas were not published. Fitted to its two human rows with two stated parameters:

- tones       s = share of characters that fit the best of the four standard patterns, continued to any length
              (characters with both tones fit either); 1 - SLOPE·(1 - s), not below 0.
- rhymes      v = share of the even lines after the first that agree with the commonest group (or are in the group asked
              for); 1 - SLOPE·(1 - v), not below 0. Verse of other widths than five and seven has no tones and rhymes.
- antithesis  m = parallelism of the couplets between the first and the last, of shorter poems the best couplet;
              1 - LENIENCE·(1 - m).
- length      share of lines that have the width asked for, or the commonest.

The total is the published 0.4·tones + 0.3·rhymes + 0.2·antithesis + 0.1·length. ``docs/paper-profile.md`` has the fit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache

from yayun.prosody.analysis import Shape, symbol
from yayun.prosody.lexicon import read_line
from yayun.prosody.patterns import line_tones
from yayun.prosody.scansion import OPEN
from yayun.prosody.scores import Scores

SLOPE = 1.15
LENIENCE = 0.16

_OPENINGS = {"aB": "bA", "AB": "bA", "bA": "aB", "BA": "aB"}


def paper_scores(lines: Sequence[str], shape: Shape | None = None, rhyme: str | None = None) -> Scores:
    """The four scores of lines, against a shape and a group if they were asked for."""
    if not lines:
        return Scores(0.0, 0.0, 0.0, 0.0)
    width = shape.width if shape else Counter(map(len, lines)).most_common(1)[0][0]
    count = max(len(lines), shape.count if shape else 0)
    verse = width in (5, 7)
    return Scores(
        tones=_slope(_pattern_share(lines, width, count)) if verse else 0.0,
        rhymes=_slope(_rhyme_share(lines, count // 2, rhyme)) if verse else 0.0,
        antithesis=1.0 - LENIENCE * (1.0 - (_parallelism(lines) if verse else 0.0)),
        length=sum(len(line) == width for line in lines) / count,
    )


def _slope(share: float) -> float:
    return max(0.0, 1.0 - SLOPE * (1.0 - share))


def _pattern_share(lines: Sequence[str], width: int, count: int) -> float:
    symbols = ["".join(map(symbol, read_line(line))) if len(line) == width else "" for line in lines]
    best = max(
        sum(_fitting(line, line_type) for line, line_type in zip(symbols, _types(opening, len(lines)), strict=True))
        for opening in _OPENINGS
    )
    return best / (width * count)


@cache
def _types(opening: str, count: int) -> str:
    """The line types of a pattern continued to ``count`` lines."""
    second = _OPENINGS[opening]
    third = "aB" if second == "bA" else "bA"
    return (opening + (second + third) * count)[:count]


@lru_cache(maxsize=1 << 16)
def _fitting(symbols: str, line_type: str) -> int:
    return sum(s in (OPEN, tone) for s, tone in zip(symbols, line_tones(line_type, len(symbols) or 5), strict=False))


def _rhyme_share(lines: Sequence[str], feet: int, asked: str | None) -> float:
    found = [frozenset(reading.group for reading in read_line(line)[-1].readings) for line in lines[1::2]]
    votes = Counter(group for groups in found for group in groups)
    agreeing = votes[asked] if asked else max(votes.values(), default=0)
    if feet <= 1:
        return float(feet == 0 or agreeing > 0)
    return max(0.0, (agreeing - 1) / (feet - 1))


def _parallelism(lines: Sequence[str]) -> float:
    from yayun.prosody.antithesis import couplet_parallelism

    found = [couplet_parallelism(lines[i], lines[i + 1]) for i in range(0, len(lines) - 1, 2)]
    if len(found) >= 4:
        return sum(found[1:-1]) / len(found[1:-1])
    return max(found, default=0.0)
