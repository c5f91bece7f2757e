"""The one thread that uses the model: requests wait in a bounded queue, and those that go together are decoded
together."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from math import ceil
from time import monotonic
from typing import TYPE_CHECKING, Any

from yayun.backends.registry import Choice, opened
from yayun.backends.talking import Talking
from yayun.composing.road import compose_with
from yayun.errors import YayunError
from yayun.service.errors import BusyError, ClosingError, FailedError

if TYPE_CHECKING:
    from yayun.backends.conversation import Writer
    from yayun.backends.protocol import Backend
    from yayun.brief import Brief
    from yayun.composing.poem import Poem
    from yayun.composing.road import Options, Settled, Watch
    from yayun.decoding.decode import Draft
    from yayun.prompts.order import Order

# Every brief's poems, in order, each brief's from a seed of its own (None draws one); the watch follows them. Raises
# YayunError.
Compose = Callable[[Sequence["Brief"], "Options", "Watch | None", "Sequence[int | None]"], "list[Poem]"]
log = logging.getLogger("yayun.service")
SMOOTHING = 0.2  # weight of the latest poems in the running mean of seconds a poem, where they went faster
LONGEST_WAIT = 30  # seconds after which anybody may try again


@dataclass(frozen=True, slots=True)
class Composition:
    """Poems to write. ``watch`` is called in the model's thread, as ``compose_all`` calls it."""

    brief: Brief
    options: Options
    watch: Watch | None = None

    @property
    def weight(self) -> int:
        """Poems."""
        return self.brief.count

    @property
    def together(self) -> Hashable:
        """Compositions with equal keys may be decoded together, which saves time where they share the form. A poem's
        own seed decides it, and neither what is decoded beside it nor who looks on."""
        return replace(self.options, seed=None), self.brief.form


@dataclass(frozen=True, slots=True)
class Task:
    """Any other work for the model."""

    work: Callable[[], Any]
    weight: int = 1
    together: Hashable = None


@dataclass(slots=True)
class _Entry:
    job: Composition | Task
    future: Future[Any] = field(default_factory=Future)


class Through:
    """Composes through a backend (the built-in one, if None), which is opened when it is needed and then stays open as
    long as the service runs. For the model's thread alone."""

    def __init__(self, choice: Choice | None = None) -> None:
        self.choice = choice or Choice()
        self._held = ExitStack()
        self._open: dict[bool, Backend] = {}

    def __call__(
        self, briefs: Sequence[Brief], options: Options, watch: Watch | None, seeds: Sequence[int | None]
    ) -> list[Poem]:
        """As ``Compose`` has it."""
        poems = []
        for poem in compose_with(briefs, options, self._backend(options.rag), watch=watch, seeds=seeds):
            if isinstance(poem, YayunError):
                raise poem
            poems.append(poem)
        return poems

    def talker(self) -> Writer | None:
        """The large model behind the backend, for other talk than of verse; None where it only writes."""
        if self.choice.builtin:
            return None
        backend = self._backend(rag=True)
        return backend.writer if isinstance(backend, Talking) else None

    def _backend(self, rag: bool) -> Backend:
        if rag not in self._open:
            self._open[rag] = self._held.enter_context(opened(self.choice, rag))
        return self._open[rag]


class Engine:
    """``waiting`` poems may be in the queue or in hand, fewer where they would not be written within ``patience``
    seconds; ``together`` are decoded at once.

    Futures that are cancelled before their turn are passed over.
    """

    def __init__(
        self,
        waiting: int,
        together: int,
        patience: float = 20.0,
        compose: Compose | None = None,
    ) -> None:
        self.waiting, self.together, self.patience = waiting, together, patience
        self.compose = compose or Through()
        self._queue: deque[_Entry] = deque()
        self._turn = threading.Condition()
        self._load = 0  # poems waiting or in hand
        self._closing = False
        self._pace = 0.5  # seconds a poem
        self._thread = threading.Thread(target=self._work, name="yayun-model", daemon=True)
        self._thread.start()

    @property
    def load(self) -> int:
        """Poems waiting or in hand."""
        return self._load

    def submit(self, job: Composition | Task) -> Future[Any]:
        """The future of the poems (or of the task's result).

        Raises BusyError when the queue is full, ClosingError when it takes no more.
        """
        entry = _Entry(job)
        with self._turn:
            self.check_room(job.weight)
            self._load += job.weight
            self._queue.append(entry)
            self._turn.notify()
        entry.future.add_done_callback(lambda _: self._leave(job.weight))
        return entry.future

    def check_room(self, weight: int = 1) -> None:
        """Raises what ``submit`` would, before anything is read or settled: who has to wait is told so at once."""
        if self._closing:
            raise ClosingError
        due = self._load * self._pace
        if self._load and (self._load + weight > self.waiting or due > self.patience):
            raise BusyError(max(1, min(LONGEST_WAIT, ceil(due / 2))))

    def drain(self) -> None:
        """Take no more, give up what has not begun, and finish what has."""
        with self._turn:
            self._closing = True
            left, self._queue = list(self._queue), deque()
            self._turn.notify()
        for entry in left:
            if entry.future.set_running_or_notify_cancel():
                entry.future.set_exception(ClosingError())

    def close(self, seconds: float) -> None:
        """``drain``, and wait for the end of what has begun."""
        self.drain()
        self._thread.join(seconds)

    def _leave(self, weight: int) -> None:
        with self._turn:
            self._load -= weight

    def _work(self) -> None:
        while entries := self._next():
            started = monotonic()
            running = [entry for entry in entries if entry.future.set_running_or_notify_cancel()]
            if running and isinstance(running[0].job, Task):
                self._run_task(running[0])
            elif running:
                self._run_compositions(running)
                each = (monotonic() - started) / sum(entry.job.weight for entry in running)
                # Slower at once, faster by and by: a promise made on a good moment is one broken.
                self._pace = max(each, self._pace + SMOOTHING * (each - self._pace))

    def _next(self) -> list[_Entry]:
        """The first entry and those that may go with it; none when it is time to stop."""
        with self._turn:
            self._turn.wait_for(lambda: self._still_wanted() or self._closing)
            if not self._queue:
                return []
            first = self._queue.popleft()
            taken, room = [first], self.together - first.job.weight
            if first.job.together is not None:
                for entry in list(self._queue):
                    if entry.job.together == first.job.together and entry.job.weight <= room:
                        self._queue.remove(entry)
                        taken.append(entry)
                        room -= entry.job.weight
            return taken

    def _still_wanted(self) -> bool:
        """Is there anything to do, what was given up aside?"""
        self._queue = deque(entry for entry in self._queue if not entry.future.cancelled())
        return bool(self._queue)

    def _run_task(self, entry: _Entry) -> None:
        assert isinstance(entry.job, Task)
        try:
            result = entry.job.work()
        except YayunError as error:
            entry.future.set_exception(error)
        except Exception:
            log.exception("task failed")
            entry.future.set_exception(FailedError())
        else:
            entry.future.set_result(result)

    def _run_compositions(self, entries: Sequence[_Entry]) -> None:
        """Together; where that fails, each by itself, so that none can spoil the others."""
        jobs = [entry.job for entry in entries if isinstance(entry.job, Composition)]
        try:
            seeds = [job.options.seed for job in jobs]
            poems = iter(self.compose([job.brief for job in jobs], jobs[0].options, _told(jobs), seeds))
            found = [[next(poems) for _ in range(job.weight)] for job in jobs]
        except YayunError as error:
            if len(entries) > 1:
                for entry in entries:
                    self._run_compositions([entry])
            else:
                entries[0].future.set_exception(error)
        except Exception:
            log.exception("composing failed")
            for entry in entries:
                entry.future.set_exception(FailedError())
        else:
            for entry, own in zip(entries, found, strict=True):
                entry.future.set_result(own)


def _told(jobs: Sequence[Composition]) -> Watch | None:
    """One watch for poems of several jobs."""
    if all(job.watch is None for job in jobs):
        return None
    places = [(job, i) for job in jobs for i in range(job.weight)]

    def watch(index: int, settled: Settled, order: Order, draft: Draft) -> None:
        job, place = places[index]
        if job.watch is not None:
            job.watch(place, settled, order, draft)

    return watch
