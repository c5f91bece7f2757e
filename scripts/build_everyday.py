"""Build ``prosody/data/everyday.tsv``: the rhyme groups of the characters that poets use, by their everyday readings.

Nothing is decided here: it is what ``prosody.characters.everyday`` works out, written down because a writer needs it of
a whole vocabulary before it can set down its first character. Run it again when another table changes
(``tests/prosody/test_lexicon.py`` fails until then):

    python scripts/build_everyday.py
"""

from __future__ import annotations

from pathlib import Path

from yayun.home import atomic_open
from yayun.prosody.readings.characters import everyday
from yayun.prosody.tables import rhymebook, variants

OUT = Path(__file__).parents[1] / "src/yayun/prosody/data/everyday.tsv"


def main() -> None:
    found: dict[str, str] = {}
    for char, rows in sorted(rhymebook().items()):
        used = any(int(row.split("\t")[3]) for row in rows)
        if used and char not in variants():
            held = " ".join(sorted({reading.group for reading in everyday(char)}))
            found[held] = found.get(held, "") + char
    with atomic_open(OUT) as f:
        f.write("groups\tchars\n")
        f.writelines(f"{held}\t{chars}\n" for held, chars in sorted(found.items()))


if __name__ == "__main__":
    main()
