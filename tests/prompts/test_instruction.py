from __future__ import annotations

import pytest

from yayun.brief import make_brief
from yayun.prompts.instruction import SYSTEM, Retrieved, instruction, messages, retrieve
from yayun.prosody.forms.regulated import FORMS, patterns
from yayun.prosody.readings.lexicon import rhyme_groups


def test_the_system_prompt_is_the_published_one() -> None:
    brief = make_brief("以'春风'为题写一首五言绝句,押东韵")
    talk = messages(brief, patterns("五绝")[0], "东")
    assert [m["role"] for m in talk] == ["system", "user"]
    assert talk[0]["content"] == SYSTEM
    assert SYSTEM == "Respond in the following format:<think>...</think><answer>...</answer>"


def test_every_fact_that_is_checked_is_told() -> None:
    brief = make_brief(title="登楼", theme="怀古", form="五律", rhyme="尤", imagery="夕阳,孤帆", script="traditional")
    told = instruction(brief, patterns("五律")[1], "尤", Retrieved(("流", "樓"), ("寒煙",)))
    facts = (
        "以“登楼”为题", "以“怀古”为主题", "五言律诗", "下平十一尤韵", "共八句,每句五字",
        "第一、二、四、六、八句押平声尤韵", "第三、五、七句不入韵,句末用仄声字", "可用韵脚字:流、樓。", "仄起首句入韵",
        "第一句仄仄仄平平", "第二、四字和末字", "颔联", "颈联", "对仗", "必须写到:夕阳、孤帆", "寒煙", "用繁体字",
        "共40个汉字", "<answer></answer>",
    )  # fmt: skip
    for fact in facts:
        assert fact in told, fact


def test_acrostic_and_words_to_avoid_are_told_and_quatrains_hear_nothing_of_parallel_couplets() -> None:
    brief = make_brief("写一首七绝,藏头:春夏秋冬,不要出现月字")
    told = instruction(brief, patterns("七绝")[0], "先")
    assert "各句首字依次为春、夏、秋、冬" in told
    assert "不得出现:月" in told
    assert "颔联" not in told
    assert "第二、四、六字和末字" in told
    assert "用简体字" in told


def test_an_oblique_rhyme_turns_the_line_ends_round() -> None:
    pattern = patterns("七律", oblique=True)[0]
    told = instruction(make_brief(title="寒食"), pattern, "漾")
    assert "押仄声(去声)漾韵" in told
    assert "不入韵,句末用平声字" in told
    assert "孤平" not in told
    for i, tones in enumerate(pattern.tones):
        assert tones[-1] == ("仄" if i in pattern.rhyming else "平")
        assert tones in told


@pytest.mark.parametrize("form", list(FORMS))
def test_retrieval_offers_members_of_the_group_in_the_script_asked_for(form: str) -> None:
    brief = make_brief(title="春风", script="simplified")
    found = retrieve(brief, patterns(form)[0], "东")
    assert len(found.feet) == 24
    assert all("东" in rhyme_groups(char) for char in found.feet)
    with_rag, without = (instruction(brief, patterns(form)[0], "东", r) for r in (found, None))
    assert "風" not in with_rag
    assert "可用韵脚字" in with_rag
    assert "可用韵脚字" not in without
    assert "可参考的意象" not in without


def test_what_is_to_be_avoided_is_not_retrieved() -> None:
    free = make_brief(title="春风")
    word = retrieve(free, patterns("五绝")[0], "东").images[0]
    from dataclasses import replace

    assert word not in retrieve(replace(free, avoid_words=(word,)), patterns("五绝")[0], "东").images
