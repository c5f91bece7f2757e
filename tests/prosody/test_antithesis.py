import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yayun.prosody.parallelism.batch import batch_scores as scores
from yayun.prosody.parallelism.classes import classes, fold
from yayun.prosody.parallelism.couplet import STRICT, analyse, couplet_parallelism, explain
from yayun.prosody.parallelism.evidence import facing
from yayun.prosody.tables import read_rows

GOLD = [
    row.split("\t")
    for row in (Path(__file__).parent / "gold_couplets.tsv").read_text(encoding="utf-8").splitlines()[1:]
]
PARALLEL = [(row[0], row[1]) for row in GOLD if row[2] == "1"]
OTHERS = [(row[0], row[1]) for row in GOLD if row[2] == "0"]
LINES = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("一二春秋風風山水紅碧東西不何听里后")), max_size=12)


def auc(positive, negative):
    wins = sum((a > b) + 0.5 * (a == b) for a, b in product(positive, negative))
    return wins / len(positive) / len(negative)


def verdict(upper, lower, position):
    return explain(upper, lower)[position - 1]


def test_gold_list_is_sound():
    assert len(GOLD) >= 120
    assert len({row[0] + row[1] for row in GOLD}) == len(GOLD)
    for upper, lower, parallel, fails, reason, source in GOLD:
        assert len(upper) == len(lower) in (5, 7)
        assert reason
        assert source
        assert fails != "-" or parallel == "1"


def test_gold_couplets_are_told_apart():
    good, bad = [[couplet_parallelism(*pair) for pair in pairs] for pairs in (PARALLEL, OTHERS)]
    assert auc(good, bad) > 0.97
    right = sum(score > 0.5 for score in good) + sum(score < 0.5 for score in bad)
    assert right / len(GOLD) > 0.9


def test_gold_positions_that_fail_score_below_the_others():
    good, bad = [], []
    for upper, lower, _, fails, *_ in GOLD:
        failing = {int(place) for place in fails.split(",") if place != "-"}
        for found in explain(upper, lower):
            (bad if found.position in failing else good).append(found.score)
    assert auc(good, bad) > 0.83


def test_a_line_with_another_couplets_line_scores_clearly_lower():
    for width in (5, 7):
        pairs = [pair for pair in PARALLEL if len(pair[0]) == width]
        others = [(a[0], b[1]) for a, b in zip(pairs, pairs[1:] + pairs[:1], strict=True)]
        own = scores(pairs)
        strange = scores(others)
        assert auc(own, strange) > 0.95
        assert own.mean() > strange.mean() + 0.5


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        (("兩個黃鸝鳴翠柳", "一行白鷺上青天"), ("两个黄鹂鸣翠柳", "一行白鹭上青天")),
        (("無邊落木蕭蕭下", "不盡長江滾滾來"), ("无边落木萧萧下", "不尽长江滚滚来")),
        (("雲裡帝城雙鳳闕", "雨中春樹萬人家"), ("云里帝城双凤阙", "雨中春树万人家")),
        (("鴻雁不堪愁裡聽", "雲山況是客中過"), ("鸿雁不堪愁里听", "云山况是客中过")),
    ],
)
def test_both_scripts_score_alike(traditional, simplified):
    assert couplet_parallelism(*traditional) == pytest.approx(couplet_parallelism(*simplified), abs=1e-9)
    assert couplet_parallelism(*traditional) > 0.8


@pytest.mark.parametrize(
    ("upper", "lower", "position", "reason"),
    [
        ("三山半落青天外", "二水中分白鷺洲", 1, "同类:数目对数目"),
        ("三山半落青天外", "二水中分白鷺洲", 5, "同类:颜色对颜色"),
        ("青山橫北郭", "白水遶東城", 4, "同类:方位对方位"),
        ("千山鳥飛絕", "春徑人蹤滅", 1, "数目字要对数目字"),
        ("紅樹村邊合", "高山郭外斜", 1, "颜色字要对颜色字"),
        ("青山橫北郭", "白水遶春城", 4, "方位字要对方位字"),
        ("漠漠水田飛白鷺", "陰陰夏木囀黃鸝", 1, "叠字对叠字"),
        ("漠漠水田飛白鷺", "高陰夏木囀黃鸝", 1, "一句有重叠字,另一句同位没有"),
        ("明月松間照", "明泉石上流", 1, "两句同用一字,不成对"),
        ("明月松間照", "清泉石上", 5, "两句字数不等,此处无字相对"),
    ],
)
def test_reasons(upper, lower, position, reason):
    found = verdict(upper, lower, position)
    assert found.reason == reason
    assert (found.upper, found.lower) == (upper[position - 1 : position], lower[position - 1 : position])


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (("千山鳥飛絕", "萬徑人蹤滅"), ("千山鳥飛絕", "春徑人蹤滅")),
        (("青山橫北郭", "白水遶東城"), ("青山橫北郭", "春水遶東城")),
        (("青山橫北郭", "白水遶東城"), ("青山橫北郭", "白水遶春城")),
        (("晴川歷歷漢陽樹", "芳草萋萋鸚鵡洲"), ("晴川歷歷漢陽樹", "芳草萋迷鸚鵡洲")),
        (("明月松間照", "清泉石上流"), ("明月松間照", "明泉石上流")),
        (("明月松間照", "清泉石上流"), ("明月松間照", "清泉石上")),
        (("明月松間照", "清泉石上流"), ("明月松間照", "明月松間照")),
    ],
)
def test_a_fault_costs(better, worse):
    assert couplet_parallelism(*better) > couplet_parallelism(*worse)


def test_a_line_against_itself_is_no_couplet():
    for pair in PARALLEL:
        assert couplet_parallelism(pair[0], pair[0]) < 0.3


def test_emptiness():
    assert couplet_parallelism("", "") == 0.0
    assert explain("", "") == ()
    assert couplet_parallelism("明月松間照", "") < 0.05
    assert couplet_parallelism("春", "秋") > 0.5


@given(LINES, LINES)
def test_any_text_scores_in_range_and_is_explained(upper, lower):
    score = couplet_parallelism(upper, lower)
    assert 0.0 <= score <= 1.0
    assert score == pytest.approx(couplet_parallelism(lower, upper))
    found = explain(upper, lower)
    assert [v.position for v in found] == list(range(1, max(len(upper), len(lower)) + 1))
    assert all(0.0 <= v.score <= 1.0 and v.reason for v in found)


@settings(max_examples=30)
@given(st.lists(st.tuples(LINES, LINES), max_size=20))
def test_the_batch_path_gives_the_same_numbers(pairs):
    assert scores(pairs).tolist() == pytest.approx([couplet_parallelism(*pair) for pair in pairs], abs=1e-6)


@given(st.sampled_from(PARALLEL + OTHERS), st.integers(1, 7), st.sampled_from("一春山白來不東夢清下子"))
def test_the_score_follows_every_position(pair, position, char):
    """A character that answers better never lowers the couplet, one that answers worse never lifts it."""
    upper, lower = map(fold, pair)
    if position > len(upper) or len(set(upper)) < len(upper) or len(set(lower)) < len(lower) or char in lower:
        return
    changed = lower[: position - 1] + fold(char) + lower[position:]
    before, after = analyse(upper, lower), analyse(upper, changed)
    (was, terms), (now, new) = facing(upper, lower)[position - 1], facing(upper, changed)[position - 1]
    if now >= was and STRICT & {*new} <= STRICT & {*terms} and not after.fault:
        assert after.score >= before.score - 1e-12
    if now <= was and STRICT & {*terms} <= STRICT & {*new} and not before.fault:
        assert after.score <= before.score + 1e-12


@given(st.sampled_from(PARALLEL + OTHERS))
def test_one_verdict_for_the_score_and_the_marks(pair):
    found = analyse(*pair)
    unlike = [place for place in found.places if not place.alike]
    assert found.score == couplet_parallelism(*pair)
    assert not unlike or found.score < 0.97  # shown as a whole number, never 100 beside a mark
    assert found.parallel or unlike or found.fault == "合掌"


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("漠漠水田飛白鷺", "山林夏木囀黃鸝"),
        ("無邊落木蕭蕭下", "不盡長江日夜來"),
        ("晴川歷歷漢陽樹", "芳草萋迷鸚鵡洲"),
        ("冉冉年華去", "芳菲草色來"),
    ],
)
def test_doubling_answered_by_plain_words_is_named(upper, lower):
    found = analyse(upper, lower)
    assert (found.fault, found.parallel) == ("叠字", False)
    assert scores([(upper, lower)])[0] == pytest.approx(found.score, abs=1e-6)


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("朝罷歸來香滿袖", "夕歸罷了袖盈香"),
        ("泛舟江上觀明月", "乘船江中看月明"),
        ("遠望青山山寂靜", "遙看碧嶺嶺幽寂"),
        ("神州處處傳佳節", "赤縣家家慶好時"),
    ],
)
def test_saying_the_same_twice_is_named(upper, lower):
    found = analyse(upper, lower)
    assert (found.fault, found.parallel) == ("合掌", False)
    assert scores([(upper, lower)])[0] == pytest.approx(found.score, abs=1e-6)


def test_parallel_couplets_do_not_say_the_same():
    assert [pair for pair in PARALLEL if analyse(*pair).fault] == []


@pytest.mark.parametrize(
    ("upper", "lower", "position", "loan"),
    [
        ("殘春紅藥在", "終日子規啼", 3, "紫"),
        ("談笑有鴻儒", "往來無白丁", 4, "红"),
        ("馬驕珠汗落", "胡舞白蹄斜", 3, "朱"),
        ("住山今十載", "明日又遷居", 4, "千"),
        ("根非生下土", "葉不墜秋風", 4, "夏"),
        ("野鶴清晨出", "山精白日藏", 3, "青"),
    ],
)
def test_borrowed_answers_are_known(upper, lower, position, loan):
    found = analyse(upper, lower)
    assert found.score > 0.7
    assert found.places[position - 1].alike
    assert loan in found.places[position - 1].reason


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("懷舊空吟聞笛賦", "到鄉翻似爛柯人"),  # allusions
        ("即從巴峽穿巫峽", "便下襄陽向洛陽"),  # 流水對
        ("請看石上藤蘿月", "已映洲前蘆荻花"),
        ("唯將終夜長開眼", "報答平生未展眉"),
        ("欲為聖明除弊事", "肯將衰朽惜殘年"),
        ("欲窮千里目", "更上一層樓"),
        ("野火燒不盡", "春風吹又生"),
        ("座中醉客延醒客", "江上晴雲雜雨雲"),  # 當句對
        ("小院迴廊春寂寂", "浴鳧飛鷺晚悠悠"),
        ("高江急峽雷霆鬥", "古木蒼藤日月昏"),
    ],
)
def test_freer_kinds_of_parallelism_are_not_punished(upper, lower):
    assert analyse(upper, lower).parallel


def test_classes_are_written_one_fact_a_row():
    rows = [row.split("\t") for row in read_rows("antithesis_classes.tsv")]
    assert all(len(row) == 3 and len(row[0]) == 1 for row in rows)
    assert {row[2] for row in rows} == {"手订", "udkanbun"}
    assert len({(row[0], row[1]) for row in rows}) == len(rows)
    assert "数目" in classes("三")
    assert classes("𠀀") == frozenset()


def test_the_single_path_loads_no_numpy():
    code = (
        "import sys; from yayun.prosody.parallelism.couplet import couplet_parallelism as p, explain; "
        "p('明月松間照', '清泉石上流'); explain('明月松間照', '清泉石上流'); assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
