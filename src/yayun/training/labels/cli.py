"""``yayun train label``: drafts marked by readers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yayun.errors import YayunError
from yayun.lazy import lazy

if TYPE_CHECKING:
    from yayun import home, journal
    from yayun.servers import chat
    from yayun.training.labels import ask as labels_ask
    from yayun.training.labels import marks
else:
    home = lazy("yayun.home")
    journal = lazy("yayun.journal")
    chat = lazy("yayun.servers.chat")
    labels_ask = lazy("yayun.training.labels.ask")
    marks = lazy("yayun.training.labels.marks")

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
    for n, part in enumerate(marks.in_sheets(marks.read_drafts(drafts, seed), each), start=1):
        with home.atomic_open(folder / f"sheet-{n}.txt") as f:
            f.write(marks.as_sheet(part))
        print(f"{folder / f'sheet-{n}.txt'}:{len(part)} 首")


@app.command()
def collect(
    drafts: Drafts,
    answers: Annotated[list[Path], typer.Argument(help="读者写的评分,一份或几份")],
    out: Annotated[Path, typer.Option(help="标注写到哪个文件")],
    seed: Seed = 0,
) -> None:
    """收卷:把评分与草稿合成标注;一首有几位读者的,各成一行。"""
    drawn = {draft.number: draft for draft in marks.read_drafts(drafts, seed)}
    rows = []
    for path in answers:
        if not path.is_file():
            raise YayunError(f"找不到评分文件 {path}。")
        found = marks.read_marks(path.read_text(encoding="utf-8-sig"), drawn.values())
        if not found:
            raise YayunError(f"{path} 里没有评分:一首一行,编号,通顺,逐句,毛病。")
        rows += [marks.to_label(drawn[n], mark, path.stem) for n, mark in sorted(found.items())]
    journal.write_rows(out, rows)
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
    client = chat.ChatClient(chat.Server(base_url=base_url, model=model, max_calls=max_calls or None))
    drawn = marks.read_drafts(drafts, seed)
    try:
        print(f"{labels_ask.ask(drawn, out, client, workers)} / {len(drawn)} 首有标注,在 {out}")
    finally:
        client.close()
