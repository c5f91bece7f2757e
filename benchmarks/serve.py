"""Many clients at once: how the service answers them, and whether its memory stays flat.

    python benchmarks/serve.py [--clients 200] [--seconds 60] [--url http://127.0.0.1:8000]

Without --url it starts ``yayun serve`` on a free port. Each client asks for one thing after another, as people and
programs do: most compose and follow the stream, some use the chat interface, some check a poem. One that is told to
come back later (429) waits as long as it is told. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

TITLES = ("春风", "秋夜", "登楼", "送友人", "江行", "山居", "寒食", "月夜")
FORMS = ("五绝", "五绝", "七绝", "五律", "七律")
CLASSIC = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"
POINTS = (50, 90, 95, 99)


@dataclass
class Seen:
    """What the clients saw."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=lambda: {"compose": [], "chat": [], "check": []})
    first_line: list[float] = field(default_factory=list)
    turned_away: list[float] = field(default_factory=list)  # seconds to a 429
    errors: Counter[str] = field(default_factory=Counter)  # errors told in a stream, and broken connections
    lost: int = 0  # streams that ended without a word


async def client(http: httpx.AsyncClient, seen: Seen, ends: float, rng: random.Random) -> None:
    """Ask until the time is over; what has begun is seen to its end."""
    await asyncio.sleep(rng.random() * 2)
    while time.perf_counter() < ends:
        kind = rng.choices(("compose", "chat", "check"), (7, 1, 2))[0]
        began = time.perf_counter()
        try:
            wait = await (check(http, seen) if kind == "check" else write(http, seen, kind, rng))
        except httpx.HTTPError as error:
            seen.errors[type(error).__name__] += 1
            continue
        if wait is None:
            seen.seconds[kind].append(time.perf_counter() - began)
        else:
            await asyncio.sleep(min(wait, max(0.0, ends - time.perf_counter())))


async def check(http: httpx.AsyncClient, seen: Seen) -> float | None:
    """Check a poem; seconds to wait where the service is busy."""
    answer = await http.post("/api/check", json={"text": CLASSIC})
    return _status(answer, seen)


async def write(http: httpx.AsyncClient, seen: Seen, kind: str, rng: random.Random) -> float | None:
    """Follow a poem to the end of its stream; seconds to wait where the service is busy."""
    title, form = rng.choice(TITLES), rng.choice(FORMS)
    path, body, last = {
        "compose": ("/api/compose?stream=1", {"title": title, "form": form}, "event: done"),
        "chat": (
            "/v1/chat/completions",
            {"messages": [{"role": "user", "content": f"以《{title}》为题写一首{form}"}], "stream": True},
            "data: [DONE]",
        ),
    }[kind]
    began, ended, told = time.perf_counter(), False, False
    async with http.stream("POST", path, json=body) as answer:
        wait = _status(answer, seen)
        if answer.status_code != 200:
            await answer.aread()
            if answer.status_code == 429:
                seen.turned_away.append(time.perf_counter() - began)
            return wait if wait is not None else 1.0
        async for line in answer.aiter_lines():
            if not told and ("event: line" in line or '"content": "' in line):
                seen.first_line.append(time.perf_counter() - began)
                told = True
            if line.startswith(("event: error", 'data: {"error"')):
                seen.errors["told in the stream"] += 1
            ended = ended or line == last
    seen.lost += not ended
    return None


def _status(answer: httpx.Response, seen: Seen) -> float | None:
    seen.statuses[answer.status_code] += 1
    return float(answer.headers.get("retry-after", 1)) if answer.status_code == 429 else None


async def load(url: str, clients: int, seconds: float) -> dict[str, object]:
    """Run the clients; the figures."""
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=120) as http:
        await write(http, Seen(), "compose", random.Random(0))  # the model is open, the tables are read
        seen, began = Seen(), time.perf_counter()
        memory = asyncio.create_task(watch_memory(http, began + seconds))
        await asyncio.gather(*(client(http, seen, began + seconds, random.Random(i)) for i in range(clients)))
        took = time.perf_counter() - began
        return report(seen, took, await memory) | {"clients": clients}


async def watch_memory(http: httpx.AsyncClient, ends: float) -> list[float]:
    """Resident memory of the service in MB: at the start, every five seconds, at the end."""
    found = [await resident(http)]
    while time.perf_counter() < ends:
        await asyncio.sleep(5)
        found.append(await resident(http))
    return found


async def resident(http: httpx.AsyncClient) -> float:
    """Resident memory in MB, as /metrics tells it."""
    told = (await http.get("/metrics")).text
    match = re.search(r"^process_resident_memory_bytes (\S+)", told, re.M)
    assert match
    return round(float(match[1]) / 1e6, 1)


def report(seen: Seen, took: float, memory: list[float]) -> dict[str, object]:
    """The figures, ready for JSON."""
    answered = sum(seen.statuses.values())
    poems = len(seen.seconds["compose"]) + len(seen.seconds["chat"])
    return {
        "seconds": round(took, 1),
        "requests": answered,
        "requests_per_second": round(answered / took, 2),
        "poems": poems,
        "poems_per_second": round(poems / took, 2),
        "statuses": dict(sorted(seen.statuses.items())),
        "busy_share": round(seen.statuses[429] / max(answered, 1), 3),
        "errors": dict(seen.errors),
        "lost_streams": seen.lost,
        "latency": {kind: percentiles(values) for kind, values in seen.seconds.items()},
        "first_line": percentiles(seen.first_line),
        "turned_away": percentiles(seen.turned_away),
        "memory_mb": {"start": memory[0], "end": memory[-1], "most": max(memory), "course": memory},
    }


def percentiles(values: list[float]) -> dict[str, float]:
    """Seconds at ``POINTS``, nearest rank."""
    ordered = sorted(values)
    at = {f"p{p}": ordered[min(len(ordered) - 1, len(ordered) * p // 100)] for p in POINTS} if ordered else {}
    return {name: round(value, 3) for name, value in at.items()}


@contextmanager
def started(url: str | None) -> Iterator[str]:
    """A service's address; one is started where none is given."""
    if url is not None:
        yield url
        return
    process = subprocess.Popen(
        [sys.executable, "-m", "yayun", "serve", "--port", "0"], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    found = re.search(r"http://\S+", process.stderr.readline())
    assert found, "the service did not start"
    drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)  # its log
    try:
        yield found[0]
    finally:
        process.terminate()
        process.wait()
        drain.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--url")
    options = parser.parse_args()
    with started(options.url) as url:
        print(json.dumps(asyncio.run(load(url, options.clients, options.seconds)), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
