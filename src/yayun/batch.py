"""Batch composing: a file of requests in, JSON lines out, in order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yayun.brief import Brief, make_brief
from yayun.errors import YayunError
from yayun.poem import Poem
from yayun.settle import Options

if TYPE_CHECKING:
    from yayun.served import Compose

CHUNK = 16  # requests settled together: enough to fill the decoder, few enough to show results early
_FIELDS = frozenset(
    {"request", "title", "form", "rhyme", "pattern", "first_line_rhymes", "theme", "imagery", "acrostic", "script",
     "count"}
)  # fmt: skip


def compose_file(path: Path, defaults: dict[str, Any], options: Options, as_json: bool, compose: Compose) -> int:
    """Compose every line of ``path``; returns the exit code: 1 when some line couldn't be used."""
    from yayun.show import show_poem

    if not path.is_file():
        raise YayunError(f"找不到批量文件 {path}。")
    failed = False
    for result in results(path, defaults, options, compose):
        if isinstance(result, dict):
            failed = True
            print(json.dumps(result, ensure_ascii=False), flush=True)
        elif as_json:
            print(json.dumps(result.to_json(), ensure_ascii=False), flush=True)
        else:
            show_poem(result)
    return 1 if failed else 0


def results(
    path: Path, defaults: dict[str, Any], options: Options, compose: Compose
) -> Iterator[Poem | dict[str, Any]]:
    """Poems in order, and ``{"request", "error"}`` in the place of a line that can't be used."""
    number = 0
    with path.open(encoding="utf-8") as f:
        chunk: list[Brief | dict[str, Any]] = []
        for line in f:
            if not line.strip():
                continue
            chunk.append(read_line(line, defaults))
            if len(chunk) == CHUNK:
                yield from _compose(chunk, options, number, compose)
                number, chunk = number + len(chunk), []
        yield from _compose(chunk, options, number, compose)


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


def _compose(
    chunk: list[Brief | dict[str, Any]], options: Options, number: int, compose: Compose
) -> Iterator[Poem | dict[str, Any]]:
    """The poems of a chunk's briefs, composed together, among the lines that can't be used."""
    from dataclasses import replace

    seeded = options if options.seed is None else replace(options, seed=options.seed + number)
    poems = compose([b for b in chunk if isinstance(b, Brief)], seeded)
    for entry in chunk:
        if isinstance(entry, Brief):
            yield from _answers(entry, poems)
        else:
            yield entry


def _answers(brief: Brief, poems: Iterator[Poem | YayunError]) -> Iterator[Poem | dict[str, Any]]:
    """The brief's poems; an error told once, however many poems it befell."""
    told: set[str] = set()
    for _ in range(brief.count):
        poem = next(poems)
        if not isinstance(poem, YayunError):
            yield poem
        elif str(poem) not in told:
            told.add(str(poem))
            yield {"request": brief.request or brief.title or brief.theme, "error": str(poem)}
