"""Build the tables of ``retrieval/data`` from the training split of the local corpus: units.tsv and vectors.bin (titles
and verse in one space), feet.tsv (rhyme feet by group) and parallels.tsv (characters set against one another).

Needs numpy and scipy; takes about two minutes and 3 GB. Run:

    yayun corpus fetch && python scripts/build_retrieval.py
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from yayun.corpus.store import CorpusPoem, read_poems
from yayun.home import atomic_open
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.labels import rhyme_label
from yayun.prosody.readings.lexicon import members, rhyme_groups, standardize
from yayun.retrieval.novelty import fold_line
from yayun.retrieval.space import DIMENSIONS, TITLE, VERSE
from yayun.retrieval.units import is_title_unit, line_words, title_units, verse_units

DATA = Path(__file__).parents[1] / "src/yayun/retrieval/data"

TANG_WEIGHT = 1.5  # a Tang poem counts this much; there are five times as many Song poems
MIN_TITLE_CHAR, MIN_TITLE_PAIR = 10, 30
MIN_VERSE_CHAR, MIN_WORD = 40, 60
MIN_WORD_PMI = 2.0  # nats: the two characters belong together
MIN_WHOLE = 0.6  # of a word's occurrences, those where it isn't a piece of a closer word beside it (憶故 of 故鄉)
VERSE_ROWS = 0.5  # weight of verse-verse beside title-verse co-occurrence
MIN_FOOT, MIN_PARALLEL = 2, 2
ENOUGH_FEET = 40  # a group with fewer is filled up from the rhyme book
PARALLELS = 12


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Folded units of one kind, most frequent first, with the spelling they are shown in and the poems they are in."""

    units: tuple[str, ...]
    shown: tuple[str, ...]
    counts: np.ndarray

    def incidence(self, rows: Iterable[Sequence[str]]) -> sp.csr_matrix:
        """(poems, units) with 1 where a poem has a unit."""
        index = {unit: i for i, unit in enumerate(self.units)}
        columns: list[int] = []
        ends = [0]
        for row in rows:
            columns += [index[unit] for unit in row if unit in index]
            ends.append(len(columns))
        return sp.csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(ends) - 1, len(index)))


def main() -> None:
    poems = [poem for poem in read_poems() if poem.split == "train" and poem.form]
    lines = [tuple(map(standardize, poem.lines)) for poem in poems]
    build_space(poems, lines)
    build_feet(lines)
    build_parallels([ls for poem, ls in zip(poems, lines, strict=True) if poem.dynasty == "唐" and len(ls) == 8])
    for name in ("units.tsv", "vectors.bin", "feet.tsv", "parallels.tsv"):
        print(f"{name:<14} {(DATA / name).stat().st_size:>9,} bytes")


def build_space(poems: Sequence[CorpusPoem], lines: Sequence[Sequence[str]]) -> None:
    title_rows = [title_units(poem.title) for poem in poems]
    verse_rows = [verse_units("\n".join(ls)) for ls in lines]
    weights = np.array([TANG_WEIGHT if poem.dynasty == "唐" else 1.0 for poem in poems], np.float32)
    written = Counter(unit for poem in poems for unit in units_shown(poem.title))
    titles = title_vocabulary(title_rows, spellings(written))
    verse = verse_vocabulary(lines, verse_rows)
    in_titles, in_verse = titles.incidence(title_rows), verse.incidence(verse_rows)
    weighted = sp.diags(weights) @ in_verse
    total, per_title, per_verse = weights.sum(), weights @ in_titles, weights @ in_verse
    of_titles = positive_pmi((in_titles.T @ weighted).tocoo(), per_title, per_verse, total)
    together = (in_verse.T @ weighted).tolil()
    together.setdiag(0)
    of_verse = positive_pmi(together.tocoo(), per_verse, per_verse, total)
    left, right = singular_vectors(sp.vstack([of_titles, VERSE_ROWS * of_verse]).tocsr(), DIMENSIONS)
    vectors = np.vstack([unit_length(left[: len(titles.units)]), unit_length(right)])
    with atomic_open(DATA / "vectors.bin", "wb") as f:
        f.write(np.round(127 * vectors).astype(np.int8).tobytes())
    with atomic_open(DATA / "units.tsv") as f:
        f.write(f"kind\tunit\t{round(float(total))}\n")
        for kind, vocabulary, counts in ((TITLE, titles, per_title), (VERSE, verse, per_verse)):
            for shown, count in zip(vocabulary.shown, counts, strict=True):
                f.write(f"{kind}\t{shown}\t{round(float(count))}\n")


def units_shown(title: str) -> tuple[str, ...]:
    text = standardize(title)
    return (*text, *(text[i : i + 2] for i in range(len(text) - 1)))


def spellings(counts: Counter[str]) -> dict[str, str]:
    """Folded unit -> its commonest spelling."""
    found: dict[str, str] = {}
    for unit, _ in sorted(counts.items(), key=lambda item: (item[1], item[0])):
        found[fold_line(unit)] = unit
    return found


def by_frequency(counts: dict[str, int], shown: dict[str, str]) -> Vocabulary:
    ordered = sorted(counts, key=lambda unit: (-counts[unit], unit))
    return Vocabulary(
        tuple(ordered), tuple(shown[unit] for unit in ordered), np.array([counts[unit] for unit in ordered])
    )


def title_vocabulary(rows: Sequence[Sequence[str]], shown: dict[str, str]) -> Vocabulary:
    counts = Counter(unit for row in rows for unit in row if is_title_unit(unit))
    enough = {1: MIN_TITLE_CHAR, 2: MIN_TITLE_PAIR}
    return by_frequency({unit: n for unit, n in counts.items() if n >= enough[len(unit)]}, shown)


def verse_vocabulary(lines: Sequence[Sequence[str]], rows: Sequence[Sequence[str]]) -> Vocabulary:
    """Characters, and the words whose two characters belong together."""
    written = Counter(unit for ls in lines for line in ls for unit in (*line, *line_words(line)))
    folded = [fold_line(line) for ls in lines for line in ls]
    words = closed_words(folded)
    counts = Counter(unit for row in rows for unit in row)
    kept = {
        unit: n
        for unit, n in counts.items()
        if (len(unit) == 1 and n >= MIN_VERSE_CHAR) or (len(unit) == 2 and unit in words)
    }
    return by_frequency(kept, spellings(written))


def closed_words(lines: Sequence[str]) -> set[str]:
    """Two-character units that are words: frequent, closely bound, and seldom a piece of another word."""
    chars = Counter(char for line in lines for char in line)
    words = Counter(word for line in lines for word in line_words(line))
    total_words, total_chars = words.total(), chars.total()
    bound = {
        word: math.log(n / total_words / (chars[word[0]] * chars[word[1]] / total_chars**2))
        for word, n in words.items()
        if n >= MIN_WORD
    }
    # The last three characters of a line hold two overlapping pairs, of which the closer one is the word.
    pieces = Counter[str]()
    for line in lines:
        early, late = line[-3:-1], line[-2:]
        pieces[min(early, late, key=lambda pair: bound.get(pair, -math.inf))] += 1
    return {w for w, pmi in bound.items() if pmi > MIN_WORD_PMI and 1 - pieces[w] / words[w] >= MIN_WHOLE}


def positive_pmi(counts: sp.coo_matrix, rows: np.ndarray, columns: np.ndarray, total: float) -> sp.csr_matrix:
    """Positive PMI with the contexts' distribution smoothed (exponent 0.75) and small counts discounted (n / (n + 2));
    Levy, Goldberg and Dagan, "Improving Distributional Similarity", 2015."""
    smooth = columns**0.75
    smooth *= columns.sum() / smooth.sum()
    seen = counts.data > 1.5
    row, column, n = counts.row[seen], counts.col[seen], counts.data[seen]
    values = np.log(n * total / (rows[row] * smooth[column])) * (n / (n + 2))
    positive = values > 0
    kept = (values[positive].astype(np.float32), (row[positive], column[positive]))
    return sp.csr_matrix(kept, shape=counts.shape)


def singular_vectors(matrix: sp.csr_matrix, rank: int) -> tuple[np.ndarray, np.ndarray]:
    """Left and right singular vectors (rows, rank) and (columns, rank) by randomised subspace iteration (Halko,
    Martinsson and Tropp, 2011), with a fixed seed."""
    rng = np.random.default_rng(1)
    basis = matrix @ rng.standard_normal((matrix.shape[1], rank + 32)).astype(np.float32)
    for _ in range(4):
        basis = np.linalg.qr(basis)[0]
        basis = matrix @ np.linalg.qr(matrix.T @ basis)[0]
    basis = np.linalg.qr(basis)[0]
    inner, _, right = np.linalg.svd((matrix.T @ basis).T, full_matrices=False)
    return basis @ inner[:, :rank], right[:rank].T


def unit_length(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def build_feet(lines: Sequence[Sequence[str]]) -> None:
    """Count the even lines' feet of the poems that rhyme in one group, where they belong to it; fill small groups up
    with the rhyme book's members, those the corpus uses most first."""
    counts: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for ls in lines:
        if (group := rhyme_label(ls)) is None:
            continue
        for line in ls[1::2]:
            if group in rhyme_groups(line[-1]):
                counts[group][line[-1]][len(line) == 7] += 1
    with atomic_open(DATA / "feet.tsv") as f:
        f.write("group\tfoot:fives:sevens\n")
        for group in book(PINGSHUI).groups:
            feet = sorted(counts[group].items(), key=lambda item: (-sum(item[1]), item[0]))
            kept = [f"{char}:{fives}:{sevens}" for char, (fives, sevens) in feet if fives + sevens >= MIN_FOOT]
            unused = (char for char in members(group) if char not in counts[group])
            kept += [f"{char}:0:0" for char in islice(unused, max(0, ENOUGH_FEET - len(kept)))]
            f.write(f"{group}\t{' '.join(kept)}\n")


def build_parallels(octaves: Sequence[Sequence[str]]) -> None:
    """Characters that stand at the same place of the two lines of a middle couplet, ranked by log-likelihood gain."""
    pairs: dict[str, Counter[str]] = defaultdict(Counter)
    for ls in octaves:
        for upper, lower in ((ls[2], ls[3]), (ls[4], ls[5])):
            for a, b in zip(upper, lower, strict=True):
                if a != b:
                    pairs[a][b] += 1
                    pairs[b][a] += 1
    uses = {char: others.total() for char, others in pairs.items()}
    total = sum(uses.values())

    def gain(char: str, other: str) -> float:
        n = pairs[char][other]
        return n * math.log(n * total / (uses[char] * uses[other]))

    with atomic_open(DATA / "parallels.tsv") as f:
        f.write("char\tset against\n")
        for char in sorted(uses, key=lambda c: (-uses[c], c)):
            others = [o for o, n in pairs[char].items() if n >= MIN_PARALLEL and gain(char, o) > 0]
            ranked = sorted(others, key=lambda o: (-gain(char, o), o))[:PARALLELS]
            if ranked:
                f.write(f"{char}\t{''.join(ranked)}\n")


if __name__ == "__main__":
    main()
