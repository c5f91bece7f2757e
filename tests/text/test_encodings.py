from __future__ import annotations

import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yayun.errors import YayunError
from yayun.text.encodings import decode, encoding_of

SIMPLIFIED = "春望\n国破山河在，城春草木深。\n感时花溅泪，恨别鸟惊心。\n"
TRADITIONAL = "春望\n國破山河在，城春草木深。\n感時花濺淚，恨別鳥驚心。\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk"]
)
@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL, "白日依山盡，"])
def test_each_encoding_is_told(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)).removeprefix("\ufeff") == text


@pytest.mark.parametrize("encoding", ["big5", "cp950", "big5hkscs"])
@pytest.mark.parametrize(
    "text", [TRADITIONAL, "白日依山盡，黃河入海流。", "一夜江南雨，千山草木新。清晨攜客去，把酒問歸人。"]
)
def test_big5_is_not_taken_for_gb18030(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize(
    "text",
    [
        "床前明月光疑是地上霜举头望明月低头思故乡",
        "白日依山盡黃河入海流欲窮千里目更上一層樓",
        '[{"title": "题", "paragraphs": ["山山水水水", "水水水水水"]}]',
        '{"text": "酒酒月月月"}',
    ],
)
def test_wide_encodings_need_neither_a_mark_nor_punctuation(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_a_mark_says_what_it_is() -> None:
    assert decode(codecs.BOM_UTF16_BE + SIMPLIFIED.encode("utf-16-be")) == SIMPLIFIED


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("静かさや岩にしみ入る蝉の声。古池や蛙飛びこむ水の音".encode("shift_jis"), "CP932|SHIFT"),
        (SIMPLIFIED.encode() + b"\xff\xfe" + SIMPLIFIED.encode(), "UTF-8 编码,但第"),
        (SIMPLIFIED.encode()[:-2], "UTF-8 编码,但第"),
        (b"\xff\xff\xff", "UTF-8"),
        (bytes(range(256)), "UTF-8|不是文本"),
        (b"\x00\x01\x02\x03", "不是文本"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_guess(raw: bytes, says: str) -> None:
    with pytest.raises(YayunError, match=says):
        decode(raw, "诗.txt")


@given(st.binary(max_size=80))
def test_any_bytes(raw: bytes) -> None:
    with suppress(YayunError):
        assert isinstance(decode(raw), str)


def test_the_beginning_is_enough() -> None:
    assert encoding_of((TRADITIONAL * 2).encode("big5")) in ("big5", "cp950", "big5hkscs")
