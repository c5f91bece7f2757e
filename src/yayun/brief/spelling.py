"""The words of asking as they are spelt: 七言绝居 is 七言绝句, 压东韵 is 押东韵.

A keyboard that writes by sound gives another character of the same syllable. Only the terms of verse are put right,
character for character, and only where their neighbours say that no other word is meant.
"""

from __future__ import annotations

import re

# Characters that are typed for those of our terms: of the same syllable, tones aside.
_SOUNDS = {
    "绝": "决觉爵诀掘厥决", "句": "居巨具据局剧俱聚", "律": "率绿虑吕旅侣", "诗": "师试时是事失石",
    "言": "严盐颜研岩眼炎沿", "五": "吴午武舞伍", "七": "期起其气齐奇漆妻",
}  # fmt: skip
_END = r"(?=$|[^\w]|[,.写一咏押首送的题吧])"


def _or_like(char: str) -> str:
    return f"[{char}{_SOUNDS[char]}]"


# Whole names with at least half of the characters right: 吴言律诗, 七言觉局.
_WHOLE = tuple(
    (re.compile("".join(map(_or_like, name))), name)
    for name in ("五言绝句", "七言绝句", "五言律诗", "七言律诗")
)  # fmt: skip
_TERMS = (
    (re.compile(rf"(?<=[五七57])[{_SOUNDS['绝']}](?=$|[^\w]|[句,一咏写押首])"), "绝"),
    (re.compile(rf"(?<=[五七57])[{_SOUNDS['律']}](?=$|[^\w]|[,一咏写押首的])"), "律"),
    (re.compile(r"(?:(?<=^)|(?<=[\s,.写作来首的]))午(?=[绝律])"), "五"),
    (re.compile(rf"(?:(?<=^)|(?<=[\s,.写作来首的]))[{_SOUNDS['七']}](?=[绝律]{_END})"), "七"),
    (re.compile(r"(?<=[^五七57])[决觉诀](?=句(?:$|[^\w]|[,写一押的]))"), "绝"),
    (re.compile(r"(?<=绝)[居巨具据剧](?=$|[^\w]|[,写一押])"), "句"),
    (re.compile(r"(?<=[写作来])[一以]手(?=[^\W\d_]{0,4}[五七诗绝律])"), "一首"),
    (re.compile(r"(?<=[写作来])守(?=[五七诗绝律])"), "首"),
    (re.compile(r"(?<=为)[提体](?=$|[^\w]|[,写作来])"), "题"),
    (re.compile(r"(?<!\w)[提体](?=目)"), "题"),
    (re.compile(r"(?<=题)木(?=[是为:])"), "目"),
    (re.compile(r"[压亚鸭](?=[^\W\d_]{1,3}韵|韵|仄韵|平声)"), "押"),
    (re.compile(r"[臧葬](?=头诗?)"), "藏"),
    (re.compile(r"(?<=藏)投(?=诗|[:,\s])"), "头"),
    (re.compile(r"意[向像](?=[:是为用有要]|包)"), "意象"),
    (re.compile(r"对连(?=$|[^\w])"), "对联"),
)


def spelt(said: str) -> str:
    """``said`` (simplified) with our terms put right; of the same length."""
    for pattern, name in _WHOLE:
        said = pattern.sub(lambda m, name=name: name if _near(m[0], name) else m[0], said)  # type: ignore[misc]
    for pattern, right in _TERMS:
        said = pattern.sub(right, said)
    return said


def _near(typed: str, name: str) -> bool:
    return sum(a == b for a, b in zip(typed, name, strict=True)) >= 2
