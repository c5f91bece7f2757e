import pytest

from yayun.corpus.cleaning import Dropped, Verse, clean
from yayun.corpus.dynasties import DYNASTIES, UNKNOWN, canonical_dynasty
from yayun.corpus.rows import Row


def row(*paragraphs, title="题", genre="", author="某", dynasty="明", row_id="a"):
    return Row(row_id, dynasty, author, title, paragraphs, genre)


def only(given, genre="诗"):
    found = list(clean(given, genre))
    assert len(found) == 1
    return found[0]


COUPLETS = ("白日依山尽，黄河入海流。", "欲穷千里目，更上一层楼。")
LINES = ("白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼")


def test_a_clean_poem():
    assert only(row(*COUPLETS)) == Verse("a", "明", "明", "某", "题", "", "诗", LINES, ())


@pytest.mark.parametrize(
    "text",
    ["白日□山尽，黄河入海流。", "白日{山叙}山尽，黄河入海流。", "白日[扌朱}山尽，黄河。",
     "白\ue4a3依山尽，黄河入海流。", "■日依山尽，黄河入海流。", "白日＿山尽，黄河入海流。"],
)  # fmt: skip
def test_a_lost_character_drops_the_poem(text):
    assert only(row(text, COUPLETS[1])) is Dropped.LOST


@pytest.mark.parametrize(
    ("paragraphs", "reason"),
    [
        ([], Dropped.EMPTY),
        (["（阙）"], Dropped.EMPTY),
        (["白日依山尽。"], Dropped.EMPTY),
        (["白日abc尽，黄河入海流。"], Dropped.FOREIGN),
        (["白日依山の尽，黄河入海流。"], Dropped.FOREIGN),
        (["余自幼刻意林壑不耐俗事懒慢之僻殆与性成每加责励，而不能自克。"], Dropped.PROSE),
        ([*COUPLETS, *COUPLETS], Dropped.DOUBLED),
        ([COUPLETS[0], COUPLETS[0]], Dropped.DOUBLED),
    ],
)
def test_what_can_not_be_mended_has_a_reason(paragraphs, reason):
    assert only(row(*paragraphs)) is reason


def test_notes_quotes_and_invisible_characters_go():
    found = only(
        row("《白日》依\u200b山尽（一作落），「黄河」入海流。", COUPLETS[1], author="王 之涣", title="登楼（一首）")
    )
    assert (found.lines, found.author, found.title) == (LINES, "王之涣", "登楼")


def test_a_preface_before_regular_verse_goes():
    assert only(row("余客江南久矣一日登楼有感而作此诗，时癸未秋也。", *COUPLETS)).lines == LINES


def test_an_opening_of_an_old_style_song_stays():
    song = ("君不见黄河之水天上来，奔流到海不复回。", "君不见高堂明镜悲白发，朝如青丝暮成雪。", *COUPLETS)
    assert len(only(row(*song)).lines) == 8


def test_a_series_given_as_one_is_taken_apart():
    found = list(clean(row("【其一】", COUPLETS[0], "【其二】", COUPLETS[1], title="杂诗"), "诗"))
    assert [(verse.id, verse.title, verse.lines) for verse in found] == [
        ("a-一", "杂诗 其一", LINES[:2]),
        ("a-二", "杂诗 其二", LINES[2:]),
    ]


@pytest.mark.parametrize(
    ("title", "cleaned"),
    [("燕京杂诗其二", "燕京杂诗 其二"), ("秋兴 其十一", "秋兴 其十一"), ("其一", "其一"), ("乐其一生", "乐其一生"),
     ("饮酒（其五）", "饮酒")],
)  # fmt: skip
def test_numbers_in_titles_stand_apart(title, cleaned):
    assert only(row(*COUPLETS, title=title)).title == cleaned


@pytest.mark.parametrize(
    ("title", "tune", "rest"),
    [("好事近", "好事近", ""), ("虞美人·调谡园纳姬，和竹垞", "虞美人", "调谡园纳姬，和竹垞"),
     ("浣溪沙 · 寿日", "浣溪沙", "寿日"), ("浣溪沙 其二", "浣溪沙", "")],
)  # fmt: skip
def test_a_song_keeps_its_tune_marks_and_stanzas(title, tune, rest):
    found = only(row("到而今、桂影寻人,“端好”在。", "如醉！望白蘋风里。。", title=title), "词")
    assert (found.tune, found.title) == (tune, rest)
    assert found.stanzas == ("到而今、桂影寻人，端好在。", "如醉！望白蘋风里。")
    assert found.lines == ("到而今", "桂影寻人", "端好在", "如醉", "望白蘋风里")


def test_the_row_s_own_genre_counts_before_the_file_s():
    assert only(row(*COUPLETS, genre="词")).genre == "词"
    assert only(row(*COUPLETS, genre="诗"), "词").stanzas == ()


def test_a_missing_id_is_made_from_the_text():
    first, again, other = (only(row(*COUPLETS, row_id="", author=name)).id for name in ("甲", "甲", "乙"))
    assert first == again != other


@pytest.mark.parametrize(
    ("name", "canonical"),
    [("元", "元"), ("元代", "元"), ("明朝", "明"), ("五代十国", "五代"), ("晋", "魏晋"), ("三国", "魏晋"), ("漢", "汉"),
     ("北宋", "宋"), ("民国", "近人"), ("朝鲜", UNKNOWN), ("", UNKNOWN), (" 清 ", "清")],
)  # fmt: skip
def test_dynasties(name, canonical):
    assert canonical_dynasty(name) == canonical
    assert canonical in (*DYNASTIES, UNKNOWN)
