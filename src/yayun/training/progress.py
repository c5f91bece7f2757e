"""A progress bar for long work, on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(name: str, total: int, done: int = 0) -> Iterator[Callable[[int, dict], None]]:
    """Yields ``update(done, row)``; the row's figures are shown beside the bar, with speed and time left."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(name), BarColumn(), TextColumn("{task.percentage:>4.1f}%"), TimeRemainingColumn(),
               TextColumn("{task.fields[note]}"))  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(name, total=total, completed=done, note="")

        def update(done: int, row: dict) -> None:
            progress.update(task, completed=done, note=" ".join(f"{k}={v}" for k, v in row.items()))

        yield update
