from __future__ import annotations

import json

import pytest

import yayun
from yayun.brief import make_brief
from yayun.composing.road import Options, compose_all, settle
from yayun.errors import YayunError
from yayun.prosody.review import review
from yayun.retrieval.novelty import is_corpus_line
from yayun.script import to_simplified

CASES = [
    ("以'春风'为题写一首五言绝句,押东韵", "五言绝句", "东"),
    ("写一首七绝《江行》,押下平七阳,首句入韵,仄起", "七言绝句", "阳"),
    ("题目:秋夜;体裁:五律;韵部:上平四支", "五言律诗", "支"),
    ("写一首七律,题为《登楼》,用尤韵", "七言律诗", "尤"),
    ("以《寒食》为题写一首七律,押漾韵", "七言律诗", "漾"),
]


@pytest.mark.parametrize(("request_text", "form", "rhyme"), CASES)
def test_poems_are_regular_new_and_as_asked(request_text: str, form: str, rhyme: str) -> None:
    poem = yayun.compose(request_text, seed=3, effort="quick")
    assert (poem.form, poem.rhyme) == (form, rhyme)
    assert poem.review.passed, [f.message for f in poem.review.findings]
    # The verdict is the text's own: reading it again says the same, in either script.
    assert review(poem.lines, form=form, rhyme=rhyme).passed
    assert not any(is_corpus_line(line) for line in poem.lines)
    assert poem.text == f"<think>{poem.think}</think><answer>{''.join(poem.couplets())}</answer>"
    assert "韵脚" in poem.think


def test_pattern_first_line_and_images_asked_for_are_kept() -> None:
    poem = yayun.compose(title="送别", form="七绝", rhyme="庚", pattern="平起", first_line_rhymes=True,
                         imagery="柳,孤帆", seed=2, effort="quick")  # fmt: skip
    assert poem.pattern == "平起首句入韵"
    text = "".join(poem.lines)
    for image in ("柳", "孤帆"):
        missing = any(f.rule == "意象" and image in f.message for f in poem.review.findings)
        assert (image in text) != missing


def test_acrostic_heads_the_lines() -> None:
    poem = yayun.compose("写一首藏头诗:春夏秋冬", seed=1, effort="quick")
    assert "".join(line[0] for line in poem.lines) == "春夏秋冬"
    assert poem.review.passed


def test_script_and_words_to_avoid() -> None:
    asked = "用繁体以《春云》为题写一首七绝,押东韵"
    poem = yayun.compose(asked, seed=4, effort="quick")
    simplified = yayun.compose(asked.replace("用繁体", ""), seed=4, effort="quick")
    assert poem.lines != simplified.lines
    assert tuple(map(to_simplified, poem.lines)) == simplified.lines
    assert (poem.form, poem.rhyme) == ("七言绝句", "东")


def test_seeds_decide() -> None:
    ask = "写一首五绝《山中》,押真韵"
    first, again, other = (yayun.compose(ask, seed=seed, effort="quick") for seed in (8, 8, 9))
    assert first.lines == again.lines != other.lines
    three = compose_all([make_brief("写三首五绝《山中》,押真韵")], Options(seed=8, effort="quick"))
    assert len({p.lines for p in three}) == 3
    assert three[0].seed == 8


def test_effort_says_how_many_drafts_there_are() -> None:
    brief = make_brief("写一首五绝《山中》,押真韵")
    counts = [len(settle(brief, 1, Options(effort=effort)).orders) for effort in ("quick", "normal", "careful")]
    assert counts == sorted(set(counts))
    assert len(settle(brief, 1, Options(mode="free")).orders) == 1
    assert len(settle(brief, 1, Options(candidates=5)).orders) == 5
    with pytest.raises(YayunError, match="quick、normal、careful"):
        Options(effort="slow")


def test_more_drafts_than_are_decoded_at_once_are_written_in_parts() -> None:
    poem = yayun.compose("写一首五绝《山中》,押真韵", seed=1, candidates=70)
    assert poem.review.passed


def test_what_is_not_said_is_chosen_and_reported() -> None:
    brief = make_brief("写一首诗")
    settled = settle(brief, 5, Options(effort="quick"))
    assert settled.title
    poem = compose_all([brief], Options(seed=5, effort="quick"))[0]
    assert poem.title == settled.title
    assert poem.form == "五言绝句"
    assert poem.rhyme
    assert poem.pattern


def test_free_mode_is_the_bare_model() -> None:
    poem = yayun.compose("以《春望》为题写一首五律,押侵韵", mode="free", seed=1)
    assert poem.mode == "free"
    assert poem.lines
    assert json.loads(json.dumps(poem.to_json(), ensure_ascii=False))["review"]["scores"]["total"] <= 1


def test_json_has_the_contracts_keys() -> None:
    row = yayun.compose("以'春风'为题写一首五言绝句,押东韵", seed=3).to_json()
    assert list(row) == ["request", "title", "theme", "imagery", "form", "rhyme", "pattern", "lines", "think", "text",
                         "review", "backend", "mode", "seed", "seconds", "unread", "notes"]  # fmt: skip
    assert set(row["review"]["scores"]) == {"tones", "rhymes", "antithesis", "length", "total"}
    assert {"passed", "findings", "scores"} <= set(row["review"])


def test_an_acrostic_that_cannot_stand_is_refused_in_one_sentence() -> None:
    with pytest.raises(YayunError, match="藏头"):
        yayun.compose(title="山", form="五绝", rhyme="东", acrostic="春夏秋㐀")


def test_no_draft_with_a_line_of_the_corpus_is_chosen() -> None:
    from yayun.decoding.decode import Draft
    from yayun.mending.standing import is_new

    assert not is_new(Draft(("野火燒不盡", "春風吹又生"), (), (), -1.0))
    assert not is_new(Draft(("野火烧不尽", "春风吹又生"), (), (), -1.0))
    assert is_new(Draft(("野火烧天尽", "秋风吹石生"), (), (), -1.0))
