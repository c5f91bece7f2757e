"""A 词 as text: its clauses with their marks, by stanza, and what the lexicon reads at each place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from yayun.prosody.books.cilin import Sound, sections_of
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.readings.lexicon import Place, read_line

_CUTS = dict.fromkeys("。？！.?!｡", "。") | dict.fromkeys("，；：,;: \u3000…", "，") | dict.fromkeys("、､", "、")
_NOTE = re.compile(r"（[^（）]*）|\([^()]*\)|\[[^\[\]]*\]|〔[^〔〕]*〕|【[^【】]*】")


@dataclass(frozen=True)
class Verse:
    """``stanzas`` of clauses (bare characters), ``marks`` the cut after each: 。 ， or 、."""

    stanzas: tuple[tuple[str, ...], ...]
    marks: tuple[tuple[str, ...], ...]

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        """All clauses in order."""
        return tuple(clause for stanza in self.stanzas for clause in stanza)

    @cached_property
    def text(self) -> str:
        """All characters."""
        return "".join(self.clauses)

    @cached_property
    def ends(self) -> dict[int, str]:
        """Index of each clause's last character in ``text`` -> the mark after it."""
        found, at = {}, -1
        for clause, mark in zip(self.clauses, (mark for marks in self.marks for mark in marks), strict=True):
            at += len(clause)
            found[at] = mark
        return found

    @cached_property
    def breaks(self) -> tuple[int, ...]:
        """Index of each stanza's last character, but for the last stanza's."""
        found, at = [], -1
        for stanza in self.stanzas:
            at += sum(map(len, stanza))
            found.append(at)
        return tuple(found[:-1])

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """What the lexicon reads at each character; clauses joined by 读 are read as one line."""
        found: list[Place] = []
        line = ""
        marks = [mark for held in self.marks for mark in held]
        for clause, mark in zip(self.clauses, marks, strict=True):
            line += clause
            if mark != "、":
                found += read_line(line)
                line = ""
        return (*found, *read_line(line)) if line else tuple(found)

    @cached_property
    def tones(self) -> str:
        """平 or 仄 a character where the tone is settled, 中 where either reading is in play."""
        return "".join(place.symbol for place in self.places)

    def sounds(self, i: int) -> frozenset[Sound]:
        """The rhymes of 词林正韵 that character ``i`` can have: by any reading that the books have of it."""
        place = self.places[i]
        return frozenset(
            (number, reading.level)
            for reading in (*place.readings, *place.alternatives)
            for number in sections_of(place.char, reading.group)
        )


def read_verse(paragraphs: Iterable[str]) -> Verse:
    """A paragraph a stanza, punctuation as people put it; notes in brackets are left out."""
    stanzas, marks = [], []
    for paragraph in paragraphs:
        clauses: list[str] = []
        cuts: list[str] = []
        held = ""
        for char in _NOTE.sub("", paragraph):
            if is_hanzi(char) or char == "□":
                held += char
            elif (cut := _CUTS.get(char)) is not None and held:
                clauses.append(held)
                cuts.append(cut)
                held = ""
            elif cut is not None and cuts and cut == "。":
                cuts[-1] = cut
        if held:
            clauses.append(held)
            cuts.append("。")
        if clauses:
            stanzas.append(tuple(clauses))
            marks.append(tuple(cuts))
    return Verse(tuple(stanzas), tuple(marks))
