"""The ablation: what each training stage is worth, with and without retrieval, writing freely.

Cells are sampled from their runs' models as they stand (no export), by the prompts of ``settle`` and ``prompt`` that
composing uses; what was sampled goes to one log, and rows are made from that log by the evaluation's own code. A cell
in the log needs no model any more.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from yayun.backends.options import Options
from yayun.brief import Brief
from yayun.choosing.rank import judge
from yayun.composing.settle import settle
from yayun.decoding.decode import Draft
from yayun.decoding.embedded import parse_completion
from yayun.errors import YayunError
from yayun.evaluation.bench import Request, ask
from yayun.evaluation.rows import Row
from yayun.evaluation.samples import Answer, Run, read_log, runs
from yayun.evaluation.table import Wanted, _rows
from yayun.lazy import lazy
from yayun.progress import bar
from yayun.prompts.order import conditions
from yayun.prompts.prompt import prompt_tokens
from yayun.prosody.review import review
from yayun.recipe import Strict
from yayun.training.origins import open_origin
from yayun.training.rewards import SPOILS
from yayun.training.rollout import generate

if TYPE_CHECKING:
    import torch
else:
    torch = lazy("torch")

BACKEND = "torch"
WITH_RAG = " + 检索"


class Cell(Strict):
    """A stage: its ``name`` in the table, its run or model folder, and how many answers to each request (the best of
    which by the rules and then by ``rank`` makes a further row, where there are several). ``temperature``, ``top_p``:
    other than the recipe's, to show what they trade."""

    name: str
    model: str
    answers: Annotated[int, Field(gt=0)] = 1
    temperature: Annotated[float, Field(gt=0)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None


class AblationRecipe(Strict):
    """``limit`` requests of the benchmark, evenly spread (0: all), answered by every cell with and without retrieval
    at one temperature; ``shown``: samples written out as they came."""

    name: str
    cells: tuple[Cell, ...]
    limit: int = 0
    temperature: Annotated[float, Field(gt=0)] = 0.8
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    seed: int = 0
    tokens: int = 140
    shown: int = 10
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """A poem as the log keeps it."""

    title: str
    lines: tuple[str, ...]
    seconds: float
    seed: int
    tune: str = ""
    variant: str = ""


# Texts of completions for prompts (tokens), with a seed.
Sampler = Callable[[Sequence[Sequence[str]], int], Sequence[str]]


def fill(recipe: AblationRecipe, requests: Sequence[Request], log: Path, find: Callable[[str], Path | None]) -> None:
    """Sample what the log lacks. ``find`` gives a run's folder; where there is none the log must have the cell.

    Raises YayunError where it has not.
    """
    for cell in recipe.cells:
        folder = find(cell.model)
        if folder is None:
            if not all(_complete(recipe, cell, rag, requests, log) for rag in (False, True)):
                raise YayunError(f"找不到 {cell.name} 的模型 {cell.model},记录里也没有它的诗:请先训练它。")
            continue
        temperature = cell.temperature or recipe.temperature
        sampler, weights = torch_sampler(folder, recipe, temperature, cell.top_p or recipe.top_p)
        for rag in (False, True):
            run = Run(BACKEND, f"{cell.name}@{weights}", "free", rag, temperature, recipe.seed)
            options = Options(mode="free", rag=rag, seed=recipe.seed, temperature=temperature)
            with bar(cell.name + WITH_RAG * rag, cell.answers * len(requests), passing=True) as step:
                ask(requests, options, run, log, composer(sampler), range(cell.answers), step)


def _complete(recipe: AblationRecipe, cell: Cell, rag: bool, requests: Sequence[Request], log: Path) -> bool:
    have = {
        (a.index, a.answer)
        for a in read_log(log)
        if cell_of(a.run) == cell.name and a.run.rag == rag and a.run.seed == recipe.seed
    }
    return all((r.index, n) in have for r in requests for n in range(cell.answers))


def shown(
    recipe: AblationRecipe, requests: Sequence[Request], sampler: Sampler, rag: bool = True
) -> list[dict[str, str]]:
    """Some requests, evenly spread, with what the model answered, as it came."""
    picked = [requests[i * len(requests) // recipe.shown] for i in range(recipe.shown)]
    options = Options(mode="free", rag=True, seed=recipe.seed, temperature=recipe.temperature)
    orders = [settle(r.brief, recipe.seed + r.index, options).orders[0] for r in picked]
    texts = sampler([prompt_of(order) for order in orders], recipe.seed)
    return [{"request": r.text, "text": text} for r, text in zip(picked, texts, strict=True)]


def cell_of(run: Run) -> str:
    """The cell's name."""
    return run.model.rpartition("@")[0]


def composer(sampler: Sampler) -> Callable[[Sequence[Brief], Options], list[Any]]:
    """A composer for ``ask``: the bare model, one completion a brief, as it comes."""

    def compose(briefs: Sequence[Brief], options: Options) -> list[Any]:
        assert options.seed is not None
        settled = [settle(brief, options.seed + i, options) for i, brief in enumerate(briefs)]
        started = time.perf_counter()
        texts = sampler([prompt_of(s.orders[0]) for s in settled], options.seed)
        seconds = (time.perf_counter() - started) / len(briefs)
        found: list[Any] = []
        for one, text in zip(settled, texts, strict=True):
            lines = parse_completion(text, 0.0).lines
            verse = Written(one.title, lines, round(seconds, 4), one.seed)
            found.append(verse if lines else YayunError("没有写出诗句。"))
        return found

    return compose


def prompt_of(order: Any) -> list[str]:
    """The tokens of an order's prompt."""
    return prompt_tokens(conditions(order))


def torch_sampler(folder: Path, recipe: AblationRecipe, temperature: float, top_p: float) -> tuple[Sampler, str]:
    """A sampler of the model in ``folder``, and eight hex digits of its weights."""
    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    model, tokenizer = open_origin(str(folder))
    model.eval()
    digest = hashlib.sha256(model.get_input_embeddings().weight.detach().numpy().tobytes()).hexdigest()[:8]

    def sample(prompts: Sequence[Sequence[str]], seed: int) -> list[str]:
        ids = [tokenizer.convert_tokens_to_ids(list(prompt)) for prompt in prompts]
        found = generate(
            model,
            ids,
            temperature=temperature,
            top_p=top_p,
            limit=recipe.tokens,
            end=tokenizer.eos_token_id,
            pad=tokenizer.pad_token_id,
            seed=seed,
        )
        return [tokenizer.decode(one) for one in found]

    return sample, digest


def rows_of(log: Path, order: Sequence[str], wanted: Wanted) -> Iterator[tuple[str, Row]]:
    """The table, each row with its cell's name: a row a cell and retrieval, in the order of the cells; of a cell with
    several answers the first of each request, then the best of all. Of a cell trained twice the later weights count.
    """
    grouped = {(cell_of(run), run.rag): found for run, found in runs(read_log(log)) if run.backend == BACKEND}
    for name in order:
        for rag in (False, True):
            answers = grouped.get((name, rag))
            if not answers:
                continue
            label = name + WITH_RAG * rag
            samples = {label: [a.sample() for a in answers if a.answer == 0]}
            several = 1 + max(a.answer for a in answers)
            if several > 1:
                samples[f"{label},{several} 选 1"] = [a.sample() for a in best_of(answers)]
            for title, found in samples.items():
                for row in _rows(title, found, wanted, kind="内置模型"):
                    yield name, row


def best_of(answers: Sequence[Answer]) -> list[Answer]:
    """The best answer to each request: one that keeps the rules before one that doesn't, then by
    ``choosing.rank`` (likelihoods are not in a log)."""
    by_request: dict[tuple[int, str], list[Answer]] = {}
    for answer in answers:
        by_request.setdefault((answer.index, answer.request), []).append(answer)
    return [_best(group) for group in by_request.values()]


def _best(group: Sequence[Answer]) -> Answer:
    written = [a for a in group if len(a.lines) > 1]
    if not written:
        return group[0]
    passing = [a for a in written if review(a.lines, form=a.form, rhyme=a.rhyme).passed] or written
    drafts = [Draft(a.lines, (), (), 0.0) for a in passing]
    scores = judge(passing[0].title, (), drafts)
    return passing[int(scores.argmax())]


def trained_on(weights: dict[str, float]) -> frozenset[str]:
    """The measures that a run's reward weights have spoilt as evidence."""
    return frozenset(measure for name, weight in weights.items() if weight for measure in SPOILS.get(name, ()))


def marked(row: Row, spoilt: frozenset[str]) -> Row:
    """The row with the role of the measures it was trained on set right, and a mark on its name."""
    if not spoilt:
        return row
    quality = tuple(
        replace(found, measure=replace(found.measure, role="reward")) if found.measure.name in spoilt else found
        for found in row.quality
    )
    return replace(row, name=row.name + " †", quality=quality)
