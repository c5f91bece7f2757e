"""How well the reading of a two-tone character is chosen, on poems held out; and how often a poem fails on one alone.

The first table: at places where the metre of a held-out regular poem shows the tone (``scripts/readings_examples.py``),
the share of two-tone occurrences that are settled (by a word, a rule, the odds) and how many of those rightly; by how
they were settled, and by the odds. Characters that verse uses in either tone at will (看 望 ...) count as not settled.
The second: poems of FILE (JSON lines, .xz) in a regulated shape that have exactly one error, and those among them whose
error rests on a reading that was not taken; ``--sample N`` prints N of these to be judged by hand. Needs
``yayun corpus fetch``:

    python benchmarks/readings.py [--later FILE ...] [--single FILE ...] [--sample 100] [--seed 0]
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from readings_examples import labelled_poems, later_poems
from yayun.prosody.batch.reviews import review_all
from yayun.prosody.meter.finding import Finding
from yayun.prosody.readings.characters import FREE
from yayun.prosody.readings.likelihood import log_odds
from yayun.prosody.readings.line import read_place
from yayun.prosody.review import Review

NOT_TAKEN = "此处不取"
EDGES = (0, 8, 16, 24, 30, 36, 48, 64, 1000)


def choosing(later: list[Path]) -> None:
    """Print coverage and accuracy on the test poems, and how the odds are borne out."""
    settled: Counter[str] = Counter()
    right: Counter[str] = Counter()
    bins: Counter[int] = Counter()
    borne_out: Counter[int] = Counter()
    total = 0
    for poem in labelled_poems(later):
        if poem.split != "test":
            continue
        for example in poem.examples:
            total += 1
            place = read_place(example.line, example.place)
            if place.symbol != "中":
                settled[place.how] += 1
                right[place.how] += (place.symbol == "平") == example.level
            odds = log_odds(example.line, example.place)
            if odds is not None and place.char not in FREE:
                k = max(i for i, edge in enumerate(EDGES) if abs(odds) >= edge)
                bins[k] += 1
                borne_out[k] += (odds > 0) == example.level
    every = settled.total()
    print(f"| 留出诗 {total:,} 处两读字 | 定音 | 其中合于格律 |\n|---|---|---|")
    print(f"| 合计 | {every / total:.1%} | {right.total() / every:.2%} |")
    for how, n in settled.most_common():
        print(f"| {how} | {n / total:.1%} | {right[how] / n:.2%} |")
    print("\n| 对数胜算(八分之一) | 处 | 合于格律 |\n|---|---|---|")
    for k in sorted(bins):
        print(f"| {EDGES[k]} 起 | {bins[k]:,} | {borne_out[k] / bins[k]:.2%} |")


def single_errors(paths: list[Path]) -> list[tuple[Review, Finding]]:
    """Print how many poems have one error only, and return those where it rests on a reading not taken."""
    shaped = [poem.lines for poem in later_poems(paths) if poem.form]
    poems = alone = 0
    found = []
    for start in range(0, len(shaped), 4096):
        for judged in review_all(shaped[start : start + 4096]):
            poems += 1
            errors = [finding for finding in judged.findings if finding.severity == "error"]
            if len(errors) == 1 and judged.pattern is not None:
                alone += 1
                if NOT_TAKEN in errors[0].message:
                    found.append((judged, errors[0]))
    names = " ".join(path.name for path in paths)
    print(f"\n{names}:合体裁句数的诗 {poems:,} 首,只有一处错误的 {alone:,} 首,其中错在未取之音的 {len(found):,} 首。")
    rules = Counter(error.rule for _, error in found)
    print("、".join(f"{rule} {n}" for rule, n in rules.most_common()))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--later", nargs="*", type=Path, default=[], help="later verse, its test poems counted too")
    parser.add_argument("--single", nargs="*", type=Path, default=[], help="verse whose single errors are counted")
    parser.add_argument("--sample", type=int, default=0, help="print so many of them")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    choosing(args.later)
    found = [pair for path in args.single for pair in single_errors([path])]
    random.Random(args.seed).shuffle(found)
    for judged, error in found[: args.sample]:
        line = judged.lines[(error.line or 1) - 1]
        print(f"{error.rule} {error.line} {error.column} {line} | {error.message} | {' '.join(judged.lines)}")


if __name__ == "__main__":
    main()
