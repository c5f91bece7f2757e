"""The request as the finders see it: simplified, half-width, cut into words, each quotation one character; what was
typed is kept."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from yayun.brief.lexicon import cut
from yayun.brief.spelling import spelt
from yayun.errors import YayunError
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.script import to_simplified
from yayun.text.characters import clean as readable

LIMIT = 2000  # characters of a request
GAP = "\x1f"  # stands where a finder has taken something out
BOOK = "\ue000"  # a quotation in title marks 《》〈〉
QUOTE = "[\ue000\ue001]"  # any quotation
# A Chinese character of ``Text.plain``, where every other letter is ASCII. Said by categories because ``re`` takes
# 2 ms to compile each class with the range of 27,000 characters, and the finders need a hundred.
HAN, NOT_HAN = r"[^\W\da-z_]", r"[\W\da-z_]"

_PAIRS = ("《》", "〈〉", "「」", "『』", "“”", "‘’", "〝〞", "【】", "[]", "{}", "<>", "``", '""', "''")
_LABEL = "题目|标题|诗题|题|体裁|体式|形式|格式|诗体|韵部|韵脚|韵|押韵|意象|主题|题材|藏头|数量|首数|要求|字体"


@cache
def _quotation() -> re.Pattern[str]:
    # The same mark on both sides happens when people type “春风“ on a phone.
    doubled = [a + a for a, b in (("“", "”"), ("‘", "’"), ("”", "“"))] + ["”“"]
    inner = "[^{0}{1}\\n]{{1,120}}?"
    return re.compile(
        "|".join(
            f"{re.escape(p[0])}({inner.format(re.escape(p[0]), re.escape(p[1]))}){re.escape(p[1])}"
            for p in (*_PAIRS, *doubled)
        )
    )


@dataclass(frozen=True, slots=True)
class Text:
    """``plain`` is matched against; ``typed[i]`` is what stood at ``plain[i]`` (of a quotation its content); ``ends``:
    the places where its words begin or end."""

    plain: str
    typed: tuple[str, ...]
    ends: frozenset[int] = field(default_factory=frozenset)

    def said(self, start: int, end: int) -> str:
        """What was typed in ``plain[start:end]``, quotation marks left off."""
        return "".join(self.typed[start:end]).strip()

    def cut(self, spans: Iterable[tuple[int, int]]) -> Text:
        """The text with ``spans`` taken out (a gap in their place)."""
        plain = list(self.plain)
        for start, end in spans:
            plain[start:end] = GAP * (end - start)
        return Text("".join(plain), self.typed, self.ends)

    def find(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """The matches of ``pattern`` that cut through no word: the 别 of 送别 is no “don't”."""
        at = 0
        while (m := pattern.search(self.plain, at)) is not None:
            if m.start() in self.ends and m.end() in self.ends and m[0]:
                yield m
                at = m.end()
            else:
                at = m.start() + 1

    def first(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first of ``find``."""
        return next(self.find(pattern), None)

    def words(self, start: int, end: int) -> list[tuple[int, int]]:
        """The spans of the words in ``plain[start:end]``."""
        places = [start, *(i for i in range(start + 1, end) if i in self.ends), end]
        return [(a, b) for a, b in itertools.pairwise(places) if b > a]


def clean(text: str, what: str = "请求") -> str:
    """``text`` normalised (NFC) without invisible format characters, each character as verse has it.

    Errors: YayunError for a control character (line breaks and tabs aside) or half a surrogate pair.
    """
    kept = []
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if category == "Cs" or (category == "Cc" and char not in "\n\r\t"):
            raise YayunError(f"{what}里有控制字符(U+{ord(char):04X}),请去掉后再试。")
        if category != "Cf":
            kept.append(char)
    return readable("".join(kept)).strip()


def plain(text: str) -> str:
    """``text`` for matching, character by character: half-width, lower case, simplified."""
    simplify = _beyond(text, "gb2312")  # opencc is only loaded for text that needs it
    return "".join(_plain_char(char, simplify) for char in text)


def read_text(text: str) -> Text:
    """Fold quotations of a cleaned text to one character each."""
    matched: list[str] = []
    typed: list[str] = []
    end = 0
    for quotation in _quotation().finditer(text):
        content = next(g for g in quotation.groups() if g is not None)
        _append(matched, typed, text[end : quotation.start()])
        end = quotation.end()
        if quotation[0][0] in "【[" and re.fullmatch(_LABEL, plain(content)):  # 【题目】春风 【体裁】五绝
            _append(matched, typed, f" {content}:")
        else:
            matched.append("\ue000" if quotation[0][0] in "《〈" else "\ue001")
            typed.append(content)
    _append(matched, typed, text[end:])
    said = spelt("".join(matched))
    return Text(said, tuple(typed), cut(said))


def is_traditional(text: str) -> bool:
    """Does ``text`` use more characters that only traditional writing has than ones that only simplified has?

    Judged by the two national sets: Big5 without GB 2312 is traditional only, GB 2312 without Big5 simplified only.
    """
    if not _beyond(text, "gb2312"):
        return False
    han = [char for char in text if is_hanzi(char)]
    traditional = sum(_beyond(c, "gb2312") and not _beyond(c, "big5") for c in han)
    simplified = sum(_beyond(c, "big5") and not _beyond(c, "gb2312") for c in han)
    return traditional > simplified


def _append(matched: list[str], typed: list[str], text: str) -> None:
    matched.extend(plain(text))
    typed.extend(text)


def _beyond(text: str, charset: str) -> bool:
    return text.encode(charset, "ignore").decode(charset) != text


@cache
def _simplify(char: str) -> str:
    return to_simplified(char)


def _plain_char(char: str, simplify: bool) -> str:
    code = ord(char)
    if 0xFF01 <= code <= 0xFF5E:
        char = chr(code - 0xFEE0)
    elif char in "。｡．":
        return "."
    elif char != "\n" and char.isspace():
        return " "
    elif 0xE000 <= code <= 0xF8FF:
        return "\ufffd"
    if char.isascii():
        return char.lower()
    if char == "〇":
        return "零"
    if not is_hanzi(char):
        return "x" if char.isalnum() else char
    if code > 0xFFFF:
        return "囗"  # \w does not know all of them
    if not simplify:
        return char
    simplified = _simplify(char)
    return simplified if len(simplified) == 1 else char
