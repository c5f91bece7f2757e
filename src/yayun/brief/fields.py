"""One field's value, read leniently, as a flag or inside a sentence: ``五言绝句``, ``5绝``, ``上平一东``, ``東韻`` …"""

from __future__ import annotations

import difflib
import re
from typing import Literal

from yayun.brief.text import HAN, clean, plain
from yayun.errors import YayunError
from yayun.prosody.books.book import Group, RhymeBook
from yayun.prosody.books.shelf import NAMES, PINGSHUI, book, canonical_division
from yayun.prosody.numerals import chinese_number
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.readings.lexicon import readings

Opening = Literal["平起", "仄起"]
Script = Literal["simplified", "traditional"]
RhymeTone = Literal["平", "仄", "上", "去", "入"]

MAX_COUNT = 100
MAX_TITLE = 100  # characters
MAX_IMAGES = 12
FORMS_HINT = "能写的是五绝、七绝、五律、七律、排律、五古、七古、对联、词"

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3}
NUMBER = r"(?:[零〇一二两三四五六七八九十百千万]{1,6}|\d{1,9})"


def read_number(text: str) -> int:
    """A whole number in digits or Chinese numerals (matched by ``NUMBER``)."""
    if text.isdecimal():
        return int(text)
    total = section = digit = 0
    for char in text:
        if (unit := {"十": 10, "百": 100, "千": 1000}.get(char)) is not None:
            section += (digit or 1) * unit
            digit = 0
        elif char == "万":
            total += (section + digit) * 10000
            section = digit = 0
        else:
            digit = _DIGITS[char]
    return total + section + digit


_RHYME = re.compile(
    rf"(?:押|用|韵脚|韵部|韵)?(?:平水韵)?(?P<volume>上平|下平|平|上|去|入)?声?的?第?(?P<number>{NUMBER})?"
    rf"(?P<name>{HAN})字?(?:韵[部目脚]?|部)?"
)


# Books, as people call them -> their names. None of these is a group.
_BOOKS = {
    "平水韵": "平水韵", "平水": "平水韵", "古韵": "平水韵", "诗韵": "平水韵", "佩文诗韵": "平水韵", "新韵": "中华新韵",
    "中华新韵": "中华新韵", "今韵": "中华新韵", "通韵": "中华通韵", "中华通韵": "中华通韵", "词韵": "词林正韵",
    "词林正韵": "词林正韵", "曲韵": "中原音韵", "中原音韵": "中原音韵", "十三辙": "十三辙", "十八韵": "十八韵",
    "十四韵": "中华新韵", "十六韵": "中华通韵", "广韵": "广韵", "切韵": "切韵", "洪武正韵": "洪武正韵",
    "现代韵": "现代韵",
}  # fmt: skip


def parse_rhyme(value: str, by: str = PINGSHUI) -> str:
    """The canonical group name of ``东``, ``東韻``, ``一东``, ``上平一东``.

    Errors: YayunError for what is no group: another character (with the group it is in), a rhyme book, anything else
    (with the nearest groups).
    """
    if by != PINGSHUI:
        return _rhyme_by(value, by)
    text, held = _no_book(value), book(by)
    m = _RHYME.fullmatch(text)
    if m is not None and not (m["volume"] or m["number"]) and _named(m, held) not in held.groups:
        group = held.groups[group_of(m["name"], held)]
        raise YayunError(f"“{m['name']}”不是韵目:它在{group.label},要押这一韵请写“{group.name}”。")
    return rhyme_of(value, by)


def _rhyme_by(value: str, by: str) -> str:
    """The group of another book: by its own name (麻上), or by that of the rhyme (十一庚, 第三部), which is level where
    there is such. Errors: YayunError, naming the rhyme of a character that is none itself."""
    text, held = _rhyme_text(value), book(by)
    if text in held.groups:
        return text
    try:
        division = canonical_division(by, text)
    except YayunError:
        if (other := _elsewhere(text, by)) is not None:
            raise YayunError(other) from None
        raise
    return next(name for name, group in held.groups.items() if group.division == division)


def _elsewhere(text: str, by: str) -> str | None:
    """A sentence on a name that another book has, with the rhyme of the same character in this one."""
    m = _RHYME.fullmatch(text)
    if m is None or m["name"] in book(by).groups:
        return None
    held, pingshui = book(by), book(PINGSHUI).groups
    found = [reading.group for reading in held.readings(m["name"])]
    if not found:
        return None
    division = held.groups[next(filter(held.level, found), found[0])].division
    of = "是平水韵的韵部," if m["name"] in pingshui else "不是韵部,"
    return f"“{m['name']}”{of}{by}里“{m['name']}”字在{division}韵:请写“{division}”。"


def _no_book(value: str) -> str:
    """The bare text of a rhyme. Errors: YayunError for a rhyme book's name, which is no group."""
    text = _rhyme_text(value)
    if (other := _BOOKS.get(text)) is not None:
        said = "" if text == other else f"({other})"
        raise YayunError(f"“{brief_quote(value)}”{said}是韵书,不是韵部:{_of_book(other)}请写韵部,例如上平一东。")
    return text


def _of_book(name: str) -> str:
    """What to do with a rhyme book's name where a group is asked for."""
    if name == PINGSHUI:
        return "这里押的本就是平水韵,"
    if name in NAMES:
        return f"按{name}请用 --book {name};不用时韵部按平水韵,"
    return f"这部书没有收,查诗能用的韵书有{'、'.join(NAMES)}(--book);韵部按平水韵,"


def _rhyme_text(value: str) -> str:
    return re.sub(r"[\s、.\-_]", "", plain(clean(value, "韵部")))


def rhyme_of(value: str, by: str = PINGSHUI) -> str:
    """``parse_rhyme``, of any other character the group it is in (押春韵). Errors: YayunError, naming the nearest."""
    text, held = _no_book(value), book(by)
    if (m := _RHYME.fullmatch(text)) is None:
        raise YayunError(f"{held.name}里没有“{brief_quote(value)}”这一韵,{nearest(text, held)}。")
    name = _named(m, held)
    if by != PINGSHUI and name in book(PINGSHUI).groups and (other := _elsewhere(name, by)) is not None:
        raise YayunError(other)
    if name not in held.groups:
        if m["volume"] or m["number"]:
            raise YayunError(f"{held.name}里没有“{brief_quote(value)}”这一韵,{nearest(text, held)}。")
        return group_of(name, held)
    group = held.groups[name]
    if not _agrees(group, m["volume"], m["number"]):
        raise YayunError(f"{held.name}里没有“{brief_quote(value)}”这一韵:{name}是{group.label}。")
    return name


def _named(m: re.Match[str], held: RhymeBook) -> str:
    """The name in a match, as this book spells it."""
    return held.aliases.get(m["name"], m["name"])


def group_of(char: str, held: RhymeBook) -> str:
    """The group a character rhymes in: of several readings the first level one. Errors: YayunError if it has none."""
    found = [r.group for r in held.readings(char)] if is_hanzi(char) else []
    if not found:
        raise YayunError(f"{held.name}里查不到“{brief_quote(char)}”字,{nearest(char, held)}。")
    return next(filter(held.level, found), found[0])


def nearest(text: str, held: RhymeBook) -> str:
    """A clause that names the groups nearest to ``text``: of its characters first, then by spelling."""
    first = [[c] if c in held.groups else [r.group for r in held.readings(c)][:1] for c in text if is_hanzi(c)]
    names = [group for found in first for group in found]
    labels = {group.label: group.name for group in held.groups.values()}
    names += [labels[label] for label in difflib.get_close_matches(text[:12], labels, n=3, cutoff=0.4)]
    if not names:
        return "可用的韵如上平一东、下平一先、下平七阳、下平十一尤"
    return "相近的有" + "、".join(map(held.label, list(dict.fromkeys(names))[:4]))


def _agrees(group: Group, volume: str | None, number: str | None) -> bool:
    if volume is not None and volume not in (group.volume, group.tone):
        return False
    return number is None or number in (chinese_number(group.ordinal), str(group.ordinal))


def parse_tone(value: str) -> RhymeTone | None:
    """``仄韵``, ``平声韵``, ``入声`` … as the tone to rhyme in; None when ``value`` says no tone."""
    m = re.fullmatch(r"押?(?:上平|下平|(?P<tone>[平仄上去入]))(?:声韵?|韵)?", plain(value.strip()))
    return None if m is None else (m["tone"] or "平")  # type: ignore[return-value]


def parse_pattern(value: str) -> tuple[Opening, bool | None]:
    """``平起``, ``仄起首句不入韵`` … -> the opening and, if said, whether the first line rhymes."""
    m = re.fullmatch(r"([平仄])声?起(?:[式格])?(?:首句)?(不?入韵)?[式格]?", plain(clean(value, "格律")))
    if m is None:
        raise YayunError(f"看不懂格律“{brief_quote(value)}”,请写平起或仄起。")
    return ("平起" if m[1] == "平" else "仄起"), None if m[2] is None else m[2] == "入韵"


def parse_script(value: str) -> Script:
    """``simplified``/``简体``/``zh-Hans`` or ``traditional``/``繁體``/``zh-Hant``."""
    text = plain(clean(value, "字体"))
    if re.fullmatch(r"simplified|简体?字?|简化字|zh-hans|zh-cn|hans|s", text):
        return "simplified"
    if re.fullmatch(r"traditional|[繁正]体?字?|zh-hant|zh-tw|zh-hk|hant|t", text):
        return "traditional"
    raise YayunError(f"看不懂字体“{brief_quote(value)}”,请写 simplified(简体)或 traditional(繁体)。")


def parse_count(value: int | str) -> int:
    """How many poems: 1 to ``MAX_COUNT``."""
    if isinstance(value, str):
        text = plain(value.strip()).rstrip("首篇")
        if not re.fullmatch(NUMBER, text):
            raise YayunError(f"看不懂首数“{brief_quote(value)}”,请写 1 到 {MAX_COUNT} 之间的整数。")
        value = read_number(text)
    if not 1 <= value <= MAX_COUNT:
        raise YayunError(f"一次写 1 到 {MAX_COUNT} 首,不能写 {str(value)[:12]} 首。")
    return value


def parse_acrostic(value: str) -> str:
    """The characters that open the lines, 4 or 8, as typed without separators."""
    text = re.sub(r"[\s,,.。、;;/·|!!??\-—]+", "", clean(value, "藏头的字"))
    for char in text:
        if not is_hanzi(char):
            raise YayunError(f"藏头只能用汉字,“{brief_quote(char)}”不是汉字。")
    if len(text) not in (4, 8):
        raise YayunError(f"藏头要 4 个字(绝句)或 8 个字(律诗),“{brief_quote(text)}”有 {len(text)} 个字。")
    for char in text:
        if not readings(plain(char)) and not readings(char):
            raise YayunError(f"平水韵里查不到“{char}”字的读音,不能用来藏头,请换一个字。")
    return text


def parse_words(value: str | list[str] | tuple[str, ...], what: str = "意象") -> tuple[str, ...]:
    """Words in a list or in a string with separators; each 1 to 7 Chinese characters, no doubles."""
    parts = re.split(r"[\s,,、;;/|]+", value) if isinstance(value, str) else list(value)
    words = tuple(dict.fromkeys(word for part in parts if (word := clean(part, what))))
    for word in words:
        if not all(map(is_hanzi, word)) or len(word) > 7:
            raise YayunError(f"{what}要用 1 到 7 个汉字的词,“{brief_quote(word)}”不行。")
    if len(words) > MAX_IMAGES:
        raise YayunError(f"{what}最多 {MAX_IMAGES} 个,这里有 {len(words)} 个。")
    return words


def parse_title(value: str, what: str = "题目") -> str:
    """A title on one line, its brackets left off."""
    text = re.sub(r"\s+", " ", clean(value, what))
    m = re.fullmatch(r"《(.+)》|〈(.+)〉|「(.+)」|『(.+)』|“(.+)”|‘(.+)’|\"(.+)\"|'(.+)'", text)
    text = next(g for g in m.groups() if g is not None).strip() if m else text
    if len(text) > MAX_TITLE:
        raise YayunError(f"{what}最多 {MAX_TITLE} 个字,这里有 {len(text)} 个。")
    return text


def brief_quote(text: str, limit: int = 20) -> str:
    """``text`` short enough and clean enough for an error message."""
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= limit else text[:limit] + "…"
