"""Build ``prosody/books/data/cilin.tsv``: how 詞林正韻 divides nine of the 106 Pingshui groups among its sections.

詞林正韻 (戈載, 1821) makes nineteen sections of the 206 rhymes of 廣韻. Most Pingshui groups go into a section whole;
灰, 贿, 队, 泰, 佳, 卦, 元, 阮 and 愿 are divided by the rhymes of 廣韻 they were merged from. Source: 廣韻 as in the
PyPI package ``qieyun`` 0.13.3 (CC0), and ``cilin_reviewed.tsv`` beside this file for characters that the book has in no
such rhyme, or that 戈載 puts elsewhere. Run:

    python scripts/build_cilin.py --qieyun rhyme_book.csv [--check Cilin_Rhyme.json]

``--check`` prints how far another table (charlesix59/chinese_word_rhyme, ff0e9c1, MIT) agrees, and every difference.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import defaultdict
from pathlib import Path

from yayun.home import atomic_open
from yayun.prosody import tables
from yayun.prosody.books.cilin import sections_of
from yayun.prosody.readings.lexicon import Reading, readings

OUT = Path(__file__).parents[1] / "src/yayun/prosody/books/data/cilin.tsv"
REVIEWED = Path(__file__).parent / "cilin_reviewed.tsv"

# Pingshui group -> its rhymes of 廣韻 and the section each goes to.
DIVIDED = {
    "灰": {"灰": 3, "咍": 5},
    "贿": {"賄": 3, "海": 5},
    "队": {"隊": 3, "廢": 3, "代": 5},
    "泰": {"泰": 5},
    "佳": {"佳": 5, "皆": 5},
    "卦": {"卦": 5, "怪": 5, "夬": 5},
    "元": {"元": 7, "魂": 6, "痕": 6},
    "阮": {"阮": 7, "混": 6, "很": 6},
    "愿": {"願": 7, "慁": 6, "恨": 6},
}
LABIALS = "幫滂並明"


def section(rhyme: str, described: str, group: str) -> int:
    """The section of a 廣韻 entry; ``described`` is its place in the rhyme tables, e.g. 匣合泰去."""
    rounded = "合" in described
    if rhyme == "泰" and (rounded or described[0] in LABIALS):
        return 3
    if rhyme in "佳卦" and (rounded or (rhyme == "佳" and described[0] == "影")):
        return 10
    return DIVIDED[group][rhyme]


def guangyun_sections(path: Path) -> dict[tuple[str, str], set[int]]:
    """(character, divided group) -> sections."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    group_of = {rhyme: group for group, rhymes in DIVIDED.items() for rhyme in rhymes}
    with path.open(encoding="utf-8") as f:
        for row in csv.DictReader(f):
            if row["資料名稱"] == "廣韻" and (group := group_of.get(row["韻部原貌"])) is not None:
                char = row["字頭"] or row["字頭覈校前"]
                found[char, group].add(section(row["韻部原貌"], row["最簡描述"], group))
    return found


def read_reviewed() -> dict[tuple[str, str], set[int]]:
    """(character, group) -> sections decided by hand."""
    rows = [line.split("\t") for line in REVIEWED.read_text(encoding="utf-8").splitlines()[1:]]
    return {(char, group): set(map(int, sections.split())) for char, group, sections, _ in rows}


def build(guangyun: dict[tuple[str, str], set[int]]) -> dict[tuple[str, tuple[int, ...]], list[str]]:
    """(divided group, its sections) -> characters. What neither source decides stays open between the group's two."""
    reviewed = read_reviewed()
    found: dict[tuple[str, tuple[int, ...]], list[str]] = defaultdict(list)
    for char, rows in tables.rhymebook().items():
        for row in rows:
            group = row.split("\t")[1]
            if group in DIVIDED:
                pair = (char, group)
                both = set(DIVIDED[group].values()) | ({3} if group == "泰" else set())
                decided = reviewed.get(pair) or guangyun.get(pair) or both
                found[group, tuple(sorted(decided))].append(char)
    return found


def check(path: Path) -> None:
    """Print the agreement with another table, level and oblique, and the differences."""
    same = total = 0
    for number, (_, tones) in enumerate(json.loads(path.read_text(encoding="utf-8")).items(), start=1):
        for tone, chars in tones.items():
            for char in dict.fromkeys(chars):
                every = {place for reading in readings(char) for place in places(char, reading)}
                if not every:
                    continue
                total += 1
                if (number, tone[0] == "平") in every:
                    same += 1
                else:
                    print(number, tone, char, sorted(every))
    print(f"{same} of {total} entries agree ({same / total:.2%})")


def places(char: str, reading: Reading) -> list[tuple[int, bool]]:
    """(section, level) of a reading."""
    return [(number, reading.level) for number in sections_of(char, reading.group)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--qieyun", type=Path, required=True)
    parser.add_argument("--check", type=Path)
    args = parser.parse_args()
    table = build(guangyun_sections(args.qieyun))
    order = {group: i for i, group in enumerate(DIVIDED)}
    with atomic_open(OUT) as f:
        f.write("group\tsections\tchars\n")
        for (group, numbers), chars in sorted(table.items(), key=lambda item: (order[item[0][0]], item[0][1])):
            f.write(f"{group}\t{' '.join(map(str, numbers))}\t{''.join(sorted(chars))}\n")
    if args.check:
        check(args.check)


if __name__ == "__main__":
    main()
