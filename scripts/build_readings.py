"""Build ``prosody/data/likelihoods.tsv``: how likely a two-tone character is level, by what stands around it.

For each character a sparse logistic regression (L1, scikit-learn's liblinear) over the features of
``prosody.readings.likelihood``, on the training poems of ``readings_examples``; weights in eighths, small ones left
out. Characters that verse uses in either tone at will are not in it, nor those with few examples. Later verse (JSON
lines, .xz) is given by path. Run, with scikit-learn (``pip install scikit-learn``):

    python scripts/build_readings.py [FILE.jsonl.xz ...]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import log
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from readings_examples import Example, labelled_poems
from yayun.home import atomic_open
from yayun.prosody.readings.characters import FREE
from yayun.prosody.readings.likelihood import FEATURES, features

OUT = Path(__file__).parents[1] / "src/yayun/prosody/data/likelihoods.tsv"
EXAMPLES, SEEN = 20, 3  # a character, a feature
STRENGTH = 2.0  # the inverse of the L1 penalty
UNIT, LEAST = 8, 0.2  # weights in eighths; smaller ones are left out


def by_character(paths: Sequence[Path]) -> dict[str, list[Example]]:
    """Folded character -> its training examples."""
    found: dict[str, list[Example]] = defaultdict(list)
    for poem in labelled_poems(paths):
        if poem.split == "train":
            for example in poem.examples:
                found[example.line[example.place]].append(example)
    return {c: examples for c, examples in found.items() if c not in FREE and len(examples) >= EXAMPLES}


def _named(example: Example) -> list[str]:
    """The features of a place, each as its letter and a character."""
    return [FEATURES[kind] + char for kind, char in features(example.line, example.place)]


def learn(examples: Sequence[Example]) -> tuple[float, dict[str, float]]:
    """The log odds of level with nothing known, and what each feature adds."""
    level = np.array([example.level for example in examples])
    if level.min() == level.max():
        return log((level.sum() + 0.5) / ((~level).sum() + 0.5)), {}
    found = [_named(example) for example in examples]
    seen = Counter(feature for of_one in found for feature in of_one)
    number = {feature: i for i, feature in enumerate(sorted(f for f, n in seen.items() if n >= SEEN))}
    cells = [(i, number[f]) for i, of_one in enumerate(found) for f in of_one if f in number]
    rows, columns = zip(*cells, strict=True) if cells else ((), ())
    matrix = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(examples), max(1, len(number))))
    model = LogisticRegression(C=STRENGTH, penalty="l1", solver="liblinear", intercept_scaling=10, random_state=0)
    weights = model.fit(matrix, level).coef_[0]
    return float(model.intercept_[0]), {f: float(weights[i]) for f, i in number.items()}


def row(char: str, bias: float, weights: dict[str, float]) -> str:
    """A row of the table: features of one weight together."""
    groups: dict[tuple[str, int], str] = {}
    for feature, weight in sorted(weights.items()):
        if abs(weight) >= LEAST:
            key = feature[0], round(weight * UNIT)
            groups[key] = groups.get(key, "") + feature[1:]
    order = sorted(groups, key=lambda key: (FEATURES.index(key[0]), -key[1]))
    return f"{char}\t{round(bias * UNIT)}\t" + " ".join(f"{f}{w:+d}{groups[f, w]}" for f, w in order) + "\n"


def rows(found: dict[str, list[Example]]) -> Iterator[str]:
    for char, examples in sorted(found.items()):
        yield row(char, *learn(examples))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("later", nargs="*", type=Path, help="later verse as JSON lines, .xz")
    found = by_character(parser.parse_args().later)
    print(f"{len(found)} characters, {sum(map(len, found.values()))} examples", file=sys.stderr)
    with atomic_open(OUT) as f:
        f.write("char\tbias\tweights\n")
        f.writelines(rows(found))


if __name__ == "__main__":
    main()
