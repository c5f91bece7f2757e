"""What the quality measures look at: a poem in one spelling, with what it was asked to be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.forms.names import canonical_form, short_form
from yayun.prosody.meter.rhymes import best_group
from yayun.retrieval.novelty import fold_line

_PLAIN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]{2,7}")
# Serial numbers, replies to named people, tune names: titles that say little about the poem.
_SERIAL = re.compile(r"其|首|和|韵|奉|酬|答|二|三|四|五|六|七|八|九|十|曲|歌|辞|词|乐|部|句")


@dataclass(frozen=True, slots=True)
class Verse:
    """One poem. ``title`` and ``lines`` are in the folded spelling (``retrieval.novelty.fold_line``), so that script
    and variants never show; ``form`` (五绝 ...) and ``rhyme`` are those asked for, of a human poem its own. Poems with
    the same ``key`` answer the same request; a corpus poem's key is its id.
    """

    title: str
    form: str
    rhyme: str | None
    lines: tuple[str, ...]
    key: str = ""

    @property
    def cell(self) -> tuple[str, str | None]:
        """(form, rhyme): what a human poem has to share to be compared with this one."""
        return self.form, self.rhyme

    @property
    def couplets(self) -> tuple[str, ...]:
        """The characters of each couplet; a last odd line is left out."""
        return tuple(self.lines[i] + self.lines[i + 1] for i in range(0, len(self.lines) - 1, 2))


def make_verse(title: str, form: str, rhyme: str | None, lines: Sequence[str], key: str = "") -> Verse:
    """A Verse from text in any script."""
    folded = fold_line("\n".join(lines)).split("\n")
    return Verse(fold_line(title), short_form(canonical_form(form)), rhyme, tuple(folded), key)


def rhyme_of(lines: Sequence[str], by: str = PINGSHUI) -> str | None:
    """The group that explains most of the even lines' feet (see ``prosody.rhymes.best_group``), or None."""
    held = book(by)
    return best_group(held, tuple(held.groups_of(line[-1]) for line in lines[1::2]), held.groups_of(lines[0][-1]))


def is_plain_title(folded: str) -> bool:
    """Is a folded title two to seven characters that name a subject, as the benchmark's do?"""
    return _PLAIN.fullmatch(folded) is not None and _SERIAL.search(folded) is None
