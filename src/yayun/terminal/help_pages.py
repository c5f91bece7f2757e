"""The help pages' own words in Chinese: what the parser writes around our texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import typer

_HEADINGS = {"Options": "选项", "Arguments": "参数", "Commands": "命令"}
_WORDS = (
    (re.compile(re.escape("[OPTIONS]")), "[选项]"),
    (re.compile(r"COMMAND \[ARGS\]\.\.\."), "命令 [参数]..."),
    (re.compile(r"Show this message and exit\."), "显示说明"),
    (re.compile(r"\[default: (.*?)\]"), r"[默认 \1]"),
    (re.compile(r"\[required\]"), "[必填]"),
    (re.compile(r"<str>|TEXT"), "<文字>"),
    (re.compile(r"<int(?: range)?>|INTEGER(?: RANGE)?"), "<整数>"),
    (re.compile(r"<float(?: range)?>|FLOAT(?: RANGE)?"), "<数>"),
    (re.compile(r"<path>|PATH|FILE\b|DIRECTORY"), "<路径>"),
)
_Formatter: type[Any] = typer.Context.formatter_class


def said(text: str) -> str:
    """A text of the parser's in Chinese."""
    for pattern, words in _WORDS:
        text = pattern.sub(words, text)
    return text


class Formatter(_Formatter):  # type: ignore[misc]
    """Writes a help page."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The first line."""
        super().write_usage(prog, said(args), prefix or "用法:")

    def write_heading(self, heading: str) -> None:
        """A section's name."""
        super().write_heading(_HEADINGS.get(heading, heading))

    def write_dl(self, rows: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """Names, each with what it is."""
        super().write_dl([(said(name), said(text)) for name, text in rows], *args, **kwargs)


class Context(typer.Context):
    """Where a command runs."""

    formatter_class = Formatter


def in_chinese(command: Any) -> Any:
    """``command`` and all below it, with help pages in Chinese."""
    command.context_class = Context
    for below in getattr(command, "commands", {}).values():
        in_chinese(below)
    return command
