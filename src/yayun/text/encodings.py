"""Bytes -> text, whatever they were saved in: UTF-8, UTF-16 and UTF-32, GB18030 (GBK, GB 2312) or Big5.

UTF-8 and byte order marks say themselves what they are. GB18030 and Big5 are told apart by charset-normalizer, which
is given only these to choose from: with all encodings allowed, half of single verses were taken for UTF-16.
"""

from __future__ import annotations

import codecs
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from yayun.errors import YayunError
from yayun.lazy import lazy
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.tables import origins, rhymebook

if TYPE_CHECKING:
    import charset_normalizer
else:
    charset_normalizer = lazy("charset_normalizer")  # 30 ms to load

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Chinese text in UTF-16 is full of bytes that no other encoding of it has.
_CONTROLS = bytes(sorted(set(range(0x20)) - set(b"\t\n\r\f\x1a\x1b")))
_BIG5 = ("big5hkscs", "cp950", "big5")  # the first has ① and the like where the last has kana
_CHINESE = ("gb18030", *_BIG5)
_IN_USE, _CLEARLY, _SURELY = 0.6, 0.15, 0.95  # shares of characters that are in use
_ENOUGH = 4  # characters that are hardly all in use by chance
_ANY = 100.0  # of "mess": what the text is like is judged here, by its characters
_OFTEN = 60  # times in the corpus's nine million characters
_SAMPLE = 200_000  # bytes that tell an encoding


def decode(raw: bytes, name: str = "文本") -> str:
    """The text of ``raw``. Raises YayunError, with what it may be, where it is in none of these encodings."""
    encoding = encoding_of(raw, name)
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise YayunError(
            f"{name}像是 {_shown(encoding)} 编码,但第 {error.start + 1} 个字节读不通。{_ADVICE}"
        ) from error


_ADVICE = "请另存为 UTF-8 再试。"


def encoding_of(raw: bytes, name: str = "文本") -> str:
    """The encoding of a text, or of its beginning. Raises YayunError where it can't be told."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return encoding
    if _is_utf8(raw):
        return "utf-8"
    if raw.translate(None, _CONTROLS) != raw:
        if (wide := _wide(raw)) is None:
            raise YayunError(f"{name}不是文本文件。请给出文本、JSON 或 CSV 文件。")
        return wide
    sample = raw[:_SAMPLE]
    if len(sample) < len(raw):
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    known, wide = _chinese(sample), _wide(raw)
    if wide is not None and _is_rather_wide(raw.decode(wide), sample.decode(known, "replace") if known else None):
        return wide
    if known is not None:
        return known
    if _mostly_utf8(raw):
        return "utf-8"

    guess = charset_normalizer.from_bytes(sample).best()
    said = f"看来是 {_shown(guess.encoding)} 编码,这里不读" if guess is not None else "编码认不出来"
    raise YayunError(f"{name}{said}:能读的是 UTF-8、UTF-16、GB18030 和 Big5。{_ADVICE}")


def _is_rather_wide(wide: str, other: str | None) -> bool:
    """Is a text what it reads as in UTF-16 or UTF-32, rather than the ``other`` that GB18030 or Big5 make of it?"""
    if other is None and any(map(_is_sign, wide)):
        return True
    if other is not None and _share_in_use(other) >= _SURELY:
        return False
    return len(wide) >= _ENOUGH and _share_in_use(wide) >= _SURELY


def _chinese(raw: bytes) -> str | None:
    """GB18030 or Big5, as charset-normalizer tells them apart, unless only another reading is in use; None for other
    text."""
    found = charset_normalizer.from_bytes(raw, cp_isolation=list(_CHINESE), threshold=_ANY)
    shares = {match.encoding: _share_in_use(str(match)) for match in found}
    if not shares:
        return None
    first = found.best().encoding  # type: ignore[union-attr]
    best = max(shares, key=lambda encoding: shares[encoding])
    chosen = best if shares[best] > shares[first] + _CLEARLY else first
    if shares[chosen] < _IN_USE:
        return None
    return chosen if chosen == "gb18030" else next(name for name in _BIG5 if _decodes(raw, name))


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _share_in_use(text: str) -> float:
    """Of the characters beyond ASCII, those that verse uses, and punctuation and signs."""
    beyond = [char for char in text if not char.isascii()]
    known = sum(_is_in_use(char) if is_hanzi(char) else not char.isalpha() for char in beyond)
    return known / len(beyond) if beyond else 1.0


def _is_sign(char: str) -> bool:
    return char in "，。、；！？｜　\n" or unicodedata.category(char) == "So"


@cache
def _is_in_use(char: str) -> bool:
    """Has the corpus the character, or one that it is the simplified form of, often enough?"""
    rows = [row for origin in origins().get(char, char) for row in rhymebook().get(origin, ())[:1]]
    return any(int(row.split("\t")[3]) >= _OFTEN for row in rows)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end >= len(raw) > 3 and error.reason == "unexpected end of data" and error.start > 0
    return b"\0" not in raw


def _mostly_utf8(raw: bytes) -> bool:
    """Is it UTF-8 with a byte here and there that isn't?"""
    lost = raw.decode("utf-8", "replace").count("\ufffd")
    return 0 < lost * 20 < len(raw) and any(byte >= 0xE4 for byte in raw)


def _wide(raw: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: the order in which the text is Chinese, and most in use; None where in none."""
    shares: dict[str, float] = {}
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        known = sum(is_hanzi(c) or c.isascii() or c.isspace() or (c.isprintable() and not c.isalpha()) for c in text)
        if 10 * known >= 9 * len(text) and "\0" not in text:
            shares[encoding] = sum(c.isascii() or _is_sign(c) or (is_hanzi(c) and _is_in_use(c)) for c in text) / len(
                text
            )
    return max(shares, key=lambda encoding: shares[encoding], default=None)


def _shown(encoding: str) -> str:
    return encoding.upper().replace("_", "-")
