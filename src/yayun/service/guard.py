"""The door: every request passes here, is bounded, let in or refused, counted and logged, and every answer gets its
headers. Nothing of a request's text is logged."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from time import perf_counter
from typing import TYPE_CHECKING, Any

from yayun.service.answers import error_body
from yayun.service.errors import FailedError, ForbiddenError, ServiceError, SlowError, TooLargeError, UnknownHostError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from yayun.service.metrics import Metrics
    from yayun.service.settings import Settings

log = logging.getLogger("yayun.service")

# Everything a page may load is ours; a picture of a poem is made in the browser (data:, blob:).
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = (
    (b"server", b"yayun"),  # our own client must know whom it has not to ask (servers.chat)
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cache-control", b"no-cache"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
GUARDED = ("/api/", "/v1/", "/metrics")  # what a key opens; the page and /health are open


class Guard:
    """ASGI middleware, the outermost."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self.app, self.settings, self.metrics = app, settings, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        visit = _Visit(scope, send, self.metrics)
        try:
            self._admit(scope)
            await self.app(scope, await _read_body(receive, self.settings), visit.send)
        except ServiceError as error:
            await visit.refuse(error)
        except Exception:
            log.exception("request failed")
            await visit.refuse(FailedError())
        finally:
            visit.end()

    def _admit(self, scope: Scope) -> None:
        headers = dict(scope["headers"])
        if self.settings.hosts is not None and _host(headers.get(b"host", b"")) not in self.settings.hosts:
            raise UnknownHostError
        if self.settings.api_key is not None and scope["path"].startswith(GUARDED):
            given = headers.get(b"authorization", b"").removeprefix(b"Bearer ")
            if not hmac.compare_digest(given, self.settings.api_key.encode()):
                raise ForbiddenError


def _host(header: bytes) -> str:
    """The name in a Host header, without port and brackets."""
    name = header.decode("latin-1")
    return name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]


async def _read_body(receive: Receive, settings: Settings) -> Receive:
    """``receive`` with the whole body at once.

    Raises TooLargeError for one that is too large, SlowError for one that does not come.
    """
    body, more = b"", True
    try:
        async with asyncio.timeout(settings.slowest):
            while more:
                message = await receive()
                if message["type"] != "http.request":  # the client has gone
                    return _first(message, receive)
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > settings.body:
                    raise TooLargeError(settings.body)
    except TimeoutError:
        raise SlowError from None
    return _first({"type": "http.request", "body": body, "more_body": False}, receive)


def _first(message: Message, receive: Receive) -> Receive:
    """``receive`` with ``message`` before all others."""
    waiting = [message]

    async def received() -> Message:
        return waiting.pop() if waiting else await receive()

    return received


class _Visit:
    """One request: its answer on the way out, and what is noted of it."""

    def __init__(self, scope: Scope, send: Send, metrics: Metrics) -> None:
        self.scope, self._send, self.metrics = scope, send, metrics
        self.started, self.status, self.sent, self.ended = perf_counter(), 0, 0, False
        metrics.open.inc()

    async def send(self, message: Message) -> None:
        """Pass a message on, with our headers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            names = {name for name, _ in message.get("headers", ())}
            message = {**message, "headers": [*message.get("headers", ()), *(h for h in HEADERS if h[0] not in names)]}
        elif message["type"] == "http.response.body":
            self.sent += len(message.get("body", b""))
            self.ended = not message.get("more_body", False)
        await self._send(message)

    async def refuse(self, error: ServiceError) -> None:
        """Answer with an error, unless an answer has begun."""
        if self.status:
            return
        body = json.dumps(error_body(error, self.scope["path"]), ensure_ascii=False).encode()
        headers = {"content-type": "application/json", "content-length": str(len(body)), **error.headers}
        encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await self.send({"type": "http.response.start", "status": error.status, "headers": encoded})
        await self.send({"type": "http.response.body", "body": body})

    def end(self) -> None:
        """Count and log."""
        self.metrics.open.dec()
        seconds = perf_counter() - self.started
        route = getattr(self.scope.get("route"), "path", None) or "other"
        method = self.scope["method"] if self.scope["method"] in METHODS else "other"
        self.metrics.requests.labels(method, route, str(self.status)).inc()
        self.metrics.seconds.labels(route).observe(seconds)
        fields: dict[str, Any] = {
            "method": method, "route": route, "status": self.status, "bytes": self.sent,
            "seconds": round(seconds, 4), "complete": self.ended,
        }  # fmt: skip
        log.info("request", extra={"fields": fields})


METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
