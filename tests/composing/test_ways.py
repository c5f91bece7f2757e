"""Verse made in a way of its own: what comes keeps the rules, and what the way is about."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.prosody.realise import realise

from yayun.brief import make_brief
from yayun.composing.road import Options, compose_all
from yayun.corpus.lines import lines_of
from yayun.corpus.store import CorpusPoem, corpus_path, write_poems
from yayun.errors import YayunError
from yayun.prosody.forms.regulated import patterns
from yayun.prosody.review import review
from yayun.script import to_simplified

QUICK = Options(seed=3, candidates=24)


def test_a_poem_reads_as_regular_verse_from_either_end() -> None:
    (poem,) = compose_all([make_brief("写一首回文七绝,咏秋夜")], QUICK)
    backwards = "".join(poem.lines)[::-1]
    turned = [backwards[i : i + 7] for i in range(0, 28, 7)]
    assert poem.review.passed
    assert review(turned, form="七绝").passed
    assert poem.backwards.lines == tuple(turned)
    assert poem.to_json()["backwards"]["passed"] is True


def test_one_line_takes_its_turn() -> None:
    poems = compose_all([make_brief("用“一枝红杏出墙来”写辘轳体绝句")], Options(seed=1, effort="quick", candidates=8))
    assert [poem.lines.index("一枝红杏出墙来") for poem in poems] == [0, 1, 3]
    assert {poem.rhyme for poem in poems} == {"灰"}
    assert all(poem.review.passed for poem in poems)


@pytest.fixture
def made_up_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus of made-up quatrains by many poets."""
    monkeypatch.setenv("YAYUN_HOME", str(tmp_path))
    lines_of.cache_clear()
    poems = []
    for n in range(160):
        lines = tuple(realise(patterns("五绝")[n % 4].tones, start=n))
        poems.append(CorpusPoem(f"p{n}", "唐", f"诗人{n % 40}", f"其{n}", lines, (), "train"))
    corpus_path().parent.mkdir(parents=True)
    write_poems(poems, corpus_path())
    return tmp_path


def test_collected_lines_are_others_and_said_to_be(made_up_home: Path) -> None:
    (poem,) = compose_all([make_brief("集唐人句写一首五绝,押东韵")], Options(seed=2, effort="quick"))
    assert poem.review.passed
    assert len({source.author for source in poem.sources}) == 4
    for line, source in zip(poem.lines, poem.sources, strict=True):
        assert line in [to_simplified(one.text) for one in lines_of(5) if (one.author, one.title) == source[1:]]
    told = poem.to_json()["sources"]
    assert [source["author"] for source in told] == [source.author for source in poem.sources]
    assert set(told[0]) == {"dynasty", "author", "title"}


def test_an_author_of_whom_there_is_nothing(made_up_home: Path) -> None:
    with pytest.raises(YayunError, match="没有“王二”"):
        compose_all([make_brief("集王二句写一首五绝")], QUICK)


def test_without_a_corpus_nothing_can_be_collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YAYUN_HOME", str(tmp_path))
    lines_of.cache_clear()
    with pytest.raises(YayunError, match="corpus fetch"):
        compose_all([make_brief("集唐人句写一首五绝")], QUICK)
