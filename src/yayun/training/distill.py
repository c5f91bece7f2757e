"""Distillation: the rows a cold start is trained on, from real poems, from the model's own
guided verse, or from a teacher, every one past the verifier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from yayun.errors import YayunError
from yayun.journal import write_rows
from yayun.progress import bar
from yayun.training.distill_recipe import ROWS, DistillRecipe
from yayun.training.own_verse import write_verse
from yayun.training.recipe import keep_recipe
from yayun.training.samples import Sample, shuffled_samples
from yayun.training.teacher import from_teacher
from yayun.training.traces import draw_conditions, row_of, trace_of


def distill(recipe: DistillRecipe, folder: Path) -> Path:
    """Build the set in ``folder``; returns its file, ``rows.jsonl``."""
    if recipe.source == "corpus":
        return from_corpus(recipe, folder)
    if recipe.source == "guided":
        return from_guided(recipe, folder)
    if recipe.teacher is None:
        raise YayunError("source: teacher 要在配方里写明 teacher 的 base_url 与 model。")
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
    queues = {
        form: _rows_of(samples, recipe) for form, samples in shuffled_samples(recipe.seed, recipe.limit_poems).items()
    }
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


def _rows_of(samples: Iterable[Sample], recipe: DistillRecipe) -> Iterator[dict[str, Any]]:
    for sample in samples:
        trace = trace_of(sample)
        if trace is not None:
            yield row_of(trace, draw_conditions(trace, recipe.mix, recipe.seed), recipe.style)
