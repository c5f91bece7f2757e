"""Texts as people paste them; each kind with others of it."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from yayun.checking.check import check, check_all
from yayun.text.poems import parse_text

VERSE = ("床前明月光", "疑是地上霜", "举头望明月", "低头思故乡")
PAIRS = "床前明月光，疑是地上霜。\n举头望明月，低头思故乡。"
SEVENS = "朝辞白帝彩云间，千里江陵一日还。\n两岸猿声啼不住，轻舟已过万重山。"

ONE = {
    "circled marks": "床前明月光①，疑是地上霜②。\n举头望明月③，低头思故乡④。",
    "parenthesised marks": "床前明月光⑴，疑是地上霜⑵。\n举头望明月，低头思故乡⒊。",
    "raised marks": "床前明月光¹，疑是地上霜²。\n举头望明月³，低头思故乡⁴。",
    "negative and double marks": "床前明月光❶，疑是地上霜⓵。\n举头望明月㈠，低头思故乡㊁。",
    "bare digits": "床前明月光1，疑是地上霜2。\n举头望明月3，低头思故乡12。",
    "wide digits": "床前明月光１，疑是地上霜２。\n举头望明月，低头思故乡。",
    "letters": "床前明月光a，疑是地上霜b。\n举头望明月，低头思故乡。",
    "references": "床前明月光[1]，疑是地上霜[2]。\n举头望明月［3］，低头思故乡〔四〕。",
    "curly": "床前明月光{一作看月光}，疑是地上霜｛霜：雪也｝。\n举头望明月，低头思故乡。",
    "angles": "床前明月光〈一作看〉，疑是地上霜＜雪＞。\n举头望明月，低头思故乡<乡土>。",
    "small brackets": "床前明月光﹙念也﹚，疑是地上霜﹛雪﹜。\n举头望明月，低头思故乡﹝也﹞。",
    "mixed brackets": "床前明月光（一作看月光)，疑是地上霜[雪】。\n举头望明月(望，看也），低头思故乡{乡）。",
    "nested": "床前明月光（一作（又作）看），疑是地上霜。\n举头望明月，低头思故乡。",
    "br": "床前明月光，<br>疑是地上霜。<br/>举头望明月，<BR />低头思故乡。",
    "paragraphs": "<p>床前明月光，疑是地上霜。</p><p>举头望明月，低头思故乡。</p>",
    "entities": "床前明月光，&nbsp;疑是地上霜。&#10;举头望明月，&emsp;低头思故乡&#12290;",
    "ruby": "<ruby>床<rt>chuáng</rt></ruby>前明月光，疑是地上霜。举头望明月，低头思<rp>(</rp>故乡。",
    "sup": "床前明月光<sup>1</sup>，疑是地上霜<sup>[2]</sup>。举头望明月，低头思故乡。",
    "comment": "床前明月光，<!-- 霜 -->疑是地上霜。举头望明月，低头思故乡。",
    "wide full stop": "床前明月光，疑是地上霜．举头望明月，低头思故乡．",
    "small stops": "床前明月光﹐疑是地上霜﹒举头望明月﹐低头思故乡︒",
    "slashes": "床前明月光/疑是地上霜/举头望明月/低头思故乡",
    "ornaments": "床前明月光🌸疑是地上霜🌸举头望明月🌸低头思故乡🌸",
    "arrows": "床前明月光→疑是地上霜→举头望明月→低头思故乡",
    "spaced": "床 前 明 月 光 ， 疑 是 地 上 霜 。\n举 头 望 明 月 ， 低 头 思 故 乡 。",
    "spaced rows": "床 前 明 月 光\n疑 是 地 上 霜\n举 头 望 明 月\n低 头 思 故 乡",
    "wide spaces": "床　前　明　月　光\n疑　是　地　上　霜\n举　头　望　明　月\n低　头　思　故　乡",
    "no-break spaces": "床前\u00a0明月光\u00a0\u00a0疑是\u00a0地上霜\n举头\u00a0望明月\u00a0\u00a0低头\u00a0思故乡",
    "pinyin between": "chuáng qián míng yuè guāng\n床前明月光，\nyí shì\n疑是地上霜。\n举头望明月，\n低头思故乡。",
    "Markdown table": "| 床前明月光 | 疑是地上霜 |\n|---|---|\n| 举头望明月 | 低头思故乡 |",
    "Markdown quotation": "> 床前明月光，疑是地上霜。\n> 举头望明月，低头思故乡。",
    "fence": "```\n床前明月光，疑是地上霜。\n举头望明月，低头思故乡。\n```",
    "emphasis": "**床前明月光**，疑是地上霜。\n*举头望明月*，低头思故乡。",
    "list": "- 床前明月光，\n- 疑是地上霜。\n- 举头望明月，\n- 低头思故乡。",
    "Chinese numbering": "一、床前明月光，\n二、疑是地上霜。\n三、举头望明月，\n四、低头思故乡。",
    "in brackets as a whole": f"（{PAIRS}）",
    "quoted": "“床前明月光，疑是地上霜。举头望明月，低头思故乡。”",
    "a signature": f"{PAIRS}\n——作于二〇二三年五月",
    "a date": f"{PAIRS}\n2023年5月1日于北京",
    "a cyclical year": f"{PAIRS}\n甲辰年春 书于江南",
    "translation": f"{PAIRS}\n\n译文\n明亮的月光洒在窗户纸上，好像泛起了白霜。\n\n注释\n⑴疑：好像。\n举头：抬头。",
    "notes in one row": f"{PAIRS}\n【注释】疑：好像。\n【赏析】这首诗写的是在寂静的月夜思念家乡的感受，语言清新朴素。",
    "appreciation": f"{PAIRS}\n\n赏析：\n诗的前两句写错觉。\n后两句写动作，神态，心情，由“疑”到“望”，由“望”到“思”。",
    "words of a model": f"好的，这是一首诗：\n\n{PAIRS}\n\n以上就是为您写的诗，希望您喜欢！",
}


@pytest.mark.parametrize("name", ONE)
def test_one_poem(name: str) -> None:
    (poem,) = parse_text(ONE[name]).poems
    assert poem.lines == VERSE


HEADED = {
    "title with a comma": (f"九日，寄友人\n{PAIRS}", "九日，寄友人", ""),
    "title with a mark": (f"归去来！\n{PAIRS}", "归去来！", ""),
    "long title": (
        f"自河南经乱，关内阻饥，兄弟离散，各在一处。因望月有感，聊书所怀\n白居易\n{SEVENS}",
        "自河南经乱，关内阻饥，兄弟离散，各在一处。因望月有感，聊书所怀",
        "白居易",
    ),
    "a page": (f"静夜思\n李白〔唐代〕\n{PAIRS}", "静夜思", "李白"),
    "dynasty and name": (f"静夜思\n唐代：李白\n{PAIRS}\n标签：唐诗三百首", "静夜思", "李白"),
    "a row of labels": (f"题目：静夜思 作者：李白 朝代：唐\n{PAIRS}", "静夜思", "李白"),
    "spaced title": (f"静 夜 思\n李 白\n{PAIRS}", "静夜思", "李白"),
    "in brackets": (f"【静夜思】\n{PAIRS}", "静夜思", ""),
    "numbered title": (f"一、静夜思\n{PAIRS}", "静夜思", ""),
    "one of several": (f"秋兴\n其一\n{PAIRS}", "秋兴 其一", ""),
    "one of several, in a row": (f"秋兴 其二\n{PAIRS}", "秋兴 其二", ""),
    "one of several, in brackets": (f"秋兴（其三）\n〔唐〕杜甫\n{PAIRS}", "秋兴 其三", "杜甫"),
    "one of several, by a name": (f"秋兴八首\n杜甫\n\n其八\n\n{PAIRS}", "秋兴八首 其八", "杜甫"),
    "preface": (f"读书有感并序\n余客居长安，夜不能寐，因有此作。\n{PAIRS}", "读书有感并序", ""),
    "labelled preface": (f"宿建德江\n孟浩然\n序：元和十年，予左迁九江郡司马。\n{PAIRS}", "宿建德江", "孟浩然"),
    "note over two rows": (f"静夜思\n李白\n（此诗作于开元十四年\n扬州旅舍）\n{PAIRS}", "静夜思", "李白"),
    "name below": (f"{PAIRS}\n李白", "", "李白"),
    "gallery": (f"**静夜思** 五言绝句 平起首句不入韵 东韵 种子 1\n\n{PAIRS}", "静夜思", ""),
    "gallery, rendered": (f"静夜思 五言绝句 平起首句不入韵 东韵 种子 1\n\n{PAIRS}", "静夜思", ""),
}


@pytest.mark.parametrize("name", HEADED)
def test_headings(name: str) -> None:
    text, title, author = HEADED[name]
    (poem,) = parse_text(text).poems
    assert (poem.title, poem.author, len(poem.lines)) == (title, author, 4)


@pytest.mark.parametrize("lost", ["■", "□", "\ufffd", "\ue5e5", "▢", "⿰氵每", "[木*奈]", "[(工*刀)/言]"])
def test_a_lost_character_stays_at_its_place_with_a_note(lost: str) -> None:
    review = check(f"一夜江南{lost}，千山草木新。清晨携客去，把酒问归人。")
    assert review.lines[0] == "一夜江南□"
    assert [(f.line, f.column) for f in review.findings if f.rule == "字音"] == [(1, 5)]


def test_radicals_are_the_characters_they_show() -> None:
    review = check("⼀夜江南⾬，千⼭草⽊新。清晨携客去，把酒问归⼈。")
    assert review.lines == ("一夜江南雨", "千山草木新", "清晨携客去", "把酒问归人")
    assert review.passed


def test_a_figure_in_a_line_is_no_note_mark() -> None:
    (poem,) = parse_text("故国3千里，深宫20年。一声何满子，双泪落君前。").poems
    assert poem.lines[:2] == ("故国3千里", "深宫20年")


def test_numbered_poems_are_several() -> None:
    rows = [PAIRS.replace("\n", ""), SEVENS.replace("\n", "")]
    for marks in ("一、", "二、"), ("1. ", "2. "), ("（一）", "（二）"), ("①", "②"):
        text = "\n".join(mark + row for mark, row in zip(marks, rows, strict=True))
        assert [len(poem.lines[0]) for poem in parse_text(text).poems] == [5, 7]


def test_a_series_keeps_its_title() -> None:
    found = parse_text(f"秋兴二首\n杜甫\n\n其一\n{PAIRS}\n\n其二\n{SEVENS}").poems
    assert [(poem.title, poem.author) for poem in found] == [("秋兴二首 其一", "杜甫"), ("秋兴二首 其二", "杜甫")]


def test_a_page_with_two_poems_and_their_notes() -> None:
    text = f"静夜思\n李白\n{PAIRS}\n\n译文\n明亮的月光洒在窗户纸上。\n\n早发白帝城\n李白\n{SEVENS}\n\n注释\n发：启程。"
    assert [poem.title for poem in parse_text(text).poems] == ["静夜思", "早发白帝城"]


def test_what_is_left_out_is_said() -> None:
    parsed = parse_text(f"静夜思\n{PAIRS.replace('霜', '霜（一作雪）')}\n\n译文\n明亮的月光。")
    assert {"一作雪", "译文", "明亮的月光。"} <= set(parsed.left_out)


def test_a_faulty_couplet_is_no_title() -> None:
    (poem,) = parse_text("静夜思\n床前明月，疑是地上霜。\n举头望明月，低头思故乡。").poems
    assert [len(line) for line in poem.lines] == [4, 5, 5, 5]


def test_every_row_of_the_readme_gallery_passes() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    gallery = readme.split("<!-- gallery:start -->")[1].split("<!-- gallery:end -->")[0]
    assert [review.passed for review in check_all(gallery)] == [True] * 20
    rows = gallery.strip().split("\n\n")
    for heading, verse in list(pairwise(rows))[::2]:
        for text in (verse, f"{heading}\n\n{verse}", f"{heading}\n{verse}"):
            (review,) = check_all(text)
            assert review.passed


def test_all_chinese_is_accounted_for() -> None:
    for text in (*ONE.values(), *(text for text, _, _ in HEADED.values())):
        text = re.sub("<!--.*?-->", "", text)
        parsed = parse_text(text)
        told = [part for poem in parsed.poems for part in (poem.title, poem.author, *poem.lines)]
        kept = Counter("".join((*told, *parsed.left_out)))
        missing = Counter(c for c in text if "\u4e00" <= c <= "\u9fff") - kept
        assert not set(missing) - set("一二三四、题目作者朝代唐〔〕"), text


@pytest.mark.parametrize(
    "marks",
    [
        ("（一）\n", "（二）\n"), ("【一】\n", "【二】\n"), ("一、\n", "二、\n"), ("一．\n", "二．\n"), ("①\n", "②\n"),
        ("(1)\n", "(2)\n"), ("Ⅰ\n", "Ⅱ\n"), ("其一：", "其二："), ("〔一〕", "〔二〕"), ("1、", "2、"),
        ("一\n", "二\n"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("broken", [False, True])
def test_a_number_above_or_before_verse_begins_a_poem(marks: tuple[str, str], broken: bool) -> None:
    verse = [PAIRS, SEVENS] if broken else [PAIRS.replace("\n", ""), SEVENS.replace("\n", "")]
    found = parse_text("\n".join(mark + poem for mark, poem in zip(marks, verse, strict=True)))
    assert [(len(poem.lines), len(poem.lines[0])) for poem in found.poems] == [(4, 5), (4, 7)]
    assert found.left_out == ()


def test_a_link_of_a_wiki_is_read_as_its_words() -> None:
    (poem,) = parse_text("[[床]]前明月光，疑是[[霜|地上霜]]。\n举头望明月，低头思故乡。").poems
    assert poem.lines == ("床前明月光", "疑是地上霜", "举头望明月", "低头思故乡")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("我写的：床前明月光，疑是地上霜。\n举头望明月，低头思故乡。", {"我写的："}),
        ("首联：床前明月光，疑是地上霜。\n尾联：举头望明月，低头思故乡。", {"首联：", "尾联："}),
        ("“床前明月光，疑是地上霜。举头望明月，低头思故乡。”——李白《静夜思》", {"——李白《静夜思》"}),
        ("床前明月光，疑是地上霜。举头望明月，低头思故乡。 —— 李白", {"—— 李白"}),
    ],
)
def test_what_stands_beside_verse_in_its_row_is_no_line(text: str, said: set[str]) -> None:
    parsed = parse_text(text)
    (poem,) = parsed.poems
    assert poem.lines == ("床前明月光", "疑是地上霜", "举头望明月", "低头思故乡")
    assert {note.lstrip("”") for note in parsed.left_out} == said


def test_words_of_the_poem_before_a_colon_stay() -> None:
    (poem,) = parse_text("君不见：黄河之水天上来，奔流到海不复回。").poems
    assert poem.lines[0] == "君不见"
