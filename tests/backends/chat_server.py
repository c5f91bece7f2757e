"""A chat-completions server on loopback whose answers a test scripts: a list of handlers, one a request, the last for
all that follow."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


@dataclass
class Script:
    url: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(*replies: Reply, models: Sequence[str] = ("tiny",)) -> Iterator[Script]:
    """Serve ``replies`` in order."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            send_json({"object": "list", "data": [{"id": name} for name in models]})(self, {})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with lock:
                reply = replies[min(len(script.requests), len(replies) - 1)]
                script.requests.append({"path": self.path, **body})
                script.headers.append({k.lower(): v for k, v in self.headers.items()})
            reply(self, {"released": script.released, **body})

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    script = Script(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        script.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def send_json(payload: object, status: int = 200, **headers: str) -> Reply:
    return send_bytes(json.dumps(payload, ensure_ascii=False).encode(), status, **headers)


def send_bytes(data: bytes, status: int = 200, content_type: str = "application/json", **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
        handler.send_response(status)
        handler.send_header("content-type", content_type)
        handler.send_header("content-length", str(len(data)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return reply


def say(text: str, **message: str) -> Reply:
    choice = {"index": 0, "message": {"role": "assistant", "content": text, **message}, "finish_reason": "stop"}
    return send_json({"choices": [choice], "usage": {"prompt_tokens": 7, "completion_tokens": 5}})


def stream(events: Sequence[object], done: bool = True) -> Reply:
    """Server-sent events; a string is sent as it is, a dict as the delta of a choice."""

    def reply(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream; charset=utf-8")
        handler.end_headers()
        for event in events:
            data = event if isinstance(event, str) else f"data: {json.dumps(_chunk(event), ensure_ascii=False)}\n\n"
            handler.wfile.write(data.encode())
            handler.wfile.flush()
        if done:
            handler.wfile.write(b"data: [DONE]\n\n")
        handler.close_connection = True

    return reply


def _chunk(event: object) -> dict[str, Any]:
    assert isinstance(event, dict)
    if "choices" in event or "error" in event:
        return event
    finish = event.pop("finish", None)
    return {"choices": [{"index": 0, "delta": event, "finish_reason": finish}]}


def gone(sent: bytes = b'{"choices": [{"mess') -> Reply:
    """Promise more than is sent, and hang up."""

    def reply(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", "4000")
        handler.end_headers()
        handler.wfile.write(sent)
        handler.wfile.flush()
        handler.connection.close()
        handler.close_connection = True

    return reply


def silence(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
    """Say nothing until the test is over."""
    body["released"].wait(30)
