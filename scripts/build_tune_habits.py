"""Build ``prosody/forms/data/tune_habits.tsv`` and ``tune_variants.tsv``: what Song poets did with each form of a tune.

Learnt from one half of the Song 词 (by a hash of the poem's id; the other half is for measuring, see
``benchmarks/tunes.py``). Source: snowtraces/poetry-source, commit 17c276b (MIT), ``ci.jsonl.xz``. Run:

    python scripts/build_tune_habits.py --ci ci.jsonl.xz

1. Each poem is given the likeliest form of its tune (``meter.tunes.match``): by the book, then by what was learnt.
2. For each place of each form: the share of poems with a level character there, drawn towards that of like clauses
   (of the tune, then of all tunes) as if ``PRIOR`` poems more had been seen; for each rhyme the share that keep it.
3. Shapes that no form of the tune has and at least ``ENOUGH`` poems by two poets share become forms of their own.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from yayun.corpus.tunes import TunePoem, learning_half, read_tune_poems
from yayun.home import atomic_open
from yayun.prosody.forms.tunes.notation import Clause, Stanzas, parse, render
from yayun.prosody.forms.tunes.tune import BOOK, CORPUS, Habit, TuneForm, book_forms, names
from yayun.prosody.meter.tunes.match import misshape, nearest, outline, rhymes
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN

DATA = Path(__file__).parents[1] / "src/yayun/prosody/forms/data"
PRIOR = 6.0  # poems that the back-off counts as
ENOUGH = 3  # poems that make a variant
FAR = 12.0  # nats of misshape from the nearest form beyond which a poem is of none
DYNASTIES = ("宋",)

Poems = dict[TuneForm, list[TunePoem]]


def assign(poems: Iterable[TunePoem], forms: dict[str, list[TuneForm]]) -> tuple[Poems, list[TunePoem]]:
    """Form -> its poems, and the poems that no form fits."""
    held: Poems = {form: [] for tune in forms.values() for form in tune}
    left = []
    for poem in poems:
        near = nearest([form for tune in poem.tunes for form in forms[tune]], poem.verse)
        if near and misshape(near[0], poem.verse) <= FAR:
            held[near[0]].append(poem)
        else:
            left.append(poem)
    return held, left


def keys(form: TuneForm) -> list[tuple[tuple, ...]]:
    """For each character what it is backed off to, nearest first: the same place of the tune's other forms that are as
    long, the like clause of all its forms (by stanza, length and which of that length it is), clauses of the same
    tones in any tune, places of the same tone."""
    found: list[tuple[tuple, ...]] = []
    for number, stanza in enumerate(form.stanzas):
        ordinal: Counter[tuple[int, bool]] = Counter()
        for clause in stanza:
            length, rhymed = len(clause.tones), bool(clause.rhyme)
            which = (form.tune, number, length, rhymed, ordinal[length, rhymed])
            ordinal[length, rhymed] += 1
            for i, tone in enumerate(clause.tones):
                foot = rhymed and i == length - 1
                place = (form.tune, form.length, len(found), foot)
                found.append((place, (*which, i), (clause.tones, i), (length, i, tone, foot)))
    return found


def learn(held: Poems) -> dict[TuneForm, Habit]:
    """What poets did with each form."""
    counts = {form: places(form, poems) for form, poems in held.items()}
    near: dict[tuple, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for form, (level, known) in counts.items():
        for held_by, hit, seen in zip(keys(form), level, known, strict=True):
            for key in held_by:
                near[key][0] += hit
                near[key][1] += seen
    return {form: habit(form, held[form], *counts[form], near) for form in held}


def places(form: TuneForm, poems: Sequence[TunePoem]) -> tuple[list[int], list[int]]:
    """For each character: level ones, and those whose tone is settled."""
    level, known = [0] * form.length, [0] * form.length
    for poem in poems:
        for i, tone in enumerate(poem.verse.tones):
            known[i] += tone != OPEN
            level[i] += tone == LEVEL
    return level, known


def habit(
    form: TuneForm, poems: Sequence[TunePoem], level: list[int], known: list[int], near: dict[tuple, list[float]]
) -> Habit:
    """Shares of a form, drawn towards those of like clauses."""
    shares = []
    for held_by, hit, seen in zip(keys(form), level, known, strict=True):
        tone = held_by[-1][2]
        share = 0.5 if tone == OPEN else 0.9 if tone == LEVEL else 0.1
        for key in reversed(held_by):
            share = (near[key][0] + PRIOR * share) / (near[key][1] + PRIOR)
        shares.append((hit + PRIOR * share) / (seen + PRIOR))
    shape = outline(form)
    out: Counter[int] = Counter()
    oblique = entering = 0
    for poem in poems:
        found = rhymes(shape.feet, poem.verse)
        out.update(i for _, missed in found.values() for i in missed)
        if any(own.islower() for own in shape.feet.values()):
            oblique += 1
            sections = [found[own.upper()][0] or 0 for own in shape.feet.values() if own.islower()]
            entering += all(number >= 15 for number in sections)
    feet = sorted(shape.feet)
    kept = tuple(1 - (out[i] + 0.05 * PRIOR) / (len(poems) + PRIOR) for i in feet)
    return Habit(len(poems), tuple(shares), kept, entering / oblique if oblique else 0.0)


def variants(left: Iterable[TunePoem], forms: dict[str, list[TuneForm]]) -> list[TuneForm]:
    """Forms of shapes that several poets share and the book lacks."""
    known = {(name, skeleton(form.stanzas)) for name, tune in forms.items() for form in tune}
    taken = {name: tune[-1].number for name, tune in forms.items()}
    shapes: dict[tuple, list[TunePoem]] = defaultdict(list)
    for poem in left:
        sentences = tuple(tuple(map(len, stanza)) for stanza in joined(poem))
        shapes[poem.tunes[0], sentences].append(poem)
    found = []
    for (tune, _), poems in shapes.items():
        if len(poems) >= ENOUGH and len({poem.author for poem in poems}) > 1:
            stanzas = agreed(poems, breaks_of(forms[tune], poems[0]))
            if stanzas is not None and (tune, skeleton(stanzas)) not in known:
                taken[tune] += 1
                found.append(TuneForm(tune, taken[tune], CORPUS, stanzas))
    return found


def skeleton(stanzas: Stanzas) -> tuple:
    """Where a form rhymes and how long it is: what tells forms apart, as cuts and breaks are printed variously."""
    found, length = [], 0
    for clause in (clause for stanza in stanzas for clause in stanza):
        length += len(clause.tones)
        if clause.rhyme:
            found.append((length, clause.rhyme.isupper()))
    return (length, *found)


def joined(poem: TunePoem) -> list[list[str]]:
    """Clauses by stanza, those that 读 divides put together."""
    found = []
    for clauses, marks in zip(poem.verse.stanzas, poem.verse.marks, strict=True):
        lines, held = [], ""
        for clause, mark in zip(clauses, marks, strict=True):
            held += clause
            if mark != "、":
                lines.append(held)
                held = ""
        found.append([*lines, held] if held else lines)
    return found


def added_by_hand() -> list[tuple[str, Stanzas]]:
    """Forms of ``tunes_reviewed.tsv`` that poets or editions have and the book lacks."""
    rows = (Path(__file__).parent / "tunes_reviewed.tsv").read_text(encoding="utf-8").splitlines()[1:]
    held = (row.split("\t") for row in rows)
    return [(name, parse(text)) for name, _, what, text, _ in held if what == "add"]


def breaks_of(forms: Iterable[TuneForm], poem: TunePoem) -> tuple[int, ...]:
    """Where stanzas end: as in a form of the book that is as long, for editions err in it; else as in the poem."""
    for form in forms:
        breaks = outline(form).breaks
        alike = form.length == len(poem.verse.text) and len(breaks) == len(poem.verse.breaks)
        if alike and all(i in poem.verse.ends for i in breaks):
            return breaks
    return poem.verse.breaks


def agreed(poems: Sequence[TunePoem], breaks: Sequence[int]) -> Stanzas | None:
    """What poems of one shape agree in; None where they do not rhyme alike."""
    lines = [[line for stanza in joined(poem) for line in stanza] for poem in poems]
    ends, at = [], -1
    for line in lines[0]:
        at += len(line)
        ends.append(at)
    tones = ""
    for i in range(at + 1):
        held = [poem.verse.tones[i] for poem in poems if poem.verse.tones[i] != OPEN]
        level = held.count(LEVEL) / len(held) if held else 0.5
        tones += LEVEL if level >= 0.8 else OBLIQUE if level <= 0.2 else OPEN
    rhyming = {end: share for end in ends if (share := _rhyming(poems, end, ends))}
    classes = {end: ("A" if tones[end] == LEVEL else "a") for end in rhyming if tones[end] != OPEN}
    if ends[-1] not in classes or len(set(classes.values())) > 1:
        return None
    stanzas: list[list[Clause]] = [[]]
    start = 0
    for end in ends:
        letter = classes.get(end, "")
        stanzas[-1].append(Clause(tones[start : end + 1], "。" if letter else "，", letter))
        start = end + 1
        if end in breaks:
            stanzas.append([])
    return tuple(map(tuple, stanzas))


def _rhyming(poems: Sequence[TunePoem], end: int, ends: Sequence[int]) -> bool:
    """Does the clause that ends there rhyme with the last one, in at least two thirds of the poems?"""
    agree = sum(bool(poem.verse.sounds(end) & poem.verse.sounds(ends[-1])) for poem in poems)
    return 3 * agree >= 2 * len(poems)


def percent(shares: Iterable[float]) -> str:
    """Shares in two digits each, 99 the most."""
    return "".join(f"{min(99, round(100 * share)):02d}" for share in shares)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ci", type=Path, required=True)
    args = parser.parse_args()
    every = list(read_tune_poems(args.ci, DYNASTIES))
    poems = [poem for poem in every if learning_half(poem.id)]
    print(f"{len(poems)} poems to learn from")
    forms = {name: list(book_forms(name)) for name in names()}
    for name, stanzas in added_by_hand():
        forms[name].append(TuneForm(name, forms[name][-1].number + 1, CORPUS, stanzas))
    _, left = assign(poems, forms)
    for form in variants(left, forms):
        forms[form.tune].append(form)
    for _ in range(3):
        habits = learn(assign(poems, forms)[0])
        forms = {name: [replace(form, habit=habits[form]) for form in tune] for name, tune in forms.items()}
    held, left = assign(poems, forms)
    habits = learn(held)
    seen = assign(every, forms)[0]
    by_hand = {render(stanzas) for _, stanzas in added_by_hand()}
    kept = [
        form
        for tune in forms.values()
        for form in tune
        if form.source == BOOK or habits[form].uses >= ENOUGH or render(form.stanzas) in by_hand
    ]
    print(f"{len(left)} poems of no form, {sum(form.source == CORPUS for form in kept)} variants added")
    with atomic_open(DATA / "tune_variants.tsv") as f:
        f.write("tune\tnumber\tform\n")
        f.writelines(f"{form.tune}\t{form.number}\t{render(form.stanzas)}\n" for form in kept if form.source == CORPUS)
    with atomic_open(DATA / "tune_habits.tsv") as f:
        f.write("tune\tnumber\tuses\tlevel\trhymed\tentering\tpoems\n")
        for form in kept:
            own = habits[form]
            f.write(f"{form.tune}\t{form.number}\t{own.uses}\t{percent(own.level)}\t{percent(own.rhymed)}\t")
            f.write(f"{own.entering:.2f}\t{len(seen[form])}\n")


if __name__ == "__main__":
    main()
