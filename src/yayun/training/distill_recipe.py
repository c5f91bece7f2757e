"""What a distillation is told: where the rows come from, how many, and the teacher if there is one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from yayun.recipe import Strict
from yayun.training.own_verse import Guided
from yayun.training.traces import Style, TraceMix

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
