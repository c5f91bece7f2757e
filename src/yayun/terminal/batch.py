"""Batch composing: a file of requests in, JSON lines out, in order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yayun.backends.options import Options
from yayun.brief import Brief, make_brief
from yayun.composing.poem import Poem
from yayun.composing.road import compose_with
from yayun.errors import YayunError
from yayun.kinds import unknown_field, wrong_kind
from yayun.terminal.console import print_json
from yayun.terminal.show import show_poem, tell_apart
from yayun.text.files import read_rows

if TYPE_CHECKING:
    from yayun.backends.protocol import Backend

CHUNK = 16  # requests settled together: enough to fill the decoder, few enough to show results early
_FIELDS = frozenset(
    {"request", "title", "form", "rhyme", "pattern", "first_line_rhymes", "theme", "imagery", "acrostic", "script",
     "count", "tune", "variant", "book"}
)  # fmt: skip


def compose_file(path: Path, defaults: dict[str, Any], options: Options, as_json: bool, backend: Backend) -> int:
    """Compose every line of ``path``; returns the exit code: 1 when some line couldn't be used."""
    failed = False
    for result in results(path, defaults, options, backend):
        if isinstance(result, dict):
            failed = True
            print_json(result)
        elif as_json:
            print_json(result.to_json())
        else:
            tell_apart(result.unread, result.notes)
            show_poem(result)
    return 1 if failed else 0


def results(
    path: Path, defaults: dict[str, Any], options: Options, backend: Backend
) -> Iterator[Poem | dict[str, Any]]:
    """Poems in order; in the place of a line that can't be used ``{"request", "error", "row"}``, its number from 1."""
    number = 0  # of poems asked for before: each has a seed of its own
    chunk: list[Brief | dict[str, Any]] = []
    for row, line in read_rows(str(path)):
        if line is None:
            chunk.append({"request": None, "error": "这一行的编码与前面不同,读不通。"})
        elif line.strip("\ufeff\x1a \t\r\n"):
            chunk.append(read_line(line, defaults))
        else:
            continue
        if isinstance(chunk[-1], dict):
            chunk[-1]["row"] = row
        if len(chunk) == CHUNK:
            yield from _compose(chunk, options, number, backend)
            number, chunk = number + sum(entry.count for entry in chunk if isinstance(entry, Brief)), []
    yield from _compose(chunk, options, number, backend)


def read_line(line: str, defaults: dict[str, Any]) -> Brief | dict[str, Any]:
    """A line's brief, or its error."""
    try:
        row = json.loads(line.strip("\ufeff"))
    except (ValueError, RecursionError):
        return {"request": line.strip()[:200], "error": "这一行不是 JSON。"}
    if not isinstance(row, dict):
        return {"request": row, "error": "这一行应是一个 JSON 对象。"}
    if unknown := sorted(set(row) - _FIELDS):
        return {"request": row, "error": unknown_field(unknown[0], sorted(_FIELDS))}
    if (wrong := wrong_kind(row)) is not None:
        return {"request": row, "error": wrong}
    fields = {**defaults, **{k: v for k, v in row.items() if v is not None}}
    try:
        return make_brief(fields.pop("request", None), **fields)
    except YayunError as error:
        return {"request": row.get("request", row), "error": str(error)}


def _compose(
    chunk: list[Brief | dict[str, Any]], options: Options, number: int, backend: Backend
) -> Iterator[Poem | dict[str, Any]]:
    """The poems of a chunk's briefs, composed together, among the lines that can't be used; ``number`` poems came
    before."""
    seeded = options if options.seed is None else replace(options, seed=options.seed + number)
    poems = compose_with([b for b in chunk if isinstance(b, Brief)], seeded, backend)
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
