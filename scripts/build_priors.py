"""Build ``prosody/data/priors.tsv`` and ``feet.tsv``: which readings of a character are everyday ones.

A tone class that makes up less than ``SHARE`` of a character's uses at strict places of regular Tang and Song poems
(training split) is rare; so is a level group that makes up less than ``FOOT_SHARE`` of its uses as a foot
(``NEIGHBOUR_SHARE`` where poets mix the two groups anyway). Where the corpus says too little, a tone class that only
one of the two rhyme books has is rare beside one that both have. Run:

    python scripts/build_priors.py
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from lexicon_counts import foot_votes, regular_poems, tone_counts
from yayun.home import atomic_open
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.tables import rhymebook

DATA = Path(__file__).parents[1] / "src/yayun/prosody/data"
SHARE, ENOUGH = 0.08, 10
FOOT_SHARE, NEIGHBOUR_SHARE, ENOUGH_FEET = 0.03, 0.35, 10
BOTH_BOOKS = "廣韻+平水韻"


def own_groups(char: str) -> dict[str, str]:
    """Group -> source, of exactly this character."""
    return {row.split("\t")[1]: row.split("\t")[2] for row in rhymebook().get(char, ())}


def decide(held: dict[str, str], level: int, oblique: int) -> tuple[str, str]:
    """(tone classes in play, why) for a character with readings ``held`` in both."""
    total = level + oblique
    if total >= ENOUGH:
        return "".join(t for t, n in (("平", level), ("仄", oblique)) if n >= SHARE * total), "唐宋近体用例"
    sure = {"平" if book(PINGSHUI).level(g) else "仄" for g, source in held.items() if source == BOTH_BOOKS}
    if len(sure) == 1 and total and {"平": oblique, "仄": level}[min(sure)] > SHARE * total:
        return "平仄", "韵书与用例不一"
    return ("".join(sure), "二书同收者") if len(sure) == 1 else ("平仄", "韵书")


def tone_rows(level: Counter[str], oblique: Counter[str]) -> Iterator[str]:
    for char in sorted(rhymebook()):
        held = own_groups(char)
        if len({book(PINGSHUI).level(g) for g in held}) == 2:
            decision, why = decide(held, level[char], oblique[char])
            yield f"{char}\t{level[char]}\t{oblique[char]}\t{decision}\t{why}\n"


def least_share(char: str, group: str, chief: str) -> float:
    """The share of a character's feet that makes ``group`` an everyday reading.

    Poets rhyme a third of 冬 with 东 anyway, so for a neighbour of the chief group one book's word is not enough.
    """
    doubtful = group in book(PINGSHUI).neighbours[chief] and own_groups(char)[group] in ("廣韻", "平水韻")
    return NEIGHBOUR_SHARE if doubtful else FOOT_SHARE


def foot_rows(votes: Counter[tuple[str, str]]) -> Iterator[str]:
    by_char: dict[str, Counter[str]] = defaultdict(Counter)
    for (char, group), n in votes.items():
        by_char[char][group] += n
    for char, uses in sorted(by_char.items()):
        held = [g for g in own_groups(char) if book(PINGSHUI).level(g)]
        total = sum(uses[g] for g in held)
        if len(held) > 1 and total >= ENOUGH_FEET:
            chief = max(held, key=lambda g: uses[g])
            for group in held:
                decision = "常" if uses[group] >= least_share(char, group, chief) * total else "罕"
                yield f"{char}\t{group}\t{uses[group]}\t{decision}\t唐宋近体韵脚\n"


def write(name: str, heading: str, rows: Iterable[str]) -> None:
    with atomic_open(DATA / name) as f:
        f.write(heading + "\n")
        f.writelines(rows)


def main() -> None:
    fits = list(regular_poems())
    write("priors.tsv", "char\tlevel\toblique\tdecision\tsource", tone_rows(*tone_counts(fits)))
    votes = Counter(vote for found in fits for vote in foot_votes(found.lines, found.rhyming))
    write("feet.tsv", "char\tgroup\tuses\tdecision\tsource", foot_rows(votes))


if __name__ == "__main__":
    main()
