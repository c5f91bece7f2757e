"""The labelled requests of ``benchmarks/asked.jsonl``, and what a reading may never do."""

from __future__ import annotations

import json

import pytest
from benchmarks.asked import ASKED, read

from yayun.brief import make_brief, read_request
from yayun.brief.kin_table import kin
from yayun.brief.occasion import occasions, taboos
from yayun.errors import YayunError

ROWS = [json.loads(line) for line in ASKED.read_text(encoding="utf-8").splitlines()]


def test_requests_are_understood_or_the_user_is_told() -> None:
    readings = [read(row) for row in ROWS]
    assert len({row["request"] for row in ROWS}) == len(ROWS) >= 400
    missed = [r for r in readings if r.wrong]
    silent = [r.row["request"] for r in missed if not r.aloud]
    assert len(silent) <= 0.03 * len(ROWS), silent


@pytest.mark.parametrize("text", ["你好", "", "写一首宝塔诗", "tell me a joke about rain"])
def test_what_no_poem_can_answer_is_refused_beside_a_script_too(text: str) -> None:
    """As the page sends it: the script it shows is no wish for a poem."""
    with pytest.raises(YayunError) as error:
        make_brief(text or None, script="simplified")
    assert str(error.value).endswith("。")


def test_a_word_is_not_cut() -> None:
    for verb in ("送别", "离别", "惜别", "告别", "话别", "饯别"):
        brief = read_request(f"写一首{verb}七律")
        assert brief.form == "七律"
        assert verb in (brief.title, brief.theme)


def test_lines_given_stand_in_their_places() -> None:
    brief = read_request("首句“白日依山尽”,末句“更上一层楼”,补全成五绝")
    assert brief.locked == ("白日依山尽", None, None, "更上一层楼")
    assert (brief.form, brief.rhyme) == ("五绝", "尤")
    gapped = read_request("补全:白日依山尽,( ),欲穷千里目,□□□□□")
    assert gapped.locked == ("白日依山尽", None, "欲穷千里目", None)
    with pytest.raises(YayunError, match="五言"):
        read_request("以“春眠不觉晓”为首句写一首七绝")
    with pytest.raises(YayunError, match="不合律"):
        read_request("续写:千山鸟飞绝,万径人踪灭")


def test_what_is_not_kept_is_told_with_its_reason() -> None:
    brief = read_request("像李白那样写一首豪放的饮酒七绝,在地铁上")
    assert brief.unread == ("像李白那样", "豪放")
    assert [note[:3] for note in brief.notes] == ["“像李", "“豪放", "地铁:"]


def test_occasions_have_titles_images_and_taboos() -> None:
    brief = read_request("祝奶奶八十大寿,写首七律")
    assert (brief.title, brief.theme, brief.occasion) == ("祝寿", "祖母八十", "寿")
    assert make_brief(title="贺新婚", form="七绝").occasion == "婚"
    assert read_request("咏满月,五绝").occasion is None, "the moon"
    for name in ("寿", "婚", "满月", "迁"):
        assert {"坟", "荣枯", "夕阳", "别"} <= set(taboos(name))
    for occasion in occasions().values():
        assert occasion.title
        assert occasion.images


def test_poets_words_are_known_by_one_name() -> None:
    assert {entry.kind for entry in kin().values()} == {"person", "modern", "act"}
    assert all(entry.words for entry in kin().values())
