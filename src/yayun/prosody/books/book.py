"""A rhyme book as a value: its groups, which characters have which readings in it, and which groups go together.

Checker, decoder, retrieval and pages take a book; none of them knows which one it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from yayun.prosody.readings.characters import Reading

# 平上去入: the four tones of the traditional books. 阴阳上去: modern ones, where 入 has gone into the others.
ToneSystem = Literal["平上去入", "阴阳上去"]
Tone = Literal["平", "上", "去", "入"]


@dataclass(frozen=True, slots=True)
class Group:
    """One rhyme group: ``name`` (simplified, unique in its book), ``volume`` and ``ordinal`` in it (from 1) as the book
    counts, ``tone`` and whether that is ``level`` (平).

    ``division``: the 部 it belongs to where a book puts the tones of one final together (词林正韵 第一部); its level
    groups are one rhyme to a poem, and so are its 上 and 去.
    """

    name: str
    volume: str
    ordinal: int
    tone: Tone
    level: bool
    division: str = ""


@dataclass(frozen=True, eq=False)
class RhymeBook:
    """A rhyme book. One object for each, compared as such.

    ``name`` 平水韵 …; ``short``, what goes in front of a group's label where it must be told (平水); ``tones`` its tone
    system; ``groups`` by name in the order of the book; ``readings``: character, any script -> its readings in this
    book, everyday ones first, none when unresolved; ``neighbours``: group -> groups a first line may borrow from
    (none in most books); ``finals``: group -> groups of the same final in other tones (通叶, 撞韵); ``aliases``: other
    editions' names of groups; ``sources``: where its tables come from, with licence.
    """

    name: str
    tones: ToneSystem
    groups: Mapping[str, Group]
    readings: Callable[[str], tuple[Reading, ...]]
    neighbours: Mapping[str, frozenset[str]]
    finals: Mapping[str, frozenset[str]]
    aliases: Mapping[str, str]
    sources: tuple[str, ...] = ()

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
