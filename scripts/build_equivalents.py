"""Build ``prosody/data/equivalents.tsv``: characters no rhyme book has, and a character that reads the same.

They are read alike but not rewritten (``variants.tsv`` is for rewriting). Sources: Unihan's variants
(kSemanticVariant, kZVariant, kTraditionalVariant, kSimplifiedVariant) and OpenCC's JPShinjitaiCharacters, for the
characters that the corpus has and the rhyme books lack; and ``equivalents_reviewed.txt`` beside this file,
pairs decided by hand, which come first. Run:

    python scripts/build_equivalents.py --unihan Unihan_Variants.txt.bz2 --shinjitai JPShinjitaiCharacters.txt
"""

from __future__ import annotations

import argparse
import bz2
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from yayun.corpus.store import read_poems
from yayun.home import atomic_open
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.tables import origins, rhymebook, variants

OUT = Path(__file__).parents[1] / "src/yayun/prosody/data/equivalents.tsv"
REVIEWED = Path(__file__).parent / "equivalents_reviewed.txt"
FIELDS = ("kSemanticVariant", "kZVariant", "kTraditionalVariant", "kSimplifiedVariant")
# Bare components, where a source lost the rest of a character; Unihan pairs them with their full forms.
COMPONENTS = frozenset("艹扌氵亻忄犭衤糹釒飠刂灬阝肀卍卄𥫗罒")


def read_unihan(path: Path) -> dict[str, set[str]]:
    """Character -> its variants, in both directions."""
    found: dict[str, set[str]] = defaultdict(set)
    with bz2.open(path, "rt", encoding="utf-8") as f:
        for line in f:
            if line.startswith("U+") and line.split("\t")[1] in FIELDS:
                char, _, values = line.split("\t")
                for code in re.findall(r"U\+([0-9A-F]+)", values):
                    one, other = chr(int(char[2:], 16)), chr(int(code, 16))
                    found[one].add(other)
                    found[other].add(one)
    return found


def read_shinjitai(path: Path) -> dict[str, set[str]]:
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {new: set(old.split(" ")) for new, old in rows}


def reviewed() -> dict[str, str]:
    return {pair[0]: pair[1] for pair in REVIEWED.read_text(encoding="utf-8").split()}


def missing_characters(forms: Iterable[str]) -> set[str]:
    """Ideographs of the corpus that have no reading, and those of Japanese ``forms``."""
    known = rhymebook().keys() | variants().keys() | origins().keys()
    seen = {char for poem in read_poems() for line in poem.lines for char in line} | set(forms)
    return {char for char in seen - known if is_hanzi(char)} - COMPONENTS


def pairs(unihan: dict[str, set[str]], shinjitai: dict[str, set[str]]) -> Iterator[tuple[str, str, str]]:
    book = rhymebook()
    uses = {char: int(rows[0].split("\t")[3]) for char, rows in book.items()}
    by_hand = {c: variants().get(s, s) for c, s in reviewed().items() if c not in book and c not in variants()}
    by_hand = {c: same for c, same in by_hand.items() if same in book}
    for char, same in by_hand.items():
        yield char, same, "複核"
    for char in missing_characters(shinjitai) - by_hand.keys():
        for source, table in (("OpenCC", shinjitai), ("Unihan", unihan)):
            if candidates := {variants().get(c, c) for c in table.get(char, ())} & book.keys():
                yield char, max(candidates, key=lambda c: (uses[c], c)), source
                break


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unihan", type=Path, required=True)
    parser.add_argument("--shinjitai", type=Path, required=True)
    args = parser.parse_args()
    with atomic_open(OUT) as f:
        f.write("char\tsame\tsource\n")
        for row in sorted(pairs(read_unihan(args.unihan), read_shinjitai(args.shinjitai))):
            f.write("\t".join(row) + "\n")


if __name__ == "__main__":
    main()
