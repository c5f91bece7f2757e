"""What a poem is to be about: of the words that no other finder has claimed, those that name a subject, an occasion or
a person. The rest is politeness, or is told as not taken up; a title is never what happens to be left over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from yayun.brief.genres import is_genre
from yayun.brief.kin import has_person, in_poets_names, kin_in
from yayun.brief.kin_table import kin
from yayun.brief.lexicon import cut
from yayun.brief.occasion import title_for
from yayun.brief.segment import BREAK, OLD_AGE, Piece, of_occasion, read_segment
from yayun.brief.text import GAP, Text, plain

LONGEST = 8  # characters of a title that a request does not give as one
_SEGMENT = re.compile(rf"[^\n,.;:!?{GAP}]+")
# Things of one character that a story may be about.
_THINGS = frozenset("雪雨风月花山水江河湖海春夏秋冬酒茶竹梅兰菊松柳云雁蝉")


@dataclass(frozen=True, slots=True)
class Subject:
    """``title`` '' where none is said; ``theme``: what is said beyond it; ``occasion``: a name of ``occasions``;
    ``unread``: words that are nothing of these; ``moods``: words on the tone of voice; ``guessed``: the title
    was made of what is told."""

    title: str = ""
    theme: str = ""
    occasion: str | None = None
    unread: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()
    guessed: bool = False


def read_subject(text: Text, occasion: str | None = None, named: str = "", theme: str | None = None) -> Subject:
    """What is left of ``text`` as a subject. ``named``: the title that is given outright; ``theme``: the theme that is;
    ``occasion``: the one that the words claimed by other finders have said."""
    pieces = [piece for m in _SEGMENT.finditer(text.plain) for piece in read_segment(text, *m.span())]
    said = [piece.occasion for piece in pieces if piece.occasion]
    said += ["寿"] if not said and occasion == "寿" and any(piece.person for piece in pieces) else []
    occasion = "悼" if "悼" in said else said[0] if said else occasion
    moods = tuple(dict.fromkeys(mood for piece in pieces for mood in piece.moods))
    if named:
        return _beside_title(pieces, occasion, moods)
    if said and occasion and not any(p.marked and p.name and not p.occasion for p in pieces):
        return _for_occasion(pieces, occasion, moods)
    return _plain(pieces, occasion, moods, theme)


def _beside_title(pieces: Sequence[Piece], occasion: str | None, moods: tuple[str, ...]) -> Subject:
    """The title is given: of the rest, persons and the occasion's words are the theme, all else is unread."""
    theme = next((_person(p) for p in pieces if p.occasion and _person(p)), "")
    unread = tuple(p.whole for p in pieces if p.whole and not p.occasion and not is_genre(p.name))
    return Subject(theme=theme, occasion=occasion, unread=unread, moods=moods)


def _for_occasion(pieces: Sequence[Piece], name: str, moods: tuple[str, ...]) -> Subject:
    aged = [p for p in pieces if name == "寿" and OLD_AGE.search(plain(p.whole))]
    own = [p for p in pieces if p.occasion] + [
        p for p in pieces if not p.occasion and (p.person or has_person(plain(p.whole)) or p in aged)
    ]
    theme = next((said for p in own if has_person(plain(p.whole)) and (said := _person(p))), "") or next(
        (said for p in own if (said := _person(p))), ""
    )
    if aged and theme and not re.search(r"[\d十百]", theme) and (age := OLD_AGE.search(plain(aged[0].whole))):
        theme += age["n"] or ("" if age[0] in theme else age[0])
    title = title_for(name, "".join(p.whole for p in own))
    if title == "结缡" and (
        years := re.search(r"([一二三四五六七八九十]{1,3}|\d{1,2})周?年", plain("".join(p.whole for p in own)))
    ):
        title = f"结缡{years[1]}年"
    if name == "悼" and (theme := _mourned(theme)) and not re.search("妻|内子|太太|老婆|爱人", theme):
        title = f"悼{_last_words(theme, 6)}"
    unread = tuple(
        p.whole for p in pieces if p.whole and p not in own and not is_genre(p.name) and not of_occasion(p.name)
    )
    return Subject(title, theme, name, unread, moods)


def _plain(pieces: Sequence[Piece], occasion: str | None, moods: tuple[str, ...], known: str | None) -> Subject:
    """``known``: the theme, where it is said; a story beside it is no title, nor is a name beside one that is no
    genre's, unless a word brings it in."""
    told = known is not None
    names = [p for p in pieces if p.name and not is_genre(p.name) and is_title(plain(p.name))]
    stories = [p for p in pieces if len(p.told) > 1 or p.told in _THINGS]
    loose = [p for p in names if not (p.marked or p.told or _could_be_called(plain(p.name)))]
    if loose and (len(pieces) > 1 or len(loose[0].name) > SHORT):
        names = [p for p in names if p not in loose]
        stories += [replace(p, told=p.name) for p in loose]
        pieces = [next((s for s in stories if s.whole == p.whole), p) for p in pieces]
    if known is not None and not is_genre(known):
        names = [p for p in names if p.marked]
    names.sort(key=lambda p: not p.marked)
    persons = [p for p in pieces if p.person]
    main = names[0] if names and (names[0].marked or not stories or len(names[0].name) > 1) else None
    used: list[Piece] = []
    title = theme = ""
    guessed = False
    if main:
        title, theme = (main.name, main.told) if main.told else _titled(main.name)
        used.append(main)
    elif stories and not told:
        best = max(stories, key=lambda p: (_weight(p.told), len(p.told)))
        title, theme = _story_title(best.told)
        if len(stories) > 1:
            theme = "、".join(p.told.replace(BREAK, "") for p in stories)[:40]
        guessed = True
        used += stories
    if persons:
        title, theme, taken = _with_person(persons[0].person, title, theme, main, told)
        used += persons[:1] if taken else []
    if main and not (main.marked or theme or told):
        # What was told before the subject is named, or the name beside it, is the theme; all else is left.
        before = [p for p in pieces[: pieces.index(main)] if p in stories]
        beside = [p for p in names if p is not main and len(p.name) > 1][:1]
        used += before or beside
        theme = "、".join((p.told or p.name).replace(BREAK, "") for p in before or beside)[:40]
    left = tuple(p.whole for p in pieces if p.whole and p not in used and not is_genre(p.name))
    return Subject(title, theme, occasion, left, moods, guessed)


def _with_person(said: str, title: str, theme: str, main: Piece | None, told: bool) -> tuple[str, str, bool]:
    """Title and theme of verse that is for someone, and whether the words for whom were used."""
    person = _named(said)
    poets = in_poets_names(plain(person))
    beyond = "" if person == said else said
    story = main is None and title and not _TIMES.search(title)  # a story, told to someone
    verse_for = f"赠{poets}" if (beyond or story) and has_person(plain(person)) else _cut(person)
    if not title or person in title:
        return title or verse_for, theme or beyond, True
    if story:
        return verse_for, theme or title, True
    joined = f"{title}寄{poets}"
    if len(joined) <= LONGEST:
        return joined, theme or beyond, True
    if told:
        return title, theme, False
    return title, f"{theme}、{said}" if theme else said, True


# Words on verse itself are left over from a wish that was not understood: they are told, and never a title.
_NO_TITLE = re.compile(
    r"多长|多少|[五七]言|[五七][绝律]|绝句|律诗|排律|对联|词牌|一首|[几两三]首|藏头|题目|标题|首句|末句|押.?韵|韵[部脚]|平仄|请|帮我|重写|那样|风格|格律诗|(?:写|用|把|要)$"
    r"|^(?:请|要|把|用|以|写|怎么|怎样|如何|为什么|什么|可以|能不能|不要|不想|不用|别(?=[写用提太]))"
)


# A name that people give a poem, not what they do or are given: 打王者连跪, 起不来, 三只小猫.
_COLLOQUIAL = re.compile(
    r"[打抢点喝吃买玩刷赶加修聊哄喂蹭熬追逛](?![鼓虎铁更边塞酒茶花竹])|不[来了起到动完行好]|[a-z\d]|[三四五六七八九十几两][只个条件位次回局盘张台辆]|[很太好真][^山水人]"
)
_CALLED = re.compile(
    r"^(?:[登游过宿泊夜早晚春秋夏冬晓暮望怀咏题赋送赠寄别忆梦访寻闻听观赏对独归还出入雨雪月山江湖]|重[游到过阳]|初)|(?:有感|感怀|怀古|即事|偶成|偶感|述怀|书怀|遣怀|口占|自嘲|自勉|自题)$"
)


def _could_be_called(name: str) -> bool:
    """Could words that no 写 or 关于 brings in be what a poem is called?"""
    return bool(_CALLED.search(name)) or not (_COLLOQUIAL.search(name) or len(name) > LONGEST)


# What verse for someone may be dated by: 中秋寄父母.
_TIMES = re.compile(
    r"^(?:中秋|元宵|上元|端午|清明|寒食|重阳|七夕|除夕|元旦|元日|春节|新年|冬至|腊八|[早仲暮晚初深]?[春夏秋冬](?:日|夜|晚|晨)?|[雨雪月夜]?[雪雨月夜]|.{2}节)$"
)


def is_title(name: str) -> bool:
    """Can ``name`` (simplified), not given as a title, be one?"""
    return _NO_TITLE.search(name) is None


# ---- persons

_BELOVED = frozenset("猫狗犬父母兄弟姐妹儿女妻夫")


def _person(piece: Piece) -> str:
    """Whom an occasion is about, in a poet's words: 祖母八十."""
    said = piece.person or piece.told.replace(BREAK, "") or piece.name
    said = re.sub(r"(?<=[一二三四五六七八九十百\d])(?:岁|大|周岁|高龄|大寿)$|的", "", said)
    if (len(said) < 2 and said not in _BELOVED) or re.fullmatch(r"[\d一二三四五六七八九十百零]+周?年?", said):
        return ""
    return in_poets_names(said)[:LONGEST]


def _named(person: str) -> str:
    """Of 马上要退休的老师 whom the words name at their end; a short name as it is."""
    tail = person.rpartition("的")[2]
    return tail if len(person) > LONGEST - 2 and has_person(plain(tail)) else person


def _mourned(theme: str) -> str:
    """Whom verse of mourning is for: 祖父 of 梦见祖父, 猫 of 猫走了."""
    theme = re.sub("(?:走|离开|去世|逝世|过世|离世|病逝|不在|没)了?$", "", theme)
    persons = [entry.told for entry in kin().values() if entry.kind == "person" and entry.told in theme]
    return max(persons, key=len) if persons else theme


def _last_words(text: str, most: int = 4) -> str:
    """The words at the end, as many as ``most`` characters hold."""
    return next((text[at:] for at in sorted(cut(text)) if len(text) - at <= most), text)


# ---- titles


def _titled(name: str) -> tuple[str, str]:
    """A name cut to a poet's title, and the whole as the theme where something was cut."""
    if len(name) > 4 and (modern := kin_in(name, "modern")):
        return kin()[modern[-1]].told, name  # 早起赶地铁上班 is no title
    title = _cut(re.sub(r"^\d+年", "", name))
    return title, "" if title == name else name


def _cut(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    if re.search("[a-zA-Z]", name):
        return name[:40]
    tail = name.rpartition("的")[2]
    if 2 <= len(tail) <= LONGEST:
        return tail
    return name[:LONGEST]


SHORT = 4  # characters that are a title whatever they say
AT_HAND = "即事"  # what a poem on something that happened is called


def _story_title(told: str) -> tuple[str, str]:
    """The title of what is told: a poet's word for it where there is one, else what is told where that is a word or
    two."""
    chunks = told.split(BREAK)
    whole = "".join(chunks)
    known = [(w, e) for chunk in chunks for w, e in kin().items() if e.kind != "person" and w in plain(chunk)]
    if known:
        word, entry = known[-1]
        title = word if word.endswith("节") else entry.told
        return title, "" if title == whole else whole
    short = [c for c in chunks if 1 < len(c) <= 4 and not has_person(plain(c)) and not _COLLOQUIAL.search(plain(c))]
    if len(chunks) == 1 and short:
        return whole, ""
    return AT_HAND, whole


def _weight(told: str) -> int:
    return sum(entry.kind != "person" and word in told for word, entry in kin().items())
