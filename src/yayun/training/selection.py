"""Which checkpoint to use: by what it writes on requests it has not seen, not by its loss.

For every request a group of completions is sampled. ``pass_at_group``: the share of requests with one that keeps every
rule; ``pass_rate``: the share of single completions that do. A checkpoint that only learnt to be regular loses on
``theme``, the mean association of the poems with their titles (the measure drafts are ranked by when composing).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from yayun.prompts.answer import read_answer
from yayun.prompts.prompt import read_plan
from yayun.prosody.forms.regulated import FORMS
from yayun.prosody.review import review
from yayun.recipe import Strict
from yayun.retrieval.imagery import association
from yayun.retrieval.novelty import is_corpus_line
from yayun.training.requests import Asking, Request
from yayun.training.rollout import generate, prompt_ids
from yayun.training.traces import Style


class Selection(Strict):
    """``prompts`` requests drawn by ``asking``, ``samples`` completions each; ``limit``: tokens a completion may
    take. ``seed`` is apart from those that training draws its requests by."""

    prompts: Annotated[int, Field(gt=0)] = 64
    samples: Annotated[int, Field(gt=0)] = 8
    temperature: float = 0.8
    top_p: float = 1.0
    limit: int = 140
    asking: Asking = Asking()
    seed: int = 90_001


@dataclass(frozen=True, slots=True)
class Judged:
    """One completion. ``feet_kept``: the feet planned are the feet written."""

    passed: bool
    theme: float
    feet_kept: bool
    lines: tuple[str, ...]


# Completions (text) of prompts given as conversations.
Sampler = Callable[[Sequence[list[dict[str, str]]]], Sequence[str]]


def measure(settings: Selection, asked: Sequence[Request], style: Style, sample: Sampler) -> dict[str, Any]:
    """The figures of the checkpoint that ``sample`` draws from, and ``score``, by which the checkpoint is chosen."""
    talks = [talk for talk in (request.messages(style) for request in asked) for _ in range(settings.samples)]
    texts = sample(talks)
    judged = [judge(text, asked[i // settings.samples]) for i, text in enumerate(texts)]
    return summary(judged, settings.samples)


def summary(judged: Sequence[Judged], size: int) -> dict[str, Any]:
    """Figures over groups of ``size``."""
    groups = [judged[i : i + size] for i in range(0, len(judged), size)]
    pairs = [line[i : i + 2] for j in judged for line in j.lines for i in range(len(line) - 1)]
    pass_at_group = sum(any(j.passed for j in group) for group in groups) / len(groups)
    pass_rate = sum(j.passed for j in judged) / len(judged)
    theme = sum(j.theme for j in judged) / len(judged)
    return {
        "score": round(pass_at_group + pass_rate + theme, 4),
        "pass_at_group": round(pass_at_group, 4),
        "pass_rate": round(pass_rate, 4),
        "theme": round(theme, 4),
        "feet_kept": round(sum(j.feet_kept for j in judged) / len(judged), 4),
        "distinct_bigrams": round(len(set(pairs)) / max(1, len(pairs)), 4),
        "n": len(judged),
    }


def judge(text: str, asked: Request) -> Judged:
    """A completion against its request. Passing is keeping every rule, in the form, group and pattern asked for, with
    no line of the corpus."""
    width, count = FORMS[asked.form]
    answer = read_answer(text, width, count)
    if not answer.lines:
        return Judged(False, 0.0, False, ())
    found = review(answer.lines, form=asked.form, rhyme=asked.rhyme, pattern=asked.pattern)
    plan = read_plan(answer.think)
    return Judged(
        passed=found.passed and not any(map(is_corpus_line, answer.lines)),
        theme=association(asked.title, "".join(answer.lines)),
        feet_kept=bool(plan.feet) and plan.feet == _feet(answer.lines, plan.pattern),
        lines=answer.lines,
    )


def _feet(lines: Sequence[str], pattern: str | None) -> tuple[str, ...]:
    """The ends of the lines that rhyme in a pattern of this name."""
    first = lines[:1] if pattern and pattern.endswith("首句入韵") else ()
    return tuple(line[-1] for line in (*first, *lines[1::2]))


def sampler(model: Any, tokenizer: Any, settings: Selection) -> Sampler:
    """Completions of a model in memory, by the tokenizer's chat template."""

    def sample(talks: Sequence[list[dict[str, str]]]) -> list[str]:
        was_training = model.training
        model.eval()
        completions = generate(
            model,
            prompt_ids(tokenizer, talks),
            temperature=settings.temperature,
            top_p=settings.top_p,
            limit=settings.limit,
            end=tokenizer.eos_token_id,
            pad=tokenizer.pad_token_id,
            seed=settings.seed,
        )
        model.train(was_training)
        return [tokenizer.decode(ids) for ids in completions]

    return sample
