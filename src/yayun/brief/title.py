"""Finding title and theme where they are said outright: 以…为题, 题目是…, 《…》, 主题是…."""

from __future__ import annotations

import re

from yayun.brief.fields import parse_title
from yayun.brief.finders import Found
from yayun.brief.genres import THEME_WORD, THEMES
from yayun.brief.text import BOOK, GAP, HAN, QUOTE, Text
from yayun.errors import YayunError

_TITLE_NOUN = (
    r"(?<![他她我你]的)(?<![这那该此]个)(?<![这那原此])(?<!一样的)(?<!同样的)(?:题目|标题|诗题|诗名|题名|题|名字|名)"
)
_NAME = rf"{QUOTE}|[^\s,.;:!?{GAP}]{{1,60}}"
_OUTRIGHT = (
    re.compile(
        rf"(?:请?以|就以|用|拿)\s?(?P<t>{QUOTE}|(?:(?!以|用|拿)[^,.;:!?\n{GAP}]){{1,40}}?)\s?"
        rf"(?:这(?:个|几个|两个)?[字词]|[一二两三四]个?字|一词)?"
        rf"(?:为|作为|作|做|当作?|当成)(?:诗歌?)?的?(?:题目|标题|诗题|诗名|题名|题(?!材)|名)"
    ),
    re.compile(
        rf"(?<!主)(?:诗的?|歌的)?{_TITLE_NOUN}(?:就|要|请|定|取|设|起|还|仍|也|依旧)*"
        rf"(?:(?:是|为|叫做?|叫作|作|做|用)*[:=]+|(?:[改换](?:成|为|作|叫))|(?:是|为|叫做?|叫作|作|做|用)+)\s?(?P<t>{_NAME})"
    ),
    re.compile(
        rf"(?:(?<![主问标话命专])(?:题为|题作|题曰|题:)|命名为|取名为?|名为|叫做?|叫作|{_TITLE_NOUN})\s?(?P<t>{QUOTE})"
    ),
    re.compile(rf"(?:(?<![主问标话命专])(?:题为|题作|题曰)|命名为|取名为?|名为|叫做)\s?(?P<t>{_NAME})"),
    re.compile(
        rf"(?<![这那该此]个)(?<![这那原此的])(?:题目|标题)\s?(?![要自随不由你请尽别好可和与简的])(?P<t>{_NAME})"
    ),
)
_FREE_CHOICE = re.compile(
    rf"不限(?:题目?|韵[部脚]?|体裁?|形式|内容|平仄)|(?:{_TITLE_NOUN}|韵[部脚]?|体裁|形式|内容|平仄|主题|题材)"
    rf"(?:由你|你来|请|可以)?(?:自拟|自定|自选|随意|随便|不限|任意|任选|你定|自己定|都行|不拘)"
)
_READING = re.compile(rf"(?:重?读|重?观|听|题){BOOK}(?:有感|后|有作)?")
# Where an unquoted title must end: the request goes on.
_GOES_ON = re.compile(
    r"(?<=.)(?:的?(?:[五七57][言字]?的?(?:绝|律)|绝句|律诗)|的(?:古|唐|小)?诗|[写作来](?:一|两|三|\d)?首|创作"
    r"|押.{1,6}韵)"
)
_THEME = re.compile(
    rf"(?:(?:主题|题材|主旨)(?:是|为|:|=|选|要|用)+\s?(?P<a>{QUOTE}|[^\s,.;:!?的{GAP}]{{1,16}})"
    rf"|(?:以|用){{1}}(?P<b>{QUOTE}|(?:(?!以|用)[^,.;:!?\n{GAP}]){{1,20}}?)(?:为|作为|作|做|当作?)"
    rf"(?:主题|题材|主旨|内容)"
    rf"|(?<![^\s,.;:!?])(?:主题|题材)(?P<d>(?!不限|随|自|任|你){HAN}{{2,8}})(?=$|[,.;!?])"
    rf"|(?P<c>{THEMES})(?=诗|类|题材|主题|为主题)(?:诗|类的?|题材的?|主题的?)?)"
)


def find_outright_title(text: Text) -> Found[str] | None:
    """以“春风”为题, 题目是春风, 题为…, 《春风》 after a title word. Errors: YayunError for two different titles."""
    spans = [m.span() for m in _FREE_CHOICE.finditer(text.plain)]
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
    """What stands in 《》 and was claimed by no other field; 读《红楼梦》有感 is a title as a whole."""
    if (m := _READING.search(text.plain)) is not None:
        return Found(parse_title(text.said(*m.span())), (m.span(),))
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
        group = next(g for g in "abcd" if m[g] is not None)
        start, end = m.span(group)
        theme = text.plain[start:end] if THEME_WORD.fullmatch(m[group]) else text.said(start, end)
        return Found(parse_title(theme, "主题"), (m.span(),))
    if (m := text.first(THEME_WORD)) is not None and text.plain[m.end() : m.end() + 1] != "画":
        return Found(m[0], ())
    return None
