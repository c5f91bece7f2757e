"""The line filter, measured: size, lines, load time, lookup time, false positives, and false negatives where the
local corpus is there.

    python benchmarks/novelty.py [--lines 1000000]

False positives are counted on lines that are certainly not in the corpus: its own lines with their characters shuffled
(checked against the exact set), or, without the corpus, random characters.
"""

from __future__ import annotations

import argparse
import random
import time
from importlib.resources import files

from yayun.corpus.store import corpus_path, read_all
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.retrieval.novelty import LINE_LENGTHS, fold_line, is_corpus_line, line_filter


def corpus_lines() -> list[str]:
    """Every 5- and 7-character line of the local corpus, as often as it stands there."""
    return [
        line for poem in read_all() for line in poem.lines if len(line) in LINE_LENGTHS and all(map(is_hanzi, line))
    ]


def shuffled_lines(lines: list[str], held: set[str], count: int, rng: random.Random) -> list[str]:
    """``count`` distinct shuffles of corpus lines that are not themselves (folded) corpus lines."""
    found: set[str] = set()
    while len(found) < count:
        line = rng.choice(lines)
        shuffled = "".join(rng.sample(line, len(line)))
        if fold_line(shuffled) not in held:
            found.add(shuffled)
    return sorted(found)


def random_lines(count: int, rng: random.Random) -> list[str]:
    return ["".join(chr(rng.randint(0x4E00, 0x9FA5)) for _ in range(rng.choice(LINE_LENGTHS))) for _ in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    count = parser.parse_args().lines
    rng = random.Random(1)

    started = time.perf_counter()
    table = line_filter()
    is_corpus_line("白日依山盡")
    print(f"loading both tables        {1000 * (time.perf_counter() - started):.1f} ms")
    for name in ("lines.bin", "fold.tsv"):
        size = len((files("yayun.retrieval") / "data" / name).read_bytes())
        print(f"{name:<26} {size / 1e6:.2f} MB")
    print(f"distinct folded lines      {table.count:,}")

    if corpus_path().exists():
        lines = corpus_lines()
        missed = sum(not is_corpus_line(line) for line in lines)
        print(f"false negatives            {missed} of {len(lines):,} corpus lines")
        others, kind = shuffled_lines(lines, set(map(fold_line, lines)), count, rng), "shuffled corpus lines"
    else:
        others, kind = random_lines(count, rng), "random lines"
    started = time.perf_counter()
    hits = sum(map(is_corpus_line, others))
    seconds = time.perf_counter() - started
    print(f"false positives            {100 * hits / count:.4f} % of {count:,} {kind}")
    print(f"one lookup                 {1e6 * seconds / count:.2f} us")


if __name__ == "__main__":
    main()
