"""``yayun corpus``: fetch and describe the local copy of the corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="语料:唐诗与宋诗。", no_args_is_help=True)


@app.command("fetch")
def fetch_command(
    source: Annotated[
        Path | None, typer.Option(help="chinese-poetry 的本地目录;不给则用 npm 取得", exists=True, file_okay=False)
    ] = None,
) -> None:
    """取得语料,存到用户数据目录(可用 YAYUN_HOME 改)。"""
    from yayun.corpus.fetch import fetch

    print(fetch(source))


@app.command("info")
def info_command() -> None:
    """语料的规模、划分与用字情况。"""
    from yayun.corpus.info import describe

    print(describe())
