"""A form of a tune in one line of text, for tables that people read and correct.

A clause is its tones (``平``, ``仄``, ``中`` either) and how it is cut: ``、`` 读, ``，`` 句, ``。`` 韵. A rhyme names
its class with a letter, capital where it is level and small where it is oblique: ``A`` and ``a`` are one section of the
rhyme book in two tones (叶), another letter is another rhyme (换). ``*3`` after it repeats the last three characters of
the clause before (叠), ``*3-2`` of the clause two before. ``|`` ends a stanza; what stands in brackets is sung between
(和声) and counts as no character. E.g. 如梦令: ``中仄中平平仄。a…平仄。a平仄。a*2中仄仄平平仄。a``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Cut = Literal["、", "，", "。"]
_CLAUSE = re.compile(
    r"(?P<tones>(?:[平仄中]|\([^)]*\))+)(?P<cut>[、，。])(?P<rhyme>[A-Za-z]?)(?:\*(?P<same>\d+)(?:-(?P<back>\d+))?)?(?P<stanza>\|?)"
)
_SUNG = re.compile(r"\(([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a form.

    ``tones``: 平, 仄 or 中 a character. ``cut``: how it ends. ``rhyme``: the letter of its rhyme class, '' where it
    does not rhyme. ``same``: how many of its last characters repeat those of the clause ``back`` before it (叠).
    ``sung``: ((place from 0, words), ...) of 和声, which stand before that place.
    """

    tones: str
    cut: Cut
    rhyme: str = ""
    same: int = 0
    back: int = 1
    sung: tuple[tuple[int, str], ...] = ()


Stanzas = tuple[tuple[Clause, ...], ...]


def parse(text: str) -> Stanzas:
    """The stanzas of a form. Raises ValueError for text that is none."""
    stanzas: list[tuple[Clause, ...]] = []
    clauses: list[Clause] = []
    at = 0
    while at < len(text):
        match = _CLAUSE.match(text, at)
        if match is None:
            raise ValueError(f"no clause at {at} of {text!r}")
        clauses.append(_clause(match))
        at = match.end()
        if match["stanza"]:
            stanzas.append(tuple(clauses))
            clauses = []
    return (*stanzas, tuple(clauses))


def _clause(match: re.Match[str]) -> Clause:
    sung = []
    tones = match["tones"]
    while (words := _SUNG.search(tones)) is not None:
        sung.append((words.start(), words[1]))
        tones = tones[: words.start()] + tones[words.end() :]
    cut: Cut = match["cut"]  # type: ignore[assignment]
    return Clause(tones, cut, match["rhyme"], int(match["same"] or 0), int(match["back"] or 1), tuple(sung))


def render(stanzas: Stanzas) -> str:
    """The text that ``parse`` reads the stanzas from."""
    return "|".join("".join(map(_render, clauses)) for clauses in stanzas)


def _render(clause: Clause) -> str:
    tones = clause.tones
    for place, words in reversed(clause.sung):
        tones = f"{tones[:place]}({words}){tones[place:]}"
    repeat = f"*{clause.same}" + (f"-{clause.back}" if clause.back != 1 else "") if clause.same else ""
    return f"{tones}{clause.cut}{clause.rhyme}{repeat}"
