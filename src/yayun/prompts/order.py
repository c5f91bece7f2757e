"""One poem to write, everything settled, as writers are given it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from yayun.prompts.prompt import Conditions
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.regulated import FORMS
from yayun.prosody.readings.lexicon import standardize
from yayun.script import to_traditional

Fixed = tuple[tuple[tuple[int, int], str], ...]  # (line, column), from 0, and the character set there


@dataclass(frozen=True, slots=True)
class Order:
    """One poem to write, everything settled; text in any script.

    ``rhyme`` is the group of the form's first rhyme class, ``more_rhymes`` those of the others in order.
    ``imagery`` must appear, ``hints`` may, ``avoid`` must not; ``fixed`` as in ``Frame``; ``theme`` as asked for, if
    any; ``feet``: characters to rhyme with, as retrieved.
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

    @property
    def form(self) -> str:
        """五绝 ...; the full name of a form that has no short one."""
        return self.pattern.short or self.pattern.name


def written(text: str) -> str:
    """``text`` as the model writes it: traditional, variants standardised."""
    return standardize(to_traditional(text))


@cache
def nearest_told(form: Form) -> str:
    """What the embedded model is told of a form: its short name, or that of the form it knows with lines most alike."""
    if form.short in FORMS:
        return form.short
    mean = sum(form.widths) / form.count
    return min(FORMS, key=lambda short: (abs(FORMS[short][0] - mean), abs(FORMS[short][1] - form.count)))


def conditions(order: Order) -> Conditions:
    """What the embedded model is told of an order."""
    return Conditions(
        dynasty="唐",
        form=nearest_told(order.pattern),
        rhyme=order.rhyme,
        pattern=order.pattern.variant if order.pattern.licence != "依谱" else None,
        title=written(order.title),
        imagery=tuple(map(written, order.imagery + order.hints)),
        feet=order.feet,
    )
