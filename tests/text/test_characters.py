from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yayun.errors import YayunError
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.readings.lexicon import readings
from yayun.text.characters import clean, one_character, radicals


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("⼀夜江南⾬", "一夜江南雨"),  # Kangxi radicals
        ("千⼭草⽊新", "千山草木新"),
        ("⽩⽇依⼭尽", "白日依山尽"),
        ("⻋⻢⻜⻛", "车马飞风"),  # the Supplement, which NFKC leaves
        ("⺩⺼⻌", "王肉辶"),
        ("㇐㇑㇏", "一丨乀"),  # strokes
        ("\uf900車", "豈車"),  # compatibility ideographs
        ("〸〹〺", "十卄卅"),
        ("春\u200b風\ufeff\ufe00", "春風"),
        ("春\r\n風\u2028雨\x0b雪", "春\n風\n雨\n雪"),
    ],
)
def test_characters_that_can_be_read(typed: str, meant: str) -> None:
    assert clean(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["■", "▢", "〓", "\ufffd", "\ue123", "\U000f0001", "⿰氵每", "⺀", "\U000323b5", "▓"],
)
def test_a_character_that_cannot_be_read_stays_in_its_place(typed: str) -> None:
    assert clean(f"春{typed}風") == "春□風"


def test_every_kangxi_radical_has_a_reading() -> None:
    kangxi = [chr(code) for code in range(0x2F00, 0x2FD6)]
    assert len(set(kangxi) & radicals().keys()) == 214
    assert all(is_hanzi(clean(char)) for char in kangxi)
    assert sum(bool(readings(clean(char))) for char in kangxi) > 190


def test_a_description_that_never_ends_takes_no_verse_along() -> None:
    assert clean("⿰氵，春风花月夜") == "氵，春风花月夜"
    assert clean("⿰" * 5_000) == ""


@given(st.text(max_size=60))
def test_nothing_is_lost(text: str) -> None:
    kept = clean(text)
    assert clean(kept) == kept
    assert sum(map(is_hanzi, kept)) + kept.count("□") >= (
        0
        if set(text) & set("⿰⿱⿲⿳⿴⿵⿶⿷⿸⿹⿺⿻⿼⿽⿾⿿㇯")
        else sum(map(is_hanzi, unicodedata.normalize("NFC", text)))
    )


def test_one_character_to_look_up() -> None:
    assert one_character(" ⼭\ufe00") == "山"
    for text in ("", "春風", "\ue123", "■"):
        with pytest.raises(YayunError):
            one_character(text)
