"""Poems dressed up as people send them (marks, notes, spacing, pages, encodings, formats) come back line by line; and
no text at all loses a Chinese character. Long runs: ``python -m pytest -m nightly tests/text``."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yayun.checking.check import check
from yayun.errors import YayunError
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.text.characters import clean
from yayun.text.encodings import decode
from yayun.text.markup import without_markup
from yayun.text.poems import one_poem, parse_text
from yayun.text.tables import entries_of

# In Big5 and in GB 2312 alike.
HAN = "春江花月夜山水人心白日黃河入海流雲天地風雨雪霜秋冬夏南北西東柳梅竹松酒茶舟馬君客寒暖青紅明光遠近長短高低新故鄉"
SIMPLIFIED = "春江花月夜山水人心白日黄河入海流云天地风雨雪霜秋冬夏南北西东柳梅竹松酒茶舟马君客寒暖青红明光远近长短高低"
MARKS = ("", "", "①", "⑴", "¹", "1", "12", "[1]", "［二］", "❶", "㈠", "*", "a")
NOTES = (
    "",
    "",
    "（一作春）",
    "(一作春)",
    "（一作春)",
    "{春}",
    "｛春｝",
    "〈春〉",
    "﹙春﹚",
    "[春】",
    "〔音春〕",
    "<b></b>",
)
ENDS = (
    ("，", "。"),
    (",", "."),
    ("，", "．"),
    ("、", "；"),
    ("﹐", "︒"),
    ("！", "？"),
    ("，<br>", "。<br/>"),
    (" ，", " 。"),
)
FREE = ("\n", "/", "｜", "<br>", "　", "🌸", "→")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "big5", "cp950", "big5hkscs")
FORMATS = ("text", "json", "jsonl", "csv", "tsv")


@dataclass(frozen=True)
class Sent:
    """What was sent, and what is to be read."""

    lines: tuple[str, ...]
    raw: bytes
    name: str


def _spread(line: str, spacing: str) -> str:
    return spacing.join(line)


@st.composite
def dressed(draw: st.DrawFn) -> Sent:
    encoding = draw(st.sampled_from(ENCODINGS))
    traditional = encoding.startswith(("big5", "cp950")) or draw(st.booleans())
    width, count = draw(st.sampled_from([(5, 4), (7, 4), (5, 8), (7, 8)]))
    chars = st.text(st.sampled_from(HAN if traditional else SIMPLIFIED), min_size=width, max_size=width)
    lines = tuple(draw(st.lists(chars, min_size=count, max_size=count)))
    spacing = draw(st.sampled_from(("", "", "", " ", "　")))
    mark, note = draw(st.sampled_from(MARKS)), draw(st.sampled_from(NOTES))
    marked = draw(st.sets(st.integers(0, count - 1), max_size=3))
    shown = [_spread(line, spacing) + (mark + note if i in marked else "") for i, line in enumerate(lines)]
    if spacing == "" and draw(st.booleans()) and not marked:
        separator = draw(st.sampled_from(FREE))
        text = separator.join(shown)
    else:
        first, second = draw(st.sampled_from(ENDS))
        couplets = [f"{a}{first}{b}{second}" for a, b in zip(shown[::2], shown[1::2], strict=True)]
        text = draw(st.sampled_from(("\n", "", "\r\n"))).join(couplets)
    text = draw(st.sampled_from(("", "春望\n", "《春望》\n", "# 春望\n\n", "春望\n杜甫\n", "〈春望〉\n"))) + text
    text += draw(
        st.sampled_from(("", "\n", "\n——杜甫 2023年5月", "\n\n注释\n春：好像。", "\n\n【赏析】\n寫得好，寫得真好。"))
    )
    form = draw(st.sampled_from(FORMATS))
    sent = _sent(form, text)
    try:
        return Sent(lines, sent.encode(encoding), f"poems.{'txt' if form == 'text' else form}")
    except UnicodeEncodeError:
        return Sent(lines, sent.encode("utf-8"), f"poems.{'txt' if form == 'text' else form}")


def _sent(form: str, text: str) -> str:
    if form == "json":
        return json.dumps([{"title": "题", "paragraphs": text.split("\n")}], ensure_ascii=False)
    if form == "jsonl":
        return json.dumps({"text": text}, ensure_ascii=False) + "\n"
    if form in ("csv", "tsv"):
        out = io.StringIO()
        csv.writer(out, delimiter="," if form == "csv" else "\t").writerows([["id", "text"], ["1", text]])
        return out.getvalue()
    return text


def comes_back(sent: Sent) -> None:
    text = decode(sent.raw)
    (entry,) = entries_of(text, sent.name)
    assert not entry.error
    assert one_poem(parse_text(entry.text)).lines == sent.lines, text


# What headings are recognised by is not repeated in what is told of them.
LABELS = frozenset(
    "作者诗人詩题題目标標名篇撰文朝代年体體裁韵部韻签籤来源來收藏分类類出处處唐宋元明清先秦汉漢晋晉魏南北五近现現当當民国國隋"
    "西东東初盛中晚周原正全词詞一二三四五六七八九十百、首第其之"
)
ODD = (
    "春风花月夜江山东红中看过胜思译文注释赏析序其一二三、（）()【】[]〔〕{}｛｝<>〈〉"
    "《》，。．！？；：:# \n\t*|/-—①1⑴■□\ue000\ufffd⼭⿰〇々&;amp唐宋·"
)
TEXT = st.one_of(st.text(max_size=80), st.text(alphabet=ODD, max_size=120))


def nothing_lost(text: str) -> None:
    seen = clean(without_markup(text))
    parsed = parse_text(text)
    told = [part for poem in parsed.poems for part in (poem.title, poem.author, *poem.lines)]
    missing = Counter(filter(is_hanzi, seen)) - Counter("".join((*told, *parsed.left_out)))
    assert not set(missing) - LABELS, (text, missing, parsed)
    with suppress(YayunError):
        check(text)


@given(dressed())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_sent_comes_back(sent: Sent) -> None:
    comes_back(sent)


@given(TEXT)
@settings(max_examples=300, deadline=None)
def test_no_character_is_lost(text: str) -> None:
    nothing_lost(text)


@pytest.mark.nightly
@given(dressed())
@settings(max_examples=100_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_sent_comes_back_at_length(sent: Sent) -> None:
    comes_back(sent)


@pytest.mark.nightly
@given(TEXT)
@settings(max_examples=100_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_character_is_lost_at_length(text: str) -> None:
    nothing_lost(text)
