"""Append-only JSON-lines files that survive ``kill -9``: a row is there whole, or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from yayun.home import atomic_open


def append_row(path: Path, row: dict[str, Any]) -> None:
    """Add one row and see it on the disk; a row that a kill tore off is cut away first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as f:
        _cut_torn_row(f)
        f.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        f.flush()
        os.fsync(f.fileno())


def _cut_torn_row(f: Any) -> None:
    """Only a row ended by a newline is whole: what follows the last one goes."""
    end = f.seek(0, os.SEEK_END)
    if end == 0:
        return
    f.seek(end - 1)
    if f.read(1) == b"\n":
        return
    f.seek(0)
    f.truncate(f.read().rfind(b"\n") + 1)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file, none where there is no file; a row torn at the end is left out."""
    if not path.exists():
        return
    for line in path.read_bytes().split(b"\n")[:-1]:
        yield json.loads(line)


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write a whole file of rows at once, or leave the old one."""
    with atomic_open(path) as f:
        f.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
