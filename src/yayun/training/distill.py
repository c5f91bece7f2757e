"""Distillation: the rows a cold start is trained on, from real poems, from the model's own
guided verse, or from a teacher, every one past the verifier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field

from yayun.corpus.store import read_poems
from yayun.errors import YayunError
from yayun.journal import write_rows
from yayun.progress import bar
from yayun.prosody.forms.regulated import FORMS
from yayun.recipe import Strict
from yayun.training.own_verse import Guided, write_verse
from yayun.training.recipe import keep_recipe
from yayun.training.traces import Style, TraceMix, draw_conditions, row_of, trace_of

if TYPE_CHECKING:
    from yayun.training.samples import Sample

ROWS = "rows.jsonl"


class Teacher(Strict):
    """An OpenAI-compatible server that writes the traces; the key comes from the environment alone.

    ``tries``: completions of one request before it is given up; ``per_minute``, ``max_calls`` (of one run) and
    ``longest_think`` (characters of reasoning a row may have) 0: no limit. It is always told the whole instruction.
    """

    base_url: str
    model: str = ""
    workers: Annotated[int, Field(gt=0)] = 8
    per_minute: int = 0
    max_calls: int = 0
    max_tokens: int = 8192
    retries: int = 5
    temperature: float = 0.6
    top_p: float = 0.95
    longest_think: int = 4000
    tries: Annotated[int, Field(gt=0)] = 2
    silence: float = 120.0  # seconds without a byte
    whole: float = 1200.0  # seconds a completion may take


class DistillRecipe(Strict):
    """``size``: rows after filtering, spread evenly over the forms (of ``guided``: requests). Sets of one seed are
    nested: a smaller one is the beginning of a larger one's forms. ``style``: the embedded model's compact request, or
    the whole instruction."""

    name: str
    source: Literal["corpus", "guided", "teacher"] = "corpus"
    size: Annotated[int, Field(gt=0)] = 4000
    seed: int = 1
    style: Style = "compact"
    mix: TraceMix = TraceMix()
    guided: Guided = Guided()
    teacher: Teacher | None = None
    limit_poems: int = 0


def distill(recipe: DistillRecipe, folder: Path) -> Path:
    """Build the set in ``folder``; returns its file, ``rows.jsonl``."""
    if recipe.source == "corpus":
        return from_corpus(recipe, folder)
    if recipe.source == "guided":
        return from_guided(recipe, folder)
    if recipe.teacher is None:
        raise YayunError("source: teacher 要在配方里写明 teacher 的 base_url 与 model。")
    from yayun.training.teacher import from_teacher

    return from_teacher(recipe, recipe.teacher, folder)


def from_corpus(recipe: DistillRecipe, folder: Path) -> Path:
    """Rows from regular Tang poems of the training split."""
    rows: list[dict[str, Any]] = []
    with bar("distill", recipe.size) as progress:
        for row in corpus_rows(recipe):
            rows.append(row)
            if len(rows) % 50 == 0:
                progress(len(rows), {"form": row["meta"]["form"]})
        progress(len(rows), dict(Counter(row["meta"]["form"] for row in rows)))
    if not rows:
        raise YayunError("语料里没有找到合律的诗:请先运行 yayun corpus fetch,或放宽配方里的 limit_poems。")
    write_rows(folder / ROWS, rows)
    return folder / ROWS


def from_guided(recipe: DistillRecipe, folder: Path) -> Path:
    """Rows from verse that the embedded model wrote within the rules; its poems are kept beside them.

    Raises YayunError where the folder was begun with another recipe: the requests of another size are others.
    """
    keep_recipe(recipe, folder)
    verse = write_verse(recipe.guided, recipe.size, recipe.seed, folder)
    write_rows(folder / ROWS, list(_rows_of(verse, recipe)))
    return folder / ROWS


def corpus_rows(recipe: DistillRecipe) -> Iterator[dict[str, Any]]:
    """The rows, the forms by turns until one runs out, then the others; the same for a recipe always."""
    queues = {form: _rows_of(samples, recipe) for form, samples in shuffled_samples(recipe).items()}
    count = 0
    while queues:
        for form in list(queues):
            row = next(queues[form], None)
            if row is None:
                del queues[form]
                continue
            yield row
            count += 1
            if count == recipe.size:
                return


def shuffled_samples(recipe: DistillRecipe) -> dict[str, Iterator[Sample]]:
    """Tang poems of the training split by form, in an order drawn by the seed; labelled as they are taken."""
    from yayun.training.samples import to_sample, word_salience

    poems = [p for p in read_poems() if p.split == "train" and p.form]
    poems = poems[: recipe.limit_poems] if recipe.limit_poems else poems
    salience = word_salience(poems)
    rng = np.random.default_rng([recipe.seed, 5])
    found: dict[str, Iterator[Sample]] = {}
    for form in FORMS:
        of_form = [p for p in poems if p.form == form and p.dynasty == "唐"]
        order = [of_form[i] for i in rng.permutation(len(of_form))]
        found[form] = (to_sample(poem, salience) for poem in order)
    return found


def _rows_of(samples: Iterable[Sample], recipe: DistillRecipe) -> Iterator[dict[str, Any]]:
    for sample in samples:
        trace = trace_of(sample)
        if trace is not None:
            yield row_of(trace, draw_conditions(trace, recipe.mix, recipe.seed), recipe.style)
