import subprocess
import sys
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yayun.prosody.readings.hanzi import is_hanzi
from yayun.retrieval.imagery import association, imagery_for, parallels
from yayun.retrieval.novelty import fold_line
from yayun.retrieval.units import line_words, title_units, verse_units

# A regular classic for each title, and the titles of the others to tell it from.
POEMS = {
    "出塞": "秦时明月汉时关，万里长征人未还。但使龙城飞将在，不教胡马度阴山。",
    "早发白帝城": "朝辞白帝彩云间，千里江陵一日还。两岸猿声啼不尽，轻舟已过万重山。",
    "送友人": "青山横北郭，白水绕东城。此地一为别，孤蓬万里征。浮云游子意，落日故人情。挥手自兹去，萧萧班马鸣。",
    "山居秋暝": "空山新雨后，天气晚来秋。明月松间照，清泉石上流。竹喧归浣女，莲动下渔舟。随意春芳歇，王孙自可留。",
    "春望": "国破山河在，城春草木深。感时花溅泪，恨别鸟惊心。烽火连三月，家书抵万金。白头搔更短，浑欲不胜簪。",
    "登岳阳楼": "昔闻洞庭水，今上岳阳楼。吴楚东南坼，乾坤日夜浮。亲朋无一字，老病有孤舟。戎马关山北，凭轩涕泗流。",
}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("边塞", {"烽火", "沙場", "胡馬", "單于"}),
        ("送别", {"別離", "長亭"}),
        ("春风", {"東風", "桃李"}),
        ("登高", {"重陽", "茱萸"}),
        ("咏梅", {"暗香", "疏影"}),
        ("宫怨", {"玉階", "昭陽"}),
    ],
)
def test_a_title_brings_its_imagery(title, expected):
    assert expected <= set(imagery_for(title, limit=16))


@pytest.mark.parametrize("title", ["边塞", "送友人之洛阳", "雪", "毕业", "題破山寺後禪院", "其一", "春日三首其二"])
def test_images_are_hanzi_without_a_repeated_character(title):
    images = imagery_for(title)
    assert len(images) <= 8
    assert all(1 <= len(image) <= 2 and all(map(is_hanzi, image)) for image in images)
    characters = "".join(images)
    assert len(set(characters)) == len(characters)
    assert not {fold_line(image) for image in images} & set(title_units(title))


def test_both_scripts_bring_the_same():
    assert imagery_for("边塞") == imagery_for("邊塞")
    assert imagery_for("登岳阳楼") == imagery_for("登岳陽樓")


@pytest.mark.parametrize("title", ["", "hello", "12", "🌸", "\x00"])
def test_a_title_without_known_characters_brings_nothing(title):
    assert imagery_for(title) == ()
    assert association(title, "白日依山尽") == 0.0


@pytest.mark.parametrize("limit", [0, 1, 5, 40])
def test_the_limit_of_images_holds(limit):
    assert len(imagery_for("送别", limit)) <= limit
    assert imagery_for("送别", limit)[:3] == imagery_for("送别")[: min(3, limit)]


@pytest.mark.parametrize("title", POEMS)
def test_a_classic_goes_better_with_its_own_title_than_with_others(title):
    others = [association(other, POEMS[title]) for other in POEMS if other != title]
    assert association(title, POEMS[title]) > sum(others) / len(others)


def test_a_line_of_the_theme_is_nearer_than_another():
    assert association("边塞", "胡笳吹雪满边城") > association("边塞", "桃花流水鳜鱼肥") + 0.3
    assert association("春風", "桃花流水鳜鱼肥") > association("春風", "胡笳吹雪满边城")


@given(st.text(max_size=12), st.text(max_size=40))
def test_association_is_bounded_for_any_text(title, text):
    assert -1.01 <= association(title, text) <= 1.31


def test_association_does_not_depend_on_script_or_punctuation():
    poem = POEMS["登岳阳楼"]
    assert association("登岳陽樓", poem.replace("，", "\n")) == pytest.approx(association("登岳阳楼", poem))


@pytest.mark.parametrize(
    ("char", "answers"), [("红", "綠白"), ("春", "夜秋"), ("一", "千萬"), ("山", "水"), ("云", "月"), ("獨", "相")]
)
def test_parallels_answer_their_like(char, answers):
    assert set(answers) <= set(parallels(char))


def test_parallels_of_any_spelling_and_of_none():
    assert parallels("龙") == parallels("龍")
    assert "鳳" in parallels("龙")
    assert parallels("龙", limit=3) == parallels("龙")[:3]
    assert "龍" not in parallels("龙")
    assert parallels("𠮷") == () == parallels("x")


def test_units_of_titles_leave_numbers_of_a_series_out():
    assert title_units("春日 其二") == title_units("春日") == title_units("春日三首其十")
    assert title_units("七夕") == ("七", "夕", "七夕")
    assert title_units("三五七言") != ()


def test_units_of_verse_follow_its_word_boundaries():
    assert list(line_words("白日依山盡")) == ["白日", "依山", "山盡"]
    assert list(line_words("萬里悲秋常作客")) == ["萬里", "悲秋", "常作", "作客"]
    assert verse_units("白日依山盡，黃河入海流。") == verse_units("白日依山尽\n黄河入海流")


def test_the_tables_are_small():
    folder = files("yayun.retrieval") / "data"
    names = ("units.tsv", "vectors.bin", "feet.tsv", "parallels.tsv")
    assert sum(len((folder / name).read_bytes()) for name in names) < 2_500_000


def test_importing_loads_no_numpy():
    code = "import sys, yayun.retrieval.imagery, yayun.retrieval.feet; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
