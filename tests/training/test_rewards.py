from __future__ import annotations

import importlib
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yayun.script import to_simplified
from yayun.training import rewards
from yayun.training.rewards import DEFAULT_WEIGHTS, NAMES, plan_in, poems_of

STORKS = ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓")
POEMS = {
    "五律": ("國破山河在", "城春草木深", "感時花濺淚", "恨別鳥驚心",
             "烽火連三月", "家書抵萬金", "白頭搔更短", "渾欲不勝簪"),
    "七律": ("風急天高猿嘯哀", "渚清沙白鳥飛迴", "無邊落木蕭蕭下", "不盡長江滾滾來",
             "萬里悲秋常作客", "百年多病獨登臺", "艱難苦恨繁霜鬢", "潦倒新停濁酒杯"),
}  # fmt: skip
RHYMES = {"五律": "侵", "七律": "灰"}
PLAN = "【立意】登高【意象】白日、千里【仄起首句不入韵】【韵脚】流樓"
PROSE = "登鹳雀楼是一首好诗。它写诗人登高望远,抒发了积极进取的精神,值得我们反复诵读与学习!"
ASKED = {"form": ["五绝"], "rhyme": ["尤"], "title": ["登鸛雀樓"]}


def told(lines: tuple[str, ...] = STORKS, think: str = PLAN) -> str:
    verse = "".join(line + "，。"[i % 2] for i, line in enumerate(lines))
    return f"<think>{think}</think><answer>{verse}</answer>"


def reward(name: str, text: object, **columns: object) -> float:
    return getattr(rewards, name)([""], [text], **(ASKED | columns))[0]


def total(text: object, **columns: object) -> float:
    return sum(weight * reward(name, text, **columns) for name, weight in DEFAULT_WEIGHTS.items())


@pytest.mark.parametrize("name", NAMES)
def test_each_is_found_by_its_dotted_path_and_can_be_pickled(name: str) -> None:
    function = getattr(importlib.import_module("yayun.training.rewards"), name)
    assert pickle.loads(pickle.dumps(function)) is function
    as_turn = [{"role": "assistant", "content": told()}]
    both = function(["", ""], [told(), as_turn], **{key: value * 2 for key, value in ASKED.items()})
    assert both[0] == both[1]
    assert all(isinstance(value, float) for value in both)
    assert isinstance(function([""], [""], **ASKED)[0], float)


@pytest.mark.parametrize("script", [str, to_simplified])
def test_a_classic_is_near_one_in_both_scripts_and_prose_near_nothing(script) -> None:
    classic = script(told())
    assert total(classic) > 0.95
    assert reward("all_rules", classic) == 1.0
    assert total(f"<answer>{PROSE}</answer>") < 0.25
    assert reward("all_rules", PROSE) == 0.0


def test_another_group_form_pattern_or_a_missing_image_is_not_what_was_asked_for() -> None:
    assert reward("all_rules", told(), rhyme=["东"]) == 0.0
    assert reward("all_rules", told(), form=["七绝"]) == 0.0
    assert reward("rhymes", told(), rhyme=["东"]) == 0.0
    assert reward("pattern", told(), pattern=["仄起首句不入韵"]) == 1.0
    assert reward("pattern", told(), pattern=["平起首句入韵"]) == 0.0
    assert reward("pattern", told(), pattern=[""]) == 1.0
    assert reward("images", told()) == 1.0
    assert reward("images", told(), imagery=[["黄河"]]) == 1.0
    assert reward("images", told(), imagery=[["黃河", "孤舟"]]) == 0.5


@given(st.data())
@settings(max_examples=60)
def test_breaking_places_of_a_regular_poem_never_raises_a_score(data: st.DataObject) -> None:
    """So putting them right never lowers one."""
    form = data.draw(st.sampled_from(["五律", "七律"]))
    right = POEMS[form]
    places = [(i, j) for i, line in enumerate(right) for j in range(len(line))]
    wrong = data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=6, unique=True))
    broken = [list(line) for line in right]
    for i, j in wrong:
        broken[i][j] = data.draw(st.sampled_from("月日水竹東風山人"))
    whole, spoilt = told(right), told(tuple("".join(line) for line in broken))
    for name in ("tones", "rhymes", "length", "all_rules"):
        assert reward(name, spoilt, form=[form], rhyme=[RHYMES[form]]) <= reward(
            name, whole, form=[form], rhyme=[RHYMES[form]]
        )


@given(st.permutations([0, 1, 2, 3]), st.sampled_from(["length", "rhymes", "tones"]))
def test_restoring_a_classic_line_by_line_never_lowers_a_score(order: list[int], name: str) -> None:
    spoilt = ["白日依山", "黃河入海月", "欲窮千里目盡", "更上一層山"]
    before = reward(name, told(tuple(spoilt)))
    for i in order:
        spoilt[i] = STORKS[i]
        after = reward(name, told(tuple(spoilt)))
        assert after >= before - 1e-9
        before = after


def test_format_counts_what_is_in_place() -> None:
    assert reward("format", told()) == 1.0
    assert reward("format", told().removesuffix("</answer>")) < 1.0
    assert reward("format", told().replace("<answer>", "<answer>【题目】")) < 1.0
    assert reward("format", "<answer>白日依山盡，</answer>") == 0.5
    assert reward("format", "白日依山盡，黃河入海流。") == 0.0


@pytest.mark.parametrize(
    ("think", "least", "most"),
    [
        (PLAN, 1.0, 1.0),
        (PLAN.replace("流樓", "樓流"), 0.66, 0.67),  # feet in another order
        (PLAN.replace("千里", "明月"), 0.7, 0.95),  # an image that does not come
        (PLAN.replace("仄起首句不入韵", "平起首句入韵"), 0.66, 0.67),
        ("【韵脚】流樓", 0.33, 0.34),  # nothing else planned
        ("", 0.0, 0.0),
        ("立意:登高。意象:白日、千里。格律:仄起首句不入韵。韵脚:流、樓。", 1.0, 1.0),
    ],
)
def test_keeping_the_plan(think: str, least: float, most: float) -> None:
    assert least <= reward("keeps_plan", told(think=think)) <= most


def test_a_plan_with_a_rhyming_first_line_names_that_foot_too() -> None:
    poem = ("朝辭白帝彩雲間", "千里江陵一日還", "兩岸猿聲啼不住", "輕舟已過萬重山")
    think = "【意象】白帝、輕舟【平起首句入韵】【韵脚】間還山"
    assert reward("keeps_plan", told(poem, think), form=["七绝"], rhyme=["删"]) == 1.0


def test_guards_see_repeats_and_copies() -> None:
    again = ("白日依山盡", "黃河入海流", "欲窮山海目", "更上一層流")
    assert reward("repeated_characters", told()) == 0.0
    assert reward("repeated_characters", told(again)) == pytest.approx(-3 / 20)
    assert reward("repeated_feet", told()) == 0.0
    assert reward("repeated_feet", told(again)) == pytest.approx(-1 / 3)
    assert reward("copied", told()) == -1.0
    assert reward("copied", told(("白鷺衝山盡", *STORKS[1:]))) == -0.75


def test_theme_prefers_the_right_title() -> None:
    frontier = told(("大漠孤煙直", "長河落日圓", "蕭關逢候騎", "都護在燕然"))
    assert reward("theme", frontier, title=["塞下曲"]) > reward("theme", frontier, title=["採蓮曲"])


def test_reasoning_sent_apart_is_put_back() -> None:
    turn = {"role": "assistant", "content": told().partition("</think>")[2], "reasoning_content": PLAN}
    (poem,) = poems_of([[turn]], ASKED)
    assert poem.lines == STORKS
    assert poem.plan == plan_in(PLAN)
    assert poem.plan.feet == ("流", "樓")
