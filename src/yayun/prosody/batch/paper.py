"""The ``paper`` profile of many texts at once: ``paper.paper_scores``, the reading shared. Imports numpy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from yayun.prosody.batch.text import read_text
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.paper import WIDTHS, Line, couplets_of, frame_of, read, scores_as_read
from yayun.prosody.parallelism.batch import batch_scores
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.readings.lexicon import standardize
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN

_CHUNK = 1 << 16


def paper_rows(
    poems: Sequence[Sequence[str]],
    *,
    forms: Sequence[str | None] | None = None,
    rhymes: Sequence[str | None] | None = None,
    by: str = PINGSHUI,
) -> NDArray[np.float64]:
    """``paper_scores`` of many poems (their lines) at once: float64 (n, 5) in 0..1, tones, rhymes, antithesis, length
    and total in the order of the poems.

    Raises YayunError for an unknown form or group only.
    """
    asked = list(forms or [None] * len(poems))
    groups = list(rhymes or [None] * len(poems))
    frames = [frame_of(len(lines), form) for lines, form in zip(poems, asked, strict=True)]
    pairs = [couplets_of(lines, frame) for lines, frame in zip(poems, frames, strict=True)]
    parallel = batch_scores([pair for of_poem in pairs for pair in of_poem]).tolist()
    known = _read_all({line for lines in poems for line in lines})
    rows = np.zeros((len(poems), 5))
    start = 0
    for i, (lines, frame) in enumerate(zip(poems, frames, strict=True)):
        own = parallel[start : start + len(pairs[i])]
        start += len(own)
        found = scores_as_read([known[line] for line in lines], pairs[i], own, frame, book(by), groups[i])
        rows[i] = found.tones, found.rhymes, found.antithesis, found.length, found.total
    return rows


def _read_all(lines: set[str]) -> dict[str, Line]:
    """``read`` of every line, fives and sevens of Chinese characters through the vectorised reader."""
    found: dict[str, Line] = {}
    alien = {char for char in set().union(*lines) if not is_hanzi(char)}
    for width in WIDTHS:
        whole = sorted(line for line in lines if len(line) == width and alien.isdisjoint(line))
        strings = tuple(map("".join, product(LEVEL + OBLIQUE + OPEN, repeat=width)))
        for start in range(0, len(whole), _CHUNK):
            part = whole[start : start + _CHUNK]
            text = read_text("".join(part), width, 1)
            rows = zip(part, text.symbols[:, 0].tolist(), text.feet[:, 0].tolist(), strict=True)
            for line, number, foot in rows:
                found[line] = Line(strings[number], text.foot_groups[foot].usual, standardize(line[-1]))
    return found | {line: read(line) for line in lines - found.keys()}
