"""``yayun train label``: drafts marked by readers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yayun.errors import YayunError

app = typer.Typer(help="评草稿:出卷、收卷,或请大模型评。", no_args_is_help=True, rich_markup_mode=None)
Drafts = Annotated[Path, typer.Argument(help="草稿:JSON 行,要有 title、form、lines")]
Seed = Annotated[int, typer.Option(min=0, help="打乱草稿的种子:出卷与收卷须相同")]


@app.command()
def sheets(
    drafts: Drafts,
    folder: Annotated[Path, typer.Argument(help="卷子写到哪个目录")],
    each: Annotated[int, typer.Option(min=1, help="一份卷子约几首;同题的在一份里")] = 300,
    seed: Seed = 0,
) -> None:
    """出卷:sheet-1.txt、sheet-2.txt …,卷上不写草稿的来历。"""
    from yayun.home import atomic_open
    from yayun.training.labels.marks import as_sheet, in_sheets, read_drafts

    for n, part in enumerate(in_sheets(read_drafts(drafts, seed), each), start=1):
        with atomic_open(folder / f"sheet-{n}.txt") as f:
            f.write(as_sheet(part))
        print(f"{folder / f'sheet-{n}.txt'}:{len(part)} 首")


@app.command()
def collect(
    drafts: Drafts,
    answers: Annotated[list[Path], typer.Argument(help="读者写的评分,一份或几份")],
    out: Annotated[Path, typer.Option(help="标注写到哪个文件")],
    seed: Seed = 0,
) -> None:
    """收卷:把评分与草稿合成标注;一首有几位读者的,各成一行。"""
    from yayun.journal import write_rows
    from yayun.training.labels.marks import read_drafts, read_marks, to_label

    drawn = {draft.number: draft for draft in read_drafts(drafts, seed)}
    rows = []
    for path in answers:
        if not path.is_file():
            raise YayunError(f"找不到评分文件 {path}。")
        found = read_marks(path.read_text(encoding="utf-8-sig"), drawn.values())
        if not found:
            raise YayunError(f"{path} 里没有评分:一首一行,编号,通顺,逐句,毛病。")
        rows += [to_label(drawn[n], mark, path.stem) for n, mark in sorted(found.items())]
    write_rows(out, rows)
    print(f"{len(rows)} 条标注写在 {out}")


@app.command()
def ask(
    drafts: Drafts,
    out: Annotated[Path, typer.Argument(help="标注写到哪个文件;已有的不再问")],
    base_url: Annotated[
        str, typer.Option(help="与 OpenAI 兼容的服务地址,以 /v1 结尾;密钥取自环境变量 YAYUN_BACKEND_KEY")
    ],
    model: Annotated[str, typer.Option(help="模型名;服务上只有一个时可省")] = "",
    workers: Annotated[int, typer.Option(min=1, help="同时问几份")] = 4,
    max_calls: Annotated[int, typer.Option(min=0, help="至多问几次,0 为不限")] = 0,
    seed: Seed = 0,
) -> None:
    """请大模型评:评过的不再问,中断后再运行同一命令即接着问。"""
    from yayun.servers.chat import ChatClient, Server
    from yayun.training.labels.ask import ask as asked
    from yayun.training.labels.marks import read_drafts

    client = ChatClient(Server(base_url=base_url, model=model, max_calls=max_calls or None))
    drawn = read_drafts(drafts, seed)
    try:
        print(f"{asked(drawn, out, client, workers)} / {len(drawn)} 首有标注,在 {out}")
    finally:
        client.close()
