"""Server-sent events about a poem that is being written: from the model's thread to the client."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

from yayun.composing.road import describe_plan
from yayun.composing.settle import settle
from yayun.errors import YayunError
from yayun.mending.standing import as_shown, in_script
from yayun.service.engine import Composition, Engine
from yayun.service.errors import FailedError, LateError
from yayun.service.schemas import POEMS

if TYPE_CHECKING:
    from yayun.brief import Brief
    from yayun.composing.poem import Poem
    from yayun.composing.road import Options, Settled
    from yayun.decoding.decode import Draft
    from yayun.prompts.order import Order
    from yayun.service.settings import Settings

log = logging.getLogger("yayun.service")
COMMENT = b": \n\n"  # keeps a waiting connection open


@dataclass(frozen=True, slots=True)
class Progress:
    """A poem as far as it has come: its number, title, reasoning and lines, in the script asked for."""

    number: int
    title: str
    think: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing has happened for a while."""


class Writing:
    """Poems on their way. Raises BusyError or ClosingError where they are not taken on."""

    def __init__(self, engine: Engine, brief: Brief, options: Options, settings: Settings) -> None:
        self._loop = asyncio.get_running_loop()
        self._news: asyncio.Queue[Progress] = asyncio.Queue()
        self._settings = settings
        watch = self._watch if options.mode == "guided" else None
        self._future = asyncio.wrap_future(engine.submit(Composition(brief, options, watch)))

    def _watch(self, number: int, settled: Settled, order: Order, draft: Draft) -> None:
        """In the model's thread."""
        think = "".join(in_script([draft.think or describe_plan(settled.title, order, draft)], settled.brief.script))
        progress = Progress(number, settled.title, think, as_shown(draft.lines, settled.brief))
        self._loop.call_soon_threadsafe(self._news.put_nowait, progress)

    async def steps(self) -> AsyncIterator[Progress | Quiet | list[Poem]]:
        """``Progress`` as it comes, ``Quiet`` in long waits, and at last the list of poems.

        Raises YayunError where the poems can't be had.
        """
        ends = self._loop.time() + self._settings.patience
        waiting = asyncio.ensure_future(self._news.get())
        try:
            while not self._future.done() or waiting.done():
                if waiting.done():
                    yield waiting.result()
                    waiting = asyncio.ensure_future(self._news.get())
                    await asyncio.sleep(0)  # what is in the queue already is had at once
                    continue
                left = min(self._settings.heartbeat, ends - self._loop.time())
                if left <= 0:
                    raise LateError(self._settings.patience)
                done, _ = await asyncio.wait((self._future, waiting), timeout=left, return_when=asyncio.FIRST_COMPLETED)
                if not done:
                    yield Quiet()
            yield self._future.result()
        finally:
            waiting.cancel()
            self._future.cancel()


async def poems(engine: Engine, brief: Brief, options: Options, settings: Settings) -> list[Poem]:
    """The finished poems. Raises YayunError where they can't be had."""
    future = asyncio.wrap_future(engine.submit(Composition(brief, options)))
    found: list[Poem] = await in_time(future, settings)
    return found


async def in_time(future: asyncio.Future[Any], settings: Settings) -> Any:
    """The future's result. Raises LateError where it takes too long."""
    try:
        return await asyncio.wait_for(future, settings.patience)
    except TimeoutError:
        raise LateError(settings.patience) from None


CROWDED = "来的人多,这一首少写了些草稿;要细写,请指明 effort。"


def eased(brief: Brief, options: Options, engine: Engine, settings: Settings) -> tuple[Brief, Options]:
    """What was asked for with no word on effort or seed: where many wait, of fewer drafts, and the poem says so."""
    if engine.load < settings.crowd or options.seed is not None:
        return brief, options
    return replace(brief, notes=(*brief.notes, CROWDED)), replace(options, effort="quick")


def check_asked(brief: Brief, options: Options) -> None:
    """Raises YayunError where more is asked for than a request may, or what can't be settled."""
    if brief.count > POEMS:
        raise YayunError(f"一次最多写 {POEMS} 首,这里要 {brief.count} 首。")
    settle(replace(brief, count=1), 0, replace(options, candidates=1, rag=False))


def streaming(events: AsyncIterator[bytes]) -> StreamingResponse:
    """A stream of server-sent events."""
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def event(name: str | None, data: object) -> bytes:
    """One server-sent event."""
    return format_sse_event(data_str=json.dumps(data, ensure_ascii=False), event=name)


def told(error: Exception) -> YayunError:
    """The error as the client is told of it; what is no fault of the client's goes to the log."""
    if isinstance(error, YayunError):
        return error
    log.error("stream failed", exc_info=error)
    return FailedError()
