from __future__ import annotations

import re

import pytest

from yayun.brief import make_brief
from yayun.evaluation.adapters.prompt import FEET, SYSTEM, instruction, messages
from yayun.evaluation.bench import read_requests
from yayun.evaluation.table import default_requests
from yayun.prosody.lexicon import rhyme_groups
from yayun.prosody.patterns import FORM_NAMES, FORMS


def feet_of(text: str) -> str:
    found = re.search(r"可用韵脚字:(.*?)。", text)
    return found[1] if found else ""


def test_the_system_prompt_is_the_published_one() -> None:
    system, user = messages(make_brief("写一首五绝,押东韵"))
    assert system == {"role": "system", "content": SYSTEM}
    assert SYSTEM == "Respond in the following format:<think>...</think><answer>...</answer>"
    assert user["role"] == "user"


def test_a_quatrain_is_told_everything() -> None:
    text = instruction(make_brief(title="春风", form="五绝", rhyme="东", imagery="柳,燕", pattern="仄起"))
    assert text.startswith("请以《春风》为题写一首五言绝句。")
    shape = ["共四句,每句五个字", "平水韵上平一东韵(平声)", "仄起", "“柳”、“燕”"]
    rhymes = ["第二、四句的末字押韵", "第三句的末字用仄声", "可押韵,不押则用仄声"]
    for part in [*shape, *rhymes, "<answer>", "简体字"]:
        assert part in text
    assert "对仗" not in text


def test_an_octave_must_be_parallel_in_the_middle_and_an_oblique_rhyme_turns_the_tones_round() -> None:
    text = instruction(make_brief(title="雪夜", form="七律", rhyme="屋", first_line_rhymes=True))
    rhymes = ["入一屋韵(入声)", "第二、四、六、八句", "第三、五、七句的末字用平声", "第一句的末字也押韵"]
    for part in ["共八句,每句七个字", "颔联(第三、四句)与颈联(第五、六句)须对仗", *rhymes]:
        assert part in text


@pytest.mark.parametrize("group", ["东", "江", "先", "咸", "屋", "漾"])
@pytest.mark.parametrize("script", ["simplified", "traditional"])
def test_the_characters_to_rhyme_with_are_of_the_group_and_enough(group: str, script: str) -> None:
    feet = feet_of(instruction(make_brief(title="春", form="七律", rhyme=group, script=script)))
    assert 5 <= len(feet) <= FEET
    assert len(set(feet)) == len(feet)
    assert all(group in rhyme_groups(char) for char in feet)


def test_without_retrieval_no_characters_are_listed() -> None:
    brief = make_brief(title="春", form="五绝", rhyme="东")
    assert feet_of(instruction(brief))
    assert not feet_of(instruction(brief, rag=False))


def test_an_open_brief_is_left_open() -> None:
    text = instruction(make_brief(theme="边塞"))
    for part in ["任选一种", "主题是边塞", "自己选定", "偶数句"]:
        assert part in text
    for part in ["None", "可用韵脚字"]:
        assert part not in text
    assert "上声" in instruction(make_brief("写一首五绝,押上声韵"))


def test_every_request_of_the_benchmark_says_its_form_and_group() -> None:
    for request in read_requests(default_requests(), 50):
        brief, text = request.brief, instruction(request.brief)
        width, count = ("一二三四五六七八"[n - 1] for n in FORMS[brief.form])
        for part in [
            f"{FORM_NAMES[brief.form]},共{count}句,每句{width}个字",
            f"{brief.rhyme}韵(",
            f"《{brief.title}》",
        ]:
            assert part in text
