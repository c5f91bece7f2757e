"""Build ``prosody/data/compounds.tsv``: words that settle the reading of a two-tone character.

Two sources. ``compounds_reviewed.tsv`` beside this file: words decided by hand. And the corpus: a two-character
word is kept where the regular Tang and Song poems (training split) use the character in it as good as always in
one tone class. With ``n`` uses in the word, ``m`` of them against the decision, and ``s`` the share of that other
class in all the character's uses, the estimate ``(m + s * PRIOR) / (n + PRIOR)`` must stay below ``DOUBT``: a
character that is mostly level needs less evidence for level than for oblique. Where the prior rules a class out and
a word shows it in a good share, the word opens both (平仄). Characters that verse uses in either tone anyway
(看 望 ...) are left out. Words are in simplified script, the spelling all scripts are folded to. Run:

    python scripts/build_compounds.py
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from lexicon_counts import regular_poems
from yayun.home import atomic_open
from yayun.prosody.lexicon import readings, tones
from yayun.prosody.tables import folding

OUT = Path(__file__).parents[1] / "src/yayun/prosody/data/compounds.tsv"
REVIEWED = Path(__file__).parent / "compounds_reviewed.tsv"
# Free in verse; and 不, which is level only as 同否 at the end of a line (a matter of place, in senses.tsv).
LEFT_OUT = frozenset("看望听醒忘叹漫凭过论探不")
PRIOR, DOUBT, LEAST = 2.0, 0.02, 4
OPEN_SHARE, OPEN_LEAST = 0.08, 4

Counts = dict[tuple[str, int], list[int]]


def count() -> tuple[Counts, Counts]:
    """(folded character, 0) -> [oblique, level] uses, and (folded word, place in it) -> the same."""
    alone: Counts = defaultdict(lambda: [0, 0])
    words: Counts = defaultdict(lambda: [0, 0])
    table = folding()
    for found in regular_poems():
        lines = [line.translate(table) for line in found.lines]
        for i, j, level in found.strict:
            line, char = lines[i], lines[i][j]
            if not two_tone(char):
                continue
            alone[char, 0][level] += 1
            words[line[j - 1 : j + 1], 1][level] += 1
            if j + 1 < len(line):
                words[line[j : j + 2], 0][level] += 1
    return alone, words


_two_tone: dict[str, bool] = {}


def two_tone(char: str) -> bool:
    if char not in _two_tone:
        _two_tone[char] = len({r.level for r in readings(char)}) == 2 and char not in LEFT_OUT
    return _two_tone[char]


def decide(char: str, in_word: list[int], alone: list[int]) -> str:
    """平, 仄, 平仄 or nothing for a character in a word, from its [oblique, level] counts there and overall."""
    n, usual = sum(in_word), tones(char)
    if n < LEAST:
        return ""
    for level, tone in ((1, "平"), (0, "仄")):
        against, share = in_word[1 - level], alone[1 - level] / sum(alone)
        if (against + share * PRIOR) / (n + PRIOR) < DOUBT:
            return "" if usual == {tone} else tone
    if len(usual) == 1:
        rare = in_word[0] if "平" in usual else in_word[1]
        if rare >= OPEN_LEAST and rare >= OPEN_SHARE * n:
            return "平仄"
    return ""


def reviewed() -> Iterator[tuple[str, int, str]]:
    for row in REVIEWED.read_text(encoding="utf-8").splitlines()[1:]:
        word, place, reading = row.split("\t")[:3]
        yield word.translate(folding()), int(place), reading


def main() -> None:
    alone, words = count()
    rows = {(word, place): (reading, "", "", "複核") for word, place, reading in reviewed()}
    for (word, place), in_word in words.items():
        if (word, place + 1) not in rows and (tone := decide(word[place], in_word, alone[word[place], 0])):
            rows[word, place + 1] = tone, str(in_word[1]), str(in_word[0]), "唐宋近体"
    with atomic_open(OUT) as f:
        f.write("word\tplace\treading\tlevel\toblique\tsource\n")
        for (word, place), row in sorted(rows.items(), key=lambda item: (item[0][0][item[0][1] - 1], item[0])):
            f.write("\t".join((word, str(place), *row)) + "\n")


if __name__ == "__main__":
    main()
