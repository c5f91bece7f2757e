"""A progress bar for long work, on stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol


class Update(Protocol):
    """Told how much is done, and figures to show beside the bar."""

    def __call__(self, done: int, row: dict[str, Any] | None = None) -> None:
        """``done`` of the total; ``row``: figures by name."""


@contextmanager
def bar(name: str, total: int, done: int = 0, *, passing: bool = False) -> Iterator[Update]:
    """Yields the function that moves the bar. ``passing``: without trace, and unseen where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn(name), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
               TextColumn("{task.fields[note]}"))  # fmt: skip
    hidden = passing and not console.is_terminal
    with Progress(*columns, console=console, transient=passing, disable=hidden) as progress:
        task = progress.add_task(name, total=total, completed=done, note="")

        def update(done: int, row: dict[str, Any] | None = None) -> None:
            note = " ".join(f"{k}={v}" for k, v in (row or {}).items())
            progress.update(task, completed=done, note=note)

        yield update
