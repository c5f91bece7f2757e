"""Every form there is, by name: regulated verse, 排律, 古体, 对联, the tunes of 词.

A further kind of form is one more entry of ``SOURCES``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from yayun.prosody import tables
from yayun.prosody.forms import facing
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.old import LONGEST_OLD, SHORTEST_OLD, is_old, old_named, old_style
from yayun.prosody.forms.regulated import FORM_NAMES, LONG_FORMS, SHORTEST_LONG, patterns, regulated


def _regulated(name: str) -> tuple[Form, ...]:
    for short, full in FORM_NAMES.items():
        if name in (short, full):
            return patterns(short)
    return ()


def _long(name: str) -> tuple[Form, ...]:
    """排律, in its shortest length; ``of_length`` gives the others."""
    for full, width in LONG_FORMS.items():
        if name in (full, f"{full[0]}排"):
            return regulated(width, SHORTEST_LONG)
    return ()


def _tunes(name: str) -> tuple[Form, ...]:
    from yayun.prosody.forms.tunes.tune import fold_name, named, tune  # the table is read for whoever asks for a tune

    return tuple(held.form for found in named().get(fold_name(name), ())[:1] for held in tune(found).forms)


def _couplets(name: str) -> tuple[Form, ...]:
    """对联, in its usual length."""
    return facing.alternating(facing.USUAL) if name in facing.NAMES else ()


# Folded name -> the patterns or variants of the form, none where the kind has no such name.
Source = Callable[[str], tuple[Form, ...]]
SOURCES: tuple[Source, ...] = (_regulated, _long, old_named, _couplets, _tunes)


def forms_named(name: str) -> tuple[Form, ...]:
    """The patterns or variants of the form of that name, whatever its script; none where there is no such form."""
    folded = name.translate(tables.folding()).strip()
    return next((found for source in SOURCES if (found := source(folded))), ())


def alike(form: Form) -> tuple[Form, ...]:
    """The forms that are as good where no pattern is insisted on: of regulated verse all four, else the form alone."""
    return (form,) if form.licence == "依谱" else regulated(form.width, form.count, oblique=form.oblique)


@cache
def of_length(form: Form, count: int) -> tuple[Form, ...]:
    """The patterns of 排律 with so many lines, 古体 of so many (of any other form: the form)."""
    if is_old(form):
        return (old_style(form.width, min(LONGEST_OLD, max(SHORTEST_OLD, count + count % 2))),)
    if form.name not in LONG_FORMS:
        return (form,)
    return regulated(form.width, max(SHORTEST_LONG, count + count % 2), oblique=form.oblique)
