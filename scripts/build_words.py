"""Make ``brief/data/words.tsv``, the words that requests are cut into, and ``adjectives.tsv``, from a jieba dictionary.

    python scripts/build_words.py DICT

DICT: ``jieba/dict.txt`` as the source distribution of jieba 0.42.1 on PyPI has it (MIT licence; a line is "word count
class"). Kept are words of up to four Chinese characters that are counted at least ``LEAST`` times. A row holds words of
one cost: minus the logarithm of a word's share, in ``SCALE`` steps a nat.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from math import log
from pathlib import Path

from yayun.prosody.readings.hanzi import is_hanzi

OUT = Path("src/yayun/brief/data/words.tsv")
ADJECTIVES = OUT.with_name("adjectives.tsv")
LEAST = 50
SCALE = 2


def main(source: Path) -> None:
    """Write the table."""
    counts: dict[str, int] = {}
    adjectives: list[str] = []
    for line in source.read_text(encoding="utf-8").splitlines():
        word, count, kind = line.split(" ")
        counts[word] = int(count)
        if kind in ("a", "z") and len(word) in (2, 3) and int(count) >= LEAST:
            adjectives.append(word)
    total = sum(counts.values())
    rows: defaultdict[int, list[str]] = defaultdict(list)
    for word, count in counts.items():
        if count >= LEAST and len(word) <= 4 and all(map(is_hanzi, word)):
            rows[round(SCALE * -log(count / total))].append(word)
    ADJECTIVES.write_text("word\n" + "\n".join(sorted(adjectives)) + "\n", encoding="utf-8")
    with OUT.open("w", encoding="utf-8") as f:
        f.write("cost\twords\n")
        for cost in sorted(rows):
            f.write(f"{cost}\t{' '.join(sorted(rows[cost]))}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
