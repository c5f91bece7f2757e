"""What a poem is to be about: of the words that no other finder has claimed, those that name a subject, an occasion or
a person. The rest is politeness, or is told as not taken up; a title is never what happens to be left over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from yayun.brief.genres import is_genre
from yayun.brief.kin import kin, kin_in
from yayun.brief.lexicon import adjectives, cut, is_a
from yayun.brief.occasion import doubtful, title_for, triggers
from yayun.brief.text import GAP, HAN, QUOTE, Text

LONGEST = 8  # characters of a title that a request does not give as one
_SEGMENT = re.compile(rf"[^\n,.;:!?{GAP}]+")
_TO = re.compile(
    rf"(?P<to>(?:送给|献给|写给|寄给|赠给|赠予|献与|寄语|(?<=诗)给|(?:(?<!{HAN})|(?<=[节天日想要请来我]))[为给替致]))"
    r"(?P<t>(?!我们?$|我$|我[写作来]|你|题|主).{1,20}?)(?P<do>来?[写作赋题来](?=$|\x1f|[诗首个点])|的?$)"
)
# Verbs that a poet's title begins with stay in it.
_KEPT = re.compile(r"[咏题赋]")
_NAMES = re.compile(r"[咏赋]")
# Words that end what may come before them in a title, in a sentence that tells a story.
_STORY = ("time", "pronoun", "exclaim", "want", "link")
_DEGREES = frozenset("很太真好挺蛮超")
# Words of grammar that stand in titles too.
_IN_TITLES = frozenset("并将从对于与和及同为以用中里上下有那这时或当前后晚") | {"晚上"}
_FILLER = ("polite", "want", "write", "poem", "measure", "marker", "choice", "particle")
# Words on verse itself: what a wish on the form leaves over is no subject.
_TECHNICAL = re.compile(
    r"(?<![次和步])韵|[句字联]|平仄|对仗|押|格律|首尾|用典|结构|起承|手法|修辞|比喻|夸张|拟人|排比|[体格]$|只要"
)
_THINGS = frozenset("雪雨风月花山水江河湖海春夏秋冬酒茶竹梅兰菊松柳云雁蝉")
_HEADS = frozenset("是在用以就有个来求整帮要把写做作会给说")
_CELEBRATES = re.compile(r"贺|祝|恭喜|喜|庆|酒|宴|我家|家|诗|了")


@dataclass(frozen=True, slots=True)
class Subject:
    """``title`` '' where none is said; ``theme``: what is said beyond it; ``occasion``: a name of ``occasions``;
    ``unread``: words that are nothing of these; ``moods``: words on the tone of voice."""

    title: str = ""
    theme: str = ""
    occasion: str | None = None
    unread: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A segment's reading. ``name``: what it names, as typed; ``told``: its content where it tells a story."""

    name: str = ""
    told: str = ""
    marked: bool = False
    person: str = ""
    occasion: str | None = None
    moods: tuple[str, ...] = ()
    whole: str = ""


def read_subject(text: Text, occasion: str | None = None, named: str = "", theme: str | None = None) -> Subject:
    """What is left of ``text`` as a subject. ``named``: the title that is given outright; ``theme``: the theme that is;
    ``occasion``: the one that the words claimed by other finders have said."""
    pieces = [piece for m in _SEGMENT.finditer(text.plain) for piece in _read(text, *m.span())]
    said = [piece.occasion for piece in pieces if piece.occasion]
    occasion = "悼" if "悼" in said else said[0] if said else occasion
    moods = tuple(dict.fromkeys(mood for piece in pieces for mood in piece.moods))
    if named:
        return _beside_title(pieces, occasion, moods)
    if said and occasion and not any(p.marked and p.name and not p.occasion for p in pieces):
        return _for_occasion(pieces, occasion, moods)
    return _plain(pieces, occasion, moods, theme)


def _beside_title(pieces: Sequence[_Piece], occasion: str | None, moods: tuple[str, ...]) -> Subject:
    """The title is given: of the rest, persons and the occasion's words are the theme, all else is unread."""
    theme = next((_person(p) for p in pieces if p.occasion and _person(p)), "")
    unread = tuple(p.whole for p in pieces if p.whole and not p.occasion and not is_genre(p.name))
    return Subject(theme=theme, occasion=occasion, unread=unread, moods=moods)


def _for_occasion(pieces: Sequence[_Piece], name: str, moods: tuple[str, ...]) -> Subject:
    own = [p for p in pieces if p.occasion] + [
        p for p in pieces if not p.occasion and (p.person or _has_person(p.whole))
    ]
    theme = next((said for p in own if (said := _person(p))), "")
    title = title_for(name, "".join(p.whole for p in own))
    if name == "悼" and theme and not re.search("妻|内子|太太|老婆|爱人", theme):
        title = f"悼{_last_words(theme)}"
    unread = tuple(
        p.whole for p in pieces if p.whole and p not in own and not is_genre(p.name) and not _of_occasion(p.name)
    )
    return Subject(title, theme, name, unread, moods)


def _plain(pieces: Sequence[_Piece], occasion: str | None, moods: tuple[str, ...], known: str | None) -> Subject:
    """``known``: the theme, where it is said; a story beside it is no title, nor is a name beside one that is no
    genre's, unless a word brings it in."""
    told = known is not None
    names = [p for p in pieces if p.name and not is_genre(p.name)]
    if known is not None and not is_genre(known):
        names = [p for p in names if p.marked]
    names.sort(key=lambda p: not p.marked)
    stories = [p for p in pieces if len(p.told) > 1 or p.told in _THINGS]
    persons = [p for p in pieces if p.person]
    main = names[0] if names and (names[0].marked or not stories or len(names[0].name) > 1) else None
    used: list[_Piece] = []
    title = theme = ""
    if main:
        title, theme = _titled(main.name)
        used.append(main)
    elif stories and not told:
        best = max(stories, key=lambda p: (_weight(p.told), len(p.told)))
        title, theme = _story_title(best.told)
        used.append(best)
    if persons:
        person = persons[0].person
        joined = f"{title}寄{_poets_person(person)}"
        if not title or person in title:
            title = title or _cut(person)
            used.append(persons[0])
        elif len(joined) <= LONGEST:
            title = joined
            used.append(persons[0])
        elif not told:
            theme = f"{theme}、{person}" if theme else person
            used.append(persons[0])
    if main and not (main.marked or theme or told):
        # What was told before the subject is named, or the name beside it, is the theme; all else is left.
        before = [p for p in pieces[: pieces.index(main)] if p in stories]
        beside = [p for p in names if p is not main and len(p.name) > 1][:1]
        used += before or beside
        theme = "、".join((p.told or p.name).replace("\x00", "") for p in before or beside)[:40]
    left = tuple(p.whole for p in pieces if p.whole and p not in used and not is_genre(p.name))
    return Subject(title, theme, occasion, left, moods)


# ---- one segment


def _read(text: Text, start: int, end: int) -> list[_Piece]:
    """A segment; what stands before the word that brings in its subject is a piece of its own."""
    plain = text.plain
    words = [(a, b) for a, b in text.words(start, end) if plain[a:b].strip()]
    if not words:
        return []
    kind = _occasion([plain[a:b] for a, b in words], plain[start:end])
    if kind and not _NAMES.search(plain, start, end):
        kept = [(a, b) for a, b in words if not _of_occasion(plain[a:b])]
        return [_Piece(told=_join(text, kept), occasion=kind, whole=text.said(start, end))]
    if (
        (m := _TO.search(plain, start, end))
        and m.end("t") in text.ends
        and (m.start("t") in text.ends or m["t"][0] == "我")
    ):
        person = _stripped(text, *m.span("t"))[0]
        if person:
            before = _read(text, start, m.start()) if m.start() > start else []
            return [*before, _Piece(person=person, whole=text.said(*m.span()), occasion=kind)]
    at, marked, keep = _after_marker(text, words, start)
    before = [p for p in (_piece(text, start, at, kind, False, False),) if p.whole or p.moods] if at > start else []
    return [*before, _piece(text, at, end, kind, marked, keep)]


def _piece(text: Text, start: int, end: int, kind: str | None, marked: bool, keep: bool) -> _Piece:
    name, moods, a, b = _name(text, start, end, keep)
    whole = text.said(a, b) if name else ""
    if not name:
        return _Piece(moods=moods)
    inner = [text.plain[i:j] for i, j in text.words(a, b)]
    manner = {"的"} & {text.plain[end - 1 : end]} and all(w in adjectives() or is_a(w, "degree") for w in inner)
    if manner and not marked:
        return _Piece(moods=(*moods, name))  # 来首清凉的五绝
    if not marked and (_TECHNICAL.search(text.plain[a:b]) or (moods and text.plain[a - 1 : a] != "的")):
        return _Piece(moods=moods, whole=whole)
    if len(name) == 1 and not marked and text.plain[start:end].strip() != name and not moods:
        return _Piece(whole=whole)  # what a broken phrase leaves is no subject
    tells = any(word == "了" for a, b in text.words(b, end) for word in (text.plain[a:b],))
    if not tells and not _is_story(inner) and len(name) <= 2 * LONGEST:
        return _Piece(name=name, marked=marked, moods=moods, whole=whole, occasion=kind)
    chunks = _chunks(text, a, b)
    if marked and len(chunks) == 1:
        return _Piece(name=chunks[0], marked=True, moods=moods, whole=whole, occasion=kind)
    return _Piece(told="\x00".join(chunks), marked=marked, moods=moods, whole=whole, occasion=kind)


def _after_marker(text: Text, words: Sequence[tuple[int, int]], start: int) -> tuple[int, bool, bool]:
    """Where the subject begins when a word says that one comes, whether one does, and whether the word stays (咏柳)."""
    plain = text.plain
    for n, (a, b) in enumerate(words):
        word = plain[a:b]
        if (
            _KEPT.fullmatch(word[0])
            and len(word) <= 2
            and n + 1 < len(words) + (len(word) == 2)
            and word not in ("题目", "题材", "赋予", "题诗")
        ) and (len(word) == 2 or n + 1 < len(words)):
            alone = n == 1 and words[0][1] - words[0][0] == 1 and not _is_filler(plain[slice(*words[0])])
            return (words[0][0] if alone else a), True, True  # 自题, 偶题
        if is_a(word, "marker") and n + 1 < len(words):
            following = words[n + 1]
            return (following[0], True, False)
        if is_a(word, "write") and n + 1 < len(words) and word[0] in "写赋吟描创":
            rest = "".join(plain[i:j] for i, j in words[n + 1 :])
            if not re.match(r"[一二两三几\d]?[首个篇]", rest):
                return words[n + 1][0], True, False
    return start, False, False


def _name(text: Text, start: int, end: int, keep: bool) -> tuple[str, tuple[str, ...], int, int]:
    """A segment without the filler and moods at its ends: its name, the moods, and where it lies."""
    plain = text.plain
    words = [(a, b) for a, b in text.words(start, end)]
    moods: list[str] = []
    first, last = 0, len(words)
    while first < last and not (keep and first == 0):
        word = plain[slice(*words[first])]
        if is_a(word, "mood") and not (last - first == 1 and False):
            moods.append(text.said(*words[first]))
        elif not (
            _is_filler(word)
            or (len(word) == 1 and word in _HEADS)
            or is_a(word, "exclaim", "to")
            or not re.search(rf"\w|{QUOTE}", word)
        ):
            break
        first += 1
    goes_on = plain[end : end + 1] == GAP
    while first < last:
        word = plain[slice(*words[last - 1])]
        if word in ("作", "赋", "来", "做") and not goes_on:
            break
        if is_a(word, "mood"):
            moods.append(text.said(*words[last - 1]))
        elif not (
            _is_filler(word)
            or is_a(word, "exclaim")
            or not re.search(rf"\w|{QUOTE}", word)
            or word in ("用", "以", "要", "是", "为", "要求")
        ):
            break
        last -= 1
    while moods and first < last and _is_degree(plain[slice(*words[first])]) and last - first == 1:
        last -= 1
    if first >= last:
        return "", tuple(moods), start, start
    a, b = words[first][0], words[last - 1][1]
    inner = [plain[i:j] for i, j in words[first:last]]
    if any(is_a(word, "mood") for word in inner) or all(
        is_a(w, "degree", "particle", "time", "measure", "pronoun", "link") for w in inner
    ):
        inner_moods = [text.said(i, j) for i, j in words[first:last] if is_a(plain[i:j], "mood")]
        rest = [
            w
            for w in inner
            if not is_a(w, "mood", "degree", "particle", "measure", "link", "write", "time", "pronoun", "want", "poem")
        ]
        if not rest:
            return "", (*moods, *inner_moods), start, start
    if moods and all(is_a(w, "degree", "particle", "time", "pronoun", "link", "measure") for w in inner):
        return "", tuple(moods), start, start
    return text.said(a, b), tuple(moods), a, b


def _stripped(text: Text, start: int, end: int) -> tuple[str, int, int]:
    words = text.words(start, end)
    while words and is_a(text.plain[slice(*words[0])], "pronoun", "particle", "measure", "to"):
        words = words[1:]
    while words and is_a(text.plain[slice(*words[-1])], "particle", "pronoun", "write", "polite"):
        words = words[:-1]
    return (text.said(words[0][0], words[-1][1]), words[0][0], words[-1][1]) if words else ("", start, start)


def _is_filler(word: str) -> bool:
    return is_a(word, *_FILLER) and not is_a(word, "mood")


def _is_degree(word: str) -> bool:
    return is_a(word, "degree", "particle", "measure")


def _is_story(words: Sequence[str]) -> bool:
    """Do the words tell something, rather than name it?"""
    if len(words) < 2:
        return False
    telling = [word for word in words if is_a(word, *_STORY) or word in _DEGREES or word in ("了", "着", "过", "吗")]
    return any(word not in _IN_TITLES for word in telling)


def _chunks(text: Text, start: int, end: int) -> list[str]:
    """The runs of content words."""
    chunks: list[list[tuple[int, int]]] = [[]]
    for a, b in text.words(start, end):
        word = text.plain[a:b]
        filler = (
            is_a(word, *_STORY, *_FILLER, "to", "mood")
            or word in _DEGREES
            or not re.search(rf"\w|{QUOTE}", word)
            or word in ("了", "着", "过", "不", "没", "没有", "到", "得")
        )
        if filler:
            chunks.append([])
        else:
            chunks[-1].append((a, b))
    return [text.said(c[0][0], c[-1][1]) for c in chunks if c]


def _join(text: Text, words: Sequence[tuple[int, int]]) -> str:
    return "".join(text.said(a, b) for a, b in words if not is_a(text.plain[a:b], *_FILLER, *_STORY, "to", "exclaim"))


# ---- occasions and persons


def _occasion(words: Sequence[str], plain: str) -> str | None:
    """The occasion that a segment's words say; a word that has other senses needs another beside it."""
    found = [word for word in words if word in triggers()]
    found += [w for w in triggers() if len(w) > 1 and w in plain and w not in found and w not in doubtful()]
    for word in found:
        if word in doubtful() and not (_has_person(plain) or _CELEBRATES.search(plain.replace(word, ""))):
            continue
        before = plain.partition(word)[0]
        if word == "走了" and not any(before.endswith(who) for who, entry in kin().items() if entry.kind == "person"):
            continue
        return triggers()[word]
    return None


def _of_occasion(word: str) -> bool:
    return word in triggers() or bool(
        re.fullmatch(
            r"[祝贺恭]|祝贺|恭贺|恭喜|喜|之喜|寿|诗|贺诗|喜得|纪念|怀念|怀|思念|悼|他|她|礼|周年|一周年"
            r"|十周年|快乐|快|生|宴|酒|酒席|办|过",
            word,
        )
    )


def _has_person(text: str) -> bool:
    return any(word in text for word, entry in kin().items() if entry.kind == "person")


def _person(piece: _Piece) -> str:
    """Whom an occasion is about, in a poet's words: 祖母八十."""
    said = piece.person or piece.told.replace("\x00", "") or piece.name
    said = re.sub(r"(?<=[一二三四五六七八九十百\d])(?:岁|大|周岁)$|的", "", said)
    return _poets_person(said)[:LONGEST]


def _poets_person(said: str) -> str:
    for word in sorted((w for w, e in kin().items() if e.kind == "person"), key=len, reverse=True):
        if word in said:
            said = said.replace(word, f"\x01{list(kin()).index(word)}\x02", 1)
    return re.sub("\x01(\\d+)\x02", lambda m: [*kin().values()][int(m[1])].told, said)


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


def _story_title(told: str) -> tuple[str, str]:
    """The title of what is told: a poet's word for it where there is one, else its last and longest name."""
    chunks = told.split("\x00")
    known = [
        entry.told for chunk in chunks for word, entry in kin().items() if entry.kind != "person" and word in chunk
    ]
    whole = "".join(chunks)
    if known:
        return known[-1], whole
    content = [c for c in chunks if len(c) > 1] or chunks
    best = max(enumerate(content), key=lambda item: (len(item[1]) if not _has_person(item[1]) else 0, item[0]))[1]
    return _cut(best), "" if best == whole else whole


def _weight(told: str) -> int:
    return sum(entry.kind != "person" and word in told for word, entry in kin().items())
