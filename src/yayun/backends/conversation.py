"""Composing through a writer that reads instructions, many poems at once: guided is the verify-and-repair loop, free
its draft.

``talking`` hands settled briefs here; what comes back has the shape the composer
knows (``Draft``), with the story of the repair beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from yayun.backends.openai_writer import Result, in_parallel, with_hints
from yayun.brief import Brief
from yayun.brief.value import TUNES
from yayun.decoding.decode import Draft
from yayun.errors import YayunError
from yayun.mending.diagnosis import Diagnosis, Task
from yayun.mending.repair import ROUNDS, Repaired, compose_verified, read_draft
from yayun.mending.search import EmbeddedSearch
from yayun.prompts.instruction import messages, retrieve
from yayun.prosody.books.shelf import PINGSHUI

if TYPE_CHECKING:
    from yayun.decoding.decode import Draft
    from yayun.decoding.embedded import EmbeddedWriter
    from yayun.decoding.options import Sampling
    from yayun.prompts.instruction import Message
    from yayun.prompts.order import Order
    from yayun.servers.wire import Completion, Listener


class Writer(Protocol):
    """A model that reads instructions. ``workers`` completions at once; ``rag``: are retrieved characters put in the
    prompt? ``listen`` is told what is said as it is said."""

    name: str
    workers: int
    rag: bool

    def converse(
        self, talk: Sequence[Message], sampling: Sampling, seed: int | None = None, listen: Listener | None = None
    ) -> Completion:
        """One completion of a conversation. May raise YayunError."""

    def draft(
        self, task: Task, sampling: Sampling, seed: int | None = None, listen: Listener | None = None
    ) -> Completion:
        """The first draft of guided mode. May raise YayunError."""


@dataclass(frozen=True, slots=True)
class Job:
    """A settled poem: the brief, its ``title`` (the brief's or the one drawn), an ``order`` with pattern and rhyme."""

    brief: Brief
    title: str
    order: Order
    seed: int


def task_of(job: Job, rag: bool) -> Task:
    """The job as the loop takes it. The pattern drawn is only proposed where the brief names none. Raises YayunError
    for a 词 and for 回文: large models are not told their rules yet."""
    order, brief = job.order, job.brief
    if order.mirror is not None:
        raise YayunError("大模型后端还不会写回文:请用内置模型,或改写一般的绝句。")
    if brief.form == TUNES:
        raise YayunError("大模型后端还不会填词:请用读过词的内置模型(--backend builtin:目录),或改写绝句、律诗。")
    if brief.book != PINGSHUI:
        raise YayunError(f"大模型后端只会按平水韵写:请去掉{brief.book},或用内置模型。")
    asked = replace(brief, title=job.title)
    retrieved = with_hints(retrieve(asked, order.pattern, order.rhyme), order) if rag else None
    return Task(asked, order.pattern, order.rhyme, brief.pattern, brief.first_line_rhymes, retrieved)


def write_verified(
    writer: Writer,
    jobs: Sequence[Job],
    sampling: Sampling,
    *,
    rounds: int = ROUNDS,
    searcher: EmbeddedWriter | None = None,
    listen: Listener | None = None,
) -> Iterator[Repaired | YayunError]:
    """Each job's poem in order, as soon as it and those before it are there; a job that failed gives its error.

    ``searcher`` mends by search what the writer leaves. Leaving the loop (Ctrl-C) starts no more; what was yielded is
    the caller's.
    """
    one_at_a_time = threading.Lock()  # a search already uses the whole machine

    def work(job: Job) -> Repaired:
        task = task_of(job, writer.rag)
        search = None if searcher is None else EmbeddedSearch(searcher, job.seed, sampling.temperature)

        def mend(diagnosis: Diagnosis) -> tuple[str, ...] | None:
            assert search is not None
            with one_at_a_time:
                return search(diagnosis)

        return compose_verified(
            lambda talk: writer.converse(talk, sampling, job.seed, listen),
            task,
            draft=lambda: writer.draft(task, sampling, job.seed, listen),
            rounds=rounds,
            search=mend if search else None,
        )

    return _in_order(in_parallel(jobs, work, _workers(writer, listen)))


def _workers(writer: Writer, listen: Listener | None) -> int:
    """One at a time where somebody listens: two voices at once can't be followed."""
    return writer.workers if listen is None else 1


def write_free(
    writer: Writer, jobs: Sequence[Job], sampling: Sampling, listen: Listener | None = None
) -> Iterator[Draft | YayunError]:
    """Each job's first draft as it came, in order: nothing is mended, no line put in its place or left out."""

    def work(job: Job) -> Draft:
        task = task_of(job, writer.rag)
        talk = messages(task.asked, task.pattern, task.rhyme, task.retrieved)
        answer = read_draft(writer.converse(talk, sampling, job.seed, listen), task)
        return Draft(answer.lines, (), (), 0.0, answer.think)

    return _in_order(in_parallel(jobs, work, _workers(writer, listen)))


def _in_order(results: Iterator[tuple[int, Result]]) -> Iterator[Result]:
    """Results in the order of their indices, each as soon as it and those before it are there."""
    waiting: dict[int, Result] = {}
    due = 0
    for i, result in results:
        waiting[i] = result
        while due in waiting:
            yield waiting.pop(due)
            due += 1


def draft_of(result: Repaired) -> Draft:
    """The result as the composer takes it: lines in the script asked for, the writer's own reasoning."""
    return Draft(result.lines, (), (), 0.0, result.think)
