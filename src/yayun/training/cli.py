"""``yayun train``: one command a stage, each on a recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yayun.errors import YayunError

app = typer.Typer(help="训练:每个阶段一个命令、一份配方。", no_args_is_help=True)

Recipe = Annotated[Path, typer.Option(help="配方文件,如 recipes/embedded/pretrain.yaml")]
RunFolder = Annotated[Path | None, typer.Option("--run", help="运行目录;默认在用户数据目录的 runs 下")]
Overrides = Annotated[list[str] | None, typer.Argument(help="覆盖配方的 key=value")]


def _require_torch() -> None:
    from importlib.util import find_spec

    if find_spec("torch") is None or find_spec("transformers") is None:
        raise YayunError("训练需要 PyTorch:请先安装 yayun[train]。")


def _run_folder(given: Path | None, name: str) -> Path:
    from yayun.home import home

    return given or home() / "runs" / name


@app.command("pretrain")
def pretrain_command(recipe: Recipe, run: RunFolder = None, overrides: Overrides = None) -> None:
    """从语料预训练内置模型;中断后再运行同一命令即从断点继续。"""
    _require_torch()
    from yayun.training.pretrain import pretrain
    from yayun.training.recipe import PretrainRecipe, load_recipe

    settings = load_recipe(recipe, PretrainRecipe, overrides or [])
    print(pretrain(settings, _run_folder(run, settings.name)))


@app.command("export")
def export_command(
    recipe: Recipe,
    out: Annotated[Path, typer.Option(help="写到哪个目录")],
    run: RunFolder = None,
    overrides: Overrides = None,
) -> None:
    """把训练结果写成模型目录:配置、分词器、权重、ONNX 图与说明。"""
    _require_torch()
    from yayun.training.export import export
    from yayun.training.recipe import PretrainRecipe, load_recipe

    settings = load_recipe(recipe, PretrainRecipe, overrides or [])
    print(export(settings, _run_folder(run, settings.name), out))
