"""Batch composing: a file of requests in, JSON lines out, in order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yayun.brief import Brief, make_brief
from yayun.composer import Options, compose_all
from yayun.errors import YayunError

CHUNK = 16  # requests settled together: enough to fill the decoder, few enough to show results early
_FIELDS = frozenset(
    {"request", "title", "form", "rhyme", "pattern", "first_line_rhymes", "theme", "imagery", "acrostic", "script",
     "count"}
)  # fmt: skip


def compose_file(path: Path, defaults: dict[str, Any], options: Options, as_json: bool) -> int:
    """Compose every line of ``path``; returns the exit code: 1 when some line couldn't be used."""
    from yayun.show import show_poem

    if not path.is_file():
        raise YayunError(f"找不到批量文件 {path}。")
    failed = False
    for result in results(path, defaults, options):
        if isinstance(result, dict):
            failed = True
            print(json.dumps(result, ensure_ascii=False), flush=True)
        elif as_json:
            print(json.dumps(result.to_json(), ensure_ascii=False), flush=True)
        else:
            show_poem(result)
    return 1 if failed else 0


def results(path: Path, defaults: dict[str, Any], options: Options) -> Iterator[Any]:
    """Poems in order, and ``{"request", "error"}`` in the place of a line that can't be used."""
    number = 0
    with path.open(encoding="utf-8") as f:
        chunk: list[Brief | dict[str, Any]] = []
        for line in f:
            if not line.strip():
                continue
            chunk.append(read_line(line, defaults))
            if len(chunk) == CHUNK:
                yield from _compose(chunk, options, number)
                number, chunk = number + len(chunk), []
        yield from _compose(chunk, options, number)


def read_line(line: str, defaults: dict[str, Any]) -> Brief | dict[str, Any]:
    """A line's brief, or its error."""
    try:
        row = json.loads(line)
    except ValueError:
        return {"request": line.strip()[:200], "error": "这一行不是 JSON。"}
    if not isinstance(row, dict):
        return {"request": row, "error": "这一行应是一个 JSON 对象。"}
    if unknown := sorted(set(row) - _FIELDS):
        return {"request": row, "error": f"不认识的字段:{'、'.join(unknown)}。"}
    fields = {**defaults, **{k: v for k, v in row.items() if v is not None}}
    try:
        return make_brief(fields.pop("request", None), **fields)
    except YayunError as error:
        return {"request": row.get("request", row), "error": str(error)}


def _compose(chunk: list[Brief | dict[str, Any]], options: Options, number: int) -> Iterator[Any]:
    """Compose a chunk together; where that fails, each by itself, so that one line can't spoil the others."""
    from dataclasses import replace

    briefs = [b for b in chunk if isinstance(b, Brief)]
    seeded = options if options.seed is None else replace(options, seed=options.seed + number)
    try:
        poems = iter(compose_all(briefs, seeded))
    except YayunError:
        yield from _one_by_one(chunk, seeded)
        return
    for entry in chunk:
        if isinstance(entry, Brief):
            yield from (next(poems) for _ in range(entry.count))
        else:
            yield entry


def _one_by_one(chunk: list[Brief | dict[str, Any]], options: Options) -> Iterator[Any]:
    for entry in chunk:
        if not isinstance(entry, Brief):
            yield entry
            continue
        try:
            yield from compose_all([entry], options)
        except YayunError as error:
            yield {"request": entry.request, "error": str(error)}
