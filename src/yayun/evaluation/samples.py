"""A poem to be judged, and the JSON-lines log that samples are kept in.

A log line is one answer: ``{"index", "answer", "request", "run": {...}, "form", "rhyme", "title", "lines", "seconds",
"seed"}``, or with ``"error"`` (a sentence) in the place of the verse where a request could not be met. Lines are only
ever appended, a batch in one write; what a kill leaves of an unfinished last line is dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from yayun.backends.effort import EFFORT
from yayun.errors import YayunError
from yayun.journal import append_rows, whole_lines


@dataclass(frozen=True, slots=True)
class Run:
    """What wrote a sample: the flags that make two samples comparable. ``model`` names the weights; ``effort`` is None
    where drafts are not chosen from."""

    backend: str
    model: str
    mode: str
    rag: bool
    temperature: float
    seed: int
    effort: str | None = None

    @property
    def name(self) -> str:
        """The row's name."""
        kind = {"guided": "守律", "free": "自由"}[self.mode]
        return f"{self.backend} {kind}{' + 检索' if self.rag else ''}" + (
            "" if self.effort in (None, EFFORT) else f" {self.effort}"
        )


@dataclass(frozen=True, slots=True)
class Sample:
    """One poem. ``form`` (五绝 ...) and ``rhyme`` are what was asked for, None where it is judged as what it is.

    ``lines`` is empty where none was written; ``key`` names the request, ``seconds`` is None where nobody measured.
    A 词 has its ``tune``, and the ``variant`` it was written in or its ``stanzas`` with their marks.
    """

    lines: tuple[str, ...]
    title: str = ""
    form: str | None = None
    rhyme: str | None = None
    key: str = ""
    seconds: float | None = None
    tune: str = ""
    variant: str = ""
    stanzas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A line of the log. ``answer`` counts the answers to one request from 0."""

    index: int
    answer: int
    request: str
    run: Run
    form: str | None = None
    rhyme: str | None = None
    title: str = ""
    lines: tuple[str, ...] = ()
    seconds: float | None = None
    seed: int | None = None
    error: str | None = None
    tune: str | None = None
    variant: str | None = None

    @property
    def key(self) -> tuple[Run, int, int, str]:
        """What must not be asked twice."""
        return self.run, self.index, self.answer, self.request

    def sample(self) -> Sample:
        """The poem to judge."""
        return Sample(
            self.lines, self.title, self.form, self.rhyme, f"{self.index}:{self.request}", self.seconds,
            self.tune or "", self.variant or "",
        )  # fmt: skip


def read_log(path: Path) -> list[Answer]:
    """The finished lines of a log, in order; none where there is no file.

    Raises YayunError where a line is no answer.
    """
    return [_answer(row, path, number) for number, row in enumerate(whole_lines(path), start=1) if row.strip()]


def _answer(row: bytes, path: Path, number: int) -> Answer:
    try:
        fields: dict[str, Any] = json.loads(row)
        fields["run"] = Run(**fields["run"])
        fields["lines"] = tuple(fields.get("lines", ()))
        return Answer(**fields)
    except (ValueError, TypeError, KeyError) as error:
        raise YayunError(f"{path.name} 第 {number} 行不是评测记录:请换一个 --log 或 --from-log 文件。") from error


def append_log(path: Path, answers: Iterable[Answer]) -> None:
    """Add answers at the end in one write, after dropping an unfinished last line."""
    append_rows(path, map(_row, answers))


def _row(answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in asdict(answer).items() if value is not None and value != ()}


def runs(answers: Iterable[Answer]) -> Iterator[tuple[Run, list[Answer]]]:
    """The answers of each run, in the order the runs first appear; of one asked twice the first counts."""
    grouped: dict[Run, dict[object, Answer]] = {}
    for answer in answers:
        grouped.setdefault(answer.run, {}).setdefault(answer.key, answer)
    for run, found in grouped.items():
        yield run, sorted(found.values(), key=lambda a: (a.answer, a.index))
