"""``yayun train``: one command a stage, each on a recipe."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yayun.errors import YayunError
from yayun.lazy import lazy
from yayun.training.labels.cli import app as labels

if TYPE_CHECKING:
    from yayun import home as yayun_home
    from yayun import recipe as yayun_recipe
    from yayun.training import average as training_average
    from yayun.training import distill as training_distill
    from yayun.training import distill_recipe, grpo_recipe, rejection
    from yayun.training import export as training_export
    from yayun.training import grpo as training_grpo
    from yayun.training import pretrain as training_pretrain
    from yayun.training import recipe as training_recipe
    from yayun.training import sft as training_sft
else:
    yayun_home = lazy("yayun.home")
    yayun_recipe = lazy("yayun.recipe")
    training_average = lazy("yayun.training.average")
    training_distill = lazy("yayun.training.distill")
    distill_recipe = lazy("yayun.training.distill_recipe")
    training_export = lazy("yayun.training.export")
    training_grpo = lazy("yayun.training.grpo")
    grpo_recipe = lazy("yayun.training.grpo_recipe")
    training_pretrain = lazy("yayun.training.pretrain")
    training_recipe = lazy("yayun.training.recipe")
    rejection = lazy("yayun.training.rejection")
    training_sft = lazy("yayun.training.sft")

app = typer.Typer(help="训练:每个阶段一个命令、一份配方。", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(labels, name="label")

Recipe = Annotated[Path, typer.Option(help="配方文件,如 recipes/embedded/pretrain.yaml")]
RunFolder = Annotated[Path | None, typer.Option("--run", help="运行目录;默认在用户数据目录的 runs 下")]
Overrides = Annotated[list[str] | None, typer.Argument(help="覆盖配方的 key=value")]


def _require(*modules: str) -> None:
    if any(find_spec(module) is None for module in modules):
        raise YayunError("训练要用附加依赖:请先安装 yayun[train]。")


def _require_torch() -> None:
    _require("torch", "transformers", "trl", "pydantic", "yaml")


def _run_folder(given: Path | None, name: str) -> Path:
    return given or yayun_home.home() / "runs" / name


@app.command("pretrain")
def pretrain_command(recipe: Recipe, run: RunFolder = None, overrides: Overrides = None) -> None:
    """从语料预训练内置模型;中断后再运行同一命令即从断点继续。"""
    _require_torch()

    settings = yayun_recipe.load_recipe(recipe, training_recipe.PretrainRecipe, overrides or [])
    print(training_pretrain.pretrain(settings, _run_folder(run, settings.name)))


@app.command("average")
def average_command(recipe: Recipe, run: RunFolder = None, overrides: Overrides = None) -> None:
    """取几个预训练检查点的平均,并量它的留出损失。"""
    _require_torch()

    settings = yayun_recipe.load_recipe(recipe, training_average.AverageRecipe, overrides or [])
    print(training_average.average(settings, _run_folder(run, settings.name)))


@app.command("distill")
def distill_command(recipe: Recipe, run: RunFolder = None, overrides: Overrides = None) -> None:
    """造思维链数据:由真实唐诗推出,或请教大模型;都经过格律校验。中断后再运行即接着做。"""
    _require("numpy", "pydantic", "yaml")

    settings = yayun_recipe.load_recipe(recipe, distill_recipe.DistillRecipe, overrides or [])
    print(training_distill.distill(settings, _run_folder(run, settings.name)))


@app.command("sft")
def sft_command(recipe: Recipe, run: RunFolder = None, overrides: Overrides = None) -> None:
    """在思维链数据上监督微调,损失只算模型自己写的部分;按守律与切题选定检查点。"""
    _require_torch()

    settings = yayun_recipe.load_recipe(recipe, training_sft.SftRecipe, overrides or [])
    print(training_sft.sft(settings, _run_folder(run, settings.name)))


@app.command("grpo")
def grpo_command(recipe: Recipe, run: RunFolder = None, overrides: Overrides = None) -> None:
    """用格律校验作奖励做 GRPO 强化;中断后再运行同一命令即从断点继续。"""
    _require_torch()

    settings = yayun_recipe.load_recipe(recipe, grpo_recipe.GrpoRecipe, overrides or [])
    print(training_grpo.grpo(settings, _run_folder(run, settings.name)))


@app.command("rejection")
def rejection_command(recipe: Recipe, run: RunFolder = None, overrides: Overrides = None) -> None:
    """每条请求写若干首,留下最好的一首合律的,作监督微调的数据;中断后再运行即接着写。"""
    _require_torch()

    settings = yayun_recipe.load_recipe(recipe, rejection.RejectionRecipe, overrides or [])
    print(rejection.reject(settings, _run_folder(run, settings.name)))


@app.command("export")
def export_command(
    out: Annotated[Path, typer.Option(help="写到哪个目录")],
    recipe: Annotated[Path | None, typer.Option(help="预训练的配方;导出后面阶段的运行时可省")] = None,
    run: Annotated[
        Path | None, typer.Option("--run", help="预训练或后面阶段的运行目录,或模型目录;默认按配方的名字找")
    ] = None,
    overrides: Overrides = None,
) -> None:
    """把训练结果写成模型目录:配置、分词器、权重、ONNX 图与说明。"""
    _require_torch()

    settings = yayun_recipe.load_recipe(recipe, training_recipe.PretrainRecipe, overrides or []) if recipe else None
    if run is None and settings is None:
        raise YayunError("请用 --run 指明运行目录,或用 --recipe 指明预训练的配方。")
    print(training_export.export(settings, run or _run_folder(None, settings.name if settings else ""), out))
