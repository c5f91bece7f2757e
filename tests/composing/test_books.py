"""Composing by other rhyme books than 平水韵."""

from __future__ import annotations

import pytest

import yayun
from yayun.prosody.books.shelf import book
from yayun.prosody.meter.by_book import review_by_book


@pytest.mark.parametrize(
    ("name", "rhyme", "form"),
    [("中华新韵", "庚", "五绝"), ("中华通韵", None, "七绝"), ("词林正韵", "第三部", "五绝")],
)
def test_a_poem_keeps_the_rules_of_its_book(name: str, rhyme: str | None, form: str) -> None:
    poem = yayun.compose(title="秋夜", form=form, book=name, rhyme=rhyme, seed=2, candidates=8, effort="quick")
    judged = review_by_book(poem.lines, name, form=form)
    assert judged.passed
    assert judged.rhyme == poem.rhyme == (rhyme or poem.rhyme)
    groups = book(name).groups
    for line in poem.lines[1::2]:
        assert poem.rhyme in {groups[group].division for group in book(name).groups_of(line[-1])}
    assert (poem.to_json()["book"], poem.to_json()["review"]["book"]) == (name, name)
