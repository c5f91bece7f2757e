"""What is asked for, as a value; ``brief.brief`` puts it together."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from yayun.brief.fields import Opening, RhymeTone, Script
from yayun.prosody.books.shelf import PINGSHUI
from yayun.prosody.forms.form import Form

TUNES = "词"  # the form of all tunes
WayName = Literal["辘轳体", "集句", "回文"]
Locked = tuple[str | None, ...]  # lines to keep, None for one to write


@dataclass(frozen=True, slots=True)
class Way:
    """How the verse is made. ``line``: that of 辘轳体, as typed; ``dynasty`` and ``author``: whose lines 集句 takes,
    '' for anybody's."""

    name: WayName
    line: str = ""
    dynasty: str = ""
    author: str = ""

    @property
    def told(self) -> str:
        """In a word or two: 集杜甫句, 辘轳体「…」."""
        if self.name == "集句":
            return f"集{self.author or (self.dynasty and self.dynasty + '人') or '前人'}句"
        return f"{self.name}「{self.line}」" if self.line else self.name


@dataclass(frozen=True, slots=True)
class Brief:
    """What is asked for. None (for ``title`` and ``acrostic``: '') is not said: the composer chooses.

    ``title``, ``imagery`` and ``acrostic`` are as typed, in either script; ``form`` (五绝 …), ``rhyme`` (东 …),
    ``pattern`` and ``theme`` simplified. ``rhyme_tone`` is a tone to rhyme in when no group is named (押仄韵),
    ``avoid_rhymes`` and ``avoid_words`` what must not be used, ``unread`` what of the sentence was not understood.
    ``locked``: lines to keep as they are, None for one to write; () for a whole poem to write. ``occasion``: a name of
    ``brief.occasion`` (寿, 婚 …), which has its images and taboos. ``notes``: a sentence on each wish that is kept
    otherwise than it was said, or not kept; the words of the latter are in ``unread``. ``as_form``: the very form,
    where that is more than a name says (a length of 排律, a variant of a tune, a form of one's own). ``fixed``:
    characters set at places (line, column, from 0): the feet of 次韵, the ends of 藏尾. ``book``: the rhyme book that
    ``rhyme`` and ``avoid_rhymes`` are groups of.
    ``way``: how it is made, where that is 辘轳体, 集句 or 回文.
    ``tune`` and ``variant`` (正体, 格二 …): of a 词, whose ``form`` is 词 and whose ``rhyme`` may be a section of
    词林正韵 (第三部); ``size``: 小令, 中调 or 长调, where no tune is named.
    """

    request: str | None = None
    title: str = ""
    theme: str | None = None
    imagery: tuple[str, ...] = ()
    form: str | None = None
    rhyme: str | None = None
    pattern: Opening | None = None
    first_line_rhymes: bool | None = None
    acrostic: str = ""
    script: Script = "simplified"
    count: int = 1
    rhyme_tone: RhymeTone | None = None
    avoid_rhymes: tuple[str, ...] = ()
    avoid_words: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    locked: Locked = ()
    occasion: str | None = None
    notes: tuple[str, ...] = ()
    as_form: Form | None = None
    fixed: tuple[tuple[tuple[int, int], str], ...] = ()
    book: str = PINGSHUI
    tune: str = ""
    variant: str = ""
    size: str = ""
    way: Way | None = None

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, tuples as lists: JSON-ready; ``as_form`` is told by its name in ``form``."""
        told = asdict(replace(self, as_form=None))
        del told["as_form"]
        return {name: list(v) if isinstance(v, tuple) else v for name, v in told.items()}
