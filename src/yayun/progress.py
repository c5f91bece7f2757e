"""A progress bar for long work, on stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from yayun.lazy import lazy

if TYPE_CHECKING:
    import rich.console as rich_console
    import rich.progress as rich_progress
else:
    rich_console = lazy("rich.console")
    rich_progress = lazy("rich.progress")


class Update(Protocol):
    """Told how much is done, and figures to show beside the bar."""

    def __call__(self, done: int, row: dict[str, Any] | None = None) -> None:
        """``done`` of the total; ``row``: figures by name."""


@contextmanager
def bar(name: str, total: int, done: int = 0, *, passing: bool = False) -> Iterator[Update]:
    """Yields the function that moves the bar. ``passing``: without trace, and unseen where stderr is no terminal."""
    console = rich_console.Console(stderr=True)
    columns = (
        rich_progress.TextColumn(name),
        rich_progress.BarColumn(),
        rich_progress.MofNCompleteColumn(),
        rich_progress.TimeRemainingColumn(),
        rich_progress.TextColumn("{task.fields[note]}"),
    )
    hidden = passing and not console.is_terminal
    with rich_progress.Progress(*columns, console=console, transient=passing, disable=hidden) as progress:
        task = progress.add_task(name, total=total, completed=done, note="")

        def update(done: int, row: dict[str, Any] | None = None) -> None:
            note = " ".join(f"{k}={v}" for k, v in (row or {}).items())
            progress.update(task, completed=done, note=note)

        yield update
