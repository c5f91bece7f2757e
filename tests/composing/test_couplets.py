"""对联 and longer verse, composed: what comes keeps every rule and copies nothing."""

from __future__ import annotations

import json

from yayun.brief import make_brief
from yayun.composing.api import compose
from yayun.composing.road import Options, compose_all
from yayun.prosody.forms.regulated import regulated
from yayun.prosody.review import review
from yayun.retrieval.novelty import is_corpus_line

QUICK = Options(seed=3, candidates=16)


def test_a_first_line_is_answered_several_times_best_first() -> None:
    poems = compose_all([make_brief("上联:春风化雨千山绿,写三副")], Options(seed=3, candidates=48))
    assert 1 < len(poems) <= 3
    assert len({poem.lines[1] for poem in poems}) == len(poems)
    for poem in poems:
        assert poem.lines[0] == "春风化雨千山绿"
        assert review(poem.lines, form="对联").passed
        assert not is_corpus_line(poem.lines[1])
        told = json.loads(json.dumps(poem.to_json()))
        assert (told["form"], told["rhyme"]) == ("对联", None)


def test_a_couplet_for_an_occasion_has_its_banner() -> None:
    (poem,) = compose_all([make_brief("写一副春联")], QUICK)
    assert len(poem.banner) == 4
    assert poem.to_json()["banner"] == poem.banner
    assert not set("愁老泪悲") & set("".join(poem.lines))
    assert poem.review.passed


def test_longer_verse_keeps_one_rhyme_to_its_end() -> None:
    poem = compose("写一首十四句的五言排律,咏秋,押尤韵", seed=3, candidates=16)
    assert (poem.form, poem.rhyme, len(poem.lines)) == ("五言排律", "尤", 14)
    assert poem.review.passed
    assert poem.review.as_form in regulated(5, 14) or poem.review.as_form == regulated(5, 14)[0]
    assert len({line[-1] for line in poem.lines[1::2]}) == 7


def test_old_style_verse_on_request() -> None:
    poem = compose("写一首八句的七古,咏月", seed=3, candidates=8)
    assert (poem.form, len(poem.lines)) == ("七言古体", 8)
    assert review(poem.lines, form="七古").passed
