"""Traditional script restored from simplified, measured by a round trip over verse whose traditional form is known.

    python benchmarks/restoration.py [--worst 30]

The held-out poems of Tang and Song are written in simplified characters (OpenCC t2s) and restored by what the other
poems teach, and, for comparison, by OpenCC alone (s2t). Spellings are standardised on both sides first;
``corpus/restoration/spellings.py`` lists what else counts as a spelling. "Ambiguous" are the simplified characters that
two or more traditional ones of the corpus were merged into. Needs ``yayun corpus fetch``.
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np

from yayun.corpus.restoration.features import TITLE_MARK, joined, to_codes
from yayun.corpus.restoration.restorer import in_both_scripts, split_text, train_restorer
from yayun.corpus.restoration.spellings import is_spelling
from yayun.corpus.split import HELD_OUT
from yayun.corpus.store import read_poems
from yayun.prosody.readings.lexicon import standardize
from yayun.script import opencc_traditional


def in_titles(codes: np.ndarray) -> np.ndarray:
    """Which characters of a joined text stand in titles."""
    breaks = codes == ord("\n")
    starts = np.concatenate([[0], np.flatnonzero(breaks) + 1])
    title = np.concatenate([codes, [0]])[starts] == ord(TITLE_MARK)
    found: np.ndarray = title[np.cumsum(breaks) - breaks]
    return found


def report(name: str, right: np.ndarray, written: np.ndarray, counted: np.ndarray, ambiguous: np.ndarray) -> Counter:
    """Print one row; returns the confusions (right, written) that are errors."""
    wrong = np.flatnonzero((right != written) & counted)
    pairs = Counter((chr(right[i]), chr(written[i])) for i in wrong.tolist())
    errors = Counter({pair: n for pair, n in pairs.items() if not is_spelling(*pair)})
    hard = int((counted & ambiguous).sum())
    hard_strict = int(ambiguous[wrong].sum())
    hard_errors = sum(
        1 for i in wrong.tolist() if ambiguous[i] and not is_spelling(chr(right[i]), chr(written[i]))
    )  # fmt: skip
    total = int(counted.sum())
    print(
        f"{name:<24}{100 - 100 * errors.total() / total:9.3f}{100 - 100 * hard_errors / hard:11.2f}"
        f"{100 - 100 * len(wrong) / total:13.3f}{100 - 100 * hard_strict / hard:11.2f}"
    )
    return errors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worst", type=int, default=30)
    worst = parser.parse_args().worst
    poems = list(read_poems())
    held = [poem for poem in poems if poem.split in HELD_OUT]
    restorer = train_restorer(poem for poem in poems if poem.split not in HELD_OUT)
    simplified, traditional = in_both_scripts(held)
    right = to_codes(traditional)
    restored = to_codes(joined(restorer.restore(split_text(simplified))))
    plain = to_codes(standardize(opencc_traditional(simplified)))
    folded = to_codes(simplified)
    char = (folded != ord("\n")) & (folded != ord(TITLE_MARK))
    ambiguous = np.isin(folded, restorer.merged.chars)
    titles = in_titles(folded)
    verse = char & ~titles
    print(f"{len(held):,} held-out poems, {len(restorer.merged.chars)} ambiguous characters")
    print(f"{verse.sum():,} characters of verse, {(verse & ambiguous).sum():,} of them ambiguous; in titles", end=" ")
    print(f"{(char & titles).sum():,} and {(char & titles & ambiguous).sum():,}")
    print(f"{'% right':<24}{'all':>9}{'ambiguous':>11}{'all, strict':>13}{'ambiguous, strict':>18}")
    errors = report("verse", right, restored, verse, ambiguous)
    report("verse, OpenCC alone", right, plain, verse, ambiguous)
    report("titles", right, restored, char & titles, ambiguous)
    report("titles, OpenCC alone", right, plain, char & titles, ambiguous)
    uses = Counter(map(chr, right[verse].tolist()))
    print(f"\nThe worst of {errors.total():,} errors in verse: right, written, errors, uses of the right one")
    for (meant, written), count in errors.most_common(worst):
        print(f"{meant} {written} {count:5} {uses[meant]:6}")


if __name__ == "__main__":
    main()
