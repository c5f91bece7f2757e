"""Are couplets that are not parallel found out, and real ones left alone?

    python benchmarks/planted_couplets.py [--seed 11] [--real 100] [--times 1]

Two kinds of planted couplets. Those of ``planted_couplets.tsv`` beside this file were written by hand, a fault each
(散行: two statements that do not face; 句法: other syntax; half a line that does not answer; 叠字; 合掌). The others
are planted by seed: in the middle of a regular octave of a held-out Tang poem stands a last couplet of another poem,
or an upper line with the lower line, or half of one, of another (the tones stay regular). Chance may make one parallel
after all, so those not found are printed, to be judged by eye; so are the real middle couplets called not parallel.
Needs ``yayun corpus fetch``.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from yayun.corpus.split import HELD_OUT
from yayun.corpus.store import read_poems
from yayun.prosody.parallelism.couplet import analyse
from yayun.prosody.review import review

TABLE = Path(__file__).with_suffix(".tsv")
FAULTS = ("对仗", "合掌", "叠字")
PLANTED = {"尾联": 8, "尾联对句": 6, "他联对句": 6, "半句": 5}
Lines = tuple[str, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--real", type=int, default=100, help="real middle couplets to look at")
    parser.add_argument("--times", type=int, default=1, help="so many times 25 planted by seed")
    args = parser.parse_args()
    report_written()
    octaves = [
        p.lines for p in read_poems() if p.dynasty == "唐" and p.split in HELD_OUT and p.form in ("五律", "七律")
    ]
    regular = [lines for lines in octaves if not errors(lines)]
    rng = random.Random(args.seed)
    report_real(rng, regular, args.real)
    report_planted(rng, regular, args.times)


def found_out(upper: str, lower: str) -> bool:
    """Would a review name the couplet's fault?"""
    judged = analyse(upper, lower)
    return bool(judged.fault) or not judged.parallel


def errors(lines: Sequence[str]) -> list[str]:
    return [finding.rule for finding in review(lines).findings if finding.severity == "error"]


def report_written() -> None:
    rows = [row.split("\t") for row in TABLE.read_text(encoding="utf-8").splitlines()[1:]]
    missed = [row for row in rows if not found_out(row[0], row[1])]
    print(f"written by hand: {len(rows) - len(missed)} of {len(rows)} found")
    for upper, lower, fault in missed:
        print(f"  missed ({fault}, {analyse(upper, lower).score:.2f}): {upper} {lower}")


def report_real(rng: random.Random, octaves: Sequence[Lines], n: int) -> None:
    pairs = rng.sample([(lines[i], lines[i + 1]) for lines in octaves for i in (2, 4)], n)
    flagged = [pair for pair in pairs if found_out(*pair)]
    print(f"real middle couplets called not parallel: {len(flagged)} of {n}")
    for upper, lower in flagged:
        print(f"  {analyse(upper, lower).score:.2f}: {upper} {lower}")


def report_planted(rng: random.Random, octaves: Sequence[Lines], times: int) -> None:
    all_found = 0
    for kind, n in PLANTED.items():
        pairs = list(islice(sown(rng, octaves, kind), n * times))
        missed = [pair for pair in pairs if not found_out(*pair)]
        all_found += len(pairs) - len(missed)
        print(f"planted by seed, {kind}: {len(pairs) - len(missed)} of {len(pairs)} found")
        for upper, lower in missed if times == 1 else ():
            print(f"  missed ({analyse(upper, lower).score:.2f}): {upper} {lower}")
    print(f"planted by seed, in all: {all_found} of {sum(PLANTED.values()) * times} found")


def sown(rng: random.Random, octaves: Sequence[Lines], kind: str) -> Iterator[tuple[str, str]]:
    """Couplets planted in octaves that stay free of errors."""
    while True:
        lines, other = list(rng.choice(octaves)), rng.choice(octaves)
        width, at = len(lines[0]), rng.choice((2, 4))
        if len(other[0]) != width or tuple(lines) == other:
            continue
        if kind == "尾联":
            lines[at], lines[at + 1] = other[6], other[7]
        elif kind == "尾联对句":
            lines[at + 1] = other[7]
        elif kind == "他联对句":
            lines[at + 1] = other[rng.choice((3, 5))]
        else:
            lines[at + 1] = other[rng.choice((1, 7))][: width - 3] + lines[at + 1][width - 3 :]
        if not set(errors(lines)) - {"重韵"} - {"出韵"}:
            yield lines[at], lines[at + 1]


if __name__ == "__main__":
    main()
