"""A made-up language with known truth: four subjects, each with its own words; a poem keeps to one of them.

Real verse of this language holds together and its titles fit; anything mixed does not. No corpus is needed.
"""

from __future__ import annotations

import random

from yayun.measures.corpus import Corpus, Human
from yayun.measures.verse import Verse, make_verse

SUBJECTS = {
    "山寺": "孤峰 老僧 疏鐘 石徑 松風 空林 白雲 古殿 幽鳥 寒泉 蒼苔 野鶴",
    "江行": "孤舟 春潮 沙鷗 遠浦 漁火 歸帆 芳洲 浪花 汀草 輕橈 蘭渚 菰蒲",
    "塞下": "胡笳 鐵衣 黃沙 烽煙 邊城 戍鼓 漢將 單于 雕弓 積雪 戰馬 旌旗",
    "閨怨": "羅幕 玉箏 紅淚 燕泥 畫樓 金釵 殘燈 錦字 珠簾 翠眉 鴛被 香閣",
}
SINGLES = "來去開飛深長新微生明"
TITLES = {"山寺": "山寺 題寺 宿寺", "江行": "江行 泛江 江上", "塞下": "塞下 出塞 塞上", "閨怨": "閨怨 春閨 閨情"}


def poem(rng: random.Random, key: str) -> Verse:
    subject = rng.choice([*SUBJECTS])
    words = SUBJECTS[subject].split()
    lines = ["".join(rng.sample(words, 2)) + rng.choice(SINGLES) for _ in range(8)]
    return make_verse(rng.choice(TITLES[subject].split()), "五律", "东", lines, key)


def poems(count: int, seed: int) -> list[Verse]:
    rng = random.Random(seed)
    return [poem(rng, f"{seed}-{i}") for i in range(count)]


def corpus(count: int = 300) -> Corpus:
    learnt = poems(count, seed=1)
    uses: dict[str, int] = {}
    for verse in learnt:
        for char in "".join(verse.lines):
            uses[char] = uses.get(char, 0) + 1
    ordered = tuple(sorted(uses.items(), key=lambda item: -item[1]))
    humans = tuple(Human(verse, verse.lines, "train") for verse in learnt)
    text = "\n\n".join("\n".join(verse.lines) for verse in learnt)
    return Corpus(humans, tuple((verse.title, verse.lines) for verse in learnt), text, ordered)
