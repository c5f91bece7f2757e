"""中华新韵 and 中华通韵 against an independent implementation: xpinyin's readings, finals read off its syllables.

Over the poems by living rules that the tests keep and, with the fetched corpus, quatrains of the Tang: agreement on the
tone class of each character, on the rhyme of each even foot, and on whether the even feet rhyme. Needs the PyPI package
``xpinyin``. Run:

    python benchmarks/mandarin_books.py [--tang 500]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from xpinyin import Pinyin

from yayun.corpus.store import read_poems
from yayun.prosody.books.shelf import TONGYUN, XINYUN, book, read_line_by

LIVING = Path(__file__).parents[1] / "tests/prosody/books/living.tsv"
# Rhymes by the end of a syllable, longest first; a second table than the package's, made from the books' headings.
ENDINGS = {
    XINYUN: (
        "iang:唐 uang:唐 ang:唐 iong:庚 ong:庚 ing:庚 eng:庚 iao:豪 ao:豪 uai:开 ai:开 ian:寒 uan:寒 an:寒 ui:微 ei:微 "
        "iu:尤 ou:尤 in:文 un:文 en:文 ie:皆 ue:皆 ve:皆 er:齐 ia:麻 ua:麻 a:麻 uo:波 o:波 e:波 i:齐 v:齐 u:姑"
    ),
    TONGYUN: (
        "iang:昂 uang:昂 ang:昂 iong:雍 ong:雍 ing:英 eng:英 iao:熬 ao:熬 uai:哀 ai:哀 ian:安 uan:安 an:安 ui:欸 ei:欸 "
        "iu:欧 ou:欧 in:恩 un:恩 en:恩 ie:鹅 ue:鹅 ve:鹅 er:儿 ia:啊 ua:啊 a:啊 uo:喔 o:喔 e:鹅 i:衣 v:迂 u:乌"
    ),
}


def other(line: str, name: str) -> list[tuple[str, bool]]:
    """(rhyme, level) of each character by the independent implementation."""
    spelt = Pinyin().get_pinyin(line, splitter=" ", tone_marks="numbers").lower().split()
    return [rhyme_of(syllable, name) for syllable in spelt]


def rhyme_of(syllable: str, name: str) -> tuple[str, bool]:
    body, tone = (syllable[:-1], int(syllable[-1])) if syllable[-1].isdigit() else (syllable, 5)
    body = body.replace("ü", "v")
    if body[:2] in ("ju", "qu", "xu", "yu"):
        body = body[0] + "v" + body[2:]
    if body[-1] == "i" and body[:-1] in ("zh", "ch", "sh", "r", "z", "c", "s"):
        return ("支" if name == XINYUN else "衣"), tone < 3
    for ending, rhyme in (pair.split(":") for pair in ENDINGS[name].split()):
        if body.endswith(ending) or (body.replace("v", "u").endswith(ending) and "v" in body and ending != "u"):
            return rhyme, tone < 3
    return "", tone < 3


def compare(poems: Iterable[tuple[str, ...]], name: str) -> list[int]:
    """[characters, of one tone class, feet, of one rhyme, poems, of one verdict]."""
    counts = [0] * 6
    groups = book(name).groups
    for lines in poems:
        ours, theirs = [], []
        for i, line in enumerate(lines):
            places, said = read_line_by(name, line), other(line, name)
            if len(said) != len(line):
                continue
            counts[0] += len(line)
            counts[1] += sum(
                place.symbol == "中" or (place.symbol == "平") == level
                for place, (_, level) in zip(places, said, strict=True)
            )
            if i % 2:
                held = {(groups[r.group].division, r.level) for r in places[-1].readings}
                counts[2] += 1
                counts[3] += said[-1] in held
                ours.append(held)
                theirs.append(said[-1])
        counts[4] += 1
        counts[5] += bool(set.intersection(*ours)) == (len(set(theirs)) == 1)
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tang", type=int, default=0)
    args = parser.parse_args()
    rows = LIVING.read_text(encoding="utf-8").splitlines()[1:]
    sets = {"今韵诗": [tuple(row.split("\t")[0].split(",")) for row in rows]}
    if args.tang:
        tang = (poem.lines for poem in read_poems() if poem.dynasty == "唐" and poem.form in ("五绝", "七绝"))
        sets["唐绝句"] = [lines for lines, _ in zip(tang, range(args.tang), strict=False)]
    print("诗\t韵书\t首\t字\t平仄同\t韵脚\t韵同\t押韵与否同")
    for label, poems in sets.items():
        for name in (XINYUN, TONGYUN):
            chars, tones, feet, rhymes, count, verdicts = compare(poems, name)
            shares = f"{chars}\t{tones / chars:.2%}\t{feet}\t{rhymes / feet:.2%}\t{verdicts / count:.2%}"
            print(f"{label}\t{name}\t{count}\t{shares}")


if __name__ == "__main__":
    main()
