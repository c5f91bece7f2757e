# yayun/brief/title.py of yayun, copied by `yayun train export`: change it there.
"""Finding title and theme: said outright (以…为题, 《…》), or what is left when every other field is taken out."""

from __future__ import annotations

import re

from .yayun_brief_fields import parse_title
from .yayun_brief_finders import Found
from .yayun_brief_text import BOOK, GAP, HAN, QUOTE, Text
from .yayun_errors import YayunError

# Genres of Tang verse, as anthologies sort it.
_THEMES = (
    "山水田园|边塞|送别|离别|赠别|饯别|思乡|乡愁|怀乡|思归|咏物|咏史|怀古|山水|田园|闺怨|宫怨|羁旅|行旅|悼亡|隐逸|咏怀|述怀|游仙"
    "|怀人|爱情|友情|思亲|节令|节日|登临|登高|戍边|宴饮|宴会|题画|禅意|战争|爱国|饮酒|惜春|伤春|悲秋|言志|感怀|抒情|哲理|励志|干谒|应制|赠友|访友|祝寿"
)
_TITLE_NOUN = r"(?:题目|标题|诗题|诗名|题名|题|名字|名)"
_NAME = rf"{QUOTE}|[^\s,.;:!?{GAP}]{{1,60}}"
_OUTRIGHT = (
    re.compile(
        rf"(?:请?以|就以|用|拿)\s?(?P<t>{QUOTE}|(?:(?!以|用|拿)[^,.;:!?\n{GAP}]){{1,40}}?)\s?"
        rf"(?:这(?:个|几个|两个)?[字词]|[一二两三四]个?字|一词)?"
        rf"(?:为|作为|作|做|当作?|当成)(?:诗歌?)?的?(?:题目|标题|诗题|诗名|题名|题(?!材)|名)"
    ),
    re.compile(
        rf"(?<!主)(?:诗的?|歌的)?{_TITLE_NOUN}(?:就|要|请|定|取|设|起)*"
        rf"(?:(?:是|为|叫做?|叫作|作|做|用)*[:=]+|(?:是|为|叫做?|叫作|作|做|用)+)\s?(?P<t>{_NAME})"
    ),
    re.compile(rf"(?:题为|题作|题曰|题:|命名为|取名为?|名为|叫做?|叫作|{_TITLE_NOUN})\s?(?P<t>{QUOTE})"),
    re.compile(rf"(?:题为|题作|题曰|命名为|取名为?|名为|叫做)\s?(?P<t>{_NAME})"),
    re.compile(rf"(?:题目|标题)\s?(?![要自随不由你请尽别好可和与简的])(?P<t>{_NAME})"),
)
_FREE_CHOICE = re.compile(
    rf"不限(?:题目?|韵[部脚]?|体裁?|形式|内容|平仄)|(?:{_TITLE_NOUN}|韵[部脚]?|体裁|形式|内容|平仄|主题|题材)"
    rf"(?:由你|你来|请|可以)?(?:自拟|自定|自选|随意|随便|不限|任意|任选|你定|自己定|都行|不拘)"
)
# Where an unquoted title must end: the request goes on.
_GOES_ON = re.compile(
    r"(?<=.)(?:的?(?:[五七57][言字]?的?(?:绝|律)|绝句|律诗)|的(?:古|唐|小)?诗|[写作来](?:一|两|三|\d)?首|创作"
    r"|押.{1,6}韵)"
)
_LIKE = re.compile(
    rf"(?:仿照?|模仿|学习?|参考|类似于?|像|仿佛|比如|例如){{1,2}}"
    rf"(?:{HAN}{{2,3}}的?)?{QUOTE}(?:那样|那种|一样|一般|这样|的?(?:风格|意境|写法|笔法|感觉|口吻))*的?"
    rf"|{QUOTE}(?:那样|那种|一样)的?"
)
_THEME = re.compile(
    rf"(?:(?:主题|题材|主旨|内容)(?:是|为|:|=|选|要|用)+\s?(?P<a>{QUOTE}|[^\s,.;:!?的{GAP}]{{1,16}})"
    rf"|(?:以|用){{1}}(?P<b>{QUOTE}|(?:(?!以|用)[^,.;:!?\n{GAP}]){{1,20}}?)(?:为|作为|作|做|当作?)"
    rf"(?:主题|题材|主旨|内容)"
    rf"|(?P<c>{_THEMES})(?=诗|类|题材|主题|为主题)(?:诗|类的?|题材的?|主题的?)?)"
)
_THEME_WORD = re.compile(_THEMES)

# Fillers are peeled off both ends of a segment; a single character that may open or close a title (上元, 回首) is
# filler only when nothing else is left.
_FILLER_HEAD = re.compile(
    r"^(?:您好|你好|每首|你会|你可以|不同的?|换(?=$|一|首)|尾韵|藏$|[按照]$|格?式$|按照|嗨|hi|hello|请问?"
    r"|麻烦[你您]?|劳烦|烦请|拜托|帮忙|帮我们?|给我们?|替我们?|能不能|能否|可不可以|可否|可以|能(?=帮|写"
    r"|给|请)|你能"
    r"|我们?(?:想要?|要|需要|希望)(?:你|您|有)?|想要|希望|需要|要求|要(?=写|作|一|有|求|首)|再(?=写|来|作"
    r"|帮|$)|来点?(?=$|一|首|个)|求(?=$|一|首|写)"
    r"|创作|写作|撰写|书写|写出|写成|写|作(?=$|一|首)|做(?=$|一|首|个)|生成|制作|赋诗|吟诗|作诗|整(?=$|一"
    r"|首|个)|弄(?=$|一|首|个)|一下|随便|要准$|[一这那]?[个首篇](?!人|性|都|体)"
    r"|诗歌|古诗词?|唐诗|律绝|近体诗?|格律诗|旧体诗|小诗|诗(?=$|,)|关于|有关|围绕|针对|描写|描绘|描述|歌颂"
    r"|赞美|表现|表达|抒发|抒写|刻画|反映|内容|主题|题材|体裁|形式|格式|体式"
    r"|押韵|押|韵脚|韵部|字体|数量|首数|意象|并且|而且|然后|或者|都行|都可以|题目|标题|是(?=$|关于)|的"
    r"|[以用帮给并就吧吗呢啊和及与在里中上韵题或要我]$|里面$|[^\w\ue000\ue001])"
)
_FILLER_TAIL = re.compile(
    r"(?:请|谢谢[你您]?|多谢|感谢|好吗|好吧|行吗|可以吗|[吧吗呢啊呀哦呗嘛咯哈]|的|并且|而且|然后|诗歌"
    r"|古诗词?|唐诗|近体诗?|格律诗|旧体诗|小诗|诗|为题|为主题|主题|题材|体裁|形式|格式|体式"
    r"|押韵|押|写作|创作|写出|写成|写|作|赋|做|来|生成|一下|一[首篇]|[两几]首|用|以|要求|要|给我|帮我|字体"
    r"|数量|意象|风格|纪念一下|留念|[，、]|[^\w\ue000\ue001])$"
)
# A topic said as a topic, wherever it stands.
_MARKED = re.compile(
    rf"(?:关于|有关|围绕|描写|描绘|描述|歌颂|赞美|抒写|写的是|写给|献给|送给|吟咏|(?<!{HAN})(?:请|帮我"
    rf"|给我|来)?(?:写|咏|题|赋|吟)(?=(?:{HAN}|{QUOTE}))|(?:为|给|替)(?!我|你|题))"
)
_TO = re.compile(r"(?:送给|献给|写给|(?<=诗)给|^给)(?:我们?的?)?(?P<t>(?!我们?$).{1,20})$")  # 送给我的老师
_FOR = re.compile(  # 为母亲写
    rf"(?:(?:(?<!{HAN})|(?<=[想要请来我]))[为给替用以拿]|送给|献给)(?!我|你|题)(?P<t>[^,]{{1,20}}?)来?[写作赋题来]"
)
# Words on manner, not matter: no title is made of them.
_MANNER = re.compile(
    r"风格|意境|格律|平仄|对仗|工整|押韵|用韵|语言|豪放|婉约|清新|沉郁|雄浑|含蓄|优美|一点|一些|尽量|最好"
    r"|必须|不要|不用|不能|不许|要求|注意|避免|随意|随便|自由|任意|不限|谢谢|多谢|规范|严格|标准|符合|出律"
    r"|出韵|字数|典故|通俗|古雅|典雅|口语|繁体|简体|入韵|合律|情景交融|朗朗上口|感情|情感|每句|结尾|开头"
)


def find_outright_title(text: Text) -> Found[str] | None:
    """以“春风”为题, 题目是春风, 题为…, 《春风》 after a title word. Errors: YayunError for two different titles."""
    spans = [m.span() for m in (*_LIKE.finditer(text.plain), *_FREE_CHOICE.finditer(text.plain))]
    text = text.cut(spans)
    titles: list[str] = []
    for pattern in _OUTRIGHT:
        for m in pattern.finditer(text.plain):
            start, end = m.span("t")
            labelled = text.plain[m.start() : start].rstrip().endswith((":", "="))
            if not labelled and (cut := _GOES_ON.search(m["t"])) is not None:
                end = start + cut.start()
            stop = m.end() if end == m.end("t") else end
            if title := text.said(start, end):
                titles.append(parse_title(title))
            spans.append((m.start(), stop))
        text = text.cut(spans)
    return Found(_only(titles), tuple(spans)) if spans else None


def find_bracketed_title(text: Text) -> Found[str] | None:
    """What stands in 《》 and was claimed by no other field."""
    found = list(re.finditer(BOOK, text.plain))
    if not found:
        return None
    return Found(_only([parse_title(text.said(*m.span())) for m in found]), tuple(m.span() for m in found))


def _only(titles: list[str]) -> str:
    different = list(dict.fromkeys(title for title in titles if title))
    if len(different) > 1:
        raise YayunError(f"题目前后不一:《{different[0][:20]}》和《{different[1][:20]}》只能选一个。")
    return different[0] if different else ""


def find_theme(text: Text) -> Found[str] | None:
    """主题是思乡, 以送别为主题, 边塞诗: taken out of the text; a genre's name elsewhere is read but left standing."""
    m = _THEME.search(text.plain)
    if m is not None:
        group = next(g for g in "abc" if m[g] is not None)
        start, end = m.span(group)
        theme = text.plain[start:end] if _THEME_WORD.fullmatch(m[group]) else text.said(start, end)
        return Found(parse_title(theme, "主题"), (m.span(),))
    if (m := _THEME_WORD.search(text.plain)) is not None:
        return Found(m[0], ())
    return None


def find_topic(text: Text) -> tuple[str, tuple[str, ...]]:
    """The title that the rest of the request amounts to ('' for none), and what of it was not understood."""
    segments = [_strip(text, *m.span()) for m in re.finditer(rf"[^,.;:!?\n{GAP}]+", text.plain)]
    rest = [(marked, start, end) for marked, start, end in segments if end > start]
    topics = [
        item
        for item in rest
        if (item[0] or item[2] - item[1] <= 12) and not _MANNER.search(text.plain[item[1] : item[2]])
    ]
    topics = [item for item in topics if not is_theme(text.plain[item[1] : item[2]])]
    topics.sort(key=lambda item: not item[0])
    topic = topics[0] if topics else None
    title = text.said(*topic[1:]) if topic else ""
    unread = tuple(
        text.said(start, end)[:60]
        for _, start, end in rest
        if (topic is None or start != topic[1]) and not is_theme(text.plain[start:end])
    )
    return parse_title(title)[:40], unread


def is_theme(text: str) -> bool:
    """Is ``text`` (simplified) the bare name of a genre?"""
    return _THEME_WORD.fullmatch(text) is not None


def _strip(text: Text, start: int, end: int) -> tuple[bool, int, int]:
    """A segment without the filler at its ends, and whether a topic word stood in it."""
    plain = text.plain[start:end]
    marked = False
    if (m := _TO.search(plain)) is not None:
        marked, start = True, start + m.start("t")
    elif (m := _FOR.search(plain)) is not None:
        marked, start, end = True, start + m.start("t"), start + m.end("t")
    elif (m := _MARKED.search(plain)) is not None:
        marked = True
        keep = m[0].endswith(("咏", "题", "赋", "吟")) and m[0] != "吟咏"
        start += m.end() - 1 if keep else m.end()
        if keep:
            return True, start, _strip_tail(text, start, end)
    while start < end and (m := _FILLER_HEAD.match(text.plain[start : min(end, start + 12)])):
        start += m.end()
    return marked, start, _strip_tail(text, start, end)


def _strip_tail(text: Text, start: int, end: int) -> int:
    goes_on = text.plain[end : end + 1] == GAP  # 春风作〈一首〉, but 途中作 at the end is a title
    while start < end and (m := _FILLER_TAIL.search(text.plain[max(start, end - 6) : end])):
        if m[0] in "作赋来做" and not goes_on:
            break
        end -= len(m[0])
    return end
