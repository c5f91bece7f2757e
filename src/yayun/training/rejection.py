"""Rejection sampling: the baseline that GRPO has to beat. Several completions a request, the best faultless one kept as
a row to fine-tune on, in the format of ``distill``'s sets.

A completion is kept where the strict review passes in the form, group and pattern asked for, it keeps its own plan, no
line is in the corpus, and no character comes in two lines; of several the one that ``rank`` puts first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from yayun.choosing.rank import judge
from yayun.decoding.decode import Draft
from yayun.errors import YayunError
from yayun.journal import read_rows, whole_lines, write_in_batches, write_rows
from yayun.lazy import lazy
from yayun.measures.repetition import repeated_share
from yayun.prosody.review import Review, review
from yayun.recipe import Strict
from yayun.retrieval.novelty import is_corpus_line
from yayun.training.distill_recipe import ROWS
from yayun.training.origins import open_origin
from yayun.training.requests import Asking, Request, draw
from yayun.training.rewards import Poem, keeps_plan, poems_of
from yayun.training.rollout import prompt_ids, sample
from yayun.training.traces import Style, verdict

if TYPE_CHECKING:
    import torch
else:
    torch = lazy("torch")

DRAWN = "drawn.jsonl"  # a row a request, kept or not: what resuming goes on from
Positive = Annotated[int, Field(gt=0)]


class RejectionRecipe(Strict):
    """``samples`` completions of each of ``requests`` requests by ``model`` (as in ``grpo``), ``together`` requests at
    once; ``plan``: the share of its plan (``rewards.keeps_plan``) that a kept poem keeps at least. As GRPO at equal
    sampling: requests x samples = steps x prompts x samples."""

    name: str
    model: str = ""
    style: Style = "compact"
    seed: int = 2
    requests: Positive = 2400
    samples: Positive = 16
    together: Positive = 8
    temperature: Annotated[float, Field(gt=0)] = 1.0
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    limit: Positive = 140
    plan: Annotated[float, Field(ge=0, le=1)] = 0.8
    asking: Asking = Asking()
    threads: int = 0


def reject(recipe: RejectionRecipe, folder: Path) -> Path:
    """Sample and choose; returns the set, ``rows.jsonl``. Called again it goes on where it was stopped.

    Raises YayunError where no request has a completion to keep.
    """
    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    if len(whole_lines(folder / DRAWN)) < recipe.requests:
        model, tokenizer = open_origin(recipe.model)
        model.eval()

        def choose(start: int, part: Sequence[Request]) -> Iterator[dict[str, Any]]:
            for i, row in enumerate(_batch(recipe, model, tokenizer, part, start), start):
                yield {"request": i, "row": row}

        asked = draw(recipe.requests, recipe.asking, recipe.seed, recipe.together, recipe.style)
        write_in_batches(folder / DRAWN, asked, recipe.together, choose, "rejection")
    rows = [row["row"] for row in read_rows(folder / DRAWN) if row["row"] is not None]
    if not rows:
        raise YayunError("没有一首合用的诗:请先做监督微调,或放宽配方里的 plan、加大 samples。")
    write_rows(folder / ROWS, rows)
    return folder / ROWS


def _batch(
    recipe: RejectionRecipe, model: Any, tokenizer: Any, asked: Sequence[Request], start: int
) -> Iterator[dict[str, Any] | None]:
    """A row for each request, None where nothing is fit to keep."""
    talks = [request.messages(recipe.style) for request in asked]
    found = sample(
        model,
        [prompt for prompt in prompt_ids(tokenizer, talks) for _ in range(recipe.samples)],
        temperature=recipe.temperature,
        top_p=recipe.top_p,
        limit=recipe.limit,
        end=tokenizer.eos_token_id,
        pad=tokenizer.pad_token_id,
        seed=hash((recipe.seed, start)) % 2**63,
    )
    for i, request in enumerate(asked):
        group = found[i * recipe.samples : (i + 1) * recipe.samples]
        whole = [c for c in group if c.ids[-1] == tokenizer.eos_token_id]
        texts = [tokenizer.decode(c.ids[:-1]) for c in whole]
        likelihoods = [sum(c.logprobs) / len(c.logprobs) for c in whole]
        yield best_row(request, talks[i], texts, likelihoods, recipe)


def best_row(
    request: Request,
    talk: list[dict[str, str]],
    texts: Sequence[str],
    likelihoods: Sequence[float],
    recipe: RejectionRecipe,
) -> dict[str, Any] | None:
    """The training row of the best of a request's completions that have no fault; None where all have."""
    columns = {"form": [request.form] * len(texts), "rhyme": [request.rhyme] * len(texts)}
    plans = keeps_plan(texts, texts, **columns)
    fit: list[tuple[str, Poem, float, Review]] = []
    for text, poem, likelihood, kept in zip(texts, poems_of(texts, columns), likelihoods, plans, strict=True):
        if kept >= recipe.plan and (found := _faultless(poem, request)) is not None:
            fit.append((text, poem, likelihood, found))
    if not fit:
        return None
    drafts = [Draft(poem.lines, poem.plan.imagery, poem.plan.feet, likelihood) for _, poem, likelihood, _ in fit]
    scores = judge(request.title, request.imagery, drafts)
    text, poem, _, found = fit[int(scores.argmax())]
    meta = {
        "source": "rejection", "title": request.title, "form": request.form, "rhyme": request.rhyme,
        "pattern": found.pattern, "theme": poem.plan.theme, "retrieved": bool(request.feet), "sampled": len(texts),
        "faultless": len(fit), "verdict": verdict(found),
    }  # fmt: skip
    return {"messages": [*talk, {"role": "assistant", "content": text}], "meta": meta}


def _faultless(poem: Poem, request: Request) -> Review | None:
    """The review of a poem that may be kept."""
    if not any(poem.lines) or any(map(is_corpus_line, poem.lines)) or repeated_share(poem.folded) > 0:
        return None
    found = review(poem.lines, form=request.form, rhyme=request.rhyme, pattern=request.pattern)
    return found if found.passed else None
