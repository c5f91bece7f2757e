from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yayun.prompts.answer import labelled_lines, read_answer, split_completion

LINES = ("白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼")
TRADITIONAL = ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓")
VERSE = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"
ROWS = "\n".join(f"{line}{'。' if i % 2 else '，'}" for i, line in enumerate(LINES))

WAYS = [
    f"<think>想</think><answer>{VERSE}</answer>",
    f"<think>想\n<answer>\n{ROWS}\n</answer>",
    f"想</think>{VERSE}",
    f"<think>想</think>\n\n《登鹳雀楼》\n王之涣\n\n{VERSE}",
    f"<think>想</think><answer>登鹳雀楼\n{ROWS}</answer>",
    f"<think>想</think><answer>登楼望远山\n{VERSE[:12]}\n{VERSE[12:]}</answer>",
    f"<think>想</think>题目：登楼\n{VERSE}\n希望您喜欢！",
    f"<think>想</think>很抱歉之前的错误，以下是修改后的诗：\n{ROWS}\n\n注释：依山，傍山。",
    f"<think>想</think>抱歉,以下是:{VERSE}",
    "<think>想</think>" + "\n".join(f"{i + 1}. {line}" for i, line in enumerate(LINES)),
    "<think>想</think>" + "\n".join(f"第{'一二三四'[i]}句：{line}" for i, line in enumerate(LINES)),
    "<think>想</think>" + "\n".join(f"- **{line}**" for line in LINES),
    "<think>想</think>" + "\n".join(f"> {line}（押尤韵）" for line in LINES),
    "<think>想</think>" + "\n".join(LINES),
    "<think>想</think>" + "".join(LINES),
    "<think>想</think>白日依山尽黄河入海流\n欲穷千里目更上一层楼",
    "<think>想</think>" + " / ".join(LINES),
    f"<think>想</think>```\n{ROWS}\n```\nHere is the poem you asked for.",
    f"<think>想</think># 登鹳雀楼\n\n{ROWS}\n\n这首诗押平水韵尤韵，格律严谨，希望你喜欢。",
    f"<think>想</think><answer></answer><answer>{VERSE}</answer>",
    f"<THINK>想</THINK><Answer>{VERSE}</Answer>",
]


@pytest.mark.parametrize("text", WAYS)
def test_the_verse_is_found_whatever_is_around_it(text: str) -> None:
    answer = read_answer(text, 5, 4)
    assert answer.lines == LINES
    assert answer.think == "想"
    assert answer.complete


def test_either_script_is_left_as_it_is() -> None:
    assert read_answer("，".join(TRADITIONAL), 5, 4).lines == TRADITIONAL


def test_reasoning_of_the_server_comes_first() -> None:
    answer = read_answer(f"<think>二</think>{VERSE}", 5, 4, reasoning="一")
    assert answer.think == "一\n二"


def test_reasoning_that_was_cut_off_holds_no_verse() -> None:
    answer = read_answer(f"<think>先写{VERSE}", 5, 4)
    assert (answer.lines, answer.complete) == ((), False)
    assert "先写" in answer.think


def test_a_dropped_line_and_a_short_one_stay_visible() -> None:
    assert read_answer("白日依山尽，欲穷千里目，更上一层楼。", 5, 4).lines == (LINES[0], *LINES[2:])
    assert read_answer("白日依山尽，黄河入海。欲穷千里目，更上一层楼。", 5, 4).lines == (
        LINES[0], "黄河入海", *LINES[2:],
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", "我无法完成这个请求。", "I'm sorry.", "<answer></answer>", "bái rì yī shān jìn"])
def test_where_there_is_no_verse_there_are_no_lines(text: str) -> None:
    assert read_answer(text, 7, 8).lines == ()


def test_lines_by_their_labels() -> None:
    body = "第二句：黄河入海流。\n第 4 句改为:「更上一层楼」(尤韵)\n第三句应为 欲穷千里目"
    assert labelled_lines(body) == {1: LINES[1], 3: LINES[3], 2: LINES[2]}
    assert labelled_lines("黄河入海流") == {}
    assert labelled_lines("第二句的问题在于平仄") == {}


@given(st.text(alphabet="<>/thinkaswer春风花月第一句：:，。\n《》()（）1. 抱歉以下是", max_size=120))
def test_nothing_fails_and_lines_hold_characters_alone(text: str) -> None:
    answer = read_answer(text, 5, 4)
    assert all("\u4e00" <= c <= "\u9fff" for line in answer.lines for c in line)
    assert all(len(line) >= 1 for line in answer.lines)
    think, body, _ = split_completion(text)
    assert "</think>" not in think + body
