"""Build ``prosody/data/simplified.tsv``: every traditional character a simplified one is written for.

Source: the tables STCharacters, TSCharacters and TSCharactersExt of OpenCC (Apache-2.0), as text (``opencc_dict``).
``way``: ``st`` in STCharacters only, ``ts`` in the TS tables only, ``both``,
``self`` for a form that is its own origin. Run:

    python scripts/build_simplified.py --tables FOLDER
"""

from __future__ import annotations

import argparse
from pathlib import Path

OUT = Path(__file__).parents[1] / "src/yayun/prosody/data/simplified.tsv"


def read_table(path: Path) -> list[tuple[str, list[str]]]:
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line)
    return [(key, values.split(" ")) for key, values in rows]


def collect(tables: Path) -> dict[tuple[str, str], str]:
    """(simplified, traditional) -> way."""
    st = {(s, t) for s, candidates in read_table(tables / "STCharacters.txt") for t in candidates}
    ts = {
        (candidates[0], t)
        for name in ("TSCharacters.txt", "TSCharactersExt.txt")
        for t, candidates in read_table(tables / name)
    }
    pairs = {pair: "both" if pair in st and pair in ts else "st" if pair in st else "ts" for pair in st | ts}
    # STCharacters lists a character that keeps its own meaning beside the merged one (后 里 云) among its own origins;
    # one it does not list at all is a standard form that the TS tables turn variants into.
    listed = {s for s, _ in st}
    return {(s, s): "self" for s, _ in ts if s not in listed} | pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=Path, required=True)
    args = parser.parse_args()
    pairs = collect(args.tables)
    changed = {s for s, t in pairs if s != t}
    with OUT.open("w", encoding="utf-8", newline="\n") as f:
        f.write("simplified\ttraditional\tway\tsource\n")
        for (s, t), way in sorted(pairs.items()):
            if s in changed:
                f.write(f"{s}\t{t}\t{way}\tOpenCC\n")


if __name__ == "__main__":
    main()
