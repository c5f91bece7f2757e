"""What the service allows: sizes, counts, times, and who may ask."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, Protocol

from yayun.backends.registry import Choice

# Names a browser on this machine calls us by: any other is a page that had its own name resolved to us.
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Game(Protocol):
    """What the game 唐人还是机器 deals with."""

    def readable(self) -> tuple[Any, ...]:
        """What can be dealt. Raises YayunError where there is nothing."""

    def deal(self, found: Any, seed: int) -> list[Any]:
        """A hand of it: dataclasses."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``api_key`` None lets everybody in; ``hosts`` None answers to any name.

    ``body``: bytes a request may have. ``waiting``: poems that may wait or be written at a time, ``together``: those
    decoded at once, ``crowd``: those under way from which a request that names neither effort nor seed is written
    quickly. In seconds: ``slowest``, what a body may take to come; ``patience``, what a request may take, waiting
    included; ``grace``, what has begun has for ending when the service stops; ``heartbeat``, the silence in a stream
    before a sign of life. ``backend`` writes. ``origins``: other sites' pages that may ask (CORS). ``any_model``: any
    model's name will do. ``game``: None where there is none.
    """

    api_key: str | None = None
    hosts: tuple[str, ...] | None = None
    body: int = 64 * 1024
    waiting: int = 64
    together: int = 10
    crowd: int = 3
    slowest: float = 20.0
    patience: float = 60.0
    grace: float = 30.0
    heartbeat: float = 10.0
    backend: Choice = field(default_factory=Choice)
    origins: tuple[str, ...] = ()
    any_model: bool = False
    game: Game | None = None


def from_environment(
    host: str, backend: Choice | None = None, origins: tuple[str, ...] = (), any_model: bool = False
) -> Settings:
    """The settings for listening on ``host`` and writing through a backend; the key is in YAYUN_API_KEY."""
    key = os.environ.get("YAYUN_API_KEY", "").strip()
    hosts = LOOPBACK if host in LOOPBACK else None
    return Settings(key or None, hosts, backend=backend or Choice(), origins=origins, any_model=any_model)
