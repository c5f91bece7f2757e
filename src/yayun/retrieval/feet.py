"""Rhyme feet for a theme: what Tang and Song poets rhymed with in a group, and how it goes with a title.

``data/feet.tsv`` (group, then ``character:uses in fives:uses in sevens``) counts the rhyme feet of the training split,
and fills small groups up from the rhyme book; ``scripts/build_retrieval.py`` builds it.
"""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files

from yayun.prosody.books.book import RhymeBook
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.retrieval.novelty import fold_line
from yayun.retrieval.space import sides, title_vector

# Weight of a foot's closeness to the title (a cosine), beside the logarithm of its uses: the most likely value for the
# feet of held-out Tang poems.
_THEME = 3.0
# Uses in the other line length count this much.
_OTHER_WIDTH = 0.3
# What a member of the group counts that no poet used.
_UNUSED = 0.1


def rhyme_feet(
    group: str, theme: str = "", form: str | None = None, limit: int = 24, *, by: str = PINGSHUI
) -> tuple[str, ...]:
    """Up to ``limit`` characters (traditional) to rhyme with in ``group``, the likeliest for ``theme`` first.

    ``theme`` is a title or theme in any script; ``by`` the rhyme book that the group is of; ``form`` (五绝 ...) prefers
    what is used in lines of its length. All
    are members of the group by their everyday readings (``lexicon.rhyme_groups``). In groups the corpus rarely rhymes
    in, the rhyme book's other members follow, the most used first; a few groups have fewer than ``limit`` in all.
    Raises KeyError for a name that is no group.
    """
    held = book(by)
    held.groups[group]
    uses = {char: count for char, count in _uses(_feet(group, held), form).items() if group in held.groups_of(char)}
    closeness = _closeness(tuple(uses), theme)
    worth = {char: math.log(count) + _THEME * closeness.get(char, 0.0) for char, count in uses.items()}
    ranked = sorted(uses, key=lambda char: -worth[char])
    return tuple(ranked[:limit])


def _uses(feet: tuple[tuple[str, int, int], ...], form: str | None) -> dict[str, float]:
    """Character -> weighted uses, above 0."""
    width = {"五": 0, "七": 1}.get(form[0]) if form else None
    shares = (1.0, 1.0) if width is None else (1.0, _OTHER_WIDTH) if width == 0 else (_OTHER_WIDTH, 1.0)
    return {char: _UNUSED + fives * shares[0] + sevens * shares[1] for char, fives, sevens in feet}


def _closeness(chars: tuple[str, ...], theme: str) -> dict[str, float]:
    direction = title_vector(theme) if theme else None
    if direction is None:
        return {}
    verse = sides()[1]
    known = {char: verse.index[folded] for char in chars if (folded := fold_line(char)) in verse.index}
    return dict(zip(known, (verse.vectors[list(known.values())] @ direction).tolist(), strict=True))


@cache
def _feet(group: str, held: RhymeBook) -> tuple[tuple[str, int, int], ...]:
    """The feet counted in the group; those of every group of 平水韵 where the book is another, which has its own."""
    rows = _rows()[group] if held.name == PINGSHUI else " ".join(_rows().values())
    parts = (foot.split(":") for foot in rows.split())
    return tuple((char, int(fives), int(sevens)) for char, fives, sevens in parts)


@cache
def _rows() -> dict[str, str]:
    text = (files("yayun.retrieval") / "data" / "feet.tsv").read_text(encoding="utf-8")
    return dict(row.split("\t") for row in text.splitlines()[1:])
