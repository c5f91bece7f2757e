"""The table of rules: every term a finding can carry, and the rules that look at a whole poem.

The tone rules of a line and a couplet are in ``linerules``, those of rhyme in ``rhymes``; this module holds 失粘, the
shape, repeated characters, antithesis and imagery, and the table that pages and documents print.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from yayun.prosody.forms.names import fold
from yayun.prosody.meter.finding import Finding, Severity, ordinal
from yayun.prosody.meter.oblique import ObliqueScansion
from yayun.prosody.meter.scansion import Scansion
from yayun.prosody.parallelism import couplet
from yayun.prosody.readings.lexicon import read_line, standardize


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table: the Chinese term, the usual severity, a sentence for people, and the source."""

    name: str
    severity: Severity
    text: str
    source: str


_WANG = "王力《诗词格律》"

RULES: tuple[Rule, ...] = (
    Rule("体裁", "error", "不合所求的体裁,或是古体、古绝,不以近体论。", _WANG),
    Rule("字数", "error", "每句字数应一律为五字或七字。", _WANG),
    Rule("句数", "error", "绝句四句,律诗八句,排律十句以上。", _WANG),
    Rule("字音", "warning", "韵书里查不到的字,平仄两可处理;作韵脚则韵不能判定,是错误。", "《广韵》、平水韵"),
    Rule("两读", "note", "一字平仄两读,此处只有一读合律。", _WANG),
    Rule("二四分明", "error", "五言第二、四字,七言第二、四、六字须合格式。", _WANG),
    Rule("平仄", "error", "依谱填写的体裁,谱里定了平仄的字须合谱。", "各体之谱"),
    Rule("句脚", "error", "入韵句以平收,不入韵的出句以仄收。", _WANG),
    Rule("孤平", "error", "平平仄仄平一句第一字(七言第三字)用仄,除韵脚外只剩一个平声。", _WANG),
    Rule("孤平拗救", "note", "第一字用仄,第三字(七言第三、第五字)用平自救,合律。", _WANG),
    Rule("三平调", "error", "仄仄仄平平一句第三字(七言第五字)用平,句末三平。", _WANG),
    Rule("三仄尾", "warning", "平平平仄仄一句第三字(七言第五字)用仄,句末三仄。", _WANG),
    Rule("特拗", "note", "平平平仄仄作平平仄平仄,第一字(七言第三字)须平;用仄则为警告。", _WANG),
    Rule("大拗", "error", "仄仄平平仄第四字(七言第六字)用仄,对句第三字(七言第五字)须用平救;已救则合律。", _WANG),
    Rule("小拗", "note", "仄仄平平仄第三字(七言第五字)用仄,可救可不救。", _WANG),
    Rule("双救", "note", "对句第三字(七言第五字)用平,兼救本句孤平与出句之拗。", _WANG),
    Rule("失对", "error", "一联之内,两句第二字平仄须相反。", _WANG),
    Rule("失粘", "error", "后联出句与前联对句第二字平仄须相同。", _WANG),
    Rule("格律", "error", "不合所求的格式(平起仄起、首句入韵与否)。", _WANG),
    Rule("出韵", "error", "偶句须押同一韵部。", "平水韵一百零六部"),
    Rule("首句邻韵", "note", "首句借邻韵起韵,合律。", _WANG),
    Rule("末句邻韵", "warning", "末句韵脚借邻韵,偶见于唐人。", _WANG),
    Rule("进退格", "warning", "韵脚在两邻韵间一句一换;唐宋人偶用。", "严羽《沧浪诗话》"),
    Rule("辘轳格", "warning", "前半押一韵,后半押其邻韵。", "严羽《沧浪诗话》"),
    Rule("葫芦格", "warning", "先二韵押一部,其后押其邻韵。", "严羽《沧浪诗话》"),
    Rule("仄韵", "note", "押仄声韵,不是近体正格,只论句内平仄相间和第二字的粘对。", _WANG),
    Rule("重韵", "error", "同一字两次作韵脚。", _WANG),
    Rule("撞韵", "note", "不入韵的句子收在与韵脚同韵异调的字上;有争议,只作提示。", "诗家通说"),
    Rule("重字", "warning", "不同句里用了同一个字,叠字和句内重复除外。", _WANG),
    Rule("对仗", "warning", "律诗颔联、颈联(排律中间各联)须对仗;叠字须对叠字。", _WANG),
    Rule("合掌", "warning", "一联两句不可说同一个意思(颔联、颈联)。", _WANG),
    Rule("意象", "warning", "所求的意象没有写进诗里。", "题意"),
)  # fmt: skip


def adhesion(scansion: Scansion | ObliqueScansion, *, quatrain: bool) -> Iterator[Finding]:
    """失粘: between couplets, the second characters of the two neighbouring lines must be of the same tone."""
    tones = scansion.tones
    for i in scansion.adhesion_breaks:
        message = f"第{ordinal(i + 1)}句第二字为{tones[i][1]}声,与第{ordinal(i)}句第二字不粘(应同为{tones[i - 1][1]}声)"
        if quatrain:
            message += ";绝句如此者称折腰体"
        yield Finding("失粘", "error", i + 1, 2, message, lines=(i, i + 1))


def line_lengths(lines: Sequence[str], widths: Sequence[int]) -> Iterator[Finding]:
    """字数: every line has as many characters as its form says."""
    for i, (line, width) in enumerate(zip(lines, widths, strict=False), start=1):
        if len(line) != width:
            more = "多" if len(line) > width else "少"
            message = f"第{ordinal(i)}句有{len(line)}字,应为{width}字,{more}了{abs(len(line) - width)}字"
            yield Finding("字数", "error", i, min(len(line), width) + (len(line) > width), message)


def line_count(lines: Sequence[str], count: int) -> Iterator[Finding]:
    """句数: the form has ``count`` lines."""
    if len(lines) != count:
        message = f"全诗有{len(lines)}句,应为{count}句"
        yield Finding("句数", "error", None, None, message)


def unresolved(lines: Sequence[str]) -> Iterator[Finding]:
    """字音: characters that no table knows; they are accepted in either tone."""
    for i, line in enumerate(lines, start=1):
        for column, place in enumerate(read_line(line), start=1):
            if not place.readings:
                message = f"第{ordinal(i)}句第{ordinal(column)}字「{place.char}」查不到读音,平仄不能判定"
                yield Finding("字音", "warning", i, column, message)


def repetition(lines: Sequence[str]) -> Iterator[Finding]:
    """重字: a character in two different lines; one finding for a run of them (巴山夜雨)."""
    text = standardize("\n".join(lines))
    if len(set(text)) + len(lines) - 1 > len(text):  # every character once
        return
    folded = text.split("\n")
    owner = {char: i for i in range(len(folded) - 1, -1, -1) for char in folded[i]}  # the first line with a character
    for i, line in enumerate(folded):
        if [char for char in line if owner[char] != i]:
            yield from _repeated_in(lines[i], i, folded, owner)


def _repeated_in(line: str, i: int, folded: Sequence[str], owner: Mapping[str, int]) -> Iterator[Finding]:
    """The runs of characters of line ``i`` that an earlier line has; ``owner``: the first line with each character."""
    text, run = folded[i], list[int]()
    for column, char in enumerate(text):
        before = owner[char]
        if before == i or char == LOST or text.index(char) < column or _both_doubled(text, folded[before], char):
            continue
        if run and (column != run[-1] + 1 or before != owner[text[run[-1]]]):
            yield _repeated(line[run[0] : run[-1] + 1], i, run[0], owner[text[run[0]]])
            run = []
        run.append(column)
    if run:
        yield _repeated(line[run[0] : run[-1] + 1], i, run[0], owner[text[run[0]]])


LOST = "□"  # a character that can't be read: two are not the same one
_PARTICLES = frozenset("之而於于以其兮乎也者")


def shared_characters(lines: Sequence[str]) -> Iterator[Finding]:
    """重字 of a 对联: no character stands in both lines, but for particles that face each other."""
    upper, lower = (standardize(line) for line in (*lines[:2], "", "")[:2])
    for column, char in enumerate(lower):
        if char in upper and not (char in _PARTICLES and upper[column : column + 1] == char):
            if _both_doubled(upper, lower, char) and lower.index(char) < column:
                continue
            message = f"下联第{ordinal(column + 1)}字「{lines[1][column]}」上联已用,一副对联上下不可重字"
            yield Finding("重字", "error", 2, column + 1, message, lines=(1, 2))


def _both_doubled(line: str, other: str, char: str) -> bool:
    """Is the character 叠字 in both lines?"""
    return char * 2 in line and char * 2 in other


@lru_cache(maxsize=1 << 14)
def _repeated(chars: str, i: int, column: int, before: int) -> Finding:
    message = f"第{ordinal(i + 1)}句「{chars}」与第{ordinal(before + 1)}句重复"
    return Finding("重字", "warning", i + 1, column + 1, message, lines=(before + 1, i + 1))


def parallelism(lines: Sequence[str], pairs: Sequence[tuple[int, int]]) -> Iterator[Finding]:
    """对仗 and 合掌: the ``pairs`` of lines (indices from 0) are parallel, and do not say the same."""
    for first, second in pairs:
        upper, lower = lines[first], lines[second]
        if couplet.couplet_parallelism(upper, lower) < couplet.PARALLEL:
            name = _couplet_name(first, second, len(lines))
            yield _not_parallel(name, couplet.analyse(upper, lower), first + 1, second + 1)


def _couplet_name(first: int, second: int, count: int) -> str:
    if first % 2 or second != first + 1:
        return f"第{ordinal(first + 1)}、{ordinal(second + 1)}句"
    return ("首联", "颔联", "颈联", "尾联")[first // 2] if count == 8 else f"第{ordinal(first // 2 + 1)}联"


def _not_parallel(name: str, found: couplet.Couplet, first: int, second: int) -> Finding:
    """What is wrong with a couplet of the lines ``first`` and ``second`` (from 1)."""
    both = (first, second)
    if found.fault == "合掌":
        message = f"{name}合掌:上下两句说的是同一个意思,对句要另开一层"
        return Finding("合掌", "warning", second, None, message, lines=both)
    if found.fault == "叠字":
        at = found.doubled
        upper, lower = ("".join([getattr(p, side) for p in found.places[at : at + 2]]) for side in ("upper", "lower"))
        doubled, plain = (upper, lower) if upper[0] == upper[1] else (lower, upper)
        message = (
            f"{name}叠字不应:第{ordinal(at + 1)}、{ordinal(at + 2)}字「{doubled}」是叠字,与它相对的「{plain}」不是"
        )
        return Finding("对仗", "warning", second, at + 1, message, lines=both)
    worst = found.worst
    where = f"第{ordinal(worst.position)}字「{worst.upper}」与「{worst.lower}」最不相称:{worst.reason}"
    message = f"{name}对仗不工(工整程度 {found.score:.2f}),{where}"
    column = worst.position if worst.lower else worst.position - 1
    return Finding("对仗", "warning", second, column, message, lines=both)


def missing_imagery(lines: Sequence[str], imagery: Sequence[str]) -> Iterator[Finding]:
    """意象: every image asked for appears, whatever the script of either."""
    text = fold("\n".join(lines)) if imagery else ""
    for image in imagery:
        if fold(image) not in text:
            yield Finding("意象", "warning", None, None, f"所求的意象「{image}」没有出现在诗里")
