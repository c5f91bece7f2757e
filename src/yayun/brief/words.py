"""Finding the words a request gives: the letters of an acrostic, images to use, words to avoid."""

from __future__ import annotations

import re

from yayun.brief.fields import parse_acrostic, parse_words
from yayun.brief.finders import NOT, Found, Span
from yayun.brief.genres import THEMES
from yayun.brief.text import GAP, HAN, QUOTE, Text
from yayun.errors import YayunError

# ---- acrostic

_HEADS = (
    r"(?:每一?[句行联](?:诗)?的?(?:开头|句首|首字|头一?个?字|第一个字|第1个字|起头|打头)"
    r"|头[一1]?个?字|句首字"
    r"|[各四八]句的?(?:首字|开头|第一个字)|首字|句首)"
)
_APART = rf"{HAN}(?:[、 ,/·]{HAN}){{2,11}}(?!{HAN})"  # 春、夏、秋、冬
_LETTERS = rf"(?P<x>{QUOTE}|{_APART}|[^\s,.;:!?、{GAP}]{{1,24}})"
_ANY = "[一两二三四五六七八几2-8]"
_FOUR = (
    rf"(?!关于|描写|有关|[写作请帮来给我的这那]|一首|这?[一两二三四五六七八几]个?字)(?:{HAN}{{4}})(?<!绝句|律诗)"
    rf"(?:(?![四八]个?字|[的来藏]){HAN}{{4}})?"
)
_JOINED = (
    r"(?:(?:依次|分别|要|连起来|合起来|连成|组成|依序|按顺序|读起来|嵌入?|藏|写)*(?:是|为|用|成"
    r"|嵌入?|藏|:|=|\()"
)
_WITH_LETTERS = (
    re.compile(rf"(?:藏头诗?|{_HEADS})的?(?:字|内容|文字|句)?{_JOINED}|(?={QUOTE}))[: ]*{_LETTERS}"),
    re.compile(
        rf"(?:以|用|将|把|拿)(?P<x>{QUOTE}|{_APART}|{_FOUR})(?:这?{_ANY}个?字)?(?:来|作|做|为|作为|当|进行|分别|依次)*"
        rf"(?:写?一?首?藏头|{_HEADS}|放在{_HEADS}|[藏嵌放]在?(?:入|于)?{_HEADS})诗?"
    ),
    re.compile(rf"(?:首字|句首|每句开头|每句首字)(?P<x>{HAN}{{4}}(?:{HAN}{{4}})?)(?!{HAN})"),
    re.compile(rf"藏头诗?(?!诗)[, ]*(?P<x>{QUOTE}|{_FOUR}(?!{HAN}))"),
    re.compile(rf"(?:(?<!{HAN})|(?<=首))(?P<x>{QUOTE}|{_FOUR})(?:这?{_ANY}个?字)?(?:的|来|做|作|为)?藏头诗?"),
)
# 藏“生日快乐”, 把“生日快乐”藏进去, 藏头 王芳我爱你: any number of letters, to be counted.
_HIDDEN = (
    re.compile(
        rf"(?:暗?藏|暗含)(?:着|入|进|上|头)?(?:[他她我你]的?)?(?:名字|姓名|大名)?[: ]?"
        rf"(?P<x>{QUOTE})(?:这?[几四五六七八4-8]个?字)?(?:在"
        rf"|于)?(?:句首|头里|里面|诗里)?"
    ),
    re.compile(
        rf"(?:把|将|拿|用|以)(?P<x>{QUOTE})(?:这?[几四五六七八4-8]个?字)?[暗]?藏(?:进去?|入|在里面|其中"
        rf"|起来|在诗[里中])*"
    ),
    re.compile(rf"藏头诗?(?:[五七57]言?[绝律]句?诗?)?[,: ]+(?P<x>{HAN}{{2,12}})(?=$|[,.;!?\n])"),
    re.compile(rf"藏头诗?(?:[五七57]言?[绝律]句?诗?)[,: ]*(?:藏|:)*(?P<x>{QUOTE}|(?<=:){HAN}{{2,12}})"),
)
# Letters somewhere else: a quotation, or a segment of four or eight characters.
_LOOSE = re.compile(rf"{QUOTE}|(?<![^\s,.;:!?、{GAP}]){HAN}{{4}}(?:{HAN}{{4}})?(?!{HAN})")
_ASKS = re.compile("藏头|[写作来]一?[首个]|诗|[绝律句]|请|帮|内容")
_AT_HEADS = re.compile("头|句首|首字")
_ACROSTIC = re.compile(rf"(?P<no>{NOT}(?:写成|写|用|做|作|是)?|非)?(?:藏头诗?|{_HEADS}(?=.{{0,4}}[藏嵌]))")


def find_acrostic(text: Text) -> Found[str] | None:
    """藏头诗:春夏秋冬, 藏头“我爱中华”, 每句开头是…, 以…藏头. Errors: YayunError when the letters are missing or bad."""
    mention = _ACROSTIC.search(text.plain)
    if mention is not None and mention["no"]:
        return Found("", (mention.span(),))
    for pattern in _WITH_LETTERS:
        for found in pattern.finditer(text.plain):
            letters = text.said(*found.span("x"))
            if len(letters) > 1:
                return Found(parse_acrostic(letters), (found.span(), *([mention.span()] if mention else [])))
    for pattern in _HIDDEN:
        if (m := pattern.search(text.plain)) is not None and not _is_form(m["x"]):
            letters = text.said(*m.span("x"))
            if len(letters) < 4 and mention is None and not _AT_HEADS.search(text.plain):
                continue  # 诗里藏“平安”二字 asks for the words
            # The form inside (藏头七律:…) is left for its own finder.
            start = m.start("x")
            while start > m.start() and text.plain[start - 1] in "藏: ,":
                start -= 1
            return Found(parse_acrostic(letters), ((start, m.end()), mention.span() if mention else m.span()))
    if mention is None:
        return None
    loose = [m.span() for m in _LOOSE.finditer(text.plain) if not _ASKS.search(m[0])]
    if len(loose) == 1:
        return Found(parse_acrostic(text.said(*loose[0])), (mention.span(), loose[0]))
    raise YayunError("要写藏头诗,请写明藏哪 4 个或 8 个字,例如:藏头“春夏秋冬”。")


def _is_form(text: str) -> bool:
    return re.fullmatch(r"[五七57]?言?(?:绝句?|律诗?)|写?一?首.*", text) is not None


# ---- imagery

_ITEM = rf"(?:{QUOTE}|(?:(?![和与及跟的又了]|以及|还有|等|字|[一二两三四]个?字|[写押请题作不要用]){HAN}){{1,4}})"
_JOIN = (
    rf"(?:[、/+]|(?={QUOTE})|和|与|及|以及|跟|还有|(?<!字),(?!{THEMES}|[重再另换改写来用押请])(?=(?:{QUOTE}|{HAN}{{1,2}}(?!{HAN})))"
    rf"| (?={HAN}{{1,2}}(?!{HAN})))"
)
_LIST = rf"(?P<x>{_ITEM}(?:字? ?{_JOIN} ?{_ITEM}){{0,15}})"
_NOUN = r"(?:意象|意像|景物|元素|关键词|关键字|物象|景象)"
_IMAGES = (
    re.compile(rf"(?P<no>不见|不着|不带|没有|不用)一?个?(?P<x>{_ITEM})(?P<bare>字)"),
    re.compile(rf"(?:把|将)?(?P<x>{_ITEM})字?(?P<no>(?:都|全)?(?:去掉|删掉|换掉|拿掉))(?P<bare>)"),
    re.compile(
        rf"(?:{_NOUN})(?:上|里|中)?(?:要|需要|请|必须)?(?:有|用|是|为|选用|选|取|包括|包含|含|:|=)+ ?{_LIST}等?"
    ),
    re.compile(
        rf"(?:以|用|把|将){_LIST}(?:等)?(?:这?[两几三四二]个?[字词]?)?(?:作为|为|作|做|当|写入|写进|放进|入)"
        rf"(?:诗|主要)?{_NOUN}?(?<=意象|意像|景物|元素|键词|键字|物象|景象|入诗|写进|写入|放进)"
    ),
    re.compile(
        rf"(?<![^\s,.;:!?{GAP}])(?P<no>{NOT})(?P<verb>写|提|谈|说|提起)(?![成得])(?P<bare>){_LIST}了?(?=$|[,.;!?\n])"
    ),
    re.compile(
        rf"(?<![^\s,.;:!?{GAP}])(?P<must>要|须"
        rf"|得)(?P<bare>)(?P<x>{QUOTE}(?:{_JOIN}{QUOTE})*)(?P<noun>二?字)?"
    ),
    re.compile(rf"(?<![^\s,.;:!?{GAP}])(?P<must>要?)(?P<verb>有)(?P<bare>){_LIST}(?=$|[,.;!?\n])"),
    re.compile(
        rf"(?P<no>{NOT}|没|禁止?|忌)?(?:诗)?(?P<inside>里面?|中间?|其中|当中)?"
        rf"(?P<must>(?:要|须|需|必须|一定|最好|得|请|应|还|希望|想|并){{0,4}})"
        rf"(?P<verb>带上|带有|带着|出现|嵌入|嵌(?={QUOTE})|[暗隐]?藏(?:着|入|有|进)?(?={QUOTE})|用上|用到|用进|提到|提及|写到|写进|写入|融入"
        rf"|融进|加入|加点|加个|加些|添点|添上|加上"
        rf"|加进|包括|包含|含有|含|要有|须有|需有|必有|定有|里有|中有|面有|得有|有|用|写(?=.{{1,4}}字)|带)"
        rf"了?(?:一些|点)?(?:{_NOUN}:?)?{_LIST}(?:等|[一二两三四]个?|这[两几三二]个?|这个|的|这)*(?P<noun>名字|姓名|词|(?<!数)字|{_NOUN}|之类)?(?!的?(?:感觉|味道|意境|风格|气息|氛围))"
    ),
)
_EMPTY = re.compile(
    r"诗.*|意境|意象|韵味|画面|感情|情感|气势|深度|文采|典故?|对仗|新意|哲理|格律|平仄|韵|押韵|禅意|意思|味道"
    r"|感觉|内涵|特色|创意|趣味|诗意|古意|古风|重字?|重复|生僻字?|现代.*|水平|层次|美感|文化|才气|韵律|节奏"
    r"|起承转合|夸张|比喻|拟人|排比|修辞|对比|新词|什么|一.*|点.*|些.*|这.*|那.*|我.*|你.*|他.*|她.*|关.*|多.*|没.*|很.*|太.*|心.*"
)
# These verbs alone say too little ("有", "用"); they need a word like 字, a quotation or a negation beside them.
_WEAK_VERBS = frozenset({"有", "用", "写", "带", "含"})


def find_imagery(text: Text) -> Found[tuple[tuple[str, ...], tuple[str, ...]]] | None:
    """Words to use and words to avoid: 带上柳和燕, 意象:梅,雪, 里面出现酒字, 不要出现月字."""
    wanted: list[str] = []
    avoided: list[str] = []
    spans: list[Span] = []
    for pattern in _IMAGES:
        for m in text.find(pattern):
            groups = m.groupdict()
            if groups.get("verb") in _WEAK_VERBS and groups.get("bare") is None and not _backed(m):
                continue
            words = _items(text, *m.span("x"))
            if not words or m.start("x") not in text.ends:
                continue
            (avoided if groups.get("no") else wanted).extend(words)
            spans.append(m.span())
        text = text.cut(spans)
    if not spans:
        return None
    return Found((parse_words(wanted), parse_words(avoided)), tuple(spans))


def _backed(m: re.Match[str]) -> bool:
    """Does something beside a weak verb show that words are meant?"""
    if m["noun"]:
        return True
    if m["no"]:
        return re.match(QUOTE, m["x"]) is not None
    if m["verb"] in ("带", "含") and re.match(QUOTE, m["x"]):
        return True
    return m["verb"] == "有" and bool(m["must"] or m["inside"])


def _items(text: Text, start: int, end: int) -> list[str]:
    """The words of a list, as typed; general words (意境, 对仗 …) are no imagery."""
    words: list[str] = []
    for m in re.finditer(_ITEM, text.plain[start:end]):
        said = text.said(start + m.start(), start + m.end())
        if re.match(QUOTE, m[0]):
            words += [part for part in re.split(r"[、,,\s/]+|(?<=.)[和与](?=.)", said) if part]
        elif not _EMPTY.fullmatch(m[0]):
            words.append(said)
    return words
