"""Settling a brief: what it leaves open is chosen, by a seed, as Tang poets chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from yayun.backends.options import Options
from yayun.backends.settled import Settled
from yayun.brief.genres import is_genre
from yayun.brief.kin import in_poets_words
from yayun.brief.occasion import images as occasion_images
from yayun.brief.occasion import taboos
from yayun.brief.subject import AT_HAND
from yayun.brief.value import TUNES, Brief
from yayun.errors import YayunError
from yayun.lazy import lazy
from yayun.prompts.order import LONG, Fixed, Order, nearest_told, written
from yayun.prompts.prompt import offered_feet
from yayun.prosody.books.book import RhymeBook
from yayun.prosody.books.shelf import PINGSHUI, book, kin_in_pingshui, rhymes_in
from yayun.prosody.forms.catalog import forms_named
from yayun.prosody.forms.facing import alternating
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.regulated import regulated
from yayun.retrieval.feet import rhyme_feet
from yayun.retrieval.habits import habits
from yayun.retrieval.imagery import imagery_for
from yayun.script import to_simplified

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy("numpy")

DEFAULT_FORM = "五绝"
TOLD = 8  # characters of what happened that a writer is told in a title's place
FEWEST = 8  # drafts of a long poem
WIDE = 100  # uses from which a group has characters enough to begin lines with
TONES_OF_RHYME = {"平": "平", "仄": "上去入", "上": "上", "去": "去", "入": "入"}


def settle(brief: Brief, seed: int, options: Options) -> Settled:
    """Choose what the brief leaves open, by ``seed``: form, group, opening and title as Tang poets chose them."""
    if brief.locked and options.mode == "free":
        raise YayunError("只有 guided 模式能守住锁定的诗句:请去掉 --mode free。")
    if brief.form == TUNES:
        from yayun.composing.settle_tune import settle_tune  # the tunes: for who asks for one

        return settle_tune(brief, seed, options.drafts, _avoided(brief), _fixed(brief))
    rng = np.random.default_rng([seed, 0])
    form = brief.form or DEFAULT_FORM
    title = brief.title or brief.theme or _title(brief, rng)
    told = in_poets_words(_subject(brief, title), brief.occasion)
    whole = brief.as_form or forms_named(form)[0]
    count = max(FEWEST, options.drafts * LONG // whole.count) if whole.count > LONG else options.drafts
    images = _images(brief, told) if options.rag else []
    first = _order(brief, form, told, images, rng)
    # All candidates rhyme in as many lines as the first, so that they are decoded in step.
    alike = replace(brief, first_line_rhymes=first.pattern.first_line_rhymes)
    orders = (first, *(_order(alike, form, told, images, rng) for _ in range(count - 1)))
    if options.rag:
        orders = tuple(replace(order, feet=_feet(order, told, form)) for order in orders)
    return Settled(brief, title, seed, orders)


def _subject(brief: Brief, title: str) -> str:
    """What the writer is told that the poem is about: where the title says nothing of it, what happened."""
    return (brief.theme or title)[:TOLD] if title == AT_HAND else title


def _feet(order: Order, title: str, form: str) -> tuple[str, ...]:
    """Characters to rhyme with that the writer is offered."""
    if order.book == PINGSHUI:
        return offered_feet(order.rhyme, title, form)
    if not order.told_rhyme:
        return ()
    return tuple(c for c in offered_feet(order.told_rhyme, title, form) if rhymes_in(order.book, order.rhyme, c))


def _title(brief: Brief, rng: np.random.Generator) -> str:
    """The first image asked for, or a title that Tang poets often used."""
    if brief.imagery:
        return brief.imagery[0]
    counts = habits("", "title")
    return to_simplified([*counts][_pick([*counts.values()], rng)])


def _order(brief: Brief, form: str, title: str, images: list[str], rng: np.random.Generator) -> Order:
    rhyme = brief.rhyme or _rhyme(brief, form, rng)
    named = brief.as_form or forms_named(form)[0]
    if named.count > LONG and brief.book == PINGSHUI and not has_feet_for(named, rhyme):
        raise YayunError(
            f"{rhyme}韵常用的字少,不够{named.count}句一韵到底:请换宽一些的韵,如支、真、先、阳、庚、尤,或少写几句。"
        )
    fixed = _fixed(brief)
    count = max(0, min(2 - len(brief.imagery), len(images)))
    hints = tuple(images[i] for i in sorted(rng.permutation(len(images))[:count]))
    pattern = _pattern(brief, form, rhyme, fixed, rng)
    there = written("\n".join(filter(None, brief.locked)))
    imagery = tuple(image for image in brief.imagery if written(image) not in there)
    avoid = _avoided(brief)
    more = _more_rhymes(book(brief.book), pattern, rhyme, rng)
    order = Order(
        title, pattern, rhyme, imagery, hints, avoid, fixed, _plan_theme(brief), more_rhymes=more, book=brief.book
    )
    if brief.book != PINGSHUI:
        order = replace(order, told_rhyme=_told_rhyme(brief, form, rhyme, rng))
    return _both_ways(brief, order, rng) if brief.way is not None and brief.way.name == "回文" else order


def _told_rhyme(brief: Brief, form: str, rhyme: str, rng: np.random.Generator) -> str:
    """A group of 平水韵 that goes with one of another book, by how often poets used it; '' where there is none."""
    kin, counts = kin_in_pingshui(brief.book, rhyme)[:4], habits(form, "rhyme")
    return kin[_pick([counts.get(name, 0) + 0.1 for name in kin], rng)] if kin else ""


def _both_ways(brief: Brief, order: Order, rng: np.random.Generator) -> Order:
    """The order of a poem that is regular backwards too: a pattern for that, and a group, as wide as poets' first
    characters need it."""
    from yayun.decoding.constraint import Frame, places_fit

    form = order.pattern
    every = regulated(form.width, form.count)
    fitting = [p for p in every if places_fit(Frame(form, order.rhyme, order.fixed, mirror=p, mirror_rhyme="东"))]
    counts = habits(order.form, "rhyme")
    wide = [n for n in book(brief.book).in_tones("平") if counts.get(n, 0) >= WIDE and n not in brief.avoid_rhymes]
    return replace(
        order,
        mirror=fitting[int(rng.integers(len(fitting)))],
        mirror_rhyme=wide[_pick([counts[n] for n in wide], rng)],
    )


def _fixed(brief: Brief) -> Fixed:
    """The characters that are settled: the heads of an acrostic, and lines that are kept."""
    heads = {(line, 0): char for line, char in enumerate(brief.acrostic)}
    kept = {
        (line, column): char
        for line, text in enumerate(brief.locked)
        if text
        for column, char in enumerate(in_place(text))
    }
    return tuple(sorted((heads | kept | dict(brief.fixed)).items()))


def in_place(text: str) -> str:
    """A line as the model writes it, character for character."""
    whole = written(text)
    return whole if len(whole) == len(text) else "".join(map(written, text))


def _images(brief: Brief, title: str) -> list[str]:
    """Images that belong to the occasion or go with the title, best first; each candidate draft is given two."""
    about = title if not brief.theme or brief.theme in title else f"{title} {brief.theme}"
    avoided = set(map(written, _avoided(brief)))
    found = dict.fromkeys((*occasion_images(brief.occasion), *imagery_for(about, 8)))
    return [w for w in found if len(w) == 2 and w not in brief.avoid_words and avoided.isdisjoint((w, *w))]


def _avoided(brief: Brief) -> tuple[str, ...]:
    """Words that must not come: those ruled out, and the occasion's taboos but for what is asked for outright."""
    asked = brief.acrostic + "".join((*brief.imagery, *filter(None, brief.locked)))
    allowed = (word for word in taboos(brief.occasion) if word not in asked)
    return tuple(dict.fromkeys((*brief.avoid_words, *allowed)))


def _plan_theme(brief: Brief) -> str:
    """The theme that the writer's plan is to name: a genre, or the occasion; other words are none."""
    if brief.occasion in ("寿", "悼"):
        return {"寿": "祝寿", "悼": "悼亡"}[brief.occasion]
    return brief.theme if brief.theme and is_genre(brief.theme) else ""


def _pattern(brief: Brief, form: str, rhyme: str, fixed: Fixed, rng: np.random.Generator) -> Form:
    counts = habits(form, "pattern") or habits(nearest_told(brief.as_form or forms_named(form)[0]), "pattern")
    asked = [
        p
        for p in _forms(brief, form, rhyme)
        if brief.pattern in (None, p.opening) and brief.first_line_rhymes in (None, p.first_line_rhymes)
    ]
    fitting = [p for p in asked if _fits(p, rhyme, fixed, brief.book)] if fixed else asked
    if not fitting and brief.locked:
        raise YayunError("锁定的诗句放不进同一个格式:请少锁定一句,或不限定平起仄起、首句入韵、藏头。")
    if not fitting and brief.fixed:
        chars = "".join(char for _, char in brief.fixed)
        raise YayunError(f"“{chars}”放在那几处,与所求的格式平仄不合:请换字,或不限定平起仄起、首句入韵。")
    if not fitting:
        raise YayunError(f"藏头“{brief.acrostic}”与所求的格式平仄不合:请换字,或不限定平起仄起、首句入韵。")
    return fitting[_pick([counts.get(p.variant, 1) for p in fitting], rng)]


def _forms(brief: Brief, form: str, rhyme: str) -> tuple[Form, ...]:
    """The patterns of the form asked for, as the group's tone has them; of a tune its first variant."""
    named, held = brief.as_form or forms_named(form)[0], book(brief.book)
    if named.genre == "联":
        return (named,) if brief.locked else alternating(named.width)
    if named.licence == "依谱":
        if held.groups[rhyme].tone not in named.rhymes[0].tones:
            raise YayunError(f"{named.name}押{named.rhymes[0].tone}声韵,{rhyme}韵是{held.label(rhyme)}:请换一个韵部。")
        return (named,)
    return regulated(named.width, named.count, oblique=not held.level(rhyme))


def has_feet_for(form: Form, rhyme: str) -> bool:
    """Has a group characters enough, of those poets use, for every rhyming line of a long poem, with room to choose?"""
    return len(rhyme_feet(rhyme, "", form.name, 4 * form.count)) >= 1.5 * len(form.rhyming)


def _more_rhymes(book: RhymeBook, pattern: Form, rhyme: str, rng: np.random.Generator) -> tuple[str, ...]:
    """Groups for the form's other rhyme classes: of the final of the class they answer (叶), else new ones (换)."""
    chosen = [rhyme]
    for held in pattern.rhymes[1:]:
        kin = book.finals[chosen[held.kin]] if held.kin is not None and held.kin < len(chosen) else frozenset()
        names = [n for n in book.in_tones(held.tones) if n not in chosen and (not kin or n in kin)]
        counts = habits(DEFAULT_FORM, "rhyme")
        chosen.append(names[_pick([counts.get(n, 0) + 0.1 for n in names], rng)])
    return tuple(chosen[1:])


def _fits(pattern: Form, rhyme: str, fixed: Fixed, by: str) -> bool:
    from yayun.decoding.constraint import Frame, places_fit

    return places_fit(Frame(pattern, rhyme, fixed, book=by))


def _rhyme(brief: Brief, form: str, rng: np.random.Generator) -> str:
    """A group of the tone asked for (level where none is), by how often Tang poets used it."""
    named = brief.as_form or forms_named(form)[0]
    counts: Mapping[str, float] = habits(form, "rhyme") or habits(nearest_told(named), "rhyme")
    tones = named.rhymes[0].tones if named.licence == "依谱" and named.rhymes else TONES_OF_RHYME["平"]
    if brief.rhyme_tone or named.licence != "依谱":
        tones = TONES_OF_RHYME[brief.rhyme_tone or "平"]
    if brief.book != PINGSHUI:
        counts = _uses_by(brief.book, counts)
    names = [n for n in book(brief.book).in_tones(tones) if n not in brief.avoid_rhymes]
    if named.count > LONG and brief.book == PINGSHUI:
        names = [n for n in names if has_feet_for(named, n)]
    if not names:
        raise YayunError("不要的韵部太多,没有剩下可用的韵:请少排除几个。")
    return names[_pick([counts.get(n, 0) + 0.1 for n in names], rng)]


def _uses_by(by: str, counts: Mapping[str, float]) -> dict[str, float]:
    """How often poets rhymed in the groups of a book, as they did in those of 平水韵 that go with them."""
    return {
        name: sum(counts.get(kin, 0) / (rank + 1) for rank, kin in enumerate(kin_in_pingshui(by, name)))
        for name in book(by).groups
    }


def _pick(weights: Sequence[float], rng: np.random.Generator) -> int:
    shares = np.asarray(weights, float)
    return int(rng.choice(len(shares), p=shares / shares.sum()))
