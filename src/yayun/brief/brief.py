"""Putting together what is asked for, from a sentence and flags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from yayun.brief.dropped import dropped
from yayun.brief.fields import (
    FORMS_HINT,
    RhymeTone,
    brief_quote,
    parse_acrostic,
    parse_count,
    parse_pattern,
    parse_rhyme,
    parse_script,
    parse_title,
    parse_tone,
    parse_words,
)
from yayun.brief.given import Given
from yayun.brief.lexicon import tunes
from yayun.brief.locked import form_of, parse_locked, with_locked
from yayun.brief.occasion import occasion_of
from yayun.brief.of_tune import locked_in, refuse_with_tune
from yayun.brief.of_way import of_way
from yayun.brief.pairs import ANSWERS, answered, side
from yayun.brief.places import Places
from yayun.brief.reader import Said, read_sentence
from yayun.brief.rhyme import find_book
from yayun.brief.shape import Shape, clash, merged, parse_form
from yayun.brief.text import LIMIT, clean, plain, read_text
from yayun.brief.tunes import TuneSaid, section_named
from yayun.brief.value import TUNES, Brief, Locked, Way
from yayun.errors import YayunError
from yayun.prosody.books.book import Group
from yayun.prosody.books.shelf import CILIN, PINGSHUI, book, canonical_book
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.regulated import FORMS

HOW_TO_ASK = "请写明要一首什么诗,例如:以“春风”为题写一首五言绝句,押东韵"


def read_request(text: str, **overrides: Any) -> Brief:
    """Read a request in free Chinese; ``overrides`` are ``make_brief``'s fields.

    Errors: YayunError for text that is no request, asks for what can't be, or contradicts itself.
    """
    return make_brief(text, **overrides)


def make_brief(
    request: str | None = None,
    *,
    title: str | None = None,
    theme: str | None = None,
    imagery: str | list[str] | tuple[str, ...] | None = None,
    form: str | Form | None = None,
    rhyme: str | None = None,
    pattern: str | None = None,
    first_line_rhymes: bool | None = None,
    acrostic: str | None = None,
    script: str | None = None,
    count: int | str | None = None,
    locked: Sequence[str | None] | None = None,
    without: Sequence[str] = (),
    tune: str | None = None,
    variant: str | None = None,
    book: str | None = None,
) -> Brief:
    """A brief from a sentence, from flags, or both; an empty flag is not said. ``form`` may be a form itself.

    A flag adds to the sentence (imagery) or settles what the sentence leaves open; ``locked`` is a line a line of the
    poem, None for one to write; ``without``: fields of ``brief.dropped`` that what the sentence says of them does not
    count for; ``tune`` (浣溪沙) and its ``variant``: a 词;
    ``book``: a rhyme book, of which ``rhyme`` is then a group.
    Errors: YayunError when a value can't be used, when a flag contradicts what the
    sentence says outright, or when a locked line breaks a rule.
    """
    if isinstance(form, Form):
        said = make_brief(
            request, title=title, theme=theme, imagery=imagery, rhyme=rhyme, pattern=pattern,
            first_line_rhymes=first_line_rhymes, acrostic=acrostic, script=script, count=count, locked=locked,
        )  # fmt: skip
        return replace(said, form=form.short or form.name, as_form=form)
    kept = parse_locked(locked or ())
    if form and (form == TUNES or plain(form.strip()) in tunes()):
        tune, form = (tune or ("" if form == TUNES else form)), None
        said_tune: TuneSaid | None = TuneSaid(tune)
    else:
        said_tune = TuneSaid(tune) if tune else None
    form = form or form_of(kept)
    named = canonical_book(book) if book else ""
    by = PINGSHUI if said_tune else named or (_book_in(request) if request and rhyme else "") or PINGSHUI
    flags = _read_flags(title, theme, imagery, form, rhyme, pattern, first_line_rhymes, acrostic, script, count, by)
    flags = replace(flags, tune=said_tune, variant=variant or "", book=named)
    if request is None:
        if _asks_nothing(flags):
            raise YayunError(f"{HOW_TO_ASK}。")
        return _finished(None, flags, kept)
    if len(request) > LIMIT:
        raise YayunError(f"请求太长:有 {len(request)} 个字符,最多 {LIMIT} 个。")
    request = clean(request)
    if not request:
        raise YayunError(f"请求是空的,{HOW_TO_ASK}。")
    sentence = dropped(read_sentence(request, alone=_asks_nothing(flags)), without)
    return _finished(request, _merge(sentence, flags), kept)


def _asks_nothing(flags: Said) -> bool:
    """Do the flags leave open what is to be written? A script and a number say nothing of that."""
    return replace(flags, script=None, count=None) == Said()


def _book_in(request: str) -> str:
    """The rhyme book that a sentence names."""
    found = find_book(read_text(clean(request)))
    return found.value if found else ""


def _finished(request: str | None, said: Said, kept: Locked) -> Brief:
    """The brief with its lines given, by the flag or in the sentence."""
    if said.tune is not None or said.variant:
        return of_tune(request, said, kept)
    if said.section and said.book in ("", CILIN) and (said.book or not kept):
        if not said.book:
            raise YayunError(
                f"“{said.section}”是词林正韵的韵部:写诗请用平水韵的韵部,例如上平一东,或加 --book 词林正韵。"
            )
        said = replace(said, rhyme=parse_rhyme(said.section, CILIN), section="")
    if said.book not in ("", PINGSHUI):
        for name in filter(None, (said.rhyme, *said.avoid_rhymes)):
            if name not in book(said.book).groups:  # beside 词林正韵 a sentence may name one of 平水韵
                parse_rhyme(name, said.book)
        _refuse_by_book(said)
    if said.way is not None:
        return _in_its_way(request, said, said.way, kept)
    if said.upper:
        return _answering(request, said)
    if said.places is not None:
        return _with_places(request, said, said.places, kept)
    if said.given is not None and not kept:
        said, kept = _with_given(said, said.given)
    if said.feet and not kept:
        return _with_feet(request, said)
    return with_locked(_settle(request, said), kept)


def _with_feet(request: str | None, said: Said) -> Brief:
    """A poem whose rhyme words are named: set where they are as many as its lines rhyme, else only their group is."""
    few = len(said.feet) < 4
    lines = said.shape.lines or (4 if few else 8)
    brief = _settle(request, said if said.shape.kind else replace(said, shape=merged(said.shape, Shape(None, lines))))
    more = len(said.feet) - lines // 2
    if said.shape.kind or more not in (0, 1) or (more and brief.first_line_rhymes is False):
        told = f"“{'、'.join(said.feet)}”:{brief.form}用不了这么些韵脚,只保证押{brief.rhyme}韵。"
        return replace(brief, notes=(*brief.notes, told), unread=(*brief.unread, "、".join(said.feet)))
    feet = iter(said.feet)
    places = Places("次韵", tuple(next(feet) if i % 2 or (more and i == 0) else None for i in range(lines)))
    return replace(brief, fixed=places.fixed(said.shape.width or 5), first_line_rhymes=bool(more))


def _refuse_by_book(said: Said) -> None:
    """Errors: YayunError for what is written by 平水韵 alone."""
    what = said.way.name if said.way else said.shape.kind if said.shape.kind in ("对联", "古体") else ""
    if said.upper or what:
        raise YayunError(f"{what or '对联'}只按平水韵写,不能用{said.book}:请去掉韵书,或写绝句、律诗、排律。")
    oblique = said.rhyme is not None and not book(said.book).level(said.rhyme)
    if oblique or said.rhyme_tone not in (None, "平"):
        raise YayunError(f"按{said.book}写的近体只押平声韵:请换一个平声的韵部,或按平水韵押仄韵。")


def _with_places(request: str | None, said: Said, places: Places, kept: Locked) -> Brief:
    """A poem with characters set at places of their own."""
    if kept or said.given is not None or said.acrostic:
        raise YayunError(f"{places.way}不能和藏头、给定的诗句同用,请只留一样。")
    asked = Shape(places.width, len(places.chars))
    if clash(said.shape, asked) or said.shape.kind:
        raise YayunError(f"{places.way}要写的是{asked.form()},要的却是{said.shape.form()},请只留一样。")
    shape, rhyme = merged(said.shape, asked), places.rhyme(said.book or PINGSHUI)
    if rhyme and said.rhyme not in (None, rhyme):
        raise YayunError(f"{places.way}的字押{rhyme}韵,又要押{said.rhyme}韵,请只留一处。")
    brief = _settle(request, replace(said, shape=shape, rhyme=rhyme or said.rhyme, rhyme_tone=None))
    first = brief.first_line_rhymes if places.first is None else places.first
    return replace(brief, fixed=places.fixed(shape.width or 5), first_line_rhymes=first)


def _in_its_way(request: str | None, said: Said, way: Way, kept: Locked) -> Brief:
    """A poem made in a way of its own."""
    if kept or said.places is not None or said.upper or said.given is not None:
        raise YayunError(f"{way.name}不能和嵌字、对联、给定的诗句同用,请只留一样。")
    return of_way(_settle(request, said), said, way)


def _answering(request: str | None, said: Said) -> Brief:
    """A couplet whose first line is given."""
    line, clauses = side(said.upper)
    if said.shape.kind not in ("", "对联") or said.shape.width not in (None, len(line)):
        raise YayunError(f"给的是上联,要的却是{said.shape.form()},请只留一样。")
    brief = _settle(request, replace(said, shape=Shape(len(line), 2, "对联"), acrostic=""))
    form = answered(line, clauses)
    count = ANSWERS if said.count is None else said.count
    return replace(brief, locked=(line, None), as_form=form, title=brief.title or line, count=count)


def _with_given(said: Said, given: Given) -> tuple[Said, Locked]:
    """Lines that the sentence gives, in the form that it asks for: a 绝句 where it asks for none and they fit one."""
    shape = said.shape
    if shape.width not in (None, given.width):
        raise YayunError(f"给的诗句是{'五' if given.width == 5 else '七'}言,要的却是{shape.form()},请只留一样。")
    count = shape.lines or (4 if all(abs(n) <= 4 for n, _ in given.lines) else 8)
    places = given.places(count)
    if len(places) < len(given.lines):
        raise YayunError(f"给的诗句多于{count}句诗的位置,请写明要绝句还是律诗。")
    lines = [places.get(i) for i in range(count)]
    return replace(said, shape=Shape(given.width, count)), parse_locked(lines)


def _read_flags(
    title: str | None,
    theme: str | None,
    imagery: str | list[str] | tuple[str, ...] | None,
    form: str | None,
    rhyme: str | None,
    pattern: str | None,
    first_line_rhymes: bool | None,
    acrostic: str | None,
    script: str | None,
    count: int | str | None,
    by: str = PINGSHUI,
) -> Said:
    opening, tail = parse_pattern(pattern) if pattern else (None, None)
    if tail is not None and first_line_rhymes is not None and tail != first_line_rhymes:
        raise YayunError("首句是否入韵,两处说法不一,请只留一处。")
    tone = parse_tone(rhyme) if rhyme else None
    section = section_named(rhyme) or "" if rhyme and tone is None and by == PINGSHUI else ""
    return Said(
        title=parse_title(title) if title else "",
        firm_title=bool(title),
        theme=parse_title(theme, "主题") or None if theme else None,
        imagery=parse_words(imagery) if imagery else (),
        shape=parse_form(form) if form else Shape(),
        rhyme=parse_rhyme(rhyme, by) if rhyme and tone is None and not section else None,
        section=section,
        rhyme_tone=tone,
        pattern=opening,
        first_line_rhymes=tail if first_line_rhymes is None else first_line_rhymes,
        acrostic=parse_acrostic(acrostic) if acrostic else "",
        script=parse_script(script) if script else None,
        count=None if count is None else parse_count(count),
    )


# What the user reads when a flag and the sentence disagree about a field.
_NAMES = {
    "title": "题目",
    "rhyme": "韵部",
    "rhyme_tone": "韵的声调",
    "pattern": "平起仄起",
    "first_line_rhymes": "首句是否入韵",
    "acrostic": "藏头的字",
    "script": "字体",
    "count": "首数",
    "book": "韵书",
}


def _merge(sentence: Said, flags: Said) -> Said:
    """``flags`` over ``sentence``; a contradiction is an error."""
    settled: dict[str, Any] = {}
    for name in ("theme", *_NAMES):
        said, flag = getattr(sentence, name), getattr(flags, name)
        if flag in (None, ""):
            continue
        weak = (
            said in (None, "")
            or name == "theme"
            or (name == "title" and not sentence.firm_title)
            or (name == "count" and said == 1)  # 写一首 is how people ask, not a number
        )
        if not weak and plain(str(said)) != plain(str(flag)):
            raise YayunError(f"{_NAMES[name]}前后不一:句子里是{_show(said)},选项是{_show(flag)},请只留一个。")
        settled[name] = flag
    return replace(
        sentence,
        **settled,
        firm_title=sentence.firm_title or flags.firm_title,
        imagery=tuple(dict.fromkeys(flags.imagery + sentence.imagery)),
        shape=_merge_shapes(sentence.shape, flags.shape),
        tune=merged_tunes(sentence.tune, flags.tune),
        variant=flags.variant,
        section=flags.section or sentence.section,
    )


def _merge_shapes(said: Shape, flag: Shape) -> Shape:
    if clash(said, flag) or (said.lines in (4, 8) and not said.kind and flag.kind):
        raise YayunError(f"体裁前后不一:句子里是{said.form()},选项是{flag.form()},请只留一个。")
    return merged(flag, said)


def _show(value: object) -> str:
    if isinstance(value, bool):
        return "入韵" if value else "不入韵"
    return f"“{brief_quote(str(value))}”"


def _settle(request: str | None, said: Said) -> Brief:
    """Checks that need several fields, and the form an acrostic or an exclusion leaves."""
    shape = said.shape
    if said.acrostic:
        if shape.lines not in (None, len(said.acrostic)):
            raise YayunError(
                f"藏头“{said.acrostic}”有 {len(said.acrostic)} 个字,"
                f"{shape.form()}有 {shape.lines} 句,字数要和句数一样。"
            )
        shape = replace(shape, lines=len(said.acrostic))
    form = _allowed_form(shape, said.avoid_forms)
    if said.rhyme in said.avoid_rhymes:
        raise YayunError(f"又要押{said.rhyme}韵,又不要押{said.rhyme}韵,请只留一处。")
    by = said.book or PINGSHUI
    if said.rhyme and said.rhyme_tone and not _in_tone(book(by).groups[said.rhyme], said.rhyme_tone):
        label = book(by).label(said.rhyme)
        raise YayunError(f"{said.rhyme}韵是{label},不是{said.rhyme_tone}声韵,请只留一处。")
    images = tuple(word for word in said.imagery if word in said.avoid_words)
    if images:
        raise YayunError(f"又要有“{images[0]}”,又不要出现“{images[0]}”,请只留一处。")
    return Brief(
        request=request,
        title=said.title,
        theme=said.theme,
        imagery=said.imagery,
        form=form,
        rhyme=said.rhyme,
        pattern=said.pattern,
        first_line_rhymes=said.first_line_rhymes,
        acrostic=said.acrostic,
        script=said.script or said.written_in,
        count=1 if said.count is None else said.count,
        rhyme_tone=None if said.rhyme else said.rhyme_tone,
        avoid_rhymes=said.avoid_rhymes,
        avoid_words=said.avoid_words,
        unread=said.unread,
        occasion=said.occasion or _occasion_of_flags(said),
        notes=said.notes,
        as_form=shape.full(),
        book=by,
    )


def _occasion_of_flags(said: Said) -> str | None:
    """The occasion that title or theme names."""
    return occasion_of(plain(said.title)) or occasion_of(plain(said.theme or ""))


def _allowed_form(shape: Shape, avoided: tuple[str, ...]) -> str | None:
    """The form said; where it is half said or not at all, one that is not excluded."""
    if not avoided or shape.kind:
        return shape.form()
    left = [
        name
        for name, (width, lines) in FORMS.items()
        if shape.width in (None, width) and shape.lines in (None, lines) and name not in avoided
    ]
    if not left:
        raise YayunError(f"要的体裁又被排除了,{FORMS_HINT},请留下一种。")
    return left[0]


def _in_tone(group: Group, tone: RhymeTone) -> bool:
    return not group.level if tone == "仄" else group.tone == tone


def merged_tunes(said: TuneSaid | None, flag: TuneSaid | None) -> TuneSaid | None:
    """What a sentence and a flag say of the tune. Errors: YayunError for two different ones."""
    if said is None or flag is None:
        return flag or said
    if said.tune and flag.tune and plain(said.tune) != plain(flag.tune):
        raise YayunError(f"词牌前后不一:句子里是《{said.tune}》,选项是《{flag.tune}》,请只留一个。")
    return replace(said, tune=flag.tune or said.tune)


def of_tune(request: str | None, said: Said, kept: Locked) -> Brief:
    """A 词. Errors: YayunError for an unknown tune, and for what only regulated verse has."""
    told = said.tune or TuneSaid()
    if said.book not in ("", PINGSHUI, CILIN):
        raise YayunError(f"词按词林正韵填,不能用{said.book}:请去掉韵书,或改写绝句、律诗。")
    refuse_with_tune(said, told, kept)
    return Brief(
        request=request,
        title=said.title,
        theme=said.theme,
        imagery=said.imagery,
        form=TUNES,
        rhyme=said.section or said.rhyme,
        script=said.script or said.written_in,
        count=1 if said.count is None else said.count,
        rhyme_tone=None if said.rhyme or said.section else said.rhyme_tone,
        avoid_words=said.avoid_words,
        unread=said.unread,
        locked=locked_in(told.tune, said.given),
        occasion=said.occasion or _occasion_of_flags(said),
        notes=said.notes,
        tune=plain(told.tune),
        variant=plain(said.variant),
        size=told.size,
    )
