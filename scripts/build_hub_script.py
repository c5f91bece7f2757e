"""Build ``src/yayun/hub/data/script.tsv``: script conversion for a model folder, where opencc may be missing.

The rows are OpenCC's own (Apache-2.0, the ``opencc`` package's dictionaries, read with the ``opencc_dict`` tool it
brings): all that ``t2s`` uses; of ``s2t`` the characters, and the phrases of two characters that the shorter rows do
not already convert right.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import opencc

from yayun.home import atomic_open
from yayun.hub.script import convert

OUT = Path(__file__).parents[1] / "src/yayun/hub/data/script.tsv"
LONGEST = 2  # characters of a phrase kept for s2t: longer ones change one title in 7,800


def read_dictionary(name: str) -> dict[str, str]:
    """Key -> first value of one of OpenCC's dictionaries."""
    clib = Path(opencc.__file__).parent / "clib"
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "dictionary.txt"
        source = clib / "share/opencc" / f"{name}.ocd2"
        command = [clib / "bin/opencc_dict", "-i", source, "-o", text, "-f", "ocd2", "-t", "text"]
        subprocess.run(command, check=True, capture_output=True)
        rows = [row.split("\t") for row in text.read_text(encoding="utf-8").splitlines()]
    return {key: values.split(" ")[0] for key, values in rows}


def needed(table: dict[str, str], phrases: dict[str, str], longest: int) -> dict[str, str]:
    """``table`` with the phrases, shortest first, that it does not convert right by itself."""
    kept = dict(table)
    for phrase in sorted(phrases, key=lambda phrase: (len(phrase), phrase)):
        if len(phrase) <= longest and convert(phrase, kept) != phrases[phrase]:
            kept[phrase] = phrases[phrase]
    return kept


def main() -> None:
    to_simplified = {**read_dictionary("TSCharacters"), **read_dictionary("TSCharactersExt")}
    to_simplified = needed(to_simplified, read_dictionary("TSPhrases"), longest=8)
    to_traditional = needed(read_dictionary("STCharacters"), read_dictionary("STPhrases"), LONGEST)
    with atomic_open(OUT) as f:
        f.write("way\tfrom\tto\n")
        for way, table in (("ts", to_simplified), ("st", to_traditional)):
            f.writelines(f"{way}\t{k}\t{v}\n" for k, v in sorted(table.items()) if len(k) > 1 or k != v)


if __name__ == "__main__":
    main()
