"""Checking a column of texts, of pandas, polars or any other sequence, in one call: ``yayun.check_many``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any, overload

from yayun.checking.check import Verdict, require_kinds
from yayun.checking.entries import Checked, check_entries
from yayun.errors import YayunError
from yayun.prosody.books.shelf import PINGSHUI, canonical_book
from yayun.prosody.review import Profile
from yayun.text.tables import Entry

_SCORES = ("tones", "rhymes", "antithesis", "length", "total")


@dataclass(frozen=True, slots=True, repr=False)
class Checks(Sequence[Verdict | None]):
    """A review a text, in order, None for a text without a poem; ``errors`` says why ('' where there is a review)."""

    reviews: tuple[Verdict | None, ...]
    errors: tuple[str, ...]

    @overload
    def __getitem__(self, place: int) -> Verdict | None: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Verdict | None, ...]: ...
    def __getitem__(self, place: int | slice) -> Verdict | tuple[Verdict | None, ...] | None:
        return self.reviews[place]

    def __len__(self) -> int:
        return len(self.reviews)

    def __iter__(self) -> Iterator[Verdict | None]:
        return iter(self.reviews)

    def __repr__(self) -> str:
        passed = sum(review is not None and review.passed for review in self.reviews)
        empty = sum(review is None for review in self.reviews)
        faulty = len(self) - passed - empty
        return f"<Checks {len(self)} 首:合律 {passed},不合律 {faulty}{f',读不出诗 {empty}' if empty else ''}>"

    def columns(self) -> dict[str, list[Any]]:
        """The verdicts as columns, for ``pandas.DataFrame`` or ``polars.DataFrame``: ``passed``, ``form``, ``rhyme``,
        ``pattern``, ``errors`` and ``warnings`` (how many), ``findings`` (the rules, 、 between them), the scores (0 to
        1), and ``unreadable`` (why there is no verdict); None where a text has none."""
        told: list[dict[str, Any] | None] = [None if r is None else r.to_json() for r in self.reviews]
        return {
            **{name: [t and t[name] for t in told] for name in ("passed", "form", "rhyme", "pattern")},
            "errors": [t and _count(t, "error") for t in told],
            "warnings": [t and _count(t, "warning") for t in told],
            "findings": [t and _rules(t) for t in told],
            **{name: [t and t["scores"].get(name) for t in told] for name in _SCORES},
            "unreadable": [error or None for error in self.errors],
        }


def _rules(told: dict[str, Any]) -> str:
    return "、".join(dict.fromkeys(finding["rule"] for finding in told["findings"]))


def _count(told: dict[str, Any], severity: str) -> int:
    return sum(finding["severity"] == severity for finding in told["findings"])


def check_many(
    texts: Iterable[str | None],
    *,
    form: str | None = None,
    rhyme: str | None = None,
    profile: Profile = "strict",
    tune: str | None = None,
    book: str | None = None,
) -> Checks:
    """Review every text of a column, one poem each, in order; missing values (None, NaN) have no review.

    The fields are ``check``'s. Raises YayunError where no text has a poem in it, and for a field that names nothing.
    """
    if isinstance(texts, (str, bytes)) or not isinstance(texts, Iterable):
        raise YayunError("check_many 要一列诗文,如 df['诗'] 或文字的列表;只查一首请用 check。")
    require_kinds(profile, form=form, rhyme=rhyme, tune=tune, book=book)
    by = canonical_book(book) if book else None
    entries = [_entry(row, text) for row, text in enumerate(texts, start=1)]
    if not entries:
        return Checks((), ())
    found, _ = check_entries(
        entries, form=form, rhyme=rhyme, profile=profile, tune=tune, book=None if by == PINGSHUI else by
    )
    return Checks(tuple(checked.review for checked in found), tuple(map(_error, found)))


def _entry(row: int, text: object) -> Entry:
    if isinstance(text, str):
        return Entry(row, text)
    missing = text is None or type(text).__name__ == "NAType" or (isinstance(text, float) and isnan(text))
    return Entry(row, "", error="这一行是空的。" if missing else f"这一行不是文字,是 {type(text).__name__}。")


def _error(checked: Checked) -> str:
    return "" if checked.review is not None else checked.error
