"""Verse to someone with a story beside it: 送李明去上海工作, 寄远在美国的弟弟. The title names whom alone."""

from __future__ import annotations

import re

from yayun.brief.kin import has_person, in_poets_names
from yayun.brief.lexicon import is_a
from yayun.brief.text import HAN

# What people say -> the verb of a poet's title.
_VERBS = {
    "送": "送 送别 送行 饯 饯行 饯别 欢送", "赠": "赠 赠别 写赠 题赠 献给", "寄": "寄 寄语 遥寄 寄给 写信给",
    "怀": "怀 怀念 忆 回忆 想念 思念 挂念 惦记 想起 梦见", "谢": "谢 感谢 致谢 答谢 酬谢",
    "悼": "悼 悼念 缅怀 哭 追悼 哀悼 祭奠", "贺": "贺 祝贺 恭喜 庆贺", "访": "访 拜访 探望 看望 探访",
    "别": "告别 辞别 拜别", "忆": "追忆",
}  # fmt: skip
_VERB_OF = {word: verb for verb, words in _VERBS.items() for word in words.split()}
_VERB = f"(?P<verb>{'|'.join(sorted(_VERB_OF, key=len, reverse=True))})"
# What becomes of them.
_ON = (
    r"(?:要|将|即将|马上|快要|就要|独自|一个人|又|也)*(?:去|到|赴|往|回|归|出[国差门嫁家]|上大学|上学|上任"
    r"|离[开职去]|从|考|升|当|参军|入伍|毕业|退休|荣休|远[行游]|南下|北上|东渡|西行|下乡|支[教边]|留学|高[升就]"
    r"|转[学业]|调[任往到]|进京|赶考|辞职|创业|搬|教|救|帮助?|照顾|陪|带|治|住院|生病|得|获|结婚|出院)"
)
_GOES_ON = re.compile(rf"{_VERB}(?P<who>(?:(?!{_ON}|[的了]){HAN}){{1,6}}){_ON}.*")
_AT_END = re.compile(rf"{_VERB}.{{2,16}}的(?P<who>{HAN}{{1,5}})")
_NOBODY = re.compile("[他她它你您谁这那哪写首]|自己")


def to_someone(said: str) -> str | None:
    """The title of verse to someone that ``said`` (simplified) tells a story of; None where it does not."""
    said = said.rstrip("的了啊吧呀啦")
    if (m := _GOES_ON.fullmatch(said)) is None:
        m = _AT_END.fullmatch(said)
        if m is None or not (has_person(m["who"]) or m["verb"] in ("悼念", "缅怀", "追悼")):
            return None
    if is_a(m["who"], "pronoun") or _NOBODY.search(m["who"]):
        return None
    return f"{_VERB_OF[m['verb']]}{in_poets_names(m['who'])}"
