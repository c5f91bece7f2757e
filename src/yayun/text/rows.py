"""Rows of a text, cleaned: what each says without its notes, and its clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from yayun.text.characters import clean
from yayun.text.clauses import clauses
from yayun.text.markup import without_markup
from yayun.text.notes import BRACKETS, joined_rows, without_composed, without_notes

_SENTENCE = re.compile(r"[，。！？；、,.!?;｡､．﹐﹒﹔﹗﹖︐︒]")
_NUMBER = "[0-9０-９]{1,3}|[一二三四五六七八九十百]{1,4}"
_CIRCLED = "⒈-⒛①-⑳⑴-⒇㈠-㈩Ⅰ-ⅿ"
_NUMBERING = re.compile(
    r"^\s*(?:(?:[0-9０-９]{1,3}[.、．)）:：]|其?[一二三四五六七八九十百]{1,4}[、.．:：]"
    rf"|[（(〔【\[［](?:{_NUMBER})[)）〕】\]］]|[{_CIRCLED}•●◆◇■▪►※])\s*|[-*+•]\s+)"
)
# Rows that divide: rules, and numbers that stand alone.
_NOT_ROWS = re.compile(
    rf"[\s\-=_*#~—–─━…·.。+0-9０-９]*|[（(〔【\[［]?(?:[0-9０-９]{{1,3}}|[{_CIRCLED}]|[IVXivx]{{1,5}})[)）〕】\]］.．、:：]?"
)
# What says whose the verse behind it is, or which part of a poem (我写的：, 首联：); and who wrote what stands before.
_LABEL = re.compile(r"(?!君不)([^，。！？；,.!?;：:]{1,8})[：:]\s*(?=\S)")
_SIGNED = re.compile(r"(?<=[。！？.!?”」』])[”」』]?\s*[—–─]{1,4}\s*([^，。—–─]{2,20})$")
_LONGEST_HEADING = 40
_LINE_LENGTHS = (5, 7)


@dataclass(frozen=True, slots=True)
class Row:
    """``text`` as it stands, numbering off; ``bare``: without its notes; ``numbered``: a number was taken off;
    ``bracketed``: it is in brackets as a whole."""

    text: str
    bare: str
    clauses: tuple[str, ...]
    notes: tuple[str, ...] = ()
    numbered: bool = False
    bracketed: bool = False

    @property
    def punctuated(self) -> bool:
        """Has it a mark that ends a clause?"""
        return _SENTENCE.search(self.bare) is not None

    @property
    def size(self) -> int:
        """Characters in all."""
        return sum(map(len, self.clauses))

    @property
    def heading_like(self) -> bool:
        """May it be a title?"""
        return not self.punctuated and self.size <= _LONGEST_HEADING


def rows_of(text: str) -> Iterator[Row | None]:
    """The rows of any text; None for a blank one or a rule. Rows without Chinese (pinyin, signs) are passed over."""
    plain = without_composed(clean(without_markup(text.replace("\r\n", "\n"))))
    raw_rows = plain.split("\n")
    if not BRACKETS.isdisjoint(plain):
        raw_rows = joined_rows(raw_rows, is_verse)
    for raw in raw_rows:
        row = read_row(raw)
        if row.clauses:
            yield row
        elif _NOT_ROWS.fullmatch(raw.strip()):
            yield None


def read_row(raw: str) -> Row:
    """One row. A row that is in brackets as a whole is read without them."""
    stripped = raw.strip()
    text = _NUMBERING.sub("", stripped, count=1)
    if not text:
        text = stripped
    bare, notes = without_notes(text)
    found = clauses(bare)
    if not found and notes:
        inside = " ".join(notes)
        return Row(inside, inside, clauses(inside), bracketed=True)
    if len(found) > 2 and (beside := _beside_verse(bare)):
        for said in beside:
            bare = bare.replace(said, "", 1)
        return Row(text, bare, clauses(bare), (*notes, *beside), len(text) < len(stripped))
    return Row(text, bare, found, tuple(notes), len(text) < len(stripped))


def _beside_verse(bare: str) -> list[str]:
    """What a row says before or behind verse that is no verse itself; [] where the rest would not be verse."""
    label, signed = _LABEL.match(bare), _SIGNED.search(bare)
    if label is not None and is_verse(label[1]):
        label = None
    if signed is not None and is_verse(signed[1]) and "《" not in signed[1]:
        signed = None
    found = [m[0].strip() for m in (label, signed) if m is not None]
    rest = bare
    for said in found:
        rest = rest.replace(said, "", 1)
    return found if found and is_verse(rest) else []


def is_verse(text: str) -> bool:
    """Are all clauses of ``text`` as long as lines of verse?"""
    found = clauses(text)
    return bool(found) and all(len(clause) in _LINE_LENGTHS for clause in found)
