"""``yayun corpus``: fetch, add to and describe the local copy of the corpus."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from yayun.lazy import lazy
from yayun.progress import bar

if TYPE_CHECKING:
    from yayun.corpus import adding, concordance, info
    from yayun.corpus import fetch as corpus_fetch
else:
    adding = lazy("yayun.corpus.adding")
    concordance = lazy("yayun.corpus.concordance")
    corpus_fetch = lazy("yayun.corpus.fetch")
    info = lazy("yayun.corpus.info")

app = typer.Typer(help="语料:唐诗与宋诗,以及另收的历代诗词。", no_args_is_help=True, rich_markup_mode=None)


@app.command("fetch")
def fetch_command(
    source: Annotated[
        Path | None, typer.Option(help="chinese-poetry 的本地目录;不给则用 npm 取得", exists=True, file_okay=False)
    ] = None,
) -> None:
    """取得语料,存到用户数据目录(可用 YAYUN_HOME 改)。"""
    print(corpus_fetch.fetch(source))


@app.command("add")
def add_command(
    files: Annotated[
        list[Path],
        typer.Argument(help="每行一首诗的 JSON 文件(.jsonl,可压成 .xz 或 .gz)", exists=True, dir_okay=False),
    ],
    genre: Annotated[
        Literal["诗", "词"] | None, typer.Option(help="行里没有写明 genre 时,是诗还是词;不给则按题目判断")
    ] = None,
) -> None:
    """收入元明清等历代诗词:还原繁体,清洗,去重,划分。"""
    print(info.describe_added(adding.add(files, genre)))


@app.command("find")
def find_command(
    word: Annotated[str, typer.Argument(help="要查的词,如 断肠;简繁都行")],
    at_end: Annotated[bool, typer.Option("--end", help="只看用它收句的")] = False,
    count: Annotated[int, typer.Option("-n", "--count", min=1, max=1000, help="列出几句")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="输出一行 JSON")] = False,
) -> None:
    """查一个词谁用过、哪几句:本机的语料里找,名篇名家在前。"""
    with bar("查", concordance.packed_size(), passing=True) as told:
        found = concordance.look_up(word, count, at_end, told)
    if as_json:
        print(json.dumps(asdict(found), ensure_ascii=False))
        return
    print(f"“{found.word}”:{found.lines} 句,{found.poems} 首")
    if found.authors:
        print("用得最多:" + "、".join(f"{dynasty} {who} {times}" for dynasty, who, times in found.authors[:10]))
    for use in found.uses:
        print(f"{use.line}    {use.dynasty} {use.author}《{use.title}》")


@app.command("info")
def info_command() -> None:
    """语料的规模、划分与用字情况。"""
    print(info.describe())
