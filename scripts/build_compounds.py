"""Build ``prosody/data/compounds.tsv`` from ``compounds_reviewed.tsv`` beside this file: words that fix a reading.

Only reviewed rows. ``force`` 定: the word rules other readings out; 从: it only prefers one, since verse also has the
characters side by side in another sense, or uses both readings in the word (what the corpus shows of neighbours is in
``likelihoods.tsv``). Words are folded to one spelling; a ``$`` is the end of the line. Run:

    python scripts/build_compounds.py
"""

from __future__ import annotations

from pathlib import Path

from yayun.home import atomic_open
from yayun.prosody.tables import folding

OUT = Path(__file__).parents[1] / "src/yayun/prosody/data/compounds.tsv"
REVIEWED = Path(__file__).parent / "compounds_reviewed.tsv"


def main() -> None:
    rows: dict[tuple[str, str, str], str] = {}
    for row in REVIEWED.read_text(encoding="utf-8").splitlines()[1:]:
        word, place, reading, force, source = row.split("\t")
        rows[word.translate(folding()), place, reading] = f"{force}\t{source}"
    with atomic_open(OUT) as f:
        f.write("word\tplace\treading\tforce\tsource\n")
        for (word, place, reading), rest in sorted(
            rows.items(), key=lambda row: (row[0][0][int(row[0][1]) - 1], row[0])
        ):
            f.write(f"{word}\t{place}\t{reading}\t{rest}\n")


if __name__ == "__main__":
    main()
