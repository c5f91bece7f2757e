import pytest
from hypothesis import given
from hypothesis import strategies as st

from yayun.corpus.text import clean_title, shape_form, split_lines
from yayun.prosody.readings.hanzi import is_hanzi


@pytest.mark.parametrize(
    ("paragraphs", "lines"),
    [
        (["白日依山盡，黃河入海流。", "欲窮千里目，更上一層樓。"], "白日依山盡 黃河入海流 欲窮千里目 更上一層樓"),
        (["春眠不覺曉，處處聞啼鳥（一作：啼鳥聲）。"], "春眠不覺曉 處處聞啼鳥"),
        (["君問（一作（又作聞）問）歸期未有期，"], "君問歸期未有期"),
        (["[其一]《白日》「依山」盡；黃河入海流！"], "白日依山盡 黃河入海流"),
        (["床前看月光,疑是地上霜.  舉頭望山月\t低頭思故鄉"], "床前看月光 疑是地上霜 舉頭望山月 低頭思故鄉"),
        (["□□依山盡。"], "□□依山盡"),
        (["（注）", "。，"], ""),
        ([], ""),
    ],
)
def test_paragraphs_become_lines(paragraphs, lines):
    assert split_lines(paragraphs) == tuple(lines.split())


def test_compatibility_ideographs_are_normalised():
    assert split_lines(["\uf914。"]) == ("樂",)


@given(st.lists(st.text(alphabet="春山水（）()[]「」，。！ \n□a", max_size=30), max_size=4))
def test_lines_hold_no_punctuation_and_stay_as_they_are(paragraphs):
    lines = split_lines(paragraphs)
    assert all(line and not set(line) & set("「」，。！ \n") for line in lines)
    # An unpaired bracket may be left: it is data to be seen, not verse to be guessed.
    assert split_lines(["，".join(lines)]) == lines or set("".join(lines)) & set("（）()[]")


@pytest.mark.parametrize(
    ("title", "cleaned"),
    [("春望（一作：春日）", "春望"), ("秋興八首  其一", "秋興八首 其一"), (" 登\u3000高 ", "登 高"), ("", "")],
)
def test_titles_lose_notes_and_spare_space(title, cleaned):
    assert clean_title(title) == cleaned


@pytest.mark.parametrize("char", ["春", "〇", "㒥", "𠮷", "\u9fff"])
def test_hanzi(char):
    assert is_hanzi(char)


@pytest.mark.parametrize("char", ["，", "□", "a", "1", "あ", "⿰", "\ue000", " "])
def test_not_hanzi(char):
    assert not is_hanzi(char)


@pytest.mark.parametrize(
    ("width", "count", "form"),
    [(5, 4, "五绝"), (7, 4, "七绝"), (5, 8, "五律"), (7, 8, "七律"), (6, 4, None), (5, 6, None), (5, 12, None)],
)
def test_shapes(width, count, form):
    assert shape_form(["山" * width] * count) == form


@pytest.mark.parametrize("lines", [[], ["白日依山盡"], ["白日依山盡"] * 3 + ["黃河"], ["白日依山□"] * 4])
def test_no_shape(lines):
    assert shape_form(lines) is None
