"""How Song 词 fit the forms of their tunes: the 100 commonest tunes, by the book as written and by the graded places.

Measured on the half of the Song 词 that nothing was learnt from. Run:

    python benchmarks/tunes.py --ci ci.jsonl.xz [--tune 水调歌头] [--top 100]

Columns: poems; of one of the tune's lengths; every place as the book marks it; no tone that ``yayun check`` calls a
fault; none that it has a word for either; every foot in its section of 词林正韵; the same but for sections that poets
mix (通押). Percent of the poems.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

from yayun.corpus.tunes import TunePoem, learning_half, read_tune_poems
from yayun.prosody.forms.tunes.tune import TuneForm, book_forms, tune
from yayun.prosody.meter.tunes.match import is_kin, nearest, outline, rhymes
from yayun.prosody.meter.tunes.verdict import tone_fault
from yayun.prosody.tones import OPEN

COLUMNS = ("词数", "字数合", "依谱字字合", "平仄无错", "亦无可议", "韵合", "通押计入")


def measure(poem: TunePoem) -> list[bool]:
    """The columns after the first for one poem."""
    forms = [form for name in poem.tunes for form in tune(name).forms]
    by_book = nearest([form for name in poem.tunes for form in _book(name)], poem.verse)
    by_habit = nearest(forms, poem.verse)
    if by_habit is None:
        return [False] * 6
    form = by_habit[0]
    return [True, by_book is not None and keeps_book(by_book[0], poem), *keeps(form, poem), *in_rhyme(form, poem)]


@cache
def _book(name: str) -> tuple[TuneForm, ...]:
    return book_forms(name)


def keeps_book(form: TuneForm, poem: TunePoem) -> bool:
    """Is every place as the book marks it?"""
    wanted = "".join(clause.tones for clause in form.clauses)
    return all(OPEN in (want, have) or want == have for want, have in zip(wanted, poem.verse.tones, strict=True))


def missed(form: TuneForm, poem: TunePoem) -> list[tuple[int, str]]:
    """(place, how grave) of each place whose tone is another than it wants, as ``yayun check`` judges it."""
    faults = (
        (i, tone_fault(slot, place)) for i, (slot, place) in enumerate(zip(form.slots, poem.verse.places, strict=True))
    )
    return [(i, fault.severity) for i, fault in faults if fault is not None and fault.severity != "note"]


def keeps(form: TuneForm, poem: TunePoem) -> tuple[bool, bool]:
    """(no tone a fault, none worth a word either)."""
    grades = [grade for _, grade in missed(form, poem)]
    return "error" not in grades, not grades


def in_rhyme(form: TuneForm, poem: TunePoem) -> tuple[bool, bool]:
    """(every foot in its section, or in one that poets mix with it)."""
    feet = outline(form).feet
    strict = kin = True
    for letter, (section, out) in rhymes(feet, poem.verse).items():
        for i in set(out) - outline(form).optional:
            strict = False
            kin &= section is not None and is_kin(poem.verse.sounds(i), section, feet[i] == letter)
    return strict, kin


def print_row(name: str, rows: list[list[bool]]) -> None:
    shares = [100 * sum(column) / len(rows) for column in zip(*rows, strict=True)]
    print(f"{name}\t{len(rows)}\t" + "\t".join(f"{share:.0f}" for share in shares))


def explain(poems: list[TunePoem]) -> None:
    """Where the poems of one tune depart: the places by form, and the lengths no form has."""
    places: dict[str, Counter[tuple[int, str]]] = defaultdict(Counter)
    seen: Counter[str] = Counter()
    lengths: Counter[int] = Counter()
    for poem in poems:
        found = nearest([form for name in poem.tunes for form in tune(name).forms], poem.verse)
        if found is None:
            lengths[len(poem.verse.text)] += 1
            continue
        label = f"{found[0].tune} {found[0].variant}"
        seen[label] += 1
        places[label].update(missed(found[0], poem))
    print("无此字数:", dict(lengths))
    for label, n in seen.most_common():
        worst = [f"第{i + 1}字{grade}×{k}" for (i, grade), k in places[label].most_common(8)]
        print(f"{label}\t{n} 首\t{' '.join(worst)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ci", type=Path, required=True)
    parser.add_argument("--tune", help="one tune: where its poems depart")
    parser.add_argument("--top", type=int, default=100)
    args = parser.parse_args()
    by_tune: dict[str, list[TunePoem]] = defaultdict(list)
    for poem in read_tune_poems(args.ci, ("宋",)):
        if not learning_half(poem.id):
            by_tune[poem.tunes[0]].append(poem)
    if args.tune:
        explain(by_tune[args.tune])
    print("词牌\t" + "\t".join(COLUMNS))
    every: list[list[bool]] = []
    for name, poems in sorted(by_tune.items(), key=lambda item: (-len(item[1]), item[0]))[: args.top]:
        rows = list(map(measure, poems))
        every += rows
        if args.tune in (None, name):
            print_row(name, rows)
    print_row("共计", every)


if __name__ == "__main__":
    main()
