"""Write ``src/yayun/text/data/radicals.tsv``: radicals and strokes -> the ideograph they look like.

The source is ``EquivalentUnifiedIdeograph.txt`` of the Unicode Character Database (Unicode licence; version 15.0 in
Debian's ``unicode-data``), whose path is the argument:

    python scripts/build_radicals.py /usr/share/unicode/EquivalentUnifiedIdeograph.txt
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

OUT = Path(__file__).parents[1] / "src/yayun/text/data/radicals.tsv"


def pairs(text: str) -> Iterator[tuple[str, str]]:
    """(radical, ideograph) of every line that maps."""
    for line in text.splitlines():
        fields = line.partition("#")[0].split(";")
        if len(fields) == 2:
            first, _, last = fields[0].strip().partition("..")
            for code in range(int(first, 16), int(last or first, 16) + 1):
                yield chr(code), chr(int(fields[1], 16))


def main() -> None:
    found = sorted(pairs(Path(sys.argv[1]).read_text(encoding="utf-8")))
    OUT.write_text("radical\tideograph\n" + "".join(f"{a}\t{b}\n" for a, b in found), encoding="utf-8")


if __name__ == "__main__":
    main()
