"""Flags, flags beside a sentence, hostile text, and sentences made from fields."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from yayun.brief import Brief, make_brief, read_request
from yayun.errors import YayunError
from yayun.prosody.books.shelf import CILIN, PINGSHUI, book
from yayun.prosody.forms.regulated import FORM_NAMES, FORMS


def assert_one_sentence(error: YayunError) -> None:
    message = str(error)
    assert message.endswith("。")
    assert "\n" not in message


def fails(*args: object, **flags: object) -> str:
    with pytest.raises(YayunError) as error:
        make_brief(*args, **flags)  # type: ignore[arg-type]
    return str(error.value)


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("五绝", "五绝"), ("五言绝句", "五绝"), ("5绝", "五绝"), ("5言绝句", "五绝"), ("五言四句", "五绝"),
        ("五言絕句", "五绝"),
        ("七绝", "七绝"), ("七言绝句", "七绝"), ("七言的绝句", "七绝"), ("7绝", "七绝"), ("七言律绝", "七绝"),
        ("五律", "五律"), ("五言律诗", "五律"), ("五言律詩", "五律"), ("五言八句", "五律"),
        ("七律", "七律"), ("七言律", "七律"),
        ("律诗(七言)", "七律"), ("绝句", "五绝"), ("律诗", "五律"), ("七言", "七绝"), ("七言诗", "七绝"),
    ],
)  # fmt: skip
def test_form_flag(typed: str, form: str) -> None:
    assert make_brief(form=typed).form == form


@pytest.mark.parametrize("typed", ["六言绝句", "abc", "五", "绝律", "五绝七律"])
def test_form_flag_refused(typed: str) -> None:
    assert "五绝、七绝、五律、七律" in fails(form=typed)


@pytest.mark.parametrize("name", book(PINGSHUI).groups)
def test_every_group_by_every_name(name: str) -> None:
    group = book(PINGSHUI).groups[name]
    ordinal = group.label.removeprefix(group.volume).removesuffix(name)
    numbered = (f"{group.volume}声{ordinal}{name}", f"{ordinal}{name}", f"{group.ordinal}{name}")
    for typed in (name, f"{name}韵", group.label, *numbered):
        assert make_brief(rhyme=typed).rhyme == name, typed
        assert read_request(f"写一首五绝,押{typed.removesuffix('韵')}韵").rhyme == name, typed
        assert read_request(f"题目《月》,七律,韵脚用{typed.removesuffix('韵')}").rhyme == name, typed


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("新韵", "中华新韵"), ("通韵", "中华通韵"), ("词韵", "词林正韵"), ("古韵", "平水韵"), ("詞林正韻", "韵书"),
        ("十三辙", "韵书"), ("平水韵", "韵书"), ("哈", "入十五合"), ("新", "上平十一真"), ("春", "写“真”"),
        ("猫", "写“"), ("新韵", "--book 中华新韵"), ("词韵", "--book 词林正韵"), ("古韵", "本就是平水韵"),
        ("曲韵", "没有收"),
    ],
)  # fmt: skip
def test_what_is_no_group_is_not_taken_for_one(said: str, told: str) -> None:
    with pytest.raises(YayunError, match=told):
        make_brief(rhyme=said)


def test_group_flag() -> None:
    assert make_brief(rhyme="東").rhyme == "东"
    assert make_brief(rhyme="鹽韻").rhyme == "盐"
    assert make_brief(rhyme="豔").rhyme == "艳"
    assert make_brief(rhyme="仄韵").rhyme_tone == "仄"
    assert make_brief(rhyme="入声").rhyme_tone == "入"
    assert "下平一先" in fails(rhyme="上平二先")
    assert "上平一东" in fails(rhyme="十六东")
    assert "上平三江" in fails(rhyme="江南")
    assert "上平一东" in fails(rhyme="xyz")


def test_other_flags() -> None:
    brief = make_brief(
        title="《春風》",
        theme="边塞",
        imagery="柳,燕、 雨",
        pattern="平起",
        first_line_rhymes=False,
        script="traditional",
        count=3,
    )
    assert (brief.title, brief.theme, brief.imagery) == ("春風", "边塞", ("柳", "燕", "雨"))
    assert (brief.pattern, brief.first_line_rhymes, brief.script, brief.count) == ("平起", False, "traditional", 3)
    assert make_brief(pattern="仄起首句入韵").first_line_rhymes is True
    assert make_brief(imagery=["柳", "柳", "燕"]).imagery == ("柳", "燕")
    assert make_brief(acrostic="春 夏 秋 冬", form="七绝").acrostic == "春夏秋冬"
    assert make_brief(acrostic="生日快乐万事如意").form == "五律"
    assert make_brief(title="", form="五绝").title == ""
    assert make_brief(request=None, form="五绝").request is None


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({}, "请写明"),
        ({"pattern": "平"}, "平起或仄起"),
        ({"pattern": "平起首句入韵", "first_line_rhymes": False}, "首句"),
        ({"script": "拉丁"}, "simplified"),
        ({"count": 0}, "1 到 100"),
        ({"count": 101}, "1 到 100"),
        ({"count": "很多"}, "1 到 100"),
        ({"acrostic": "我爱你"}, "3 个字"),
        ({"acrostic": "我爱中华", "form": "七律"}, "8 句"),
        ({"acrostic": "我爱ab"}, "不是汉字"),
        ({"acrostic": "我爱中🙂"}, "不是汉字"),
        ({"imagery": "moon"}, "moon"),
        ({"imagery": "一二三四五六七八"}, "7 个汉字"),
        ({"imagery": list("春夏秋冬风花雪月山水云雨雷")}, "最多 12"),
        ({"title": "长" * 101}, "最多 100"),
        ({"title": "春\x1b[31m"}, "U+001B"),
        ({"rhyme": "东\x00"}, "U+0000"),
    ],
)
def test_flags_refused(flags: dict[str, object], message: str) -> None:
    assert message in fails(**flags)


def test_flags_beside_a_sentence() -> None:
    brief = make_brief("写一首关于春天的诗,带上柳", form="七绝", rhyme="东", imagery="燕", count=2)
    assert (brief.form, brief.rhyme, brief.imagery, brief.count) == ("七绝", "东", ("燕", "柳"), 2)
    assert make_brief("春风", form="五绝").title == "春风"
    assert make_brief("写春风", title="东风").title == "东风"
    assert make_brief("以《春风》为题写五绝", title="春风", form="五绝", rhyme="东").title == "春风"
    assert make_brief("写一首七言的诗", form="律诗").form == "七律"
    assert make_brief("写一首五绝", script="traditional").script == "traditional"


@pytest.mark.parametrize(
    ("request_text", "flags", "message"),
    [
        ("写一首五绝", {"form": "七律"}, "体裁前后不一"),
        ("写一首绝句", {"form": "七律"}, "体裁前后不一"),
        ("押东韵,五绝", {"rhyme": "阳"}, "韵部前后不一"),
        ("押仄韵,五绝", {"rhyme": "阳"}, "阳"),
        ("以《春风》为题", {"title": "秋月"}, "题目前后不一"),
        ("平起五绝", {"pattern": "仄起"}, "平起仄起前后不一"),
        ("首句入韵,五绝", {"first_line_rhymes": False}, "首句是否入韵前后不一"),
        ("藏头“春夏秋冬”", {"acrostic": "我爱中华"}, "藏头的字前后不一"),
        ("用繁体写五绝", {"script": "simplified"}, "字体前后不一"),
        ("写三首五绝", {"count": 2}, "首数前后不一"),
        ("不要五绝", {"form": "五绝"}, "排除"),
        ("不要出现月字,写五绝", {"imagery": "月"}, "月"),
    ],
)
def test_contradictions(request_text: str, flags: dict[str, object], message: str) -> None:
    assert message in fails(request_text, **flags)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "空的"), (" \n\t ", "空的"), ("\u200b", "空的"), ("。,!", "没有看出"), ("写" * 2001, "太长"),
        ("以春风为题写五绝" * 5000, "太长"), ("写一首五绝\x07", "U+0007"), ("写一首\ud800五绝", "U+D800"),
        ("12345", "没有看出"), ("今天出现了彩虹", "没有看出"), ("意境很美", "没有看出"),
        ("hello", "没有看出"), ("😀", "没有看出"),
    ],
)  # fmt: skip
def test_hostile(text: str, message: str) -> None:
    assert message in fails(text)


def test_to_dict_is_json() -> None:
    brief = read_request("以“春风”为题写五绝,带上柳和燕")
    assert json.loads(json.dumps(brief.to_dict()))["imagery"] == ["柳", "燕"]
    assert set(brief.to_dict()) == set(Brief.__slots__) - {"as_form"}


WORDS = [
    *("写", "一首", "五绝", "七律", "押", "东", "韵", "以", "为题", "《", "》", "“", "”", "'", "藏头", "不要"),
    *("平起", "首句", "入韵", "意象", ":", ",", "。", "和", "、", "带上", "春", "月", "三"),
    *("首", "的", "关于", "上平一东", "每句"),
    *("八", "字", "用", "繁体", "為題", "韻", "去", "韵脚", "或", "词"),
    "\n",
    " ",
]


@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(WORDS), max_size=40).map("".join)))
@example("押")
@example("《》")
@example("藏头\ue000")
@example("İ五绝")
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        brief = read_request(text)
    except YayunError as error:
        assert_one_sentence(error)
    else:
        assert brief.form in (None, *FORMS, "词") or brief.as_form is not None
        assert brief.rhyme in (None, *book(brief.book).groups, *book(CILIN).groups)
        assert 1 <= brief.count <= 100


FLAGS = ["title", "theme", "imagery", "form", "rhyme", "pattern", "acrostic", "script", "count"]


@given(st.dictionaries(st.sampled_from(FLAGS), st.text(max_size=30)))
def test_any_flag_is_read_or_refused(flags: dict[str, str]) -> None:
    try:
        make_brief(**flags)  # type: ignore[arg-type]
    except YayunError as error:
        assert_one_sentence(error)


TITLES = st.sampled_from(
    ["春风", "登高", "夜泊牛渚", "送友人入蜀", "七律", "东韵", "藏头", "繁体字", "三首", "咏柳", "上元", "不要愁"]
)
TRADITIONAL = str.maketrans("题韵绝诗首写为带头繁体请盐鱼萧阳", "題韻絕詩首寫為帶頭繁體請鹽魚蕭陽")
TEMPLATES = (
    "请以“{title}”为题写{count}{form},押{group}韵{rest}",
    "{count}{form},题目是《{title}》,韵脚用{group}{rest}",
    "写{count}题为「{title}」的{form},用{group}韵{rest}",
    "《{title}》 {form} {group}韵 {count}{rest}",
    "押{group}韵,写{count}{form}{rest}。题目:{title}",
)


@settings(max_examples=300)
@given(
    template=st.sampled_from(TEMPLATES),
    title=TITLES,
    form=st.sampled_from(sorted(FORMS)),
    long_form=st.booleans(),
    rhyme=st.sampled_from(sorted(book(PINGSHUI).groups)),
    label=st.booleans(),
    count=st.integers(1, 20),
    imagery=st.lists(st.sampled_from(["柳", "燕", "明月", "孤舟", "酒"]), unique=True, max_size=3),
    opening=st.sampled_from([None, "平起", "仄起"]),
    first=st.sampled_from([None, True, False]),
    traditional=st.booleans(),
)
def test_round_trip(
    template: str,
    title: str,
    form: str,
    long_form: bool,
    rhyme: str,
    label: bool,
    count: int,
    imagery: list[str],
    opening: str | None,
    first: bool | None,
    traditional: bool,
) -> None:
    rest = "" if opening is None else f",{opening}"
    rest += "" if first is None else ",首句入韵" if first else ",首句不入韵"
    rest += f",带上{'、'.join(imagery)}" if imagery else ""
    sentence = template.format(
        title=title,
        count=f"{count}首",
        form=FORM_NAMES[form] if long_form else form,
        group=book(PINGSHUI).label(rhyme) if label or rhyme in "有尾" else rhyme,
        rest=rest,
    )
    if traditional:
        sentence, title = sentence.translate(TRADITIONAL), title.translate(TRADITIONAL)
    brief = read_request(sentence)
    assert (brief.title, brief.form, brief.rhyme, brief.count) == (title, form, rhyme, count)
    assert (brief.imagery, brief.pattern, brief.first_line_rhymes) == (tuple(imagery), opening, first)


def test_reading_needs_no_heavy_import() -> None:
    code = (
        "import sys; from yayun.brief import read_request; read_request('以“春风”为题写五绝,押东韵');"
        "assert not {'numpy', 'torch', 'opencc'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_a_sentence_says_of_a_field_can_be_taken_back() -> None:
    sentence = "以“春风”为题写一首五绝,押东韵,要有柳,不要出现愁字,用繁体"
    for name in ("title", "form", "rhyme", "imagery", "avoid_words", "script"):
        left = make_brief(sentence, without=[name])
        whole = make_brief(sentence)
        changed = {field for field in whole.to_dict() if getattr(left, field) != getattr(whole, field)}
        assert changed == {name}
    assert make_brief(sentence, form="七律", without=["form"]).form == "七律"
    assert "体裁前后不一" in fails(sentence, form="七律")
    assert "without" in fails(sentence, without=["seed"])
    given_line = "以“孤帆远影碧空尽”为首句写一首七绝"
    assert make_brief(given_line, without=["locked"]).locked == ()
