"""Which form of a tune a text is, where it has as many characters as the form."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from yayun.prosody.books.cilin import KIN, Sound
from yayun.prosody.forms.tunes.tune import TuneForm
from yayun.prosody.meter.tunes.verse import Verse
from yayun.prosody.tones import LEVEL, OPEN

# What a departure costs, in nats, beside the tones' own likelihood.
RHYME_INSIDE = 4.0  # the form rhymes where the text does not end a clause
CUT_ELSEWHERE = 1.2  # the text ends a clause where the form does not
NO_CUT = 0.8  # the form has 句 where the text goes on
STOP_UNRHYMED = 0.7  # the text has 。 where the form has 句
_BREAK = 2.0  # a stanza ends elsewhere
_UNRHYMED, _KIN_RHYME = 2.0, 0.4  # a foot outside the rhyme of its class; in a section that poets mix with it
_UNSAID = 2.0  # words that the form says again, and the text does not
# What speaks for a form: a foot that answers another, words that it says again and the text does.
_ANSWERED, _SAID = 1.2, 1.0
_STRICT, _SURE = 0.93, 0.98  # a place of the book without habits; the most that habits may be trusted


class Outline(NamedTuple):
    """A form flat: ``tones``, ``cuts`` (index of a clause's last character -> its mark), ``feet`` (index -> letter),
    ``breaks`` (index of each stanza's last character but the last's), ``level`` the share of level at each place,
    ``optional`` the feet that may go unrhymed, ``repeats`` (last index of a clause that says words again, that of the
    words, how many)."""

    tones: str
    cuts: dict[int, str]
    feet: dict[int, str]
    breaks: tuple[int, ...]
    level: tuple[float, ...]
    optional: frozenset[int]
    repeats: tuple[tuple[int, int, int], ...]


@cache
def outline(form: TuneForm) -> Outline:
    """The form flat."""
    at = number = -1
    cuts: dict[int, str] = {}
    feet: dict[int, str] = {}
    breaks: list[int] = []
    optional: list[int] = []
    for stanza in form.stanzas:
        for clause in stanza:
            at, number = at + len(clause.tones), number + 1
            cuts[at] = clause.cut
            if clause.rhyme:
                feet[at] = clause.rhyme
            if number in form.optional:
                optional.append(at)
        breaks.append(at)
    tones = "".join(clause.tones for clause in form.clauses)
    level = form.habit.level or tuple(0.5 if t == OPEN else _STRICT if t == LEVEL else 1 - _STRICT for t in tones)
    ends = list(cuts)
    repeats = tuple((ends[i], ends[i - c.back], c.same) for i, c in enumerate(form.clauses) if c.same)
    return Outline(tones, cuts, feet, tuple(breaks[:-1]), level, frozenset(optional), repeats)


def _says_again(text: str, end: int, first: int, same: int) -> bool:
    return text[end + 1 - same : end + 1] == text[first + 1 - same : first + 1]


def distance(form: TuneForm, verse: Verse) -> float:
    """How unlikely the text is as that form, in nats; both as long."""
    found = 0.0
    for tone, level in zip(verse.tones, outline(form).level, strict=True):
        if tone != OPEN:
            share = min(_SURE, max(1 - _SURE, level if tone == LEVEL else 1 - level))
            found += math.log(max(share, 1 - share) / share)
    shape = outline(form)
    said = sum(_says_again(verse.text, end, first, same) for end, first, same in shape.repeats)
    return found + misshape(form, verse) - _SAID * said - _ANSWERED * _answers(shape, verse)


def _answers(shape: Outline, verse: Verse) -> int:
    """Feet in the section of their class, the first of each class apart."""
    count = 0
    for letter, (section, out) in rhymes(shape.feet, verse).items():
        if section is not None:
            count += sum(own.upper() == letter for own in shape.feet.values()) - len(out) - 1
    return count


def misshape(form: TuneForm, verse: Verse) -> float:
    """The part of ``distance`` that clauses, stanzas and rhymes make."""
    shape, found = outline(form), 0.0
    for i, mark in verse.ends.items():
        if i not in shape.cuts:
            found += CUT_ELSEWHERE
        elif mark == "。" and shape.cuts[i] != "。":
            found += STOP_UNRHYMED
    for i, cut in shape.cuts.items():
        if i not in verse.ends:
            found += RHYME_INSIDE if cut == "。" and i not in shape.optional else NO_CUT if cut != "、" else 0.0
    found += _BREAK * len(set(shape.breaks) ^ set(verse.breaks))
    found += sum(_UNSAID for end, first, same in shape.repeats if not _says_again(verse.text, end, first, same))
    for letter, (section, out) in rhymes(shape.feet, verse).items():
        for i in out:
            if i in shape.optional:
                continue
            near = section is not None and is_kin(verse.sounds(i), section, shape.feet[i] == letter)
            found += _KIN_RHYME if near else _UNRHYMED
    return found


def rhymes(feet: dict[int, str], verse: Verse) -> dict[str, tuple[int | None, tuple[int, ...]]]:
    """For each rhyme class (capital letter): the section most of its feet have, and the feet that do not have it in
    the tone the form asks for."""
    found: dict[str, tuple[int | None, tuple[int, ...]]] = {}
    for letter in dict.fromkeys(letter.upper() for letter in feet.values()):
        held = {i: own.isupper() for i, own in feet.items() if own.upper() == letter}
        sounds = {i: verse.sounds(i) for i in held}
        votes = Counter(number for i, level in held.items() for number, tone in sounds[i] if tone == level)
        if not votes:
            found[letter] = (None, tuple(i for i in held if sounds[i]))
            continue
        best = min(votes, key=lambda number: (-votes[number], number))
        found[letter] = (best, tuple(i for i, level in held.items() if sounds[i] and (best, level) not in sounds[i]))
    return found


def is_kin(sounds: Iterable[Sound], section: int, level: bool) -> bool:
    """Has a foot a rhyme of that tone class in a section that poets mix with ``section``?"""
    return any(tone == level and frozenset((number, section)) in KIN for number, tone in sounds)


def nearest(forms: Iterable[TuneForm], verse: Verse) -> tuple[TuneForm, float] | None:
    """The likeliest of the forms that are as long as the text, and how unlikely it is, the share of poets that use it
    counted in; None where none is as long."""
    return next(iter(by_likelihood(forms, verse)), None)


def by_likelihood(forms: Iterable[TuneForm], verse: Verse) -> list[tuple[TuneForm, float]]:
    """All forms as long as the text, the likeliest first; see ``nearest``."""
    held = [form for form in forms if form.length == len(verse.text)]
    total = sum(form.habit.uses for form in held) + len(held)
    found = [(form, distance(form, verse) + math.log(total / (form.habit.uses + 1))) for form in held]
    return sorted(found, key=lambda pair: pair[1])
