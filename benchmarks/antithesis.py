"""How well ``yayun.prosody.parallelism`` tells parallel couplets from others, on held-out poems.

    python benchmarks/antithesis.py [--dynasty 宋]

The labels are silver: the middle couplets of poems that have the shape of a 律诗 count as parallel, their last
couplets as not, though some last couplets are parallel and some eight-line poems are 古体. Read the gold list's figure
(tests/prosody/gold_couplets.tsv, labelled by hand) beside them. Controls: a *stranger* is the lower line of another
poem's couplet of the same kind and tonal type.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yayun.corpus.split import HELD_OUT
from yayun.corpus.store import read_poems
from yayun.prosody import tables
from yayun.prosody.parallelism.batch import batch_scores as scores
from yayun.prosody.parallelism.couplet import couplet_parallelism, explain
from yayun.prosody.readings.lexicon import tones

Pairs = list[tuple[str, str]]
GOLD = Path(__file__).parents[1] / "tests" / "prosody" / "gold_couplets.tsv"
FIRST, MIDDLE, LAST = "first", "middle", "last"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dynasty", choices=("唐", "宋"), default="唐")
    args = parser.parse_args()
    couplets = held_out(args.dynasty)
    report_silver(couplets)
    report_scripts([pair for form in ("五律", "七律") for part in (MIDDLE, LAST) for pair in couplets[form, part]])
    report_quatrains(couplets)
    report_gold()
    report_speed(couplets["七律", MIDDLE])


def held_out(dynasty: str) -> dict[tuple[str, str], Pairs]:
    """(form, place in the poem) -> couplets of the held-out poems."""
    found: dict[tuple[str, str], Pairs] = defaultdict(list)
    for poem in read_poems():
        if poem.dynasty == dynasty and poem.split in HELD_OUT and poem.form:
            couplets = list(zip(poem.lines[::2], poem.lines[1::2], strict=True))
            found[poem.form, FIRST].append(couplets[0])
            found[poem.form, LAST].append(couplets[-1])
            found[poem.form, MIDDLE] += couplets[1:-1]
    return found


def auc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """The chance that a positive scores above a negative, ties halved."""
    order = np.sort(negative)
    below = np.searchsorted(order, positive, "left") + np.searchsorted(order, positive, "right")
    return float(below.mean() / 2 / len(negative))


def strangers(pairs: Pairs, seed: int) -> Pairs:
    """Every upper line with the lower line of another couplet of the same tonal type."""
    rng = np.random.default_rng(seed)
    by_type: dict[tuple[bool, ...], list[int]] = defaultdict(list)
    for i, pair in enumerate(pairs):
        by_type[tuple(tones(line[at]) == {"平"} for line in pair for at in (1, 3, -1))].append(i)
    found = []
    for members in by_type.values():
        order = rng.permutation(members)
        found += [(pairs[i][0], pairs[j][1]) for i, j in zip(order, np.roll(order, 1), strict=True) if i != j]
    return found


def many_strangers(pairs: Pairs) -> Pairs:
    return [pair for seed in range(4) for pair in strangers(pairs, seed)]


def report_silver(couplets: dict[tuple[str, str], Pairs]) -> None:
    print("AUC (silver)      n mid  n last  mid>last  mid>stranger  last>its stranger  stranger mid : stranger last")
    total: dict[str, list[NDArray[np.float64]]] = defaultdict(list)
    for form in ("五律", "七律"):
        middle, last = couplets[form, MIDDLE], couplets[form, LAST]
        sets = {"middle": middle, "last": last, "other middle": many_strangers(middle)}
        sets["other last"] = many_strangers(last)
        for name, pairs in sets.items():
            total[name].append(scores(pairs))
        print_row(form, {name: found[-1] for name, found in total.items()})
    print_row("both", {name: np.concatenate(found) for name, found in total.items()})


def print_row(name: str, found: dict[str, NDArray[np.float64]]) -> None:
    middle, last, other, other_last = found["middle"], found["last"], found["other middle"], found["other last"]
    print(
        f"{name:<14}{len(middle):>9}{len(last):>8}{auc(middle, last):>10.4f}{auc(middle, other):>14.4f}"
        f"{auc(last, other_last):>19.4f}{auc(other, other_last):>32.4f}"
    )
    means = ", ".join(f"{key} {values.mean():.3f}" for key, values in found.items())
    print(f"  mean score: {means}; at 0.5: {np.mean(middle > 0.5):.3f} of middle, {np.mean(last > 0.5):.3f} of last")


def report_scripts(pairs: Pairs) -> None:
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    apart = np.abs(scores(pairs) - scores([(convert(a), convert(b)) for a, b in pairs]))
    print(f"\ntraditional against t2s, {len(pairs)} couplets: mean difference {apart.mean():.5f}, "
          f"largest {apart.max():.3f}, over 0.05: {np.mean(apart > 0.05):.4f}")  # fmt: skip


def report_quatrains(couplets: dict[tuple[str, str], Pairs]) -> None:
    print("\n绝句            n   first>0.5  last>0.5  either>0.5  mean of the better")
    for form in ("五绝", "七绝"):
        first, last = scores(couplets[form, FIRST]), scores(couplets[form, LAST])
        best = np.maximum(first, last)
        print(f"{form:<8}{len(first):>9}{np.mean(first > 0.5):>11.3f}{np.mean(last > 0.5):>10.3f}"
              f"{np.mean(best > 0.5):>12.3f}{best.mean():>12.3f}")  # fmt: skip


def report_gold() -> None:
    rows = [line.split("\t") for line in GOLD.read_text(encoding="utf-8").splitlines()[1:]]
    found, parallel = scores([(row[0], row[1]) for row in rows]), np.array([row[2] == "1" for row in rows])
    right = np.mean((found > 0.5) == parallel)
    print(f"\ngold list: {len(rows)} couplets, {parallel.sum()} parallel; "
          f"AUC {auc(found[parallel], found[~parallel]):.4f}, right at 0.5: {right:.3f}")  # fmt: skip
    good, bad = [], []
    for upper, lower, _, fails, *_ in rows:
        failing = {int(place) for place in fails.split(",") if place != "-"}
        for verdict in explain(upper, lower):
            (bad if verdict.position in failing else good).append(verdict.score)
    print(f"gold positions: {len(good)} good, {len(bad)} failing; AUC {auc(np.array(good), np.array(bad)):.4f}")


def report_speed(pairs: Pairs) -> None:
    tables.folding()
    couplet_parallelism(*pairs[0])
    start = time.perf_counter()
    for pair in pairs:
        couplet_parallelism(*pair)
    first = len(pairs) / (time.perf_counter() - start)
    start = time.perf_counter()
    for pair in pairs:
        couplet_parallelism(*pair)
    again = len(pairs) / (time.perf_counter() - start)
    many = pairs * (20_000 // len(pairs) + 1)
    scores(many)
    start = time.perf_counter()
    scores(many)
    batch = len(many) / (time.perf_counter() - start)
    print(f"\ncouplets a second (七言): {first:,.0f} one by one, {again:,.0f} with known pairs, {batch:,.0f} in batch")


if __name__ == "__main__":
    main()
