"""What a client sees when the service stops, or when it asks for more than there is room for."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading

import httpx
import pytest
from tests.service.serving import Served, events, serving

from yayun.errors import YayunError
from yayun.service import run
from yayun.service.app import create_app
from yayun.service.run import bind
from yayun.service.settings import Settings

LONG = {"form": "七律", "title": "登楼", "count": 4, "effort": "quick"}


def follow(served: Served, found: list, begun: threading.Event, enough: str = "line") -> None:
    """Collect the events of one long request; ``begun`` is set with the first that is ``enough``."""
    try:
        with httpx.stream("POST", f"{served.url}/api/compose?stream=1", json=LONG, timeout=120) as response:
            found.append(("status", response.status_code))
            if enough == "status":
                begun.set()
            for name, data in events(response):
                found.append((name, data))
                if name == enough:
                    begun.set()
    except httpx.HTTPError as error:
        found.append(("broken", error))
    begun.set()


def started(served: Served, enough: str) -> tuple[threading.Thread, list]:
    found, begun = [], threading.Event()
    thread = threading.Thread(target=follow, args=(served, found, begun, enough))
    thread.start()
    assert begun.wait(120)
    return thread, found


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_finishes_what_has_begun_and_tells_the_others(told: signal.Signals) -> None:
    with serving() as served:
        first, begun = started(served, "line")
        second, waiting = started(served, "status")
        served.process.send_signal(told)
        first.join()
        second.join()
        assert served.process.wait(60) in (0, 130, -told)
    assert [name for name, _ in begun].count("poem") == 4
    assert begun[-1][0] == "done"
    assert ("error", {"message": "服务正在停止,请稍后再试。"}) in waiting
    assert waiting[-1][0] == "done"
    assert not any(name == "poem" for name, _ in waiting)


def test_a_kill_ends_the_stream_with_an_error_not_in_silence() -> None:
    with serving() as served:
        thread, found = started(served, "line")
        served.process.kill()
        thread.join()
    assert found[-1][0] == "broken"
    assert "done" not in dict(found)


def test_a_port_that_is_taken_is_said_in_one_sentence_and_exit_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(YayunError, match="端口已被占用"):
            bind("127.0.0.1", port)
        said = subprocess.run(
            [sys.executable, "-m", "yayun", "serve", "--port", str(port)], capture_output=True, text=True, check=False
        )
    assert said.returncode == 2
    assert said.stderr.count("\n") == 1
    assert str(port) in said.stderr


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(YayunError, match="地址不能用"):
        bind("192.0.2.1", 0)


def test_without_the_extra_it_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['fastapi'] = None; sys.argv = ['yayun', 'serve']; from yayun.cli import main; main()"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert said.stderr.startswith("服务需要附加依赖,请先运行 pip install 'yayun[serve]'")
    assert said.stderr.count("\n") == 1


def test_half_sent_headers_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SLOWEST", 0.3)
    listening = bind("127.0.0.1", 0)
    server = run.Server(create_app(), Settings())
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        address = listening.getsockname()
        for half in (b"", b"GET /health HTTP/1.1\r\nHost: local"):
            with socket.create_connection(address, timeout=30) as client:
                client.sendall(half)
                assert client.recv(100) == b""
        with socket.create_connection(address, timeout=30) as client:
            for _ in range(2):  # a second request on the same connection, and then half of one
                client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert client.recv(4000).startswith(b"HTTP/1.1 200")
            client.sendall(b"GET /")
            while client.recv(4000):
                pass
    finally:
        server.should_exit = True
        thread.join(60)
