"""借对: a character that answers by another it sounds like (沧 as 苍), or by another of its senses (寻常 as measures).

``data/antithesis_loans.tsv``: which characters are so used, set by hand after the examples that the books give.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from yayun.prosody import tables
from yayun.prosody.parallelism.classes import classes, fold


class Loan(NamedTuple):
    """``char`` may answer as ``as_char``, a character of the class ``name``; ``way``: 借音 or 借义."""

    char: str
    as_char: str
    name: str
    way: str


def borrowed(a: str, b: str) -> tuple[str, str] | None:
    """The characters that two facing ones stand for where one of them is borrowed for a class only the other has; None
    where neither is."""
    if (loan := loans().get(a)) is not None and answers(loan, b):
        return loan.as_char, b
    if (loan := loans().get(b)) is not None and answers(loan, a):
        return a, loan.as_char
    return None


def answers(loan: Loan, facing: str) -> bool:
    """Does a loan answer a facing character that its own character does not?"""
    return loan.name in classes(facing) and loan.name not in classes(loan.char) and facing != loan.as_char


@cache
def loans() -> dict[str, Loan]:
    """Folded character -> its loan."""
    rows = [row.split("\t") for row in tables.read_rows("antithesis_loans.tsv")]
    return {fold(char): Loan(fold(char), fold(as_char), name, way) for char, as_char, name, way, _ in rows}
