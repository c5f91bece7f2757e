import pytest

from yayun.prosody.books.mandarin import TONGYUN, XINYUN, final_of, read_syllables, syllables


@pytest.mark.parametrize(
    ("syllable", "final"),
    [
        ("zhi", "-i"), ("si", "-i"), ("yi", "i"), ("ji", "i"), ("xue", "ve"), ("yue", "ve"), ("lve", "ve"),
        ("you", "iu"), ("liu", "iu"), ("wei", "ui"), ("gui", "ui"), ("wen", "un"), ("jun", "vn"), ("yun", "vn"),
        ("yuan", "van"), ("juan", "van"), ("yan", "ian"), ("ye", "ie"), ("yong", "iong"), ("weng", "ueng"),
        ("wu", "u"), ("yu", "v"), ("ju", "v"), ("wo", "uo"), ("er", "er"), ("a", "a"), ("yao", "iao"), ("ri", "-i"),
    ],
)  # fmt: skip
def test_finals(syllable: str, final: str) -> None:
    assert final_of(syllable) == final


def test_both_books_cover_every_final() -> None:
    assert XINYUN.keys() == TONGYUN.keys()
    assert len(set(XINYUN.values())) == 14
    assert len(set(TONGYUN.values())) == 16


def test_readings_in_any_script() -> None:
    for simple, full, final, level in [("云", "雲", "vn", True), ("叶", "葉", "ie", False), ("风", "風", "eng", True)]:
        for char in (simple, full):
            assert (syllables(char)[0].final, syllables(char)[0].level) == (final, level)
    assert syllables("白")[0].level  # a stop once, level now


def test_words_tell_readings_apart() -> None:
    for line, place, spelt in [
        ("银行", 1, "hang2"), ("行人", 0, "xing2"), ("生长", 1, "zhang3"), ("漫长", 1, "chang2"), ("还乡", 0, "huan2"),
        ("重逢", 0, "chong2"), ("沉重", 1, "zhong4"), ("音樂", 1, "yue4"), ("快乐", 1, "le4"),
    ]:  # fmt: skip
        assert [s.spelt for s in read_syllables(line)[place]] == [spelt], line
