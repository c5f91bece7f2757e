"""Writing traditional text from simplified, with what ``learning`` has learnt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from yayun.corpus.restoration.features import TITLE_MARK, features, joined, to_codes, to_text
from yayun.corpus.restoration.learning import CANDIDATES, Merged, Weights, find_merged, fit
from yayun.corpus.store import CorpusPoem
from yayun.prosody.readings.lexicon import standardize
from yayun.script import opencc_traditional, to_simplified

# A source's own habit is believed where it has a merged character this often, and for so much at most.
_ENOUGH = 200
_LEAST_SHARE = 0.02
_CODES = 1 << 21  # above every code point


@dataclass(frozen=True, slots=True)
class Restorer:
    """What the corpus taught."""

    merged: Merged
    weights: Weights

    def restore(self, poems: Sequence[tuple[str, Sequence[str]]]) -> list[tuple[str, tuple[str, ...]]]:
        """(title, lines) pairs in traditional script, standard spellings; nothing changes length.

        Give the poems of one source together: how often a merged character means what is a habit of the source (one
        that writes 馀 for 餘 has 余 for 余 alone), and is estimated from all of them at once.
        """
        given = joined(poems)
        written = to_codes(given)
        folded = self._folded(given)
        plain = self._plain(given, folded)
        at, which = self.merged.places(folded)
        # What the source wrote apart itself is kept.
        open_ = written[at] == folded[at]
        apart = np.bincount(which[~open_] * CANDIDATES + self._column(which[~open_], plain[at[~open_]]),
                            minlength=len(self.merged.chars) * CANDIDATES)  # fmt: skip
        at, which = at[open_], which[open_]
        chances = self.weights.chances(features(folded, at), self.merged.candidates[which] > 0)
        ratios = self._ratios(apart.reshape(-1, CANDIDATES), np.bincount(which, minlength=len(self.merged.chars)))
        plain[at] = self.merged.candidates[which, (chances * ratios[which]).argmax(1)]
        return split_text(to_text(plain))

    def _folded(self, given: str) -> np.ndarray:
        """The text in the simplified characters that were learnt: 馀, which OpenCC leaves, is 余 too."""
        folded = to_codes(_same_length(given, to_simplified(given)))
        for code in np.unique(folded).tolist():
            again = to_simplified(opencc_traditional(chr(code)))
            if code not in self.merged.single and len(again) == 1 and again != chr(code):
                folded[folded == code] = ord(again)
        return folded

    def _column(self, which: np.ndarray, chars: np.ndarray) -> np.ndarray:
        """The column of each traditional character among its candidates (0 where it is none)."""
        found: np.ndarray = (self.merged.candidates[which] == chars[:, None]).argmax(1)
        return found

    def _ratios(self, apart: np.ndarray, merged: np.ndarray) -> np.ndarray:
        """(chars, CANDIDATES) how much likelier than in the corpus each candidate is where this source wrote the
        merged character: less likely, if the source also writes it apart. ``apart``, ``merged``: its counts of both."""
        total = apart.sum(1) + merged
        left = np.maximum(
            self.merged.shares * total[:, None] - apart, _LEAST_SHARE * self.merged.shares * total[:, None]
        )
        left = left / np.maximum(left.sum(1, keepdims=True), 1e-9)
        ratios: np.ndarray = np.divide(left, self.merged.shares, out=np.zeros_like(left), where=self.merged.shares > 0)
        ratios[(apart.sum(1) == 0) | (total < _ENOUGH)] = 1.0
        return ratios

    def _plain(self, given: str, folded: np.ndarray) -> np.ndarray:
        """Characters without a choice: as the corpus writes them, or as OpenCC does where the corpus has none."""
        written = to_codes(given)
        table = np.zeros(_CODES, np.int64)
        table[list(self.merged.single)] = list(self.merged.single.values())
        elsewhere = to_codes(standardize(_same_length(given, opencc_traditional(given))))
        found = np.where((table[folded] > 0) & (written == folded), table[folded], elsewhere)
        already = written != to_codes(to_simplified(given))  # in traditional form as it stands
        result: np.ndarray = np.where(already, to_codes(standardize(given)), found)
        return result


def _same_length(given: str, converted: str) -> str:
    if len(given) != len(converted):  # a phrase rule of OpenCC that changes length: none is known
        raise ValueError("the conversion changed the text's length")
    return converted


def split_text(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """The (title, lines) pairs of a joined text."""
    poems = (poem.split("\n") for poem in text.split("\n\n"))
    return [(title.removeprefix(TITLE_MARK), tuple(lines)) for title, *lines in poems]


def in_both_scripts(poems: Iterable[CorpusPoem]) -> tuple[str, str]:
    """(simplified, traditional in standard spellings) text of poems known in traditional script."""
    return _both(joined((poem.title, poem.lines) for poem in poems))


def _both(text: str) -> tuple[str, str]:
    traditional = standardize(text)
    return _same_length(traditional, to_simplified(traditional)), traditional


def train_restorer(poems: Iterable[CorpusPoem]) -> Restorer:
    """A restorer learnt from poems known in traditional script (about half a minute for Tang and Song)."""
    poems = list(poems)
    names = sorted({poem.author for poem in poems})  # are read as titles are
    texts = _both(joined([*((poem.title, poem.lines) for poem in poems), *((name, ()) for name in names)]))
    simplified, traditional = map(to_codes, texts)
    merged = find_merged(simplified, traditional)
    return Restorer(merged, fit(simplified, traditional, merged))
