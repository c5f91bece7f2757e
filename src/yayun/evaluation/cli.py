"""``yayun evaluate``: one row of the table, or the whole table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from yayun.backends.effort import COOLEST, EFFORT, FREE_TEMPERATURE, HOTTEST, TEMPERATURE, Effort
from yayun.errors import YayunError
from yayun.evaluation.reading.cli import app as reading
from yayun.lazy import lazy

if TYPE_CHECKING:
    from yayun import home
    from yayun import recipe as yayun_recipe
    from yayun.backends import registry
    from yayun.composing import road
    from yayun.evaluation import bench, published, render
    from yayun.evaluation import recipe as evaluation_recipe
    from yayun.evaluation import table as evaluation_table
    from yayun.evaluation.rows import Row
else:
    registry = lazy("yayun.backends.registry")
    road = lazy("yayun.composing.road")
    bench = lazy("yayun.evaluation.bench")
    published = lazy("yayun.evaluation.published")
    evaluation_recipe = lazy("yayun.evaluation.recipe")
    render = lazy("yayun.evaluation.render")
    evaluation_table = lazy("yayun.evaluation.table")
    home = lazy("yayun.home")
    yayun_recipe = lazy("yayun.recipe")


app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)
app.add_typer(reading, name="reading")


@app.callback()
def evaluate(
    context: typer.Context,
    dataset: Annotated[
        str | None, typer.Option(help="唐人近体、唐诗三百首、全唐诗、唐人排律、宋词,或诗文件(文本或 JSON 行)")
    ] = None,
    requests: Annotated[Path | None, typer.Option(help="请求文件,每行一个 JSON;逐条写诗再评")] = None,
    recipe: Annotated[Path | None, typer.Option(help="评测配方,如 recipes/qwen2.5-7b/evaluate.yaml")] = None,
    from_log: Annotated[Path | None, typer.Option(help="由写诗记录重算,不再写诗")] = None,
    profile: Annotated[Literal["strict", "paper"], typer.Option(help="评分口径")] = "strict",
    log: Annotated[Path | None, typer.Option(help="写诗记录;已有的不再写。默认在用户数据目录")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="每行数据输出一行 JSON")] = False,
    quality: Annotated[bool, typer.Option("--quality", help="另评诗意(需要语料与 eval 附加依赖);整张表总是评")] = False,
    mode: Annotated[Literal["guided", "free"], typer.Option(help="guided:逐字守律;free:模型自己写")] = "guided",
    rag: Annotated[bool, typer.Option("--rag/--no-rag", help="写作时是否检索韵书与意象")] = True,
    seed: Annotated[int, typer.Option(min=0, help="随机种子")] = 0,
    temperature: Annotated[
        float | None,
        typer.Option(min=COOLEST, max=HOTTEST, help=f"越高越奇(默认守律 {TEMPERATURE}、自由 {FREE_TEMPERATURE})"),
    ] = None,
    effort: Annotated[Effort, typer.Option(help="下多少功夫:quick 快,normal 平常,careful 细")] = EFFORT,
    count: Annotated[int, typer.Option("-n", "--count", min=1, max=100, help="每条请求写几首")] = 1,
    limit: Annotated[int | None, typer.Option(min=1, help="只取均匀分布的若干条")] = None,
    backend: Annotated[
        str, typer.Option(help="用谁写:embedded、openai、transformers:模型目录;只用于 --requests")
    ] = "embedded",
    base_url: Annotated[str | None, typer.Option(help="服务地址,如 http://127.0.0.1:8000/v1;密钥取自环境变量")] = None,
    model: Annotated[str | None, typer.Option(help="服务上的模型名;只有一个模型时可省")] = None,
    max_calls: Annotated[int | None, typer.Option(min=1, help="一共最多发多少次请求,重试也算")] = None,
    output: Annotated[Path | None, typer.Option(help="另存到目录:table.md、table.json、table.svg")] = None,
) -> None:
    """评测:给一行成绩;不给 --dataset、--requests、--recipe、--from-log 则给出整张表。"""
    if context.invoked_subcommand is not None:
        return

    sources = [source for source in (dataset, requests, recipe, from_log) if source is not None]
    if len(sources) > 1:
        raise YayunError("--dataset、--requests、--recipe、--from-log 一次只能用一个。")

    chosen = registry.choose_backend(backend, base_url, model, max_calls)
    if not chosen.builtin and requests is None:
        raise YayunError("--backend 要与 --requests 同用:请给出请求文件。")
    options = road.Options(mode=mode, rag=rag, seed=seed, temperature=temperature, effort=effort)
    wanted = evaluation_table.Wanted((profile,), quality, limit)
    if dataset is not None:
        beside = [row for row in published.published_rows() if row.name == dataset and row.profile == profile]
        found: Iterator[Row] = chain(evaluation_table.dataset_rows(dataset, wanted), beside)
    elif recipe is not None:
        found = _by_recipe(recipe, log)
    elif from_log is not None:
        found = evaluation_table.log_rows(from_log, wanted)
    elif requests is not None:
        asked = bench.read_requests(requests, limit)
        found = evaluation_table.bench_rows(
            asked, options, log or evaluation_table.default_log(requests), wanted, count, backend=chosen
        )
    else:
        found = evaluation_table.whole_table(options, log, limit)
    rows = list(_printed(found) if as_json else found)
    if not as_json:
        print(render.markdown(rows), end="")
    if output is not None:
        save(rows, output)


def _by_recipe(path: Path, log: Path | None) -> Iterator[Row]:
    if find_spec("pydantic") is None:
        raise YayunError("读配方要先安装附加依赖:pip install 'yayun[train]'。")

    return evaluation_recipe.recipe_rows(yayun_recipe.load_recipe(path, evaluation_recipe.EvaluateRecipe, []), log)


def _printed(rows: Iterator[Row]) -> Iterator[Row]:
    """Rows as they come, each printed as JSON."""
    for row in rows:
        print(json.dumps(row.to_json(), ensure_ascii=False), flush=True)
        yield row


def save(rows: list[Row], folder: Path) -> None:
    """Write table.md, table.json (a list of rows) and, where there are rows of the paper profile, table.svg."""
    with home.atomic_open(folder / "table.md") as f:
        f.write(render.markdown(rows))
    with home.atomic_open(folder / "table.json") as f:
        json.dump([row.to_json() for row in rows], f, ensure_ascii=False, indent=1)
    if any(row.profile == "paper" for row in rows):
        render.plot(rows, folder / "table.svg")
