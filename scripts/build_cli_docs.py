"""Write ``docs/cli.md`` from the command line's own help. A test holds the page to the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import typer

from yayun.cli import app

OUT = Path(__file__).parents[1] / "docs/cli.md"
HEAD = """# 命令行

这一页由 `python scripts/build_cli_docs.py` 从程序自己的帮助写出。

诗写到标准输出;构思、进度与提示写到标准错误。退出码:0 正常;1 `check` 查出错误,或批量中有不能用的请求;
2 请求或选项不能用(一句话说明)。

补全:在 `~/.bashrc` 里加一行 `eval "$(_YAYUN_COMPLETE=source_bash yayun)"`(zsh 用 `source_zsh`,fish 用 `source_fish`)。
不要颜色:设 `NO_COLOR=1`。
"""


def sections(command: object, name: str) -> Iterator[str]:
    """A section a command: usage, text, arguments and options."""
    subcommands = getattr(command, "commands", {})
    rows = [row(p) for p in command.params if not p.hidden]  # type: ignore[attr-defined]
    if rows or not subcommands:
        yield f"## {name}\n\n{(command.help or '').strip()}\n"  # type: ignore[attr-defined]
    if rows:
        yield "| 参数 | 说明 |\n|---|---|\n" + "\n".join(rows) + "\n"
    for child, sub in subcommands.items():
        yield from sections(sub, f"{name} {child}")


def row(parameter: object) -> str:
    """One line of the table."""
    names = [*parameter.opts, *parameter.secondary_opts]  # type: ignore[attr-defined]
    shown = "、".join(f"`{n}`" for n in names) if names[0].startswith("-") else f"`{names[0].upper()}`"
    text = re.sub(r"\s+", " ", getattr(parameter, "help", None) or "")
    default = getattr(parameter, "default", None)
    if default not in (None, False, ()) and not callable(default):
        text += f"(默认 {'是' if default is True else default})"
    return f"| {shown} | {text} |"


def page() -> str:
    """The whole page."""
    return HEAD + "\n" + "\n".join(sections(typer.main.get_command(app), "yayun"))


if __name__ == "__main__":
    OUT.write_text(page(), encoding="utf-8")
