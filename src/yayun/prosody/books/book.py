"""A rhyme book as a value: its groups, which characters have which readings in it, and which groups go together.

Checker, decoder, retrieval and pages take a book; none of them knows which one it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from yayun.prosody.numerals import chinese_number
from yayun.prosody.tones import LEVEL, Tone

if TYPE_CHECKING:
    from yayun.prosody.readings.characters import Reading

# 平上去入: the four tones of the traditional books. 阴阳上去: modern ones, where 入 has gone into the others.
ToneSystem = Literal["平上去入", "阴阳上去"]


@dataclass(frozen=True, slots=True)
class Group:
    """One rhyme group: ``name`` (simplified, unique in its book), ``volume`` and ``ordinal`` in it (from 1) as the book
    counts, and its ``tone``.

    ``division``: the 部 it belongs to where a book puts the tones of one final together (词林正韵 第一部); its level
    groups are one rhyme to a poem, and so are its 上 and 去.
    """

    name: str
    volume: str
    ordinal: int
    tone: Tone
    division: str = ""

    @property
    def level(self) -> bool:
        """Is the tone level (平)?"""
        return self.tone == LEVEL

    @property
    def label(self) -> str:
        """The name with volume and ordinal, e.g. ``上平一东``, ``去二十三漾``; the bare name where the book has no
        volumes."""
        return f"{self.volume}{chinese_number(self.ordinal)}{self.name}" if self.volume else self.name


@dataclass(frozen=True, eq=False)
class RhymeBook:
    """A rhyme book. One object for each, compared as such.

    ``name`` 平水韵 …; ``tones`` its tone system; ``groups`` by name in the order of the book; ``readings``: character,
    any script -> its readings in this book, everyday ones first, none when unresolved; ``groups_of``: character -> the
    groups of its everyday readings; ``neighbours``: group -> groups a first line may borrow from (none in most books);
    ``finals``: group -> groups of the same final in other tones (通叶, 撞韵); ``aliases``: other editions' names of
    groups; ``sources``: where its tables come from, with licence.
    """

    name: str
    tones: ToneSystem
    groups: Mapping[str, Group]
    readings: Callable[[str], tuple[Reading, ...]]
    groups_of: Callable[[str], frozenset[str]]
    neighbours: Mapping[str, frozenset[str]]
    finals: Mapping[str, frozenset[str]]
    aliases: Mapping[str, str]
    sources: tuple[str, ...] = ()

    @cached_property
    def order(self) -> Mapping[str, int]:
        """The place of each group in the book, from 0."""
        return {name: i for i, name in enumerate(self.groups)}

    def level(self, group: str) -> bool:
        """Is a group level? Raises KeyError for a name that is none."""
        return self.groups[group].level

    def label(self, group: str) -> str:
        """A group's ``label``. Raises KeyError for a name that is none."""
        return self.groups[group].label

    def in_tones(self, tones: str) -> tuple[str, ...]:
        """The groups of some tones (平, 上去入), in the order of the book."""
        return tuple([name for name, group in self.groups.items() if group.tone in tones])

    def together(self, group: str) -> frozenset[str]:
        """The groups that are one rhyme with ``group``: of its division and tone class (平; 上去; 入)."""
        own = self.groups[group]
        if not own.division:
            return frozenset((group,))
        return frozenset(
            name
            for name, other in self.groups.items()
            if other.division == own.division
            and other.level == own.level
            and (other.tone == "入") == (own.tone == "入")
        )
