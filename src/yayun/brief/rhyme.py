"""Finding the rhyme group in a request: 押东韵, 上平一东, 韵脚用阳, 用“春”韵, 不要押东韵."""

from __future__ import annotations

import re
from functools import cache

from yayun.brief.fields import NUMBER, brief_quote, nearest, parse_rhyme, read_number, rhyme_of
from yayun.brief.finders import NOT, Found, Span
from yayun.brief.text import GAP, HAN, QUOTE, Text, plain
from yayun.errors import YayunError
from yayun.prosody.books.book import RhymeBook
from yayun.prosody.books.shelf import CILIN, PINGSHUI, TONGYUN, XINYUN, book
from yayun.prosody.readings.hanzi import is_hanzi

_SKIP = rf"[ {GAP}]*"
_VOLUME = r"(?:(?:上平|下平|平|上|去|入)声?)"
# Books we have, by what people call them; and those that we have not.
_OURS = {
    "中华新韵": XINYUN, "新韵": XINYUN, "现代韵": XINYUN, "今韵": XINYUN, "十四韵": XINYUN, "中华通韵": TONGYUN,
    "通韵": TONGYUN, "十六韵": TONGYUN, "普通话押韵": TONGYUN, "普通话的韵": TONGYUN, "词林正韵": CILIN, "词韵": CILIN,
}  # fmt: skip
_NAMED = re.compile(rf"(?P<no>{NOT}[押用按]?)?(?:按照?|依照?)?(?P<name>{'|'.join(_OURS)})(?:部|书)?(?:里面?|中|上)?")
_BOOKS = re.compile(rf"(?P<no>{NOT}[押用]?)?(?P<name>中原音韵|十三辙|十八韵|洪武正韵)")
_ANSWERING = re.compile(  # 次韵友人 is a title, 次韵《登高》 a task
    rf"(?<![一二三四两每逐])[次步](?:其|原|前)?韵(?![^,.;:!? \ue000\ue001{GAP}])|[次步和]{QUOTE}的?韵"
)
_OUR_BOOK = re.compile(r"平水韵(?:部|书|表|谱)?(?:里面?|中|上|部)?的?|佩文诗韵的?")
_NO_RHYME = re.compile(rf"(?P<no>不要求|不要|不用|不必|不需要?|无需|无须|别|不)押?韵(?!{_SKIP}{HAN}?[里脚])(?<=押韵)")
# What may stand where a name would, and is none: 押险韵 asks for a style, 押一个韵 for nothing.
_NO_NAMES = "三两四五几险窄宽严好同本原一个什么任意随便何换的了准要应该能通用合首尾韵脚都须"
# Names that are ordinary words in front of 韵 unless 押 or a number says otherwise: 有韵, 叶韵, 尾韵 …
_WORDS = "有叶合尾个号物"
_LEADS_TO_A_NAME = ("押", "用", "限", "韵脚", "韵部", "韵目")
_AFTER = "(?![味律致文母书头调事海白])"
_LEAD = r"(?:押|韵脚|韵部|韵目|用韵|限韵|韵|协|限|依|用|按|取|选|以|走|属)"
_LINK = r"(?:的?字?(?:要|请|必须|需|就)?(?:是|为|用|选|取|在|到|押|:|=|个){0,4}的?)"


@cache
def _patterns(by: str) -> tuple[re.Pattern[str], ...]:
    names = "".join(name for name in book(by).groups if len(name) == 1)
    name = rf"(?P<volume>{_VOLUME})?{_SKIP}的?(?P<number>第?{NUMBER})?(?P<name>[{names}])"
    end = rf"(?!{HAN})"
    negation = rf"(?P<no>{NOT}(?:要|能|再)?)?"
    lead = rf"{negation}(?P<lead>{_LEAD}){_SKIP}{_LINK}{_SKIP}"
    strong = rf"{negation}(?P<lead>押韵脚|押|韵脚|韵部|韵目|用韵|限韵|(?<!{HAN})韵){_SKIP}{_LINK}{_SKIP}"
    quoted = rf"(?P<quoted>{QUOTE})"
    return tuple(
        re.compile(pattern)
        for pattern in (
            rf"(?P<lead>韵脚)(?:里|中)?(?:要|得|必须|须|请)?(?:有|含|带|出现)(?P<quotes>{QUOTE})字?",
            rf"(?P<lead>韵脚)字?{_LINK}(?P<feet>{HAN}(?:[、, /]{HAN}){{1,7}}(?!{HAN}))",
            rf"(?P<lead>韵脚|限韵|用韵"
            rf"|押韵?){_LINK}(?P<quotes>{QUOTE}字?(?:[、, /和]*{QUOTE}字?){{0,7}})(?:等|为韵)?",
            rf"(?P<lead>以|用|限"
            rf"|押)(?P<quotes>{QUOTE}字?(?:[、, /和]*{QUOTE}字?){{0,7}})(?:这?[两三四五几]个)?字?(?:作|做"
            rf"|为|当)?韵脚",
            rf"{lead}{quoted}字?(?:韵[部脚目]?|部|为韵)",
            rf"{strong}{quoted}字?",
            rf"{negation}(?P<lead>以|用|得|拿){quoted}字?(?:为|作|做|当)?(?:韵脚?|(?<=字)韵)",
            rf"{lead}{name}字?(?:韵[部脚目]?|部){_AFTER}",
            rf"{negation}(?P<lead>以|用|拿){name}字?(?:为|作|做|当)韵脚?",
            rf"{strong}{name}字?{end}",
            rf"{negation}(?<!{HAN})(?P<lead>){name}字?韵[部脚目]?{_AFTER}",
            rf"{negation}(?P<lead>)(?P<volume>[上下]平声?|[平上去入]声)的?(?P<number>第?{NUMBER})(?P<name>[{names}])"
            rf"字?(?:韵[部目]?)?{_AFTER}",
            rf"(?<!{HAN})(?P<lead>)(?P<volume>[平上去入])(?P<number>{NUMBER})(?P<name>[{names}]){end}",
            rf"{negation}(?P<lead>)(?P<number>第?{NUMBER})(?P<name>[{names}])韵[部目]?{_AFTER}",
            rf"(?<=[的首诗句成绝律写作用为或者])(?P<lead>)(?P<name>[{names}])字?韵[部目]?{_AFTER}",
            rf"(?<!{HAN})(?P<lead>)(?P<number>{NUMBER})(?P<name>[{names}]){end}",
            rf"{negation}(?P<lead>押|韵脚"
            rf"|韵部){_SKIP}{_LINK}{_SKIP}(?P<char>[^{_NO_NAMES}\s,.;:!?、{GAP}])字?(?:韵[部脚目]?|部"
            rf"|(?![^\s,.;:!?、{GAP}]))",
            rf"(?P<lead>以|用)(?P<char>{HAN})字?(?:为|作|做)韵脚?",
            rf"{strong}(?P<unknown>[a-z]{{1,8}}\d?)韵?",
            rf"{negation}(?P<lead>押|韵部){_SKIP}{_LINK}{_SKIP}(?P<unknown>[^\s,.;:!?、{GAP}韵]{{2,16}}?)韵部?",
        )
    )


def find_book(text: Text) -> Found[str] | None:
    """The rhyme book to write by: 按中华新韵, 押通韵. Errors: YayunError for two of them."""
    found = [m for m in text.find(_NAMED) if not m["no"]]
    names = list(dict.fromkeys(_OURS[m["name"]] for m in found))
    if len(names) > 1:
        raise YayunError(f"韵书前后不一:{names[0]}和{names[1]}只能选一部。")
    return Found(names[0], tuple(m.span() for m in found)) if found else None


def find_rhyme(text: Text, by: str = PINGSHUI) -> Found[tuple[str | None, tuple[str, ...]]] | None:
    """The group asked for and the groups ruled out. Errors: YayunError for an unknown group or two different ones."""
    spans, held = _refuse_books(text), book(by)
    text = text.cut(spans)
    if by != PINGSHUI and (m := _labelled().search(text.plain)) is not None:
        rhyme_of(m["name"], by)
    found: list[tuple[Span, str, bool]] = []
    for pattern in _patterns(by):
        for m in text.find(pattern):
            if (name := _group(text, m, held)) is not None:
                found.append((m.span(), name, bool(m.groupdict().get("no"))))
        text = text.cut(span for span, _, _ in found)
    if not found:
        _refuse_no_rhyme(text)
        return Found((None, ()), tuple(spans)) if spans else None
    found.sort()
    chosen, end = None, 0
    for (start, stop), name, negated in found:
        if negated:
            continue
        optional = re.fullmatch(r" ?或(?:者|是)?押? ?", text.plain[end:start]) is not None
        if chosen not in (None, name) and not optional:
            assert chosen is not None
            raise YayunError(f"韵部前后不一:{held.label(chosen)}和{held.label(name)}只能选一个。")
        chosen, end = chosen or name, stop
    avoided = tuple(dict.fromkeys(name for _, name, no in found if no))
    return Found((chosen, avoided), (*spans, *(span for span, _, _ in found)))


_FEET = (
    re.compile(rf"韵脚字?{_LINK}(?P<x>{HAN}(?:[、, /]{HAN}){{1,7}}(?!{HAN}))"),
    re.compile(rf"(?:韵脚|限韵|用韵){_LINK}(?P<x>{QUOTE}字?(?:[、, /和]*{QUOTE}字?){{0,7}})"),
    re.compile(
        rf"(?:以|用|限|押)(?P<x>{QUOTE}字?(?:[、, /和]*{QUOTE}字?){{0,7}})"
        r"(?:这?[两三四五几]个)?字?(?:来?作|做|为|当)?韵脚"
    ),
)


def feet_named(text: Text) -> tuple[str, ...]:
    """The rhyme words themselves, where more than one is named: 韵脚用“来、开、台”."""
    for pattern in _FEET:
        if (m := pattern.search(text.plain)) is not None:
            chars = [c for c in plain(text.said(*m.span("x"))) if is_hanzi(c) and c not in "和字韵"]
            return tuple(chars) if len(chars) > 1 else ()
    return ()


@cache
def _labelled() -> re.Pattern[str]:
    """A group of 平水韵 by its number: 押一东, 上平一东."""
    names = "".join(book(PINGSHUI).groups)
    return re.compile(rf"(?:(?:押|{GAP}){_SKIP}{_VOLUME}?|[上下]平声?){NUMBER}(?P<name>[{names}])(?!{HAN}*[句首])")


def _group(text: Text, m: re.Match[str], held: RhymeBook) -> str | None:
    """The group a match names; None when it is no name after all."""
    said = m.groupdict()
    if said.get("unknown"):
        unknown = text.said(*m.span("unknown"))
        raise YayunError(f"{held.name}里没有“{brief_quote(unknown)}”这一韵,{nearest(unknown, held)}。")
    if said.get("feet"):
        return _common_group(re.findall(HAN, said["feet"] or ""), held)
    if said.get("quotes"):
        feet = [c for c in plain(text.said(*m.span("quotes"))) if is_hanzi(c) and c not in "和字韵"]
        return _common_group(feet, held) if feet else rhyme_of(text.said(*m.span("quotes")), held.name)
    if said.get("quoted"):
        return rhyme_of(text.said(*m.span("quoted")), held.name)
    if said.get("char"):
        return rhyme_of(text.said(*m.span("char")), held.name)
    name, number = said["name"] or "", (said.get("number") or "").removeprefix("第")
    volume = (said.get("volume") or "").removesuffix("声")
    lead = said.get("lead") or ""
    if name in _WORDS and not (volume or number) and lead not in _LEADS_TO_A_NAME and not _stands_alone(text, m):
        return None
    bare = not lead and len(volume) < 2 and not m[0].endswith(("韵", "部", "目", "脚"))
    if bare and read_number(number) != held.groups[name].ordinal:
        return None  # 九歌, 三阳: a word that only looks like a label
    return parse_rhyme(f"{volume}{number}{name}", held.name)


def _stands_alone(text: Text, m: re.Match[str]) -> bool:
    """Is the match a segment of its own? (有韵 and 尾韵 mean no group even then.)"""
    after = text.plain[m.end() : m.end() + 1]
    return m["name"] not in "有尾" and re.match(HAN, after) is None


def _common_group(feet: list[str], held: RhymeBook) -> str:
    """The group that all ``feet`` share. Errors: YayunError when there is none."""
    shared = set.intersection(*({r.group for r in held.readings(foot)} for foot in feet))
    if len(feet) == 1:
        return rhyme_of(feet[0], held.name)
    level = sorted(shared, key=lambda name: (not held.level(name), name))
    if not level:
        raise YayunError(f"“{brief_quote('、'.join(feet))}”不在同一韵,请只写一个韵部,例如上平一东。")
    return level[0]


def _refuse_books(text: Text) -> list[Span]:
    """Spans that name 平水韵, or a book to keep away from. Errors: YayunError for a book that we have not."""
    for m in _BOOKS.finditer(text.plain):
        if not m["no"]:
            raise YayunError(f"不会用{m['name']}:请用平水韵、中华新韵或中华通韵,例如押上平一东。")
    if _ANSWERING.search(text.plain):
        raise YayunError("不会次韵、步韵,请直接写明要押的韵部,例如上平一东。")
    every = (*_OUR_BOOK.finditer(text.plain), *_BOOKS.finditer(text.plain), *_NAMED.finditer(text.plain))
    return [m.span() for m in every]


def _refuse_no_rhyme(text: Text) -> None:
    if _NO_RHYME.search(text.plain) and "不要求" not in text.plain:
        raise YayunError("近体诗都要押韵,不能不押;不指定韵部时会自动选一个。")
