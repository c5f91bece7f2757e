"""Build ``prosody/books/data/mandarin.tsv`` and ``mandarin_words.tsv``: today's readings, for rhyme books of Mandarin.

Source: the PyPI package ``pypinyin`` 0.55.0 (MIT), its table of characters and its dictionary of phrases. A character
has its usual reading and those that phrases use; where they differ in tone class or final, the phrases of two to four
characters that decide are kept. 一 and 不 have their own tones (一 yī, 不 bù), a neutral tone counts as the tone the
character has by itself. Run, with pypinyin installed:

    python scripts/build_mandarin.py [--check Xinyun_Rhyme.json]

``--check`` prints how far another table of 中華新韻 (charlesix59/chinese_word_rhyme, ff0e9c1, MIT) agrees.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

from pypinyin.contrib.tone_convert import to_tone3
from pypinyin.phrases_dict import phrases_dict
from pypinyin.pinyin_dict import pinyin_dict

from yayun.home import atomic_open
from yayun.prosody import tables
from yayun.prosody.books.mandarin import FINALS, final_of
from yayun.prosody.readings.hanzi import is_hanzi

DATA = Path(__file__).parents[1] / "src/yayun/prosody/books/data"
FIXED = {"一": "yi1", "不": "bu4"}
# Shares of a character's phrases below which a reading is not offered without one of them.
SELDOM = 0.03


def spelt(syllable: str) -> str:
    """A syllable with a figure for its tone and v for ü, e.g. lv4; '' where it is no syllable with a final."""
    found = to_tone3(syllable, v_to_u=False, neutral_tone_with_five=True).replace("ü", "v")
    return found if final_of(found[:-1]) in FINALS else ""


def phrase_uses() -> dict[str, Counter[str]]:
    """Character -> how many phrases use each of its readings."""
    uses: dict[str, Counter[str]] = defaultdict(Counter)
    for phrase, read in phrases_dict.items():
        if len(phrase) == len(read):
            for char, syllables in zip(phrase, read, strict=True):
                uses[char][spelt(syllables[0])] += 1
    return uses


def characters() -> list[str]:
    """Every character of the rhyme book that the corpus uses, simplified ones, and those of GB 2312."""
    common = [bytes((high, low)).decode("gb2312", "ignore") for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF)]
    used = [char for char, rows in tables.rhymebook().items() if int(rows[0].split("\t")[3]) > 0]
    every = {*common, *used, *tables.origins(), *"".join(tables.origins().values())}
    return sorted(char for char in every if len(char) == 1 and is_hanzi(char) and ord(char) in pinyin_dict)


def readings(char: str, uses: dict[str, Counter[str]]) -> tuple[list[str], list[str]]:
    """(the readings of a character in use, the usual one first; those that dictionaries have beside)."""
    if char in FIXED:
        return [FIXED[char]], []
    listed = [read for syllable in pinyin_dict[ord(char)].split(",") if (read := spelt(syllable))]
    if not listed:
        return [], []
    counts = uses.get(char) or uses.get(char.translate(tables.folding())) or Counter()
    total = sum(counts.values())
    kept = [read for read in listed if counts[read] >= max(2, SELDOM * total)]
    if listed[0] not in kept:
        kept.insert(0, listed[0])
    toned = [read for read in kept if read[-1] != "5"]
    used = sorted(toned, key=lambda read: (-counts[read], listed.index(read)))
    spare = [read for read in listed if read[-1] != "5" and read not in used]
    return (used, spare) if used else (spare[:1], spare[1:])


def deciding_words(known: dict[str, list[str]]) -> dict[str, str]:
    """Phrase -> its readings, where one of its characters has readings that verse tells apart."""
    several = {char for char, held in known.items() if len({(final_of(r[:-1]), r[-1] in "12") for r in held}) > 1}
    found = {}
    for phrase, read in sorted(phrases_dict.items(), key=lambda item: (len(item[0]), item[0])):
        if not 2 <= len(phrase) <= 4 or len(phrase) != len(read) or several.isdisjoint(phrase):
            continue
        marks = []
        for i, (char, syllables) in enumerate(zip(phrase, read, strict=True)):
            reading = spelt(syllables[0])
            if char in several and reading in known[char] and not _known_by_part(phrase, i, reading, found):
                marks.append(f"{i + 1}{reading}")
        if marks:
            found[phrase] = " ".join(marks)
    return found


def _known_by_part(phrase: str, i: int, reading: str, found: dict[str, str]) -> bool:
    """Does a shorter phrase inside this one say the same of the character already?"""
    for start in range(max(0, i - 2), i + 1):
        for end in range(i + 1, min(len(phrase), i + 3) + 1):
            part = phrase[start:end]
            if part != phrase and f"{i - start + 1}{reading}" in found.get(part, "").split():
                return True
    return False


def check(path: Path, known: dict[str, list[str]]) -> None:
    """Print how far another table of 中華新韻 agrees with the finals and tones, and where it does not."""
    from yayun.prosody.books.mandarin import XINYUN

    same = total = 0
    for label, tones in json.loads(path.read_text(encoding="utf-8")).items():
        for tone, chars in tones.items():
            for char in dict.fromkeys(chars):
                if char in known:
                    held = {(XINYUN[final_of(r[:-1])], r[-1] in "12") for r in known[char]}
                    total += 1
                    if (label[-1], tone[0] == "平") in held:
                        same += 1
                    else:
                        print(label, tone, char, known[char])
    print(f"{same} of {total} entries agree ({same / total:.2%})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", type=Path)
    args = parser.parse_args()
    uses = phrase_uses()
    both = {char: readings(char, uses) for char in characters()}
    known = {char: used for char, (used, _) in both.items() if used}
    by_reading: dict[str, list[str]] = defaultdict(list)
    for char, used in known.items():
        by_reading[" ".join([*used, *(f"({read})" for read in both[char][1])])].append(char)
    with atomic_open(DATA / "mandarin.tsv") as f:
        f.write("readings\tchars\n")
        f.writelines(f"{read}\t{''.join(chars)}\n" for read, chars in sorted(by_reading.items()))
    words = deciding_words(known)
    with atomic_open(DATA / "mandarin_words.tsv") as f:
        f.write("word\treadings\n")
        f.writelines(f"{word}\t{marks}\n" for word, marks in sorted(words.items()))
    print(f"{len(known)} characters, {len(words)} words")
    if args.check:
        check(args.check, {char: used + both[char][1] for char, used in known.items()})


if __name__ == "__main__":
    main()
