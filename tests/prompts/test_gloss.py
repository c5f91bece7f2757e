from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yayun.errors import YayunError
from yayun.prompts.gloss import gloss_messages, read_gloss

LINE = "欲窮千里目"
NOTE = {
    "plain": "想要看尽千里的风光",
    "words": [{"word": "欲", "meaning": "想要"}, {"word": "穷", "meaning": "尽"}, {"word": "白日", "meaning": "太阳"}],
    "allusions": [],
}


def test_the_line_is_asked_for_within_its_poem() -> None:
    system, user = gloss_messages(["白日依山尽", "黄河入海流", LINE], 2, "登鹳雀楼", "王之涣")
    assert (system["role"], user["role"]) == ("system", "user")
    for said in ("登鹳雀楼", "王之涣", "白日依山尽", "第三句", f"「{LINE}」"):
        assert said in user["content"]


@pytest.mark.parametrize(
    "wrapped", ["{}", "<think>先看{{欲}}字</think>\n好的:\n```json\n{}\n```\n以上。", "{{坏的}} {}"]
)
def test_a_note_is_read_whatever_stands_around_it(wrapped: str) -> None:
    found = read_gloss(wrapped.format(json.dumps(NOTE, ensure_ascii=False)), LINE)
    assert found.plain == "想要看尽千里的风光"
    assert [(word.word, word.meaning) for word in found.words] == [("欲", "想要"), ("穷", "尽")]  # 白日 is not in it


@pytest.mark.parametrize("text", ["", "不会。", "{}", '{"plain": 3}', "[1]", '{"plain": "半'])
def test_no_note_is_told(text: str) -> None:
    with pytest.raises(YayunError, match="读不成注释"):
        read_gloss(text, LINE)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["word", "meaning", "source"]), inner),
    max_leaves=8,
)


@given(VALUES, VALUES, st.text(max_size=400))
def test_any_shape_is_borne(words: object, allusions: object, plain: str) -> None:
    answer = json.dumps({"plain": f"说{plain}", "words": words, "allusions": allusions}, ensure_ascii=False)
    found = read_gloss(answer, LINE)
    assert 0 < len(found.plain) <= 300
    assert all(word.word for word in (*found.words, *found.allusions))
