"""One poem to write, everything settled, as writers are given it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from functools import cache

from yayun.prompts import vocabulary as v
from yayun.prompts.prompt import Conditions
from yayun.prosody.books.shelf import PINGSHUI
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.old import is_old
from yayun.prosody.forms.regulated import FORMS
from yayun.prosody.readings.lexicon import standardize
from yayun.script import to_traditional

Fixed = tuple[tuple[tuple[int, int], str], ...]  # (line, column), from 0, and the character set there


@dataclass(frozen=True, slots=True)
class Order:
    """One poem to write, everything settled; text in any script.

    ``rhyme`` is the group of the form's first rhyme class, ``more_rhymes`` those of the others in order.
    ``imagery`` must appear, ``hints`` may, ``avoid`` must not; ``fixed`` as in ``Frame``; ``theme`` as asked for, if
    any; ``feet``: characters to rhyme with, as retrieved; ``book``: the rhyme book. ``mirror``: the pattern that the
    poem keeps when it is read from its last character to its first (回文), ``mirror_rhyme`` the group it then rhymes
    in. ``told_rhyme``: by another book than 平水韵, the group of that which a writer that knows no other is told.
    """

    title: str
    pattern: Form
    rhyme: str
    imagery: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    fixed: Fixed = ()
    theme: str = ""
    feet: tuple[str, ...] = ()
    more_rhymes: tuple[str, ...] = ()
    book: str = PINGSHUI
    mirror: Form | None = None
    mirror_rhyme: str = ""
    told_rhyme: str = ""

    @property
    def form(self) -> str:
        """五绝 ...; the full name of a form that has no short one."""
        return self.pattern.short or self.pattern.name


def written(text: str) -> str:
    """``text`` as the model writes it: traditional, variants standardised."""
    return standardize(to_traditional(text))


LONG = 8  # lines of the longest form that the first generation of models has read


def told(form: Form, tokens: Container[str]) -> str:
    """What a model with these tokens is told of a form: its own name where the model has one, else that of the nearest
    (a key of ``vocabulary.FORM_TOKENS``)."""
    own = _own_name(form)
    return own if v.OLD_FORMS.get(own, "") in tokens else nearest_told(form)


def overlong(form: Form, tokens: Container[str]) -> bool:
    """Is it longer than what a model with these tokens has read?"""
    return form.genre == "诗" and form.count > LONG and v.OLD_FORMS.get(_own_name(form), "") not in tokens


def told_as_tune(form: Form, tokens: Container[str]) -> bool:
    """Is a model with these tokens told the form as the tune of a 词? It has read no plans of such."""
    return form.genre == "词" and v.TUNE in tokens


def _own_name(form: Form) -> str:
    return form.name.replace("古体", "古诗")


@cache
def nearest_told(form: Form) -> str:
    """What the embedded model is told of a form: its short name, or that of the form it knows with lines most alike."""
    if form.short in FORMS:
        return form.short
    mean = sum(form.widths) / form.count
    return min(FORMS, key=lambda short: (abs(FORMS[short][0] - mean), abs(FORMS[short][1] - form.count)))


def known_mark(mark: str, tokens: Container[str]) -> str:
    """A mark, as far as the vocabulary has it: another that closes a sentence is a stop, another pause a comma."""
    if mark in tokens:
        return mark
    return v.COMMA if mark in (v.COMMA, v.PAUSE) else v.STOP


def marks_told(form: Form, tokens: Container[str]) -> tuple[tuple[str, ...], ...]:
    """The tokens after each line: its mark, and between stanzas what says so, where the vocabulary has it."""
    breaks = {start - 1 for start in form.stanzas[1:]} if v.STANZA in tokens else set()
    return tuple(
        (known_mark(mark, tokens), v.STANZA) if i in breaks else (known_mark(mark, tokens),)
        for i, mark in enumerate(form.marks)
    )


def conditions(order: Order, tokens: Container[str] = ()) -> Conditions:
    """What the embedded model, whose vocabulary is ``tokens``, is told of an order."""
    pattern = order.pattern
    if told_as_tune(pattern, tokens):
        return Conditions("宋", v.CI, None, None, written(order.title), tune=written(pattern.name))
    variant = pattern.variant if pattern.licence != "依谱" else "古体" if is_old(pattern) else None
    return Conditions(
        dynasty="唐",
        form=told(pattern, tokens),
        rhyme=order.rhyme if order.book == PINGSHUI else order.told_rhyme or None,
        pattern=variant,
        title=written(order.title),
        imagery=tuple(map(written, order.imagery + order.hints)),
        feet=order.feet,
    )
