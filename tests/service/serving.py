"""The service as people run it: a process of its own, listening on loopback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

SRC = Path(__file__).parents[2] / "src"


@dataclass
class Served:
    url: str
    process: subprocess.Popen[str]


@contextmanager
def serving(*options: str, **environment: str) -> Iterator[Served]:
    """``yayun serve`` on a free port; what is still running at the end is killed."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "yayun", "serve", "--port", "0", *options],
        stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(SRC), **environment},
    )  # fmt: skip
    assert process.stderr is not None
    try:
        said = process.stderr.readline()
        found = re.search(r"http://\S+", said)
        assert found, said + process.stderr.read()
        yield Served(found[0], process)
    finally:
        process.kill()
        process.stderr.close()
        process.wait()


def events(response: httpx.Response) -> Iterator[tuple[str, Any]]:
    """The server-sent events of a response as they come: (name, data)."""
    name = "message"
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))
            name = "message"


def read_events(text: str) -> list[tuple[str, Any]]:
    """The events of a whole answer."""
    return [*events(httpx.Response(200, text=text))]
