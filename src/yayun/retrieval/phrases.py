"""What words poets joined, and what they ended their lines with: counts of the corpus's training split, Tang and Song.

``data/phrases.npz`` (``scripts/build_phrases.py``) holds what was written at least twice, in the folded spelling:
``chars``, the characters (code points), the commonest first, with ``uses``, how many of a million characters each is;
``words``, the pairs that stand where verse has its words (``retrieval.units``), with their counts in sixteenths of a
nat (``word_counts``; ``total``: all words that were read); ``twos`` and ``threes``, the last two and the last three
characters of lines. A pair or triple is a number in base ``len(chars) + 1``; the numbers are sorted and stored as
differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from yayun.retrieval.novelty import fold_line, shown
from yayun.retrieval.units import line_words

STEPS = 16  # a nat of a count's logarithm
UNKNOWN = 0  # the place of characters that are too rare to have one


@dataclass(frozen=True)
class Phrases:
    """The table, ready to be asked. ``places``: a character's number; ``shares``: of all characters, by number."""

    places: dict[str, int]
    shares: np.ndarray
    words: np.ndarray
    word_counts: np.ndarray
    twos: np.ndarray
    threes: np.ndarray
    total: float

    def attested_end(self, line: str, length: int) -> bool:
        """Did poets end lines with this line's last ``length`` (2 or 3) characters, twice at least? Any script."""
        end = fold_line(line[-length:])
        return len(end) == length and bool(_held(self.twos if length == 2 else self.threes, self._keys([end]))[0])

    def attested_words(self, line: str) -> tuple[bool, ...]:
        """Did poets join the line's words (``units.line_words``), twice at least?"""
        return tuple(_held(self.words, self._keys([*line_words(fold_line(line))])).tolist())

    def information(self, line: str) -> tuple[float, ...]:
        """The pointwise information of the characters of each of the line's words, in nats. What was written less than
        twice counts as if it had been expected so often and not come."""
        return tuple(self.bonds([*line_words(fold_line(line))]).tolist())

    def bonds(self, words: Sequence[str]) -> np.ndarray:
        """The same of words of two characters in the folded spelling. Shape (words,)."""
        keys = self._keys(words)
        at = np.searchsorted(self.words, keys).clip(max=len(self.words) - 1)
        counts = np.where(self.words[at] == keys, self.word_counts[at], 0.0)
        shares = np.array([[self.shares[self._place(char)] for char in word] for word in words]).reshape(len(words), 2)
        expected = shares.prod(axis=1) * self.total
        found: np.ndarray = np.log((counts + 1) / (expected + 1))
        return found

    def ends_in(self, char: str, most: int = 24) -> list[tuple[str, int]]:
        """The words of two characters that end in ``char`` and that poets ended lines with, in simplified script, and
        about how often verse has them; the commonest first, ``most`` of them. ``char`` in any script."""
        base, place = len(self.shares), self._place(fold_line(char))
        if place == UNKNOWN:
            return []
        at = np.flatnonzero((self.words % base == place) & _held(self.twos, self.words))
        chars = {number: known for known, number in self.places.items()}
        order = at[np.argsort(-self.word_counts[at], kind="stable")][:most]
        return [
            (shown(chars[int(self.words[i]) // base] + chars[place]), round(float(self.word_counts[i]))) for i in order
        ]

    def _place(self, char: str) -> int:
        return self.places.get(char, UNKNOWN)

    def _keys(self, texts: Sequence[str]) -> np.ndarray:
        base, keys = len(self.shares), np.zeros(len(texts), np.int64)
        for row, text in enumerate(texts):
            key = 0
            for char in text:
                key = key * base + self._place(char)
            keys[row] = key
        return keys


def _held(sorted_keys: np.ndarray, keys: np.ndarray) -> np.ndarray:
    at = np.searchsorted(sorted_keys, keys).clip(max=len(sorted_keys) - 1)
    found: np.ndarray = sorted_keys[at] == keys
    return found


@cache
def phrases() -> Phrases:
    """The shipped table, read on first use."""
    with (files("yayun.retrieval") / "data" / "phrases.npz").open("rb") as f, np.load(f) as stored:
        chars = ["", *map(chr, stored["chars"].tolist())]
        shares = np.concatenate([[1e-6], stored["uses"] / 1e6])
        return Phrases(
            places={char: i for i, char in enumerate(chars) if char},
            shares=shares,
            words=stored["words"].cumsum(dtype=np.int64),
            word_counts=np.exp(stored["word_counts"] / STEPS),
            twos=stored["twos"].cumsum(dtype=np.int64),
            threes=stored["threes"].cumsum(dtype=np.int64),
            total=float(stored["total"]),
        )
