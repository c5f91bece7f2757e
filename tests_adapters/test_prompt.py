from __future__ import annotations

import re

import pytest

from yayun.brief import make_brief
from yayun.evaluation.adapters.prompt import SYSTEM, instruction, messages
from yayun.evaluation.bench import read_requests
from yayun.evaluation.table import default_requests
from yayun.prompts import instruction as told
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.forms.regulated import FORM_NAMES, patterns
from yayun.prosody.readings.lexicon import rhyme_groups


def feet_of(text: str) -> list[str]:
    found = re.search(r"可用韵脚字:(.*?)。", text)
    return found[1].split("、") if found else []


def test_it_is_the_conversation_that_composing_opens_with() -> None:
    brief = make_brief(title="春风", form="五绝", rhyme="东", imagery="柳,燕", pattern="仄起", first_line_rhymes=False)
    pattern = next(p for p in patterns("五绝") if p.name == "仄起首句不入韵")
    assert messages(brief) == told.messages(brief, pattern, "东", told.retrieve(brief, pattern, "东"))
    assert messages(brief, rag=False) == told.messages(brief, pattern, "东", None)
    assert messages(brief)[0] == {"role": "system", "content": SYSTEM}
    assert instruction(brief) == messages(brief)[1]["content"]


@pytest.mark.parametrize("script", ["simplified", "traditional"])
def test_the_characters_to_rhyme_with_are_of_the_group(script: str) -> None:
    feet = feet_of(instruction(make_brief(title="春", form="七律", rhyme="先", script=script)))
    assert len(feet) >= 12
    assert len(set(feet)) == len(feet)
    assert all("先" in rhyme_groups(char) for char in feet)


def test_an_open_brief_is_settled_the_same_way_every_time() -> None:
    text = instruction(make_brief(theme="边塞"))
    assert text == instruction(make_brief(theme="边塞"))
    assert "以“边塞”为主题" in text
    assert "押平水韵" in text
    assert "None" not in text
    assert "上声" in instruction(make_brief("写一首五绝,押上声韵"))
    assert "为题" in instruction(make_brief("写一首五绝"))


def test_every_request_of_the_benchmark_says_its_form_and_group() -> None:
    for request in read_requests(default_requests(), 50):
        brief, text = request.brief, instruction(request.brief)
        for part in [
            f"以“{brief.title}”为题",
            FORM_NAMES[brief.form],
            f"押平水韵{book(PINGSHUI).label(brief.rhyme)}韵",
        ]:
            assert part in text
