"""What a poem is to be about: of the words that no other finder has claimed, those that name a subject, an occasion or
a person. The rest is politeness, or is told as not taken up; a title is never what happens to be left over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from yayun.brief.genres import is_genre
from yayun.brief.kin import has_person, in_poets_names, kin_in
from yayun.brief.kin_table import kin
from yayun.brief.lexicon import cut
from yayun.brief.occasion import title_for
from yayun.brief.segment import BREAK, Piece, of_occasion, read_segment
from yayun.brief.text import GAP, Text

LONGEST = 8  # characters of a title that a request does not give as one
_SEGMENT = re.compile(rf"[^\n,.;:!?{GAP}]+")
# Things of one character that a story may be about.
_THINGS = frozenset("雪雨风月花山水江河湖海春夏秋冬酒茶竹梅兰菊松柳云雁蝉")


@dataclass(frozen=True, slots=True)
class Subject:
    """``title`` '' where none is said; ``theme``: what is said beyond it; ``occasion``: a name of ``occasions``;
    ``unread``: words that are nothing of these; ``moods``: words on the tone of voice."""

    title: str = ""
    theme: str = ""
    occasion: str | None = None
    unread: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()


def read_subject(text: Text, occasion: str | None = None, named: str = "", theme: str | None = None) -> Subject:
    """What is left of ``text`` as a subject. ``named``: the title that is given outright; ``theme``: the theme that is;
    ``occasion``: the one that the words claimed by other finders have said."""
    pieces = [piece for m in _SEGMENT.finditer(text.plain) for piece in read_segment(text, *m.span())]
    said = [piece.occasion for piece in pieces if piece.occasion]
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
    own = [p for p in pieces if p.occasion] + [
        p for p in pieces if not p.occasion and (p.person or has_person(p.whole))
    ]
    theme = next((said for p in own if (said := _person(p))), "")
    title = title_for(name, "".join(p.whole for p in own))
    if name == "悼" and theme and not re.search("妻|内子|太太|老婆|爱人", theme):
        title = f"悼{_last_words(theme)}"
    unread = tuple(
        p.whole for p in pieces if p.whole and p not in own and not is_genre(p.name) and not of_occasion(p.name)
    )
    return Subject(title, theme, name, unread, moods)


def _plain(pieces: Sequence[Piece], occasion: str | None, moods: tuple[str, ...], known: str | None) -> Subject:
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
    used: list[Piece] = []
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
        joined = f"{title}寄{in_poets_names(person)}"
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
        theme = "、".join((p.told or p.name).replace(BREAK, "") for p in before or beside)[:40]
    left = tuple(p.whole for p in pieces if p.whole and p not in used and not is_genre(p.name))
    return Subject(title, theme, occasion, left, moods)


# ---- persons


def _person(piece: Piece) -> str:
    """Whom an occasion is about, in a poet's words: 祖母八十."""
    said = piece.person or piece.told.replace(BREAK, "") or piece.name
    said = re.sub(r"(?<=[一二三四五六七八九十百\d])(?:岁|大|周岁)$|的", "", said)
    return in_poets_names(said)[:LONGEST]


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
    chunks = told.split(BREAK)
    known = [
        entry.told for chunk in chunks for word, entry in kin().items() if entry.kind != "person" and word in chunk
    ]
    whole = "".join(chunks)
    if known:
        return known[-1], whole
    content = [c for c in chunks if len(c) > 1] or chunks
    best = max(enumerate(content), key=lambda item: (len(item[1]) if not has_person(item[1]) else 0, item[0]))[1]
    return _cut(best), "" if best == whole else whole


def _weight(told: str) -> int:
    return sum(entry.kind != "person" and word in told for word, entry in kin().items())
