"""Build ``retrieval/data/phrases.npz``: what poets joined and ended their lines with, from the local corpus.

Counted over the regular lines (five or seven characters) of the training split, of all dynasties that are there; what
was written once is left out, it is as often a slip of the copyist. About two minutes. Run:

    yayun corpus fetch && python scripts/build_phrases.py
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from yayun.corpus.store import CorpusPoem, read_poems
from yayun.home import atomic_open
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.retrieval.novelty import LINE_LENGTHS, fold_line
from yayun.retrieval.phrases import STEPS
from yayun.retrieval.units import line_words

DATA = Path(__file__).parents[1] / "src/yayun/retrieval/data/phrases.npz"
LEAST = 2  # times that a phrase must have been written
RAREST = 5  # uses below which a character has no place in the table


def count(poems: Iterable[CorpusPoem]) -> tuple[Counter[str], Counter[str], Counter[str], Counter[str]]:
    """Characters, words, last two and last three characters of lines."""
    chars, words, twos, threes = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for poem in poems:
        if poem.split != "train":
            continue
        for line in poem.lines:
            if len(line) in LINE_LENGTHS and all(map(is_hanzi, line)):
                folded = fold_line(line)
                chars.update(folded)
                words.update(line_words(folded))
                twos[folded[-2:]] += 1
                threes[folded[-3:]] += 1
    return chars, words, twos, threes


def keys(counts: Counter[str], places: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of the phrases that are kept, sorted, and their counts."""
    base, found = len(places) + 1, {}
    for phrase, times in counts.items():
        if times >= LEAST and all(char in places for char in phrase):
            number = 0
            for char in phrase:
                number = number * base + places[char]
            found[number] = times
    numbers = sorted(found)
    return np.array(numbers, np.int64), np.array([found[number] for number in numbers])


def differences(numbers: np.ndarray) -> np.ndarray:
    """Sorted numbers as the steps between them."""
    steps = np.diff(numbers, prepend=0)
    return steps.astype(np.uint32 if steps.max() < 2**32 else np.uint64)


def main() -> None:
    chars, words, twos, threes = count(read_poems())
    kept = [char for char, times in chars.most_common() if times >= RAREST]
    places = {char: i for i, char in enumerate(kept, start=1)}
    whole = chars.total()
    word_numbers, word_counts = keys(words, places)
    with atomic_open(DATA, "wb") as f:
        np.savez_compressed(
            f,
            chars=np.array([ord(char) for char in kept], np.uint32),
            uses=np.array([1e6 * chars[char] / whole for char in kept], np.float32),
            words=differences(word_numbers),
            word_counts=np.round(STEPS * np.log(word_counts)).astype(np.uint8),
            twos=differences(keys(twos, places)[0]),
            threes=differences(keys(threes, places)[0]),
            total=np.array(words.total()),
        )
    print(f"{len(kept):,} characters, {len(word_numbers):,} words, {DATA.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
