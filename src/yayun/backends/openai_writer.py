"""The writer behind any OpenAI-compatible server: hosted APIs, vLLM, llama.cpp, Ollama, ``transformers serve``.

``OpenAIWriter`` stands beside ``EmbeddedWriter``: the same ``name`` and ``free(orders, sampling, rng) -> drafts``. Such
a model can't be masked, so guided mode is ``yayun.mending.repair``'s verify-and-repair loop over ``converse``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from queue import Empty, Queue
from typing import TYPE_CHECKING, TypeVar

from yayun.brief import Brief
from yayun.decoding.decode import Draft
from yayun.errors import YayunError
from yayun.prompts.answer import read_answer
from yayun.prompts.instruction import Message, Retrieved, in_script, messages, retrieve
from yayun.prompts.order import written
from yayun.servers.chat import ChatClient
from yayun.servers.wire import Completion, Listener

if TYPE_CHECKING:
    import numpy as np

    from yayun.decoding.decode import Draft
    from yayun.decoding.options import Sampling
    from yayun.mending.diagnosis import Task
    from yayun.prompts.order import Order

Job = TypeVar("Job")
Result = TypeVar("Result")


class OpenAIWriter:
    """Writes through ``client``, ``workers`` requests at once; ``rag`` puts retrieved characters in the prompt."""

    name = "openai"

    def __init__(self, client: ChatClient, workers: int = 4, rag: bool = True) -> None:
        self.client, self.workers, self.rag = client, workers, rag

    def converse(
        self, talk: Sequence[Message], sampling: Sampling, seed: int | None = None, listen: Listener | None = None
    ) -> Completion:
        """One completion of a conversation; ``listen`` is told of each piece as it comes."""
        return self.client.complete(
            talk, temperature=sampling.temperature, top_p=sampling.top_p, seed=seed, listen=listen
        )

    def draft(
        self, task: Task, sampling: Sampling, seed: int | None = None, listen: Listener | None = None
    ) -> Completion:
        """The first draft, as any completion: behind a server nothing can be masked."""
        return self.converse(messages(task.asked, task.pattern, task.rhyme, task.retrieved), sampling, seed, listen)

    def free(self, orders: Sequence[Order], sampling: Sampling, rng: np.random.Generator) -> list[Draft]:
        """One unaided completion an order, in traditional script, as the embedded writer gives it.

        Raises the first order's YayunError that failed, after the others are done; ``each`` keeps what is done.
        """
        drafts: dict[int, Draft] = {}
        for i, result in self.each(orders, sampling, rng):
            if isinstance(result, YayunError):
                raise result
            drafts[i] = result
        return [drafts[i] for i in range(len(orders))]

    def each(
        self, orders: Sequence[Order], sampling: Sampling, rng: np.random.Generator
    ) -> Iterator[tuple[int, Draft | YayunError]]:
        """(index, draft or the error that stopped it) as they come; leaving the loop, or Ctrl-C, starts no more."""
        seeds = rng.integers(2**31, size=len(orders)).tolist()

        def write(job: tuple[Order, int]) -> Draft:
            return self._write(job[0], sampling, job[1])

        return in_parallel(list(zip(orders, seeds, strict=True)), write, self.workers)

    def _write(self, order: Order, sampling: Sampling, seed: int) -> Draft:
        asked = asked_of(order)
        retrieved = with_hints(retrieve(asked, order.pattern, order.rhyme), order) if self.rag else None
        completion = self.converse(messages(asked, order.pattern, order.rhyme, retrieved), sampling, seed)
        draft = draft_of(completion, order)
        return replace(draft, lines=tuple(map(written, draft.lines)))


def with_hints(found: Retrieved, order: Order) -> Retrieved:
    """What is retrieved, the order's own hints first."""
    return Retrieved(found.feet, in_script((*order.hints, *found.images), "traditional"))


def asked_of(order: Order, script: str = "traditional") -> Brief:
    """An order as the instruction states it."""
    heads = {line: char for (line, column), char in order.fixed if column == 0}
    acrostic = "".join(heads[i] for i in sorted(heads)) if len(heads) == order.pattern.count else ""
    return Brief(
        title=order.title,
        imagery=order.imagery,
        acrostic=acrostic,
        avoid_words=order.avoid,
        script="traditional" if script == "traditional" else "simplified",
    )


def draft_of(completion: Completion, order: Order) -> Draft:
    """The verse and the reasoning of a completion; such servers give no likelihood, so it is 0."""
    pattern = order.pattern
    answer = read_answer(completion.text, pattern.width, pattern.count, completion.reasoning)
    return Draft(answer.lines, (), (), 0.0, answer.think)


def in_parallel(
    jobs: Sequence[Job], work: Callable[[Job], Result], workers: int
) -> Iterator[tuple[int, Result | YayunError]]:
    """(index, result or YayunError) of each job as it comes, ``workers`` at once.

    When the consumer stops (Ctrl-C, ``break``) jobs not yet begun are dropped, and those under way are not waited for:
    the threads are daemons, for a request may hang as long as its server likes. Other exceptions are raised.
    """
    waiting: Queue[tuple[int, Job]] = Queue()
    for pair in enumerate(jobs):
        waiting.put(pair)
    done: Queue[tuple[int, Result | BaseException]] = Queue()
    stopped = threading.Event()

    def run() -> None:
        while not stopped.is_set():
            try:
                i, job = waiting.get_nowait()
            except Empty:
                return
            try:
                done.put((i, work(job)))
            except BaseException as error:  # handed to the consumer, whatever it is
                done.put((i, error))

    try:
        for _ in range(min(max(1, workers), len(jobs))):
            threading.Thread(target=run, daemon=True, name="yayun-writer").start()
        for _ in jobs:
            i, result = done.get()
            if isinstance(result, BaseException) and not isinstance(result, YayunError):
                raise result
            yield i, result
    finally:
        stopped.set()
