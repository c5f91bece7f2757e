"""The random baseline: characters drawn by how often the corpus uses them, in the shape that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from yayun.evaluation.bench import Request
from yayun.evaluation.samples import Sample
from yayun.lazy import lazy
from yayun.prosody import tables
from yayun.prosody.forms.regulated import FORMS

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy("numpy")

DEFAULT_FORM = "五绝"


def random_samples(requests: Sequence[Request], seed: int = 0) -> list[Sample]:
    """One random text for each request; the same seed gives the same texts."""
    rng = np.random.default_rng(seed)
    characters, shares = _frequencies()
    found = []
    for request in requests:
        form = request.brief.form or DEFAULT_FORM
        width, count = FORMS[form]
        drawn = rng.choice(len(characters), size=(count, width), p=shares)
        lines = tuple("".join(characters[i] for i in line) for line in drawn.tolist())
        key = f"{request.index}:{request.text}"
        found.append(Sample(lines, request.brief.title, form, request.brief.rhyme, key))
    return found


@cache
def _frequencies() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """The rhyme book's characters and their shares of the corpus (``uses`` in ``prosody/data/rhymebook.tsv``)."""
    uses = {char: max(int(row.split("\t")[3]) for row in rows) for char, rows in tables.rhymebook().items()}
    total = sum(uses.values())
    return tuple(uses), tuple(count / total for count in uses.values())
