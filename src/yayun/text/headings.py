"""What stands around verse: titles, authors, signatures, and the sections of a published page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yayun.prosody.forms.names import fold
from yayun.prosody.forms.regulated import FORM_NAMES
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.text.clauses import clauses
from yayun.text.notes import without_notes
from yayun.text.rows import Row, read_row

_NUMERAL = "一二三四五六七八九十百"
_DYNASTIES = (
    "(?:[初盛中晚]?唐|先秦|[西东東]?[汉漢晋晉周]|魏晋|南北朝|[隋元明清]|五代|[北南]?宋"
    "|近代|现代|現代|当代|當代|民国|民國)"
)
_DYNASTY = re.compile(rf"^[\[（(〔【［]?{_DYNASTIES}[代朝]?[\]）)〕】］]?[·・.\s:：]*")
_DYNASTY_AFTER = re.compile(rf"\s*[\[（(〔【［·・]\s*{_DYNASTIES}[代朝]?\s*[\]）)〕】］]?\s*$")
_DYNASTY_ONLY = re.compile(rf"[\[（(〔【［]?{_DYNASTIES}[代朝]?[\]）)〕】］]?")
_MARKED_DYNASTY = re.compile(rf"^[\[（(〔【［]?{_DYNASTIES}[代朝]?(?:[\]）)〕】］]|[·・:：\s])")
_TITLE_LABEL = re.compile(r"^(?:诗题|詩題|题目|題目|标题|標題|诗名|詩名|篇名|题|題)\s*[::：]\s*")
_AUTHOR_LABEL = re.compile(r"^(?:作者|诗人|詩人|撰|作|文)\s*[::：]\s*")
_LABELLED = re.compile(r"(?:朝代|年代|体裁|體裁|出处|出處|韵部|韻部|标签|標籤|来源|來源|收藏|分类|分類)\s*[::：]")
_LABEL_FOLLOWS = re.compile(r"\s+(?=(?:作者|诗人|詩人|朝代|年代|体裁|體裁|题目|題目|标题|標題|韵部|韻部)\s*[::：])")
_PART = re.compile(
    rf"^(?:其|之|第)\s*[{_NUMERAL}0-9]{{1,4}}\s*首?$|^[{_NUMERAL}]{{1,3}}$|^(?:首|上|下|前|后|後)[章篇首阕闋]$"
)
_EXPLICIT = re.compile(rf"^\s*(?:#|\*\*|《|〈|其[{_NUMERAL}]+\s*$|(?:诗题|詩題|题目|題目|标题|標題)\s*[::：])")
_QUOTED = re.compile(r"^[#\s*]*(?:《([^《》]*)》|〈([^〈〉]*)〉|\*\*([^*]+)\*\*)(.*)$")
_DATE = re.compile(
    r"[0-9０-９〇零一二三四五六七八九十]{1,4}\s*[年月]|[0-9]{2,4}[-./][0-9]{1,2}|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]"
)
_SIGNED = re.compile(
    r"^\s*[—–―─\-~～]{1,4}\s*\S|^(?:作者|诗人|詩人)\s*[::：]|[作写書书题題记記撰]于|敬[上题題赠贈]$|[谨謹]识$"
)
_ENDS = "。！？；.!?;｡"
# Sections of a page that are no verse.
_COMMENTS = frozenset(
    re.split(
        r"\|",
        "译文|譯文|韵译|韻譯|今译|今譯|白话译文|白話譯文|白话文|直译|直譯|意译|意譯|"
        "翻译|翻譯|注释|註釋|注釋|註解|注解|注|註|词句注释|字词注释|校注|校记|校記|"
        "赏析|賞析|鉴赏|鑑賞|鉴赏赏析|评析|評析|简析|簡析|评注|评点|評點|名家点评|点评|"
        "點評|讲解|講解|解析|解读|解說|导读|導讀|创作背景|創作背景|写作背景|寫作背景|"
        "背景|作者简介|作者簡介|诗人简介|作者介绍|关于作者|主题|主旨|参考资料|參考資料|"
        "参考译文|拓展|思考|补充|标签|標籤|格律|平仄|韵脚|说明|說明|文学赏析|作品赏析|"
        "作品鉴赏|后人点评|集评|集評|辑评|輯評",
    )
)
_AND = re.compile("[及与與和、/]")
_BRACKETED = re.compile(r"[【\[〔［（(]\s*([^】\]〕］）)]*)[】\]〕］）)]")
_ORIGINAL = re.compile(r"^[#\s*]*(?:原文|正文|诗文|詩文|全诗|全詩|作品原文|原诗|原詩|诗词原文)[*\s]*[::：]?$")
_PREFACE = re.compile(r"^(?:小|诗|詩|并|並|原|自)?(?:序|引)(?:言|文|曰|云)?\s*[::：]?")
# What ``check`` prints below a poem.
_VERDICT = re.compile(r"^○平|^(?:错|注意|说明)\s+\S{1,8}[::：]|^(?:合律|不合律|这是.{2,6},不以近体)")
_FORMS = frozenset(FORM_NAMES) | frozenset(FORM_NAMES.values()) | {"五言古绝", "七言古绝", "五言排律", "七言排律"}
_LONGEST_NAME, _LONGEST_SECTION = 6, 16


@dataclass(frozen=True, slots=True)
class Heading:
    """``title``, ``author``, ``part`` (其一), and what else the heading rows say."""

    title: str = ""
    author: str = ""
    part: str = ""
    beside: tuple[str, ...] = ()


def is_explicit(row: Row) -> bool:
    """Is a row marked as a title?"""
    return _EXPLICIT.match(row.text) is not None and not (row.text.startswith("**") and row.punctuated)


def is_labelled(row: Row) -> bool:
    """Does a row say that it is a title, an author or the like?"""
    if ":" not in row.text and "：" not in row.text:
        return False
    return bool(_TITLE_LABEL.match(row.text) or _AUTHOR_LABEL.match(row.text) or _LABELLED.match(row.text))


def is_part(row: Row) -> bool:
    """Is a row 其一 or another number of a poem in a series?"""
    return _PART.match(_plain(row.bare)) is not None


def is_author(row: Row) -> bool:
    """Does a row surely name an author?"""
    if _AUTHOR_LABEL.match(row.text):
        return True
    marked = _MARKED_DYNASTY.match(row.text) or _DYNASTY_AFTER.search(row.text)
    return bool(marked) and not row.punctuated and 1 <= len(_person(row.text)) <= _LONGEST_NAME


def is_comment(row: Row) -> bool:
    """Does a row open notes, a translation, an appreciation?"""
    text = row.text.lstrip("#* \t")
    if (bracketed := _BRACKETED.match(text)) is not None:
        name = bracketed[1]
    else:
        name, colon, _ = text.replace("：", ":").partition(":")
        if colon and _LABELLED.match(row.text):
            return True
    parts = _AND.split(name.strip("* \t")) if len(name) <= _LONGEST_SECTION else ()
    return bool(parts) and all(part.rstrip("一二三123") in _COMMENTS for part in parts)


def is_original(row: Row) -> bool:
    """Does a row say that the verse follows?"""
    return _ORIGINAL.match(row.text) is not None


def is_preface(row: Row) -> bool:
    """Does a row say that it is a preface, or that one follows?"""
    return _PREFACE.match(row.text) is not None and (
        row.size <= 3 or re.search("[::：]|[曰云]", row.text[:5]) is not None
    )


def is_below(row: Row, punctuated: bool) -> bool:
    """Does a row belong below verse: a signature, a date, a note, a verdict? ``punctuated``: the verse is."""
    if row.bracketed or is_author(row) or is_labelled(row) or is_signed(row):
        return True
    return punctuated and not row.punctuated and row.size not in (5, 7)


def is_signed(row: Row) -> bool:
    """Is a row surely a signature with a dash or a date, or a verdict?"""
    if _VERDICT.match(row.text) or _SIGNED.search(row.text):
        return True
    return _DATE.search(row.text) is not None and not row.text.endswith(tuple(_ENDS))


def is_signature(row: Row) -> bool:
    """Is a row below verse nothing but its author's name?"""
    return is_author(row) or (2 <= row.size <= 4 and not row.punctuated and not _DATE.search(row.text))


def read_heading(rows: Sequence[Row], below: bool = False) -> Heading:
    """Title, author and number in a series from heading rows, or from one ``below`` the verse."""
    title, author, part = "", "", ""
    beside: list[str] = []
    for row in _split_labels(rows):
        for note in row.notes:
            if _PART.match(note):
                part = part or note
            elif not _DYNASTY_ONLY.fullmatch(note):
                beside.append(note)
        if _LABELLED.match(row.text):
            beside.append(row.text)
        elif is_part(row) and (title or not _TITLE_LABEL.match(row.text)):
            part = _plain(row.bare)
        elif is_author(row) or (below and is_signature(row)):
            author = author or _person(row.text)
        elif not title:
            title, found, rest = _title(row)
            author = author or found
            beside.extend(filter(None, [rest]))
        elif not author and row.size <= _LONGEST_NAME and not row.punctuated:
            author = _person(row.text)
        else:
            beside.append(row.text)
    return Heading(title, author, part, tuple(note for note in beside if note not in (title, author)))


def _split_labels(rows: Sequence[Row]) -> Iterator[Row]:
    """Rows, one that says several things (题目：静夜思 作者：李白) as several."""
    for row in rows:
        pieces = _LABEL_FOLLOWS.split(row.text) if is_labelled(row) else ()
        yield from map(read_row, pieces) if len(pieces) > 1 else (row,)


def _title(row: Row) -> tuple[str, str, str]:
    """Title, author and the rest of a row that begins with a title."""
    if (quoted := _QUOTED.match(row.text)) is not None:
        title = next(filter(None, quoted.groups()[:3]), "")
        rest = quoted[4].strip(" \t　,，—–-·:：*")
        name = _person(rest)
        return (_name(title), name, "") if len(name) <= _LONGEST_NAME else (_name(title), "", rest)
    text = _TITLE_LABEL.sub("", row.bare.strip("#* \t　"))
    parts = text.split()
    if all(len(part) == 1 for part in parts):  # spaced out
        return _name("".join(parts)), "", ""
    if (at := next((i for i, part in enumerate(parts[:2]) if _is_form(part)), None)) is not None:
        return _name("".join(parts[:at])), "", " ".join(parts[at:])
    if len(parts) >= 2 and _DYNASTY_ONLY.fullmatch(parts[1]):
        return _name(parts[0]), _person("".join(parts[2:])), ""
    if len(parts) == 2 and _PART.match(parts[1]):
        return _name(text), "", ""
    if len(parts) == 2 and 2 <= len(name := _bare(_DYNASTY.sub("", parts[1]))) <= 4:
        return _name(parts[0]), name, ""
    return _name(text), "", ""


def _is_form(text: str) -> bool:
    return fold(text) in _FORMS


def _name(text: str) -> str:
    return _TITLE_LABEL.sub("", text.strip("#*《》〈〉 \t")).strip("《》〈〉 ")


def _person(text: str) -> str:
    text = _AUTHOR_LABEL.sub("", text.strip("#* \t—–-·"))
    text = _DYNASTY.sub("", _DYNASTY_AFTER.sub("", text.split("朝代")[0]).strip("（）()"))
    return _bare(without_notes(text)[0])


def _plain(text: str) -> str:
    return re.sub(r"[\s#*·・:：、.．（）()\[\]【】〔〕［］]", "", text)


def _bare(text: str) -> str:
    return "".join(clauses(text)) if any(map(is_hanzi, text)) else ""
