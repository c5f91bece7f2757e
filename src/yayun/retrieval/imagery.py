"""Imagery that goes with a title, how well verse goes with one, and characters set against one another.

Read from co-occurrence in the training split (``retrieval.space``) and from the middle couplets of Tang octaves
(``data/parallels.tsv``); both built by ``scripts/build_retrieval.py``.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from yayun.lazy import lazy
from yayun.retrieval.novelty import fold_line
from yayun.retrieval.space import sides, title_vector
from yayun.retrieval.units import title_units, verse_units

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy("numpy")

# A frequent image is preferred to a rare one that is closer by this much a nat of frequency.
_FREQUENCY = 0.04
# Words further than this from a title have nothing to do with it; then single characters are taken.
_CLOSE = 0.35
# How much a poem gains by naming what its title names.
_NAMING = 0.3
# Words of grammar are no images, nor are words made with one.
_GRAMMAR = frozenset(
    "不無未非莫勿休何誰孰此彼其之乎者也矣焉哉而則與及且若如似猶亦又還更已曾將欲應當須可能得使令教為是有在從自相我吾余予君汝爾"
    "他所以於因惟唯只但豈皆都俱各每却忽纔誠須堪肯敢便即然雖尚幾多甚最共同"
)


def imagery_for(title: str, limit: int = 8) -> tuple[str, ...]:
    """Up to ``limit`` images (traditional script) that go with a title or theme in any script, the best first.

    Two-character images first, then single characters where there are not enough; no character comes twice, and the
    title's own words are left out. Empty when nothing in the title is known.
    """
    direction = title_vector(title)
    if direction is None:
        return ()
    verse = sides()[1]
    closeness = verse.vectors @ direction
    ranks = closeness - _FREQUENCY * verse.weights
    own = set(title_units(title))
    used: set[str] = set()
    found: list[str] = []
    close = np.flatnonzero(closeness >= _CLOSE)
    ranked = [verse.units[row] for row in close[np.argsort(-ranks[close], kind="stable")].tolist()]
    for unit in sorted(ranked, key=len, reverse=True):
        if len(found) >= limit:
            break
        if used.intersection(unit) or not is_image(unit) or fold_line(unit) in own:
            continue
        used |= set(unit)
        found.append(unit)
    return tuple(found)


def is_image(unit: str) -> bool:
    """Can a word or character (traditional) be an image? Words of grammar can't, nor doubled characters (耿耿)."""
    return _GRAMMAR.isdisjoint(unit) and len(set(unit)) == len(unit)


def association(title: str, text: str) -> float:
    """How well a line or a poem (any script, any punctuation) goes with a title: -1 to 1.3, 0 when nothing is known.

    The cosine of the two in the common space, and 0.3 times the (weighted) share of the title's units the text names.
    """
    direction = title_vector(title)
    titles, verse = sides()
    words = verse_units(text)
    rows = verse.rows(words)
    if direction is None or not rows:
        return 0.0
    total = verse.total(rows)
    length = float(np.linalg.norm(total))
    closeness = float(total @ direction) / length if length else 0.0
    units, named = titles.rows(title_units(title)), titles.rows(set(title_units(title)).intersection(words))
    whole = float(titles.weights[units].sum())
    return closeness + (_NAMING * float(titles.weights[named].sum()) / whole if whole else 0.0)


def parallels(char: str, limit: int = 12) -> tuple[str, ...]:
    """Characters (traditional) Tang poets set against ``char`` (any script) in middle couplets, the most telling first.

    At most 12 are known of a character; empty for one that is hardly ever used there.
    """
    return tuple(_parallels().get(fold_line(char), "")[:limit])


@cache
def _parallels() -> dict[str, str]:
    text = (files("yayun.retrieval") / "data" / "parallels.tsv").read_text(encoding="utf-8")
    rows = [row.split("\t") for row in text.splitlines()[1:]]
    # Commonest first: of two characters folded together, the commoner one is meant.
    return {fold_line(char): others for char, others in reversed(rows)}
