"""Novelty: the longest run of characters a poem shares with any poem in training.

Runs are inside a line, in the folded spelling. Human poems are judged against the same text, which has none of the
held-out poems in it: only held-out poems make a fair human number.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from yayun.measures.corpus import corpus
from yayun.measures.measured import Measured, mean_measured
from yayun.measures.verse import Verse

SHORTEST, LONGEST = 2, 7
_MULTIPLIER = 6364136223846793005


def longest_run(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """The mean over poems of the longest shared run, in characters (0 to 7); lower is newer."""
    return longest_run_in(_corpus_codes(), poems)


def longest_run_in(codes: np.ndarray, poems: Sequence[Verse]) -> Measured:
    """``longest_run`` against the text that ``text_codes`` made."""
    runs = shared_runs(codes, [poem.lines for poem in poems])
    return mean_measured(np.array(runs, float))


@cache
def _corpus_codes() -> np.ndarray:
    return text_codes(corpus().text)


def text_codes(text: str) -> np.ndarray:
    """(characters,) uint64 code points of a text, a line a row."""
    return np.frombuffer(text.encode("utf-32-le"), "<u4").astype(np.uint64)


def shared_runs(codes: np.ndarray, poems: Sequence[Sequence[str]]) -> list[int]:
    """For each poem (its lines) the length of its longest run, ``LONGEST`` at most, that stands in the text."""
    longest = [0] * len(poems)
    for length in range(SHORTEST, LONGEST + 1):
        grams = {line[i : i + length] for lines in poems for line in lines for i in range(len(line) - length + 1)}
        if not grams:
            break
        ordered = sorted(grams)
        wanted = _hashes(text_codes("".join(ordered)), length)[::length]
        there = set(_common(wanted, _inside_lines(codes, length)).tolist())
        known = {gram for gram, code in zip(ordered, wanted.tolist(), strict=True) if code in there}
        if not known:
            break
        for n, lines in enumerate(poems):
            if any(line[i : i + length] in known for line in lines for i in range(len(line) - length + 1)):
                longest[n] = length
    return longest


def _hashes(codes: np.ndarray, length: int) -> np.ndarray:
    """Polynomial hashes (mod 2**64) of every ``length`` consecutive codes."""
    total: np.ndarray = np.zeros(max(0, len(codes) - length + 1), np.uint64)
    for i in range(length):
        total = total * np.uint64(_MULTIPLIER) + codes[i : i + len(total)]
    return total


def _common(few: np.ndarray, many: np.ndarray) -> np.ndarray:
    """The values of ``few`` that ``many`` has (without sorting ``many``)."""
    few = np.unique(few)
    place = np.minimum(np.searchsorted(few, many), len(few) - 1)
    found: np.ndarray = few[np.unique(place[few[place] == many])]
    return found


def _inside_lines(codes: np.ndarray, length: int) -> np.ndarray:
    """Hashes of the runs of the text that cross no line break."""
    breaks = np.cumsum(np.concatenate([[0], codes == ord("\n")]))
    found: np.ndarray = _hashes(codes, length)[breaks[length:] == breaks[: len(breaks) - length]]
    return found
