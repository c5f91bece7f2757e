from pathlib import Path

import pytest

from yayun.errors import YayunError
from yayun.evaluation.reading.game import EACH, deal, readable
from yayun.evaluation.reading.subjects import Subject
from yayun.prosody.forms.regulated import FORMS
from yayun.prosody.review import review


def made_up(form: str, number: int) -> Subject:
    count, width = (4 if form[1] == "绝" else 8), (5 if form[0] == "五" else 7)
    lines = tuple("春" * width for _ in range(count))
    return Subject(f"山居{'一二三四五六七八'[number]}", form, "东", lines, "无名", f"{form}{number}")


def test_a_hand_has_as_many_of_either_and_is_the_same_for_the_same_seed() -> None:
    found = [made_up(form, number) for form in FORMS for number in range(8)]
    hand = deal(found, 3)
    assert len([poem for poem in hand if poem.author]) == EACH
    machine = [poem for poem in hand if not poem.author]
    assert len(machine) == EACH
    assert all(review(poem.lines).passed for poem in machine)
    assert {poem.author for poem in hand} == {"无名", ""}
    assert deal(found, 3) == hand


def test_without_a_corpus_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("YAYUN_HOME", str(tmp_path))
    with pytest.raises(YayunError, match="yayun corpus fetch"):
        readable()
