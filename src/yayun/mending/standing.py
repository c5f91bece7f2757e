"""May a draft stand as the poem: is each line its own, and what does the review say of it as it will be shown?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from yayun.brief import Brief
from yayun.brief.value import TUNES
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.forms.tunes.tune import tune_form
from yayun.prosody.meter.by_book import BookReview, review_by_book
from yayun.prosody.meter.tunes.review import TuneReview, review_as
from yayun.prosody.review import Review, review
from yayun.retrieval.novelty import is_corpus_line
from yayun.script import to_simplified

if TYPE_CHECKING:
    from yayun.decoding.decode import Draft
    from yayun.prompts.order import Order


def is_new(draft: Draft, locked: Sequence[str | None] = ()) -> bool:
    """Does no line stand in the corpus, those that were given aside?"""
    return not any(is_corpus_line(line) for i, line in enumerate(draft.lines) if not any(locked[i : i + 1]))


def verdict(order: Order, draft: Draft, brief: Brief) -> Review | TuneReview | BookReview:
    """The review of a draft as it will be shown, in the script asked for."""
    if brief.form == TUNES:
        return review_as(tune_form(order.pattern), as_shown(draft.lines, brief), brief.imagery)
    if order.book != PINGSHUI:
        division = book(order.book).groups[order.rhyme].division
        shown = as_shown(draft.lines, brief)
        return review_by_book(shown, order.book, form=order.pattern.name, rhyme=division, imagery=brief.imagery)
    return review(
        as_shown(draft.lines, brief),
        form=order.pattern,
        rhyme=order.rhyme if order.pattern.rhymes else None,
        pattern=asked_pattern(brief),
        imagery=brief.imagery,
    )


def turned(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines read from the last character to the first (回文)."""
    return tuple(line[::-1] for line in reversed(lines))


def turned_verdict(order: Order, draft: Draft, brief: Brief) -> Review | None:
    """The review of a poem that is to be regular backwards too, read so; None for any other."""
    if order.mirror is None:
        return None
    return review(turned(as_shown(draft.lines, brief)), form=order.mirror, rhyme=order.mirror_rhyme)


def stands(order: Order, draft: Draft, brief: Brief) -> bool:
    """May the draft stand as the poem?"""
    if not is_new(draft, brief.locked) or not verdict(order, draft, brief).passed:
        return False
    backwards = turned_verdict(order, draft, brief)
    return backwards is None or (backwards.passed and is_new(replace(draft, lines=turned(draft.lines))))


def asked_pattern(brief: Brief) -> str | None:
    """The opening and the first line's rhyme as far as the brief names them, e.g. 仄起首句入韵."""
    first = {None: "", True: "首句入韵", False: "首句不入韵"}[brief.first_line_rhymes]
    return (brief.pattern or "") + first or None


def in_script(lines: Sequence[str], script: str) -> tuple[str, ...]:
    """Lines (traditional) in the script asked for."""
    return tuple(lines) if script == "traditional" else tuple(to_simplified("\n".join(lines)).split("\n"))


def as_shown(lines: Sequence[str], brief: Brief) -> tuple[str, ...]:
    """A draft's lines (traditional) in the script asked for; lines that were given, as they were."""
    shown = in_script(lines, brief.script)
    return (*(kept or line for kept, line in zip(brief.locked, shown, strict=False)), *shown[len(brief.locked) :])
