"""``/api/gloss``: a plain-language note to a line, by the large model the service writes through, where it has one."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request

from yayun.decoding.options import Sampling
from yayun.errors import YayunError
from yayun.prompts.gloss import Gloss, gloss_messages, read_gloss
from yayun.service.answers import REFUSALS
from yayun.service.engine import Task, Through
from yayun.service.schemas import GlossAsked, Refused
from yayun.service.streams import in_time

if TYPE_CHECKING:
    from yayun.backends.conversation import Writer

router = APIRouter(prefix="/api", responses={status: {"model": Refused} for status in REFUSALS})
SAMPLING = Sampling(temperature=0.3, top_p=1.0)  # what a line says is no matter of taste


@router.get("/gloss", response_model=None)
async def glosser(request: Request) -> dict[str, Any]:
    """Who writes the notes: ``by`` is the model's name, null where there is none."""
    through = request.app.state.engine.compose
    if not isinstance(through, Through) or through.choice.builtin:
        return {"by": None}
    future = asyncio.wrap_future(request.app.state.engine.submit(Task(through.talker, weight=0)))
    talker = await in_time(future, request.app.state.settings)
    return {"by": talker and (through.choice.given.model or talker.name)}


@router.post("/gloss", response_model=None)
async def gloss(asked: GlossAsked, request: Request) -> dict[str, Any]:
    """A note to a line: ``plain``, ``words`` and ``allusions``."""
    if asked.line > len(asked.lines):
        raise YayunError(f"诗只有 {len(asked.lines)} 句,没有第 {asked.line} 句。")
    through = request.app.state.engine.compose

    def work() -> Gloss:
        talker = through.talker() if isinstance(through, Through) else None
        if talker is None:
            raise YayunError("没有接上语言模型:请用 yayun serve --backend openai --base-url … 开服务,才有白话注释。")
        return _write(talker, asked)

    future = asyncio.wrap_future(request.app.state.engine.submit(Task(work)))
    return asdict(await in_time(future, request.app.state.settings))


def _write(talker: Writer, asked: GlossAsked) -> Gloss:
    talk = gloss_messages(asked.lines, asked.line - 1, asked.title, asked.author)
    return read_gloss(talker.converse(talk, SAMPLING).text, asked.lines[asked.line - 1])
