"""A verdict for each poem of a text, or for each row of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from yayun.checking.check import Verdict, no_verse, review_many
from yayun.checking.tunes import told_by_other_books, tune_reviews
from yayun.errors import YayunError
from yayun.prosody.meter.by_book import review_by_book
from yayun.prosody.review import Profile
from yayun.text.poems import Parsed, ParsedPoem, one_poem, parse_text
from yayun.text.tables import Entry


@dataclass(frozen=True, slots=True)
class Checked:
    """A poem and its ``review``, or in their place the ``error`` of a row. ``row``: of a table, from 1."""

    row: int | None
    poem: ParsedPoem
    review: Verdict | None = None
    error: str = ""

    def to_json(self) -> dict[str, Any]:
        """The review's object with title, author and what was left out; of a table with the row."""
        row: dict[str, Any] = {} if self.row is None else {"row": self.row}
        if self.review is None:
            return row | {"error": self.error}
        told = {"title": self.poem.title, "author": self.poem.author, "left_out": list(self.poem.notes)}
        return row | self.review.to_json() | told


def check_entries(
    entries: Sequence[Entry],
    *,
    form: str | None = None,
    rhyme: str | None = None,
    profile: Profile = "strict",
    tune: str | None = None,
    book: str | None = None,
) -> tuple[list[Checked], tuple[str, ...]]:
    """A verdict for each poem, in order, and what of a whole text belongs to no poem.

    Raises YayunError where there is no poem at all, and for a form or a group that is none.
    """
    found: list[Checked] = []
    beside: list[str] = []
    for entry in entries:
        if tunes := tune_reviews(entry, tune, form, rhyme if tune else None, guess=book is None):
            found += [Checked(entry.row, poem, review) for poem, review in tunes]
            continue
        parsed = parse_text(entry.text)
        if entry.row is None:
            found += [Checked(None, poem) for poem in parsed.poems]
            beside += parsed.beside
        else:
            found.append(_of_row(entry, parsed))
    if all(checked.error for checked in found):
        raise YayunError(f"第 {found[0].row} 行:{found[0].error}") if found else no_verse()
    read = [checked.poem.lines for checked in found if not checked.error and checked.review is None]
    told: Sequence[Verdict]
    if book is None:
        told = told_by_other_books(review_many(read, form=form, rhyme=rhyme, profile=profile), form)
    else:
        told = [review_by_book(lines, book, form=form, rhyme=rhyme) for lines in read]
    reviews = iter(told)
    judged = [
        checked if checked.error or checked.review else replace(checked, review=next(reviews)) for checked in found
    ]
    return judged, tuple(beside)


def _of_row(entry: Entry, parsed: Parsed) -> Checked:
    """A row is one poem, whatever stands around it."""
    if entry.error or not parsed.poems:
        return Checked(entry.row, ParsedPoem("", "", ()), error=entry.error or "没有找到诗句。")
    poem = one_poem(parsed)
    return Checked(entry.row, replace(poem, title=entry.title or poem.title, author=entry.author or poem.author))
