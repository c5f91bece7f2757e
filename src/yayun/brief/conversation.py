"""What is said of the poem before: 再来一首, 换个韵, 换成七律, 第三句不好重写, 不要这个题目."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from yayun.brief.brief import make_brief
from yayun.brief.fields import NUMBER, read_number
from yayun.brief.lexicon import is_a
from yayun.brief.reader import Said, read_sentence
from yayun.brief.text import GAP, HAN, QUOTE, Text, clean, read_text
from yayun.brief.value import Brief
from yayun.errors import YayunError

_WORDS = r"(?:再?重新|重|再|另外?|换|改|修改|调整)"
_AGAIN = re.compile(
    r"再(?:给我|帮我|替我)?(?:来|写|作|做|给我)(?:一|两|三|几|\d)?[首个篇次遍]|重(?:新)?(?:写|来|作|做)(?:一?[首个篇次遍下])?"
    r"|另(?:写|来|作)一?首|换(?:一)?[首个篇](?!韵|题|意|词|字)"
    r"|不满意|不喜欢|再试(?:一)?[次下]|下一首|还要一首|继续|写得更|再.{1,4}一?[些点]$|换(?:一)?[个种](?:写法|说法|角度|风格|感觉)|同样的?(?:题目|主题|内容)"
)
_RHYME = re.compile(
    r"换(?:一)?个[宽窄好别新近]?韵|换(?:别的|其他)?韵(?:部|脚)?|韵(?:部|脚)?(?:换|改)(?:成|为|一下|个)|换(?:成)?(?:押)"
    r"|改(?:成)?押|改韵|(?:别的|不同的?|其他)韵"
)
_TITLE = re.compile(
    r"(?:不要|别用|换)(?:这|掉|个|一)*(?:个)?(?:题目|标题|题)|(?:题目|标题)(?:不好|换|改)|(?:改|换)(?:个"
    r"|一下)?(?:题目|标题)"
)
_TITLE_AS = re.compile(
    r"(?:题目|标题|题)(?:就)?(?:改|换)(?:成|为|作|叫)(?:\s*)(?P<t>[\ue000\ue001]"
    r"|[^\s,.;:!?]{1,20})"
)
_CHANGE = re.compile(
    r"(?:换|改)(?:成|为|作|用|写|回)|^写成|改写成|还是(?:这|那)个?(?:题目|主题|意思)|(?:也|同样)(?:来|写)一?首|换一?首"
)
_LINES = re.compile(
    rf"(?:第(?P<n>{NUMBER})(?:[、和、,](?:第)?(?P<m>{NUMBER}))?(?:句|行)|(?P<last>(?:最后|末|尾|结)一?句)"
    rf"|(?P<first>首句|开头一?句?)|(?P<c>(?:最后一|[首颔颈尾末])联)|第(?P<k>[一二三四1-4])联"
    rf"|(?P<half>[前后上下][两二2四4]句|[前后上下]半首?))"
)
_LINE_AS = re.compile(
    rf"{_LINES.pattern}(?:请|就|给我)?(?:改|换)(?:成|为|作)[: ]?(?P<x>{QUOTE}|{HAN}{{7}}(?!{HAN})|{HAN}{{5}}(?!{HAN}))"
)
_MARKS = re.compile(r"[\s,，.。、;；!！?？:：]+")
_REWRITE = re.compile(r"不好|重写|重新写|重来|改|换|不行|太|不通|不顺|不喜欢|修|调整|别扭|不满意|推敲")
_KEEP = re.compile(r"(?:保留|留着|留下|不变|不动|别动|别改|锁定|不要改|不改|很好|不错)")
_MOOD = re.compile(
    r"(?:再|更|太|不够|有点|别(?:那么|太)?|少|多|稍微|略)(?P<m>[^\W\d_]{1,6}?)(?:一?[些点]|了|$)|(?P<n>[^\W\d_]{1,6})(?:一点|一些|点儿?|些)(?:$|[,.;!?吧])"
)
_IMAGERY = re.compile(r"(?:换(?:个|一下|些)?意象)|加(?:上|入|进|点|个|一个)|再?带上|去掉|不要出现|别出现")
_ANOTHER = re.compile(r"(?:那|那就|请)?(?:再|换|另)")
_COUPLETS = {"首": 0, "颔": 1, "颈": 2}


@dataclass(frozen=True, slots=True)
class Move:
    """A wish on the poem before. ``kinds``: again, rhyme, form, pattern, line, title, imagery, script; ``lines``: those
    to write again (from 0; negative from the end), ``kept``: whether ``lines`` are instead those that stay;
    ``given``: lines that come in the place of those there. The rest are new values, None where they are not said."""

    kinds: tuple[str, ...]
    lines: tuple[int, ...] = ()
    kept: bool = False
    title: str | None = None
    form: str | None = None
    rhyme: str | None = None
    pattern: str | None = None
    said: Said | None = None
    given: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """The poem before, as far as it is known: its lines and group."""

    lines: tuple[str, ...] = ()
    rhyme: str | None = None


def read_move(sentence: str) -> Move | None:
    """The move that a sentence makes; None for one that does not speak of a poem before."""
    sentence = sentence.replace("押回", "押")
    text = read_text(clean(sentence))
    kinds: list[str] = []
    given: list[tuple[int, str]] = []
    for m in _LINE_AS.finditer(text.plain):
        given += [(n, _MARKS.sub("", text.said(*m.span("x")))) for n in _numbers(m)]
        text = text.cut([m.span()])
        kinds.append("line")
    plain = text.plain
    lines, kept = _lines_of(plain)
    if lines or given:
        kinds.append("line")
    titled = _TITLE_AS.search(plain)
    title = text.said(*titled.span("t")) if titled else None
    if titled or _TITLE.search(plain):
        kinds.append("title")
    if _AGAIN.search(plain):
        kinds.append("again")
    if _RHYME.search(plain):
        kinds.append("rhyme")
    if _CHANGE.search(plain) or kinds:
        kinds.append("change")
    if _IMAGERY.search(plain):
        kinds.append("imagery")
    rest = text.cut([titled.span()]) if titled else text
    said = _fields(rest) if kinds else _adds_fields(sentence) or _mood(text)
    if said is None:
        return None
    if said.shape.form():
        kinds.append("form")
    if said.pattern or said.first_line_rhymes is not None:
        kinds.append("pattern")
    if said.rhyme or said.rhyme_tone:
        kinds.append("rhyme")
    if said.script:
        kinds.append("script")
    if said.imagery or said.avoid_words:
        kinds.append("imagery")
    if said.notes and said.unread and not kinds:
        kinds.append("again")
    kinds = [kind for kind in dict.fromkeys(kinds) if kind != "change"]
    if not kinds:
        return None
    if said.firm_title or (said.title and not title and _names_subject(plain)):
        return None  # a request of its own: 再写一首咏梅的七绝
    return Move(tuple(kinds), lines, kept, title, said.shape.form(), said.rhyme, said.pattern, said, tuple(given))


def _mood(text: Text) -> Said | None:
    """A wish on the tone of voice of the poem before (再豪放些; 太悲了,欢快一点): written again, and told."""
    if not _MOOD.search(text.plain) or _names_subject(text.plain) or re.search("[写作来]一?首|诗$", text.plain):
        return None
    moods = [text.plain[a:b] for a, b in text.words(0, len(text.plain)) if is_a(text.plain[a:b], "mood")]
    if not moods:
        return None
    return Said(unread=tuple(moods), notes=(f"“{'、'.join(moods)}”:语气、写法还不能指定,只另写一首。",))


def _names_subject(plain: str) -> bool:
    return re.search(rf"[咏写](?!一?首|一?遍|一?下|[两三几]|得|的|成|法){HAN}|关于|为题", plain) is not None


_OF_CHANGING = re.compile(
    r"换(?:一)?个韵|换(?:别的|其他)?韵(?:部|脚)?(?![成为用])|改韵|(?:别的|不同的?|其他)韵|韵(?:部"
    r"|脚)?(?=[换改])|(?:换|改)(?:成|为|作|用|写|回)?|还是(?:这|那)个?|(?:同样|一样|原来)的?(?:题目|主题|内容)?|(?<=押)回|[再还]?写得更?|再(?=.{1,4}[些点])"
)


def _fields(text: Text) -> Said:
    """The fields that the rest of the sentence names; nothing where it can't be read."""
    try:
        return read_sentence(_rest(text) or "诗", alone=False)
    except YayunError:
        return Said()


def _rest(text: Text) -> str:
    """What was typed, the words on lines and on changing left out."""
    typed = [
        f"“{c}”" if re.match(QUOTE, p) else "," if p == GAP else c for p, c in zip(text.plain, text.typed, strict=True)
    ]
    for pattern in (_LINES, _OF_CHANGING):
        for m in pattern.finditer(text.plain):
            typed[m.start() : m.end()] = [",", *[""] * (len(m[0]) - 1)]
    return "".join(typed).strip(" ,")


def _adds_fields(sentence: str) -> Said | None:
    """The fields of a sentence that names some and no subject: 押阳韵吧; None for any other."""
    try:
        said = read_sentence(sentence, alone=False)
    except YayunError:
        return None
    about = said.title or said.theme or said.given or said.unread or said.occasion or said.acrostic
    words = said.imagery or said.avoid_words or None
    named = (said.rhyme, said.rhyme_tone, said.pattern, said.first_line_rhymes, said.script, said.shape.form(), words)
    return said if not about and any(value is not None for value in named) else None


def _lines_of(plain: str) -> tuple[tuple[int, ...], bool]:
    """The lines to be written again; or those to be kept, and True."""
    again: list[int] = []
    keep: list[int] = []
    found = list(_LINES.finditer(plain))
    for i, m in enumerate(found):
        last = i  # of 第一句和第三句 what is said after the last counts for all
        while last + 1 < len(found) and re.fullmatch(
            r"[和与跟及、, ]|以及", plain[found[last].end() : found[last + 1].start()]
        ):
            last += 1
        after = plain[found[last].end() : found[last + 1].start() if last + 1 < len(found) else len(plain)]
        if _KEEP.search(after):
            keep += _numbers(m)
        elif _REWRITE.search(after) or _REWRITE.search(plain[: m.start()]):
            again += _numbers(m)
    return (tuple(dict.fromkeys(again)), False) if again else (tuple(dict.fromkeys(keep)), bool(keep))


def _numbers(m: re.Match[str]) -> list[int]:
    if m["n"]:
        return [read_number(n) - 1 for n in (m["n"], m["m"]) if n]
    if m["last"]:
        return [-1]
    if m["first"]:
        return [0]
    if m["c"] or m["k"]:
        if m["c"] and m["c"][0] not in _COUPLETS:
            return [-2, -1]
        couplet = _COUPLETS[m["c"][0]] if m["c"] else read_number(m["k"]) - 1
        return [2 * couplet, 2 * couplet + 1]
    count = 2 if re.search("[两二2]", m["half"]) else 4 if re.search("[四4]", m["half"]) else 2
    return list(range(count)) if m["half"][0] in "前上" else [-n for n in range(count, 0, -1)]


def next_brief(before: Brief, move: Move, written: Written, sentence: str) -> Brief:
    """What is asked for after ``move``. Errors: YayunError where it can't be done with the poem before."""
    said = move.said or Said()
    changes: dict[str, Any] = {
        "request": sentence,
        "count": said.count or 1,
        "locked": (),
        "unread": said.unread,
        "notes": said.notes,
    }
    if "title" in move.kinds:
        changes |= {"title": move.title or "无题", "theme": before.theme or before.title or None}
    if move.form:
        changes["form"] = move.form
        if before.acrostic and before.form and before.form[1] != move.form[1]:
            changes["acrostic"] = ""
    if said.rhyme or said.rhyme_tone:
        changes |= {"rhyme": said.rhyme, "rhyme_tone": said.rhyme_tone, "avoid_rhymes": ()}
    elif "rhyme" in move.kinds:
        former = tuple(filter(None, (before.rhyme, written.rhyme)))
        changes |= {"rhyme": None, "avoid_rhymes": tuple(dict.fromkeys((*before.avoid_rhymes, *former)))}
    if said.pattern:
        changes["pattern"] = said.pattern
    if said.first_line_rhymes is not None:
        changes["first_line_rhymes"] = said.first_line_rhymes
    if said.script:
        changes["script"] = said.script
    images = tuple(dict.fromkeys((*before.imagery, *said.imagery)))
    changes["imagery"] = tuple(word for word in images if word not in said.avoid_words)
    changes["avoid_words"] = tuple(dict.fromkeys((*before.avoid_words, *said.avoid_words)))
    if not (move.lines or move.given):
        return replace(before, **changes)
    return _with_lines(replace(before, **changes), move, written)


def _with_lines(brief: Brief, move: Move, written: Written) -> Brief:
    """Some lines of the poem before kept, the others to be written again."""
    count = len(written.lines)
    if count not in (4, 8):
        raise YayunError("前面没有可改的诗:请先要一首诗,再说哪一句重写。")
    named = {n + count if n < 0 else n for n in (*move.lines, *(n for n, _ in move.given))}
    if beyond := [n for n in named if not 0 <= n < count]:
        raise YayunError(f"前面的诗只有 {count} 句,没有第 {max(beyond) + 1} 句。")
    again = set(range(count)) - named if move.kept else named
    given = {n + count if n < 0 else n: line for n, line in move.given}
    kept = [given.get(i, None if i in again else line) for i, line in enumerate(written.lines)]
    asked = (
        make_brief(title=brief.title or None, locked=kept, script=brief.script, rhyme=brief.rhyme or written.rhyme)
        if any(kept)
        else brief
    )
    return replace(
        brief,
        locked=asked.locked,
        form=asked.form,
        rhyme=asked.rhyme,
        acrostic="",
        first_line_rhymes=None,
        pattern=None,
    )


def follow(sentences: Sequence[str], poems: Sequence[Written]) -> tuple[Brief, int]:
    """The brief that a conversation comes to, and how many moves were made since its last whole request. ``sentences``:
    the user's, in order; ``poems[i]``: what was written after ``sentences[i]``.

    Errors: YayunError where the last sentence can't be used.
    """
    brief: Brief | None = None
    moves = 0
    for i, sentence in enumerate(sentences):
        move = read_move(sentence) if brief is not None else None
        try:
            if brief is not None and move is not None:
                written = poems[i - 1] if 0 < i <= len(poems) else Written()
                brief, moves = next_brief(brief, move, written, sentence), moves + 1
            else:
                new = make_brief(sentence)
                if brief is not None and _ANOTHER.match(sentence):  # 换一首写春天的: of the same form
                    new = replace(new, form=new.form or brief.form, script=brief.script)
                brief, moves = new, 0
        except YayunError:
            if i == len(sentences) - 1:
                raise
    assert brief is not None
    return brief, moves
