"""The verdicts on what a file holds, on stdout."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from yayun.checking.entries import Checked, check_entries
from yayun.terminal.console import print_json
from yayun.terminal.show import show_review
from yayun.text.tables import read_entries

if TYPE_CHECKING:
    from yayun.prosody.review import Profile

_SHOWN = 200  # characters of what was left out, in a message


def check_file(
    file: str,
    column: str | None,
    as_json: bool,
    *,
    form: str | None = None,
    rhyme: str | None = None,
    profile: Profile = "strict",
    tune: str | None = None,
    book: str | None = None,
) -> int:
    """Check a file (``-``: standard input) and print the verdicts; returns the exit code, 1 where one is an error."""
    entries = read_entries(file, column)
    found, beside = check_entries(entries, form=form, rhyme=rhyme, profile=profile, tune=tune, book=book)
    if as_json:
        for checked in found:
            print_json(checked.to_json())
    else:
        _show(found)
    if beside and not as_json:
        print(f"未作诗句:{_shortened(beside)}", file=sys.stderr)
    return 0 if all(checked.review is not None and checked.review.passed for checked in found) else 1


def _show(found: Sequence[Checked]) -> None:
    for checked in found:
        if checked.review is None:
            print(f"第 {checked.row} 行:{checked.error}", file=sys.stderr)
            continue
        if len(found) > 1:
            print(" ".join(_name(checked)))
        show_review(checked.review)
        if checked.poem.notes:
            print(f"未作诗句:{_shortened(checked.poem.notes)}", file=sys.stderr)


def _name(checked: Checked) -> Iterator[str]:
    if checked.row is not None:
        yield f"第 {checked.row} 行"
    if checked.poem.title:
        yield f"《{checked.poem.title}》"
    yield checked.poem.author


def _shortened(texts: Sequence[str]) -> str:
    joined = " / ".join(texts)
    return joined if len(joined) <= _SHOWN else f"{joined[:_SHOWN]}…"
