"""Wishes on the manner that no poem here can keep yet: the style of a poet, the moods. They are found to be told."""

from __future__ import annotations

import re

from yayun.brief.finders import Found, Span
from yayun.brief.text import HAN, QUOTE, Text

_POETS = (
    "李白|李太白|太白|诗仙|杜甫|杜子美|老杜|诗圣|王维|王摩诘|孟浩然|白居易|白乐天|李商隐|李义山|杜牧|小杜|王昌龄|岑参|高适|韦应物|柳宗元"
    "|刘禹锡|韩愈|李贺|贾岛|孟郊|元稹|温庭筠|张九龄|陈子昂|王勃|骆宾王|杨炯|卢照邻|王之涣|贺知章|崔颢|刘长卿|张若虚|许浑|罗隐|薛涛"
    "|鱼玄机|李清照|苏轼|苏东坡|东坡|黄庭坚|陆游|杨万里|范成大|王安石|欧阳修|辛弃疾|稼轩|柳永|秦观|陶渊明|陶潜|谢灵运|谢朓|曹操|曹植"
    "|屈原|纳兰性德|纳兰容若|纳兰|龚自珍|袁枚|王士祯|唐伯虎|唐寅|文天祥|于谦|郑板桥|鲁迅|毛泽东|毛主席|李煜|李后主|古人|唐人|宋人"
)
_MAN = rf"(?:诗[仙圣佛鬼人])?(?:{_POETS})"
_THING = rf"(?:(?:的?{QUOTE})|的?(?:无题|边塞|山水|田园|送别|咏史|七律|七绝)诗?)"
_AS = (
    r"(?:的?(?:那样|那种|一样|一般|这样|诗?风格?|风味|意境|写法|笔法|笔调|笔触|手法|感觉|口吻|口气|语气"
    r"|味道|味儿?|体(?!裁)|调调|格调|气质)(?:来|去)?)"
)
_LIKE = r"(?:仿照|仿效|模仿|仿|学习|学着|学|参考|参照|照着|按照|类似于?|好?像|如同?|仿佛|拟|效)"
_STYLE = (
    re.compile(rf"{_LIKE}{{1,2}}(?:{_MAN}|{HAN}{{2,3}}(?=的{QUOTE}|{QUOTE}))?的?{QUOTE}{_AS}*的?"),
    re.compile(rf"(?:{_LIKE}|用|以|带点?|有点?|按){{0,2}}{_MAN}{_THING}?{_AS}+的?"),
    re.compile(rf"{_LIKE}{_MAN}{_THING}?{_AS}*的?(?:也|来)?"),
    re.compile(rf"(?:{_LIKE}|用|以)(?!以|用){HAN}{{2,4}}的?(?:风格|笔法|口吻|语气|笔调|写法)的?"),
    re.compile(
        rf"(?:以|照|按照?|用|拿|依)(?:{_MAN})?的?{QUOTE}(?:来?作?为|当|做|作)?(?:范本|蓝本|模板|样本|范例|例子?|榜样|参考|样子)"
    ),
    re.compile(rf"{_LIKE}{HAN}{{2,4}}(?:那样|一样|那种|这样)(?:的(?:风格|感觉|味道))?的?"),
    re.compile(rf"{QUOTE}(?:那样|那种|一样)的?"),
    re.compile(rf"{HAN}{{2}}(?:派|体)的?风格的?"),
)


def find_style(text: Text) -> Found[tuple[str, ...]] | None:
    """像李白那样, 用苏轼的风格, 仿杜甫《登高》: the words, as typed."""
    spans: list[Span] = []
    for pattern in _STYLE:
        new = [m.span() for m in text.find(pattern)]
        text = text.cut(new)
        spans += new
    if not spans:
        return None
    spans.sort()
    return Found(tuple(_said(text, span) for span in spans), tuple(spans))


def _said(text: Text, span: Span) -> str:
    return text.said(*span).removesuffix("的").removesuffix("来")


# Wishes that a form could hold and composing cannot yet, each with what is said of it.
_NOT_YET = (
    (re.compile(r"(?:[和与跟同][\ue000\ue001])?(?:不同的?韵部?|韵部?不同|各押一韵|(?:不要|别)?(?:都)?同(?:一个?)?韵(?!事)|换韵(?!部|成|为)"
        r"|转韵)"), "几首各押什么韵,还不能这样约定"),
    (
        re.compile(
            r"(?:每一?句|句|第[一二三四五六七八]句)?的?(?:第[二三四五六七2-7]个?字|末字|最后一个?字|尾字|中间一?个?字)(?:连起来"
            r"|依次|分别|连成|合起来|要)*(?:是|为|用|嵌|藏)*"
            rf"(?:{QUOTE}|{HAN}{{4}}(?!{HAN}))?"
        ),
        "句中、句末的嵌字还不会",
    ),
    (re.compile(r"各(?:写|来|作)?一首|题目?分别(?:是|为|叫)?[^.;!?\n]*|分别(?:写|以|咏)[^.;!?\n]*"
        r"|一首写[^,.;!?]*?[,、]?一首写[^,.;!?\n]*|第一首写?[^.;!?\n]*第二首[^.;!?\n]*"), "几首诗还只能是同一个题目"),
    (re.compile(r"(?:第[一二三四五六七八1-8]|首|末|尾|最后一|颔|颈|首)(?:句|联)(?:里|中)?(?=(?:一定|必须"
        r"|要|得)*(?:要有|须有|有|带|含|出现|用上|写到|提到))"), "写在哪一句还不能指定,只保证诗里有"),
    (re.compile(rf"(?:化用|引用|用上?)(?:[^,.;!?\x1f]{{0,6}}的)?(?:句子|诗句|名句|成句)?{QUOTE}(?=写|来)"
        r"|化用[^,.;!?]*"), "化用哪一句还不能指定"),
    (re.compile(r"(?:不要?|避免|别|勿|不能|不许|不得|少)(?:出现|使用|用|有|带|写)?[^,.;!?\x1f]{0,4}(?:数字|颜色|动词|形容词|名词|副词|叠词|叠字|虚词|人称|地名|人名|生僻字|典故)[^,.;!?\x1f]{0,6}"),
     "这一类字词不能保证不出现"),
    (re.compile(r"句句(?:都|不离|有|要|带)*|每句(?:都)?(?:有|带|含|出现|要有)"), "每句都有还不能保证"),
)  # fmt: skip


def find_not_yet(text: Text) -> Found[tuple[tuple[str, str], ...]] | None:
    """What is understood and can't be done: the words, and why."""
    found: list[tuple[Span, str]] = []
    for pattern, why in _NOT_YET:
        new = [(m.span(), why) for m in text.find(pattern)]
        text = text.cut(span for span, _ in new)
        found += new
    if not found:
        return None
    found.sort()
    return Found(tuple((text.said(*span), why) for span, why in found), tuple(span for span, _ in found))
