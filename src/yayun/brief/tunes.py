"""词 as a request asks for it: its tune (写一首浣溪沙; 填一阕水调歌头·中秋), its size (小令), its rhyme (江阳韵)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yayun.brief.fields import NUMBER, read_number
from yayun.brief.finders import NOT, Found
from yayun.brief.lexicon import titles_too, tunes
from yayun.brief.text import HAN, QUOTE, Text, plain
from yayun.prosody.books.cilin import ENTERING, sections_of_group
from yayun.prosody.books.pingshui import pingshui
from yayun.prosody.numerals import chinese_number

SIZES = ("小令", "中调", "长调")


@dataclass(frozen=True, slots=True)
class TuneSaid:
    """``tune`` as said, '' where only 词 is; ``title`` what follows it (水调歌头·中秋); ``size`` one of ``SIZES``."""

    tune: str = ""
    title: str = ""
    size: str = ""


_BEFORE = re.compile(
    r"(?:填一?[首阕个曲]?|[写作来做整弄求赋](?:[一1两三]?[首阕个曲])?|按照?|用|以|词牌名?(?:是|为|用|:)*"
    r"|[\s,.;:!?\x1f]|^)$"
)
_AFTER = re.compile(r"$|[^\w]|\x1f|[一两三]?[首阕曲]|的?词|[写咏填作来·]|一")
_ONE_OF = re.compile(r"[写作来做整弄求赋填][一1两三]?[首阕个曲]$")
_SURELY_BEFORE = re.compile(r"(?:填一?[首阕个曲]?|词牌名?(?:是|为|用|:)*|一阕)$")
_SURELY_AFTER = re.compile(r"词牌|的词|[一两三]?阕|·")
_TITLE = re.compile(r"[·・•](?P<title>[^\s,.;:!?、\x1f\ue000\ue001]{1,20})")
_A_CI = re.compile("(?:[来去]?[写填作做][一1]?[首阕个曲])?的?(?:词牌名?|(?<![写填作])词(?!人))|[来]?[写填作]词")
_SAYS_CI = re.compile("[来去]?[写填作做]?[一1]?[首阕]词(?![牌语人句])")
_NO_TUNE = re.compile(
    rf"(?P<no>{NOT}(?:写成|写|作|用|是|要|填)?)?(?:[写填作来]?[一1]?[首阕个]?(?:宋词|小令|中调|长调|慢词)"
    rf"|[写填作来][一1]?[首阕个]?词(?![语句典汇人牌曲])|(?<=[首阕])词(?!{HAN})|(?<=的)词(?!{HAN}))"
)


# A name that is none: 词牌浣溪纱, 填一阕浣溪纱.
_UNKNOWN = re.compile(
    rf"(?:词牌名?(?:是|为|用|:)*|填一?[首阕])(?P<name>(?!词|小令|中调|长调|慢词|宋词){HAN}{{2,5}})(?!{HAN})"
)


def find_tune(text: Text) -> Found[TuneSaid] | None:
    """The tune that is asked for, or that a 词 is."""
    if (quoted := _quoted(text)) is not None:
        return quoted
    if (span := _tune_in(text.plain)) is not None:
        title = _TITLE.match(text.plain, span[1])
        end = title.end() if title else span[1]
        end += len(m[0]) if (m := _A_CI.match(text.plain, end)) else 0
        said = text.said(*title.span("title")) if title else ""
        lead = re.search("(?:词牌名?(?:是|为|用|:)*|填一?[首阕个曲]?|一?[阕曲])$", text.plain[: span[0]])
        more = [m.span() for m in _SAYS_CI.finditer(text.plain) if not span[0] <= m.start() < end]
        return Found(TuneSaid(text.plain[slice(*span)], said), ((lead.start() if lead else span[0], end), *more))
    if (unknown := _UNKNOWN.search(text.plain)) is not None:
        return Found(TuneSaid(unknown["name"]), (unknown.span(),))
    found = next((m for m in _NO_TUNE.finditer(text.plain) if not m["no"]), None)
    if found is None:
        return None
    size = next((size for size in SIZES if size in found[0]), "长调" if "慢词" in found[0] else "")
    return Found(TuneSaid(size=size), (found.span(),))


def _quoted(text: Text) -> Found[TuneSaid] | None:
    """《水调歌头·中秋》; 写一首《浣溪沙》."""
    for m in re.finditer(QUOTE, text.plain):
        name, _, title = re.sub("[・•]", "·", text.typed[m.start()]).partition("·")
        if plain(name) not in tunes():
            continue
        before = text.plain[: m.start()]
        lead = _SURELY_BEFORE.search(before) or _ONE_OF.search(before)
        if title or lead or _SURELY_AFTER.match(text.plain, m.end()):
            start = lead.start() if lead and "填" in lead[0] else m.start()
            after = _A_CI.match(text.plain, m.end())
            return Found(TuneSaid(plain(name), title.strip()), ((start, after.end() if after else m.end()),))
    return None


def _tune_in(plain: str) -> tuple[int, int] | None:
    """Where the tune stands that is asked for, if any."""
    for start in range(len(plain)):
        for n in range(min(7, len(plain) - start), 1, -1):
            name, before, end = plain[start : start + n], plain[:start], start + n
            if name not in tunes():
                continue
            surely = _SURELY_BEFORE.search(before) or _SURELY_AFTER.match(plain, end)
            # A name of two characters, or one that is a title of 诗 too, is meant as a tune where something says 词.
            if len(name) == 2 or name in titles_too():
                asked = surely
            else:
                asked = surely or _ONE_OF.search(before) or (_BEFORE.search(before) and _AFTER.match(plain, end))
            if asked:
                return start, end
    return None


# What the book's sections are called by beside the groups of 平水韵 (戈载 names them so).
_MORE = {"戈": 9, "家": 10, "侯": 12, "寻": 13, "术": 17, "盍": 19, "皆": 5, "咍": 5, "钟": 1, "之": 3, "模": 4}
_SECTION = re.compile(rf"(?:押|用|限|按|韵部)?(?:词林正韵)?的?第?(?P<n>{NUMBER})部(?:的?韵)?")
BOOK_OF_TUNES = re.compile("(?:[按依用押照据]|按照|根据)?(?:着)?词(?:林正)?韵(?:的韵部?|韵部?|来)?")
_PAIR = re.compile(rf"(?:押|用|限|以|韵部)?(?:词林正韵)?的?(?P<names>{HAN}{{2,3}})(?:韵部?|部)")


def section_named(value: str) -> str | None:
    """The section of 词林正韵 that 第三部, 十二部, 江阳韵, 东冬 name, as 第三部; None for what names none."""
    text = re.sub(r"\s", "", plain(value))
    if (m := _SECTION.fullmatch(text)) is not None:
        return _section(m["n"])
    m = _PAIR.fullmatch(text) or re.fullmatch(rf"(?P<names>{HAN}{{2,3}})", text)
    return None if m is None else _of_names(m["names"])


def _section(number: str) -> str | None:
    n = read_number(number)
    return f"第{chinese_number(n)}部" if 1 <= n < ENTERING + 5 else None


def _of_names(names: str) -> str | None:
    held = [set(sections_of_group(c)) if c in pingshui().groups else {_MORE[c]} if c in _MORE else set() for c in names]
    shared = set.intersection(*held)
    return f"第{chinese_number(min(shared))}部" if shared else None


_BARE = re.compile(rf"(?:押|限|韵部)第?(?P<n>{NUMBER})部(?:的?韵)?|第(?P<m>{NUMBER})部(?:的?韵|(?=$|[,.;!?]))")


def find_bare_section(text: Text) -> Found[str] | None:
    """押第三部 where nothing says that a 词 is meant."""
    for m in _BARE.finditer(text.plain):
        if (name := _section(m["n"] or m["m"])) is not None:
            return Found(name, (m.span(),))
    return None


def find_section(text: Text) -> Found[str] | None:
    """押江阳韵, 第三部."""
    for pattern in (_SECTION, _PAIR):
        for m in pattern.finditer(text.plain):
            said = m.groupdict()
            name = _section(said["n"]) if said.get("n") else _of_names(said["names"])
            if name is not None:
                return Found(name, (m.span(),))
    return None
