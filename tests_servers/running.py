"""Servers nobody here wrote, run as their own programs on loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

STARTING = 300.0  # seconds a server may take to come up on a busy machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str], port: int, ready: str, log: Path, **environment: str) -> Iterator[str]:
    """Run ``command`` until it answers at ``ready``; yields its OpenAI address."""
    program = str(Path(sys.executable).parent / command[0])
    with log.open("wb") as out:
        process = subprocess.Popen([program, *command[1:]], stdout=out, stderr=out, env={**os.environ, **environment})
    try:
        _wait(process, f"http://127.0.0.1:{port}{ready}", log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + STARTING
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            if httpx.get(url, timeout=5, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"the server did not start: {log.read_text(errors='replace')[-3000:]}")
