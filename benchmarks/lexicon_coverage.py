"""How many characters of the whole Tang and Song corpus the lexicon cannot resolve, in both scripts.

Prints four figures (全唐诗 and 全宋诗, traditional and t2s-converted) as unresolved characters in 10,000, and with
``--worst N`` the commonest ones. Run after ``yayun corpus fetch``:

    python benchmarks/lexicon_coverage.py
"""

from __future__ import annotations

import argparse
from collections import Counter

from opencc import OpenCC

from yayun.corpus.store import read_poems
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.readings.lexicon import readings

NAMES = {"唐": "全唐诗", "宋": "全宋诗"}
# Where a source lost a character it prints these.
GAPS = frozenset("囗□")


def count_characters() -> dict[tuple[str, str], Counter[str]]:
    """(dynasty, script) -> its characters; gaps and signs that are no ideographs are left out."""
    simplify = OpenCC("t2s").convert
    counts = {(dynasty, script): Counter[str]() for dynasty in NAMES for script in ("繁", "简")}
    batch: dict[str, list[str]] = {dynasty: [] for dynasty in NAMES}
    for poem in read_poems():
        batch[poem.dynasty] += poem.lines
    for dynasty, lines in batch.items():
        text = "\n".join(lines)
        counts[dynasty, "繁"].update(text)
        counts[dynasty, "简"].update(simplify(text))
    for counter in counts.values():
        for char in [c for c in counter if not is_hanzi(c) or c in GAPS]:
            del counter[char]
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worst", type=int, default=0)
    args = parser.parse_args()
    for (dynasty, script), counter in count_characters().items():
        unresolved = Counter({c: n for c, n in counter.items() if not readings(c)})
        rate = 10_000 * unresolved.total() / counter.total()
        missing = f"未收 {unresolved.total():,}({len(unresolved)} 种)"
        print(f"{NAMES[dynasty]} {script}: {counter.total():,} 字,{missing},万分之 {rate:.2f}")
        if args.worst:
            print("  " + " ".join(f"{c}{n}" for c, n in unresolved.most_common(args.worst)))


if __name__ == "__main__":
    main()
