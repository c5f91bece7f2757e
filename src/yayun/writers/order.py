"""One poem to write, everything settled, as writers are given it."""

from __future__ import annotations

from dataclasses import dataclass

from yayun.prosody.forms.regulated import Pattern
from yayun.prosody.lexicon import standardize
from yayun.script import to_traditional
from yayun.writers.prompt import Conditions

Fixed = tuple[tuple[tuple[int, int], str], ...]  # (line, column), from 0, and the character set there


@dataclass(frozen=True, slots=True)
class Order:
    """One poem to write, everything settled; text in any script.

    ``imagery`` must appear, ``hints`` may, ``avoid`` must not; ``fixed`` as in ``Frame``; ``theme`` as asked for, if
    any; ``feet``: characters to rhyme with, as retrieved.
    """

    title: str
    pattern: Pattern
    rhyme: str
    imagery: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    fixed: Fixed = ()
    theme: str = ""
    feet: tuple[str, ...] = ()

    @property
    def form(self) -> str:
        """五绝 ..."""
        return self.pattern.form


def written(text: str) -> str:
    """``text`` as the model writes it: traditional, variants standardised."""
    return standardize(to_traditional(text))


def conditions(order: Order) -> Conditions:
    """What the embedded model is told of an order."""
    return Conditions(
        dynasty="唐",
        form=order.form,
        rhyme=order.rhyme,
        pattern=order.pattern.name,
        title=written(order.title),
        imagery=tuple(map(written, order.imagery + order.hints)),
        feet=order.feet,
    )
