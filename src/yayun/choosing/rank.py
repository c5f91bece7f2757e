"""How good a draft is beside its rivals: the sense a reader would find in it, images, tones kept.

``data/weights.tsv`` says what a unit of each feature is worth, in points of a reader's five, as
``scripts/fit_choosing.py`` fits it to labelled drafts. docs/choosing.md has what was tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from yayun.choosing.features import FEATURES, features
from yayun.lazy import lazy
from yayun.prosody.parallelism.couplet import couplet_parallelism
from yayun.script import to_simplified

if TYPE_CHECKING:
    import numpy as np

    from yayun.decoding.decode import Draft
    from yayun.prosody.forms.form import Form
else:
    np = lazy("numpy")

# Points that an image asked for, and a tone that a compound has spoilt, are worth beside sense.
IMAGE, BROKEN = 0.4, 100.0
# Points that a couplet wholly parallel is worth over one that is not at all, where a form owes it throughout.
PARALLEL = 3.0


def judge(title: str, imagery: Sequence[str], drafts: Sequence[Draft], form: Form | None = None) -> np.ndarray:
    """A score a draft, comparable among drafts of one title and form that have come equally far. Shape (drafts,).

    With a ``form`` that owes 对仗 beyond what the weights were fitted to (排律, 对联) that counts too.
    """
    if form is not None and form.genre == "词":
        score: np.ndarray = features(title, drafts, form.rhyming) @ _of_tunes()
    else:
        score = features(title, drafts) @ weights()
    score += np.array([d.impression for d in drafts])
    score -= BROKEN * np.array([d.broken for d in drafts])
    wanted = [to_simplified(w) for w in imagery]
    if wanted:
        texts = [to_simplified("|".join(d.lines)) for d in drafts]
        score += IMAGE * np.array([sum(w in text for w in wanted) for text in texts])
    if form is not None and form.parallel and form.short == "":
        score += PARALLEL * np.array([_parallelism(draft.lines, form) for draft in drafts])
    return score


def _parallelism(lines: Sequence[str], form: Form) -> float:
    """The mean parallelism (0..1) of the couplets that owe it, as far as they are there."""
    owing = [(lines[i], lines[k]) for i, k in form.parallel if k < len(lines)]
    return sum(couplet_parallelism(*pair) for pair in owing) / len(owing) if owing else 0.0


@cache
def _of_tunes() -> np.ndarray:
    """The weights without those of glue and numerals: 词 joins and counts where 诗 leaves out."""
    return np.where([name in ("glue", "numerals") for name in FEATURES], 0.0, weights())


@cache
def weights() -> np.ndarray:
    """Points a unit of each feature, shape (features,)."""
    text = (files("yayun.choosing") / "data" / "weights.tsv").read_text(encoding="utf-8")
    rows = dict(row.split("\t") for row in text.splitlines()[1:])
    return np.array([float(rows[name]) for name in FEATURES])
