"""``/api/game``: a hand of the game 唐人还是机器. What the game deals with is given with the settings: measuring and
serving know nothing of each other."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from yayun.composing.road import draw_seed
from yayun.errors import YayunError
from yayun.service.answers import REFUSALS
from yayun.service.engine import Task
from yayun.service.schemas import Refused
from yayun.service.streams import in_time

router = APIRouter(prefix="/api", responses={status: {"model": Refused} for status in REFUSALS})


@router.get("/game", response_model=None)
async def hand(request: Request, seed: Annotated[int | None, Query(ge=0, le=2**53)] = None) -> dict[str, Any]:
    """Some poems, with who wrote each: ``author`` is "" for the machine's."""
    settings, chosen = request.app.state.settings, draw_seed() if seed is None else seed
    if (game := settings.game) is None:
        raise YayunError("这个服务没有带上游戏:请用 yayun serve 开服务。")
    found = await asyncio.to_thread(game.readable)
    future = asyncio.wrap_future(request.app.state.engine.submit(Task(lambda: game.deal(found, chosen), weight=3)))
    dealt = await in_time(future, settings)
    return {"seed": chosen, "poems": [asdict(poem) for poem in dealt]}
