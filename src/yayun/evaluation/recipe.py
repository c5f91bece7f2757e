"""An evaluation as a recipe: one backend, and the cells of the table it is to fill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from yayun.backends.options import Options
from yayun.backends.registry import Choice, choose_backend
from yayun.evaluation.bench import read_requests
from yayun.evaluation.rows import Row
from yayun.evaluation.table import Wanted, bench_rows, default_log
from yayun.recipe import Strict


class Cell(Strict):
    """``mode``: guided (with repair) or the bare model; ``rag``: with what is retrieved, or without."""

    mode: Literal["free", "guided"]
    rag: bool


class EvaluateRecipe(Strict):
    """``backend`` and its companions as on the command line; ``count`` answers a request; ``limit`` requests, evenly
    spread (0: all)."""

    name: str
    requests: Path
    backend: str = "embedded"
    base_url: str | None = None
    model: str | None = None
    max_calls: Annotated[int, Field(gt=0)] | None = None
    seed: int = 0
    temperature: Annotated[float, Field(gt=0)] = 0.8
    count: Annotated[int, Field(gt=0)] = 1
    limit: Annotated[int, Field(ge=0)] = 0
    profiles: tuple[Literal["paper", "strict"], ...] = ("paper", "strict")
    quality: bool = False
    cells: Annotated[tuple[Cell, ...], Field(min_length=1)]

    def asked(self) -> Choice:
        """The backend. Raises YayunError where it can't be used."""
        return choose_backend(self.backend, self.base_url, self.model, self.max_calls)


def recipe_rows(recipe: EvaluateRecipe, log: Path | None = None) -> Iterator[Row]:
    """A row a cell and profile; answers that the log has are not asked for again."""
    requests = read_requests(recipe.requests, recipe.limit or None)
    wanted = Wanted(recipe.profiles, recipe.quality, recipe.limit or None)
    for cell in recipe.cells:
        options = Options(mode=cell.mode, rag=cell.rag, seed=recipe.seed, temperature=recipe.temperature)
        kept = log or default_log(recipe.requests)
        yield from bench_rows(requests, options, kept, wanted, recipe.count, backend=recipe.asked())
