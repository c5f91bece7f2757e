"""The batches of a run in their order, from wherever it stands, made ahead of need."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from yayun.training.batches import POOL, Batch, batches_of_pool, order_of_pass
from yayun.training.recipe import PretrainRecipe
from yayun.training.samples import Sample

AHEAD = 4  # batches that wait while one is learnt


@dataclass(frozen=True, slots=True)
class Position:
    """Where a run is: the phase, the pass over its mix, the pool of the pass, the batch of the pool, and totals of
    tokens."""

    phase: int = 0
    number: int = 0
    pool: int = 0
    batch: int = 0
    phase_tokens: int = 0
    tokens: int = 0

    def after(self, batch: Batch) -> Position:
        """One batch on."""
        real = batch.real
        return replace(self, batch=self.batch + 1, phase_tokens=self.phase_tokens + real, tokens=self.tokens + real)


def stream(
    recipe: PretrainRecipe, samples: Sequence[Sample], ids: dict[str, int], position: Position
) -> Iterator[tuple[Batch, Position]]:
    """Batches from ``position`` on, each with the position after it; ends after the last phase."""
    while position.phase < len(recipe.phases):
        phase = recipe.phases[position.phase]
        seed = recipe.seed * 100 + position.phase
        order = order_of_pass(samples, phase.mix, seed, position.number)
        while position.pool * POOL < len(order) and position.phase_tokens < phase.tokens:
            part = order[position.pool * POOL : (position.pool + 1) * POOL]
            keys = (seed, position.number, position.pool)
            for batch in batches_of_pool(samples, part, ids, phase.mix, recipe.batch_tokens, keys)[position.batch :]:
                position = position.after(batch)
                yield batch, position
                if position.phase_tokens >= phase.tokens:
                    break
            else:
                position = replace(position, pool=position.pool + 1, batch=0)
        if position.phase_tokens < phase.tokens:
            position = replace(position, number=position.number + 1, pool=0, batch=0)
        else:
            position = Position(phase=position.phase + 1, tokens=position.tokens)


T = TypeVar("T")


def ahead(items: Iterator[T], depth: int = AHEAD) -> Iterator[T]:
    """The same items, made by a thread while the caller is busy; what goes wrong there is raised here."""
    ready: queue.Queue[tuple[bool, T | BaseException | None]] = queue.Queue(depth)
    stopped = threading.Event()

    def put(item: tuple[bool, T | BaseException | None]) -> None:
        while not stopped.is_set():
            try:
                return ready.put(item, timeout=0.5)
            except queue.Full:
                continue

    def make() -> None:
        try:
            for item in items:
                put((True, item))
                if stopped.is_set():
                    return
            put((False, None))
        except BaseException as error:  # handed over whole
            put((False, error))

    threading.Thread(target=make, daemon=True).start()
    try:
        while True:
            more, item = ready.get()
            if not more:
                if isinstance(item, BaseException):
                    raise item
                return
            yield item  # type: ignore[misc]
    finally:
        stopped.set()
