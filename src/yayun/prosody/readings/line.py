"""Which readings are in play at each place of a line.

Three kinds of evidence, in this order. A reviewed *word* or a reviewed *restriction* rules readings out (不 is 同否
only at the end of a line). What is left is *likely* one class where the odds learnt from verse say so (``likelihood``):
that reading is in play, the other one stands back, and comes in only where the poem would otherwise have a fault. Where
nothing is likely enough the place is *open* and the metre chooses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal

from yayun.prosody import tables
from yayun.prosody.readings import words
from yayun.prosody.readings.characters import FREE, Reading, everyday, own_readings, readings, tone_classes
from yayun.prosody.readings.likelihood import SETTLED, log_odds
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN

How = Literal["only", "compound", "rule", "likely", "prior", "open", "unresolved"]
BREAK = "\n"  # stands before the first and after the last character of a line
BOTH_BOOKS = "廣韻+平水韻"  # the source of a reading
UNKNOWN = "？"  # an ``outcome``: no odds are known
CONTEXTUAL = "*"  # in ``kinds``: a character that what stands around it may decide


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A character where it stands: the ``readings`` in play here, ``how`` that was decided, and the ``alternatives``:
    those that are not, of which ``forbidden`` are ruled out by a reviewed row (``because``, in Chinese). The others
    come in where the poem would be at fault without them. One object for each case, compared as such.

    ``how``: ``only`` (one tone class anyway), ``compound`` (a word decides), ``rule`` (the other class is ruled out),
    ``likely`` (neighbours make it likely), ``prior`` (everyday use does), ``open`` (both classes in play),
    ``unresolved`` (no reading known).
    ``symbol``: 平 or 仄 where the tone class is settled, else 中; ``loose``: the same with readings that stand back;
    ``groups``: the rhyme groups in play, ``also`` those of all others that a book has: where a foot rhymes by one of
    them, it rhymes, so ``at_foot`` is the symbol with these too.
    """

    char: str
    readings: tuple[Reading, ...]
    how: How
    alternatives: tuple[Reading, ...]
    forbidden: tuple[Reading, ...] = ()
    because: str = ""
    symbol: str = field(init=False)
    loose: str = field(init=False)
    at_foot: str = field(init=False)
    groups: frozenset[str] = field(init=False)
    also: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        waiting = tuple([reading for reading in self.alternatives if reading not in self.forbidden])
        object.__setattr__(self, "symbol", _symbol(self.readings))
        object.__setattr__(self, "loose", _symbol((*self.readings, *waiting)))
        groups = frozenset([reading.group for reading in self.readings])
        object.__setattr__(self, "groups", groups)
        sure = tuple([r for r in self.alternatives if r in waiting or r.source == BOTH_BOOKS])
        object.__setattr__(self, "at_foot", _symbol((*self.readings, *sure)))
        object.__setattr__(self, "also", frozenset([reading.group for reading in sure]) - groups)

    @property
    def tones(self) -> frozenset[str]:
        """The tone classes in play: a subset of {平, 仄}, empty when unresolved."""
        return tone_classes(self.readings)


def _symbol(found: tuple[Reading, ...]) -> str:
    tones = tone_classes(found)
    return next(iter(tones)) if len(tones) == 1 else OPEN


def read_line(line: str) -> tuple[Place, ...]:
    """A place for each character of ``line``, decided by what stands around it as far as there is evidence."""
    places = list(map(_alone.__getitem__, line))
    kinds = line.translate(_kinds)
    at = kinds.find(CONTEXTUAL)
    folded = fold(line) if at >= 0 else ""
    while at >= 0:
        places[at] = decide_folded(line, folded, at)
        at = kinds.find(CONTEXTUAL, at + 1)
    return tuple(places)


def read_place(line: str, i: int) -> Place:
    """``read_line(line)[i]``, without reading the others."""
    return decide(line, i) if is_contextual(line[i]) else _alone[line[i]]


def alone(char: str) -> Place:
    """The place of a character with nothing around it."""
    return _alone[char]


def is_contextual(char: str) -> bool:
    """May what stands around the character decide how it is read?"""
    return _kinds[ord(char)] == CONTEXTUAL


class _Kinds(dict[int, str]):
    """For ``str.translate``: ``CONTEXTUAL`` for characters that what stands around them may decide."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        every = readings(char)
        two = len(tone_classes(every)) == 2
        worded = tables.fold(char) in words.spoken_of() and len({r.group for r in every}) > 1
        self[code] = found = CONTEXTUAL if worded or (two and _varies(char)) else "-"
        return found


_kinds = _Kinds()


def _varies(char: str) -> bool:
    """Is the place of a two-tone character not the same everywhere?"""
    if char in tables.merged():
        return True
    return len(tone_classes(_allowed(char, False)[0])) == 2 and tables.fold(char) not in FREE


def fold(line: str) -> str:
    """A line in the one spelling that words and neighbours are looked up in."""
    return tables.fold(line)


def decide(line: str, i: int) -> Place:
    """``read_line(line)[i]`` of a character that what stands around it may decide."""
    return decide_folded(line, fold(line), i)


def decide_folded(line: str, folded: str, i: int) -> Place:
    """``decide`` of a line whose folding is known."""
    char = line[i]
    own = char in tables.merged() and is_traditional(line)
    said = words.said_of(folded, i)
    if said is not None and said.within:
        return by_word(char, own, said)
    odds = outcome(folded, i)
    if said is not None and odds == UNKNOWN:
        return by_word(char, own, said)
    return by_odds(char, own, odds)


def outcome(folded: str, i: int) -> str:
    """平 or 仄 where the odds settle it, 中 where they don't, ``UNKNOWN`` where none are known."""
    odds = log_odds(folded, i)
    if odds is None:
        return UNKNOWN
    return LEVEL if odds >= SETTLED else OBLIQUE if odds <= -SETTLED else OPEN


@lru_cache(maxsize=1 << 12)
def is_traditional(line: str) -> bool:
    """Is a line certainly in traditional script: a character only that has, and none that only simplified has?"""
    chars = set(line)
    return not chars.isdisjoint(tables.only_traditional()) and chars.isdisjoint(tables.only_simplified())


class _Alone(dict[str, Place]):
    """Character -> its place with nothing around it, made when first asked for."""

    def __missing__(self, char: str) -> Place:
        self[char] = place = by_odds(char, False, UNKNOWN)
        return place


_alone = _Alone()


@cache
def _allowed(char: str, own: bool) -> tuple[tuple[Reading, ...], tuple[Reading, ...], str]:
    """The readings that no restriction rules out, those that one does, and its words; ``own``: not those of the other
    characters that simplified script merges with it."""
    every = own_readings(char) if own else readings(char)
    rows = tables.restricted().get(tables.fold(char), {})
    out = tuple([r for r in every if r.group in rows or _tone(r) in rows])
    kept = tuple([r for r in every if r not in out])
    if not kept:
        return every, (), ""
    because = next((rows.get(r.group) or rows[_tone(r)] for r in out), "")
    return kept, out, because


@cache
def by_odds(char: str, own: bool, odds: str) -> Place:
    """The place of a character where no word speaks; ``odds`` is an ``outcome``."""
    kept, out, because = _allowed(char, own)
    if not kept:
        return Place(char, (), "unresolved", ())
    classes = tone_classes(kept)
    if len(classes) == 1:
        # A rare reading of the same class (a seldom used rhyme) stands back.
        chosen = _usual(kept)
        how: How = "rule" if tone_classes(out) - classes else "only"
        return Place(char, chosen, how, _rest((*kept, *out), chosen), out, because)
    if tables.fold(char) in FREE or odds == OPEN:
        chosen = _of_class(kept, LEVEL) + _of_class(kept, OBLIQUE)
        return Place(char, chosen, "open", _rest((*kept, *out), chosen), out, because)
    if odds in (LEVEL, OBLIQUE):
        chosen = _of_class(kept, odds)
        return Place(char, chosen, "likely", _rest((*kept, *out), chosen), out, because)
    chosen = _usual(kept)
    how = "open" if len(tone_classes(chosen)) == 2 else "prior"
    return Place(char, chosen, how, _rest((*kept, *out), chosen), out, because)


@lru_cache(maxsize=1 << 14)
def by_word(char: str, own: bool, said: words.Said) -> Place:
    """The place of a character where a word speaks: a reading that a restriction rules out elsewhere may be meant."""
    every = own_readings(char) if own else readings(char)
    matching = tuple([r for r in every if r.group in said.selected or any(_tone(r) in s for s in said.selected)])
    if not matching:
        return by_odds(char, own, UNKNOWN)
    chosen = tuple([r for tone in (LEVEL, OBLIQUE) for r in _of_class(matching, tone)])
    rest = _rest(every, chosen)
    restricted = frozenset(_allowed(char, own)[1])
    if said.forbids:
        out, because = rest, f"「{said.word}」之「{char}」不作此读"
    else:
        out, because = tuple([r for r in rest if r in restricted]), _allowed(char, own)[2]
    how: How = "open" if len(tone_classes(chosen)) == 2 else "compound"
    return Place(char, chosen, how, rest, out, because)


def _usual(found: tuple[Reading, ...]) -> tuple[Reading, ...]:
    return tuple([reading for reading in found if not reading.rare]) or found


def _of_class(found: tuple[Reading, ...], tone: str) -> tuple[Reading, ...]:
    return _usual(tuple([reading for reading in found if _tone(reading) == tone]))


def _rest(every: tuple[Reading, ...], chosen: tuple[Reading, ...]) -> tuple[Reading, ...]:
    return tuple([reading for reading in every if reading not in chosen])


def _tone(reading: Reading) -> str:
    return LEVEL if reading.level else OBLIQUE


__all__ = [
    "BREAK", "CONTEXTUAL", "How", "Place", "alone", "by_odds", "by_word", "decide", "decide_folded", "everyday", "fold",
    "is_contextual", "is_traditional", "outcome", "read_line", "read_place",
]  # fmt: skip
