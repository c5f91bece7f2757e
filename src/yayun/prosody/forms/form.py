"""A form of verse as a value: for each line its places, its rhyme and its mark; for the whole its rhyme classes, its
stanzas, the couplets that owe 对仗, and the licences that hold. Nothing here judges: ``meter`` reads forms, and so does
the decoder.

A *line* is what stands between two marks: a clause that a tune closes with 韵 (``。``), 句 (``，``) or 读 (``、``) is a
line each. Lines, classes and stanzas are counted from 0.

    Form(
        "忆江南", (
            Line("中仄仄平中"), ...                  five places, 中 either tone; a comma, no rhyme
            Line("中仄仄平平", rhyme=0, mark="。"),   rhymes in the form's first class; a stop
        ),
        rhymes=(RhymeClass("平"),), genre="词",
    )
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from yayun.errors import YayunError
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN

Genre = Literal["诗", "词", "联"]
# How a form's places are meant. 近体: as the four line types have it, with 拗 and 救 (``meter.regulated``); 仄韵: even
# places alternate, 对 and 粘 hold (``meter.oblique``); 依谱: place by place as written (``meter.plain``).
Licence = Literal["近体", "仄韵", "依谱"]
COMMA, STOP, PAUSE = "，", "。", "、"
MARKS = (COMMA, STOP, PAUSE, "；", "？", "！", "：")
_CLASSES: dict[str, str] = {"平": "平", "仄": "上去入", "上去": "上去", "入": "入", "通": "平上去", "任": "平上去入"}
RhymeTone = Literal["平", "仄", "上去", "入", "通", "任"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``slots``: a place each, 平 or 仄 where the tone is settled, 中 where either will do.

    ``rhyme``: which of the form's classes its last character rhymes in, None where it does not rhyme; ``mark``: the
    punctuation that closes it. ``usual``: as long as ``slots`` (or empty), for open places the tone that most poems of
    the form have there, ``中`` where neither prevails: advice, never a fault. ``repeats``: the line that this one says
    again (叠句), if it does: its last ``again`` characters, 0 for all of them.
    """

    slots: str
    rhyme: int | None = None
    mark: str = COMMA
    usual: str = ""
    repeats: int | None = None
    again: int = 0

    def __len__(self) -> int:
        """Characters in the line."""
        return len(self.slots)


@dataclass(frozen=True, slots=True)
class RhymeClass:
    """Lines that rhyme with one another. ``tone``: the tones their feet may have (仄 is 上去入; 通: 平上去
    together; 任: whichever, of 古体).

    ``kin``: the class whose final this one shares in its own tone (平仄通叶: 西江月's 仄 feet answer its 平 ones).
    """

    tone: RhymeTone = "平"
    kin: int | None = None

    @property
    def tones(self) -> str:
        """The tones of its feet, as rhyme books name them: some of 平上去入."""
        return _CLASSES[self.tone]

    @property
    def level(self) -> bool:
        """Do its feet end level only?"""
        return self.tone == "平"


@dataclass(frozen=True)
class Form:
    """A form, or one variant of it. Equal values are the same form.

    ``name`` is the full name (五言绝句, 浣溪沙), ``variant`` what tells its patterns apart (仄起首句不入韵, 又一体),
    ``short`` the everyday short name where there is one (五绝). ``parallel``: pairs of lines that owe 对仗;
    ``stanzas``: the first line of each; ``source`` names the book a tune's form is taken from.

    Raises YayunError where the parts don't fit together.
    """

    name: str
    lines: tuple[Line, ...]
    rhymes: tuple[RhymeClass, ...] = (RhymeClass(),)
    parallel: tuple[tuple[int, int], ...] = ()
    stanzas: tuple[int, ...] = (0,)
    licence: Licence = "依谱"
    genre: Genre = "诗"
    variant: str = ""
    short: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        for i, line in enumerate(self.lines):
            if not line.slots or set(line.slots) - {LEVEL, OBLIQUE, OPEN}:
                raise YayunError(f"「{self.name}」第 {i + 1} 句的平仄「{line.slots}」只能用平、仄、中来写。")
            if line.rhyme is not None and not 0 <= line.rhyme < len(self.rhymes):
                raise YayunError(
                    f"「{self.name}」第 {i + 1} 句押第 {line.rhyme} 部韵,而谱里只有 {len(self.rhymes)} 部。"
                )
            if line.usual and len(line.usual) != len(line.slots):
                raise YayunError(f"「{self.name}」第 {i + 1} 句的常用平仄与字数不合。")
            if line.mark not in MARKS:
                raise YayunError(f"「{self.name}」第 {i + 1} 句的标点「{line.mark}」不认识,可用{''.join(MARKS)}。")
            if line.repeats is not None and not 0 <= line.repeats < i:
                raise YayunError(f"「{self.name}」第 {i + 1} 句所叠的句子不在它前面。")
        if not self.lines or self.stanzas[:1] != (0,):
            raise YayunError(f"「{self.name}」要有诗句,第一段要从第一句起。")

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.name, self.variant, self.lines, self.rhymes, self.licence))

    @property
    def count(self) -> int:
        """The number of lines."""
        return len(self.lines)

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """Characters of each line."""
        return tuple(map(len, self.lines))

    @property
    def width(self) -> int:
        """Characters of a line where all have as many; else of the longest."""
        return max(self.widths)

    @cached_property
    def tones(self) -> tuple[str, ...]:
        """The slots of each line."""
        return tuple(line.slots for line in self.lines)

    @cached_property
    def rhyming(self) -> tuple[int, ...]:
        """The lines that rhyme, in whatever class."""
        return tuple(i for i, line in enumerate(self.lines) if line.rhyme is not None)

    @property
    def oblique(self) -> bool:
        """Is it the mirror of a regulated form, for a rhyme in 仄?"""
        return self.licence == "仄韵"

    @property
    def opening(self) -> str:
        """平起 or 仄起, by the second character of the first line; '' where that is open."""
        second = self.lines[0].slots[1:2]
        return f"{second}起" if second in (LEVEL, OBLIQUE) else ""

    @cached_property
    def places(self) -> tuple[tuple[int, int], ...]:
        """(line, column) of every place, in reading order."""
        return tuple((i, j) for i, width in enumerate(self.widths) for j in range(width))

    @cached_property
    def echoes(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Each place whose character is that of an earlier place (叠), and that place; both (line, column)."""
        found = {}
        for i, line in enumerate(self.lines):
            if line.repeats is None:
                continue
            said = self.widths[line.repeats]
            for k in range(1, (line.again or min(said, len(line))) + 1):
                found[i, len(line) - k] = (line.repeats, said - k)
        return found

    @cached_property
    def sentence_ends(self) -> tuple[int, ...]:
        """The lines that close a sentence (at the least the last)."""
        ends = [i for i, line in enumerate(self.lines) if line.mark not in (COMMA, PAUSE)]
        return tuple(dict.fromkeys([*ends, self.count - 1]))

    @property
    def first_line_rhymes(self) -> bool:
        """Does the first line rhyme (首句入韵)?"""
        return self.lines[0].rhyme is not None

    def rhyming_in(self, rhyme_class: int) -> tuple[int, ...]:
        """The lines that rhyme in one class."""
        return tuple(i for i, line in enumerate(self.lines) if line.rhyme == rhyme_class)

    def in_tone(self, rhyme_class: int, tone: RhymeTone) -> Form:
        """The same form with one of its classes rhyming in that tone (a tune that may rhyme in either)."""
        rhymes = (replace(r, tone=tone) if i == rhyme_class else r for i, r in enumerate(self.rhymes))
        return replace(self, rhymes=tuple(rhymes))

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """The mark that closes each line."""
        return tuple(line.mark for line in self.lines)

    def punctuated(self, lines: Sequence[str]) -> tuple[str, ...]:
        """Lines with their marks; those beyond the form's last are marked in turn."""
        marks = [*self.marks[: len(lines)]]
        marks += [STOP if i % 2 else COMMA for i in range(len(marks), len(lines))]
        return tuple(line + mark for line, mark in zip(lines, marks, strict=True))
