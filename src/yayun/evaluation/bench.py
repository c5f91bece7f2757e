"""Asking the requests of a benchmark, resumably: what the log has is not asked again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from yayun.backends.registry import identity
from yayun.brief import Brief, make_brief
from yayun.errors import YayunError
from yayun.evaluation.samples import Answer, Run, append_log, read_log

if TYPE_CHECKING:
    from yayun.backends.registry import Choice
    from yayun.composing.poem import Poem
    from yayun.composing.road import Options

CHUNK = 16  # requests decoded together; boundaries are fixed, so that a resumed run draws what an unbroken one would
ANSWER_STRIDE = 1_000_000  # seeds between the answers to one request

# The poem of each brief in order, or the error that stopped it.
Compose = Callable[[Sequence[Brief], "Options"], "Iterable[Poem | YayunError]"]


@dataclass(frozen=True, slots=True)
class Request:
    """A line of a requests file: ``index`` counts from 0."""

    index: int
    text: str
    brief: Brief


def read_requests(path: Path, limit: int | None = None) -> list[Request]:
    """The requests of a JSON-lines file (``{"request": ...}`` or compose's fields); ``limit`` of them, evenly spread.

    Raises YayunError where there is no file, or a line can't be used.
    """
    if not path.is_file():
        raise YayunError(f"找不到请求文件 {path}。")
    rows = [row for row in path.read_text(encoding="utf-8").splitlines() if row.strip()]
    if not rows:
        raise YayunError(f"请求文件 {path.name} 是空的。")
    count = len(rows) if limit is None else min(limit, len(rows))
    picked = [i * len(rows) // count for i in range(count)]
    return [_request(i, rows[i], path) for i in picked]


def _request(index: int, row: str, path: Path) -> Request:
    try:
        fields = json.loads(row)
        text = fields.get("request") or json.dumps(fields, ensure_ascii=False, sort_keys=True)
        brief = replace(make_brief(fields.pop("request", None), **fields), count=1)
    except (ValueError, TypeError, AttributeError) as error:
        raise YayunError(f'{path.name} 第 {index + 1} 行不是请求:每行应是 {{"request": "…"}}。') from error
    except YayunError as error:
        raise YayunError(f"{path.name} 第 {index + 1} 行不能用:{error}") from error
    return Request(index, text, brief)


def ask(
    requests: Sequence[Request],
    options: Options,
    run: Run,
    log: Path,
    compose: Compose,
    answers: range = range(1),
    progress: Callable[[int], object] = lambda done: None,
) -> list[Answer]:
    """The answers to all requests: those the log has, and the others composed now and logged.

    ``options.seed`` must be set. ``progress`` is called with the number of answers that have been got so far. Stopping
    at any moment loses at most the chunk in hand.
    """
    have = {answer.key: answer for answer in read_log(log)}
    wanted = [(run, request.index, n, request.text) for n in answers for request in requests]
    progress(sum(key in have for key in wanted))
    for n in answers:
        for part in _chunks(requests):
            missing = [r for r in part if (run, r.index, n, r.text) not in have]
            for together in _consecutive(missing):
                found = _compose(together, n, options, run, compose)
                append_log(log, found)
                have.update((answer.key, answer) for answer in found)
                progress(sum(key in have for key in wanted))
    return [have[key] for key in wanted]


def _chunks(requests: Sequence[Request]) -> Iterator[Sequence[Request]]:
    """Runs of consecutive requests inside one block of ``CHUNK`` lines of the file."""
    block: list[Request] = []
    for request in requests:
        if block and request.index // CHUNK != block[0].index // CHUNK:
            yield block
            block = []
        block.append(request)
    if block:
        yield block


def _consecutive(requests: Sequence[Request]) -> Iterator[list[Request]]:
    """compose_all gives consecutive seeds: so only consecutive lines go together."""
    run: list[Request] = []
    for request in requests:
        if run and request.index != run[-1].index + 1:
            yield run
            run = []
        run.append(request)
    if run:
        yield run


def _compose(requests: Sequence[Request], n: int, options: Options, run: Run, compose: Compose) -> list[Answer]:
    """Compose together; a request that failed is logged with its error."""
    assert options.seed is not None
    seeded = replace(options, seed=options.seed + n * ANSWER_STRIDE + requests[0].index)
    return [
        _answer(r, n, run, error=str(poem))
        if isinstance(poem, YayunError)
        else replace(
            _answer(r, n, run),
            title=poem.title,
            lines=tuple(poem.lines),
            seconds=poem.seconds,
            seed=poem.seed,
            tune=poem.tune or None,
            variant=poem.variant or None,
        )
        for r, poem in zip(requests, compose([r.brief for r in requests], seeded), strict=True)
    ]


def _answer(request: Request, n: int, run: Run, error: str | None = None) -> Answer:
    brief = request.brief
    return Answer(request.index, n, request.text, run, brief.form, brief.rhyme, brief.title, error=error)


def run_of(choice: Choice, options: Options) -> Run:
    """The run of a backend with these options (``seed`` set)."""
    assert options.seed is not None
    name = "embedded" if choice.builtin else choice.name
    effort = options.effort if options.mode == "guided" and choice.builtin else None
    return Run(name, identity(choice), options.mode, options.rag, options.heat, options.seed, effort)
