"""Listening: a server that says in one sentence why it can't, and stops cleanly."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import socket
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from yayun.errors import YayunError
from yayun.service.app import create_app
from yayun.service.settings import from_environment

if TYPE_CHECKING:
    from types import FrameType

    from fastapi import FastAPI

    from yayun.backends.registry import Choice
    from yayun.service.settings import Game, Settings


BACKLOG = 1024  # connections that may wait to be taken up
SLOWEST = 20.0  # seconds the headers of a request may take to come
SWITCH = 0.0005  # seconds after which the model's thread lets the one that answers go on


def serve(
    host: str,
    port: int,
    backend: Choice | None = None,
    origins: tuple[str, ...] = (),
    any_model: bool = False,
    game: Game | None = None,
) -> None:
    """Serve until told to stop; ``backend`` writes. Raises YayunError where the address can't be had."""
    settings = replace(from_environment(host, backend, origins, any_model), game=game)
    listening = bind(host, port)
    sys.setswitchinterval(SWITCH)
    _log_as_json()
    app = create_app(settings)
    address = f"[{host}]" if ":" in host else host
    print(f"押韵在 http://{address}:{listening.getsockname()[1]} ,按 Ctrl-C 停止。", file=sys.stderr, flush=True)
    if settings.hosts is None and settings.api_key is None:
        print("别的机器也能访问,而且不要密钥;要密钥请设环境变量 YAYUN_API_KEY。", file=sys.stderr, flush=True)
    Server(app, settings).run(sockets=[listening])


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises YayunError where it can't."""
    found = None
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        found = socket.socket(family, kind, proto)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(BACKLOG)
    except OSError as error:
        if found is not None:
            found.close()
        reason = "端口已被占用" if error.errno == errno.EADDRINUSE else "地址不能用"
        raise YayunError(f"不能在 {host}:{port} 上服务:{reason},请换一个 --port 或 --host。") from error
    return found


class HeadersInTime(H11Protocol):
    """uvicorn's protocol, which gives a request's headers all the time in the world: here they have ``SLOWEST``
    seconds from the connection or from their first byte."""

    _due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(transport)
        self._wait_for_headers()

    def data_received(self, data: bytes) -> None:
        """Some bytes have come."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait_for_headers()
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_headers(self) -> None:
        if self._due is None:
            self._due = self.loop.call_later(SLOWEST, self._give_up)

    def _stop_waiting(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _give_up(self) -> None:
        self._due = None
        if self.conn.their_state is h11.IDLE:
            self.transport.close()


class Server(uvicorn.Server):
    """Told to stop, it gives up at once what has not begun and finishes what has."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        super().__init__(
            uvicorn.Config(
                app, http=HeadersInTime, log_config=None, access_log=False, server_header=False, date_header=True,
                timeout_graceful_shutdown=int(settings.grace), timeout_keep_alive=15,
            )
        )  # fmt: skip
        self._state = app.state

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """On SIGINT or SIGTERM."""
        if hasattr(self._state, "engine"):  # told before it had begun, there is nothing to give up
            self._state.engine.drain()
        super().handle_exit(sig, frame)


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def _log_as_json() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    for name in ("yayun.service", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO if name == "yayun.service" else logging.WARNING)
