"""Count what Tang poets chose: rhyme groups and patterns by form, and common short titles, from the training split.

Writes ``retrieval/data/habits.tsv`` (form, kind, name, count). Needs the corpus (``yayun corpus fetch``).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from yayun.corpus.store import read_poems
from yayun.home import atomic_open
from yayun.prosody.labels import pattern_label, rhyme_label
from yayun.prosody.readings.lexicon import standardize

OUT = Path(__file__).parents[1] / "src/yayun/retrieval/data/habits.tsv"


def main() -> None:
    counts: Counter[tuple[str, str, str]] = Counter()
    for poem in read_poems():
        if poem.dynasty != "唐" or poem.split != "train" or not poem.form:
            continue
        lines = [standardize(line) for line in poem.lines]
        pattern = pattern_label(lines, poem.form)
        if pattern == "古体" or (rhyme := rhyme_label(lines)) is None:
            continue
        counts[poem.form, "rhyme", rhyme] += 1
        counts[poem.form, "pattern", pattern or ""] += 1
        if 2 <= len(poem.title) <= 3:
            counts["", "title", poem.title] += 1
    with atomic_open(OUT) as f:
        f.write("form\tkind\tname\tcount\n")
        for (form, kind, name), count in sorted(counts.items(), key=lambda item: (item[0][:2], -item[1], item[0][2])):
            if count >= (10 if kind == "title" else 3):
                f.write(f"{form}\t{kind}\t{name}\t{count}\n")


if __name__ == "__main__":
    main()
