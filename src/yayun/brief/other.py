"""What is asked for and not written here: 新诗, 散曲, other rhyme books' verse.

Each is refused with one sentence; nothing else is written in its place.
"""

from __future__ import annotations

import re

from yayun.brief.fields import FORMS_HINT
from yayun.brief.finders import NOT
from yayun.brief.text import HAN, Text
from yayun.errors import YayunError

_FORMS = re.compile(
    rf"(?P<no>{NOT}(?:写成|写|作|用|是|要)?)?(?P<name>"
    rf"乐府诗?|歌行体?|现代诗|新诗"
    rf"|半首|(?<![每第前后首间中])[一两]联(?![都的要对必工])|(?<![每第前后])一句诗|自由诗|白话诗|散文诗|打油诗|藏尾诗?|[五七]言长[诗律]|长[诗律]|长篇"
    rf"|十四行诗?|俳句|三行情?[诗书]|散曲|元曲|in english|english|相声|小品|台词|歌词|标语|对白"
    rf"|检讨书|说唱|饶舌|(?<![a-z])(?:rap|hip-?hop)(?![a-z])|顺口溜|儿歌|童谣|快板|三句半|绕口令"
    rf"|祝福语|祝词|情话|藏头文|文言文|骈文|赋(?=一篇)|[一几]篇赋|骚体|楚辞体?"
    rf"|(?<=\x1f)词(?!{HAN})|词牌名?|(?:英文|英语|外文|日文|日语|法语|法文|韩文|韩语|俄语|德语|西班牙语|双语|中英对照)(?:版|的|写|体|诗|$|(?=[十绝律新\x1f]))|(?<=首)歌(?:曲|词)?(?!{HAN})"
    rf"|[一二三四六八九十]言(?:绝句|律诗|古诗|诗)"
    rf"|(?:每|一)句(?:都|各)?(?:是|有|为|用)?(?:[一二三四六八九1234689]|十[一二]?|1[012])个?字"
    rf"|(?<![第前后])(?:[三六七九十23679]|十[一二六]|[二三]十|1[0-9]|2[0-9])[句行](?=的|诗|[, ]?每句|[五七]言|$)"
    rf"|(?<![前后首])两句(?=诗|的诗|[, ]?每句|[五七]言)"
    rf"|(?<=写)(?:[两三六七九十23679]|十[一二六]|1[0-9]|2[0-9])句"
    rf"|(?:[三六七八]十|[二四五][一-七九]|三十[一-九]?|[36]0|2[1-79]|[1379]\d|一百|100|百)个?字的?诗"
    rf"|(?!(?:20|28|40|56|二十|二十八|四十|五十六)个?字)(?<![\d一二三四五六七八九十百每])(?:\d{{2,4}}|[一二三四五六七八九两]?[十百千][零一二三四五六七八九十百]*)个?字(?:左右|以内|以上|上下)?(?=的|$|[,.;!?]))"
)
_KINDS = (
    (
        re.compile(
            r"[次步和用依][^,.;:!?\x1f]{0,6}[\ue000\ue001]的?(?:原|其)?韵(?![脚部律味])|[次步依用](?:其|原|前|来)韵|[次步]韵(?=一首|$)|(?<![一二三四两每逐])[次步]韵(?=[^,.;:!?]*\ue000)"
            r"|[次步](?:李白|杜甫|苏轼|东坡|王维|[^\W\da-z_]{2,4}(?=韵))韵?(?=$|[,写一])|[次步]韵(?=李白|杜甫|苏轼|东坡|王维|白居易|王安石|陆游|黄庭坚|毛主席)|[和依][^,.;:!?]{0,8}的?原?韵(?![脚部律味])"
        ),
        "次韵、步韵",
    ),
    (
        re.compile(
            r"藏尾(?:诗)?|(?:句尾|尾字|句末|每句(?:的)?(?:最后|末)一?个?字)(?:要|分别|依次|连起来"
            r"|合起来)*(?:藏|嵌|是|为)"
        ),
        "藏尾",
    ),
    (re.compile(r"顶真|顶针诗?|宝塔诗|剥皮诗|神智体|璇玑图|联句"), "这样的杂体"),
)
_HOW = {
    "次韵、步韵": "次韵、步韵要有原诗:请把它写在请求里,例如:步韵:白日依山尽,黄河入海流。欲穷千里目,更上一层楼。",
    "藏尾": "藏尾请写明 4 个或 8 个字,偶数句的字要同韵,例如:藏尾“山来水台”,写一首七绝。",
}


def refuse_other_kinds(text: Text) -> None:
    """Errors: YayunError for what is no regulated verse of four or eight lines."""
    for m in _FORMS.finditer(text.plain):
        if not m["no"]:
            name = re.sub("^[写作填]?(?:一?首)?", "", m["name"]) or m["name"]
            raise YayunError(f"不会写“{name}”,{FORMS_HINT}。")


def refuse_other_ways(text: Text) -> None:
    """Errors: YayunError for verse made in ways not known here: 顶真, 宝塔诗 …"""
    for pattern, name in _KINDS:
        for m in pattern.finditer(text.plain):
            if not re.search(rf"{NOT}(?:写成|写|作|用|是|要)?$", text.plain[: m.start()]):
                raise YayunError(_HOW.get(name) or f"还不会写{name},{FORMS_HINT},请换一种写法。")
