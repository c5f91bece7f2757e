"""Append-only JSON-lines files that survive ``kill -9``: a row is there whole, or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from yayun.home import atomic_open
from yayun.progress import bar

T = TypeVar("T")


def append_row(path: Path, row: dict[str, Any]) -> None:
    """Add one row and see it on the disk; a row that a kill tore off is cut away first."""
    append_rows(path, [row])


def append_rows(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Add rows in one write and see them on the disk; a row that a kill tore off is cut away first."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as f:
        f.truncate(_finished(f))
        f.write(text.encode())
        f.flush()
        os.fsync(f.fileno())


def _finished(f: BinaryIO) -> int:
    """The length of the file up to its last line break."""
    end = f.seek(0, os.SEEK_END)
    while end > 0:
        start = max(0, end - 65536)
        f.seek(start)
        if (at := f.read(end - start).rfind(b"\n")) >= 0:
            return start + at + 1
        end = start
    return 0


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file, none where there is no file; a row torn at the end is left out."""
    return map(json.loads, whole_lines(path))


def whole_lines(path: Path) -> list[bytes]:
    """The finished lines of a file, as they stand; none where there is no file."""
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write a whole file of rows at once, or leave the old one."""
    with atomic_open(path) as f:
        f.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def write_in_batches(
    path: Path, items: Sequence[T], size: int, make: Callable[[int, Sequence[T]], Iterable[dict[str, Any]]], name: str
) -> None:
    """A row of ``path`` for each of ``items``, in order, ``size`` at once: ``make(start, batch)``, ``start`` being the
    number of the batch's first item. ``name``: the progress bar's.

    Called again it goes on where it was stopped, by whole batches, so that a resumed run writes what an unbroken one
    would.
    """
    done = len(whole_lines(path))
    with bar(name, len(items), done) as progress:
        for start in range(done - done % size, len(items), size):
            batch = items[start : start + size]
            for i, row in enumerate(make(start, batch), start):
                if i >= done:
                    append_row(path, row)
            progress(start + len(batch), {})
