"""The ablation in one command: sample what is missing, then ``docs/ablation.md`` and the learning curves.

    python scripts/ablation.py recipes/embedded/ablation.yaml [key=value ...] [--docs docs] [--log-only]

Runs are looked for as paths, then by name in the data directory, where the samples are kept too (``--log``). The
table's rows, learning curves and reward weights are kept under ``docs/data/ablation``; with ``--log-only`` the page is
made again, and the plots are drawn, from these alone. Needs the ``train`` and ``eval`` extras and the corpus.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from yayun.ablation import (
    WITH_RAG,
    AblationRecipe,
    Cell,
    fill,
    marked,
    rows_of,
    shown,
    torch_sampler,
    trained_on,
)
from yayun.errors import YayunError
from yayun.evaluation.bench import read_requests
from yayun.evaluation.render import markdown
from yayun.evaluation.rows import Row
from yayun.evaluation.table import PROFILES, Wanted, default_requests
from yayun.home import atomic_open, home
from yayun.journal import read_rows, write_rows
from yayun.recipe import load_recipe
from yayun.training.origins import find_run

ROOT = Path(__file__).parents[1]
CURVES = ("reward", "kl", "entropy", "zero_std", "clipped", "tokens")
# English names for the plot: its fonts have no Chinese everywhere.
PLOTTED = {
    "预训练": "pretrained",
    "规矩": "rules",
    "拒绝采样SFT": "rejection-sampled SFT",
    "温度": "T=",
}


def find(name: str) -> Path | None:
    """A run's folder, where there is one."""
    try:
        return find_run(name)
    except YayunError:
        return None


def curves_of(cell: Cell, data: Path, kind: str) -> Path:
    """Where a kind of figures of the cell's run is kept: cells drawn in other ways share their run's."""
    return data / f"{Path(cell.model).name}.{kind}"


def keep_curves(recipe: AblationRecipe, data: Path) -> None:
    """Copy each run's log, its checkpoints' measurements and its reward weights."""
    for cell in recipe.cells:
        run = find(cell.model)
        if run is None:
            continue
        if rows := [row for row in read_rows(run / "log.jsonl") if "step" in row]:
            write_rows(curves_of(cell, data, "log.jsonl"), rows)
        if rows := list(read_rows(run / "selection.jsonl")):
            write_rows(curves_of(cell, data, "selection.jsonl"), rows)
        if (run / "recipe.json").is_file():
            weights = json.loads((run / "recipe.json").read_text(encoding="utf-8")).get("weights")
            with atomic_open(curves_of(cell, data, "weights.json")) as f:
                json.dump(weights, f, indent=1)


def weights_of(data: Path, cell: Cell) -> dict[str, float]:
    """A cell's reward weights; none where it was not trained on rewards."""
    path = curves_of(cell, data, "weights.json")
    return (json.loads(path.read_text(encoding="utf-8")) or {}) if path.is_file() else {}


def draw(cells: Sequence[Cell], data: Path, out: Path) -> bool:
    """Each reward, the KL distance and the health figures over GRPO's steps, and what the checkpoints were worth."""
    runs = {cell.model: cell for cell in reversed(cells)}  # a run's first cell names it
    logs = {cell: list(read_rows(curves_of(cell, data, "log.jsonl"))) for cell in reversed(runs.values())}
    logs = {cell: rows for cell, rows in logs.items() if rows and "rewards" in rows[0]}
    if not logs:
        return False
    names = list(dict.fromkeys(name for rows in logs.values() for name in rows[0]["rewards"]))
    panels = [*CURVES, *names, "pass_rate", "pass_at_group", "theme (selection)"]
    columns = 4
    height = -(-len(panels) // columns)
    figure, axes = _pyplot().subplots(height, columns, figsize=(13, 2.2 * height))
    for axis, panel in zip(axes.flat, panels, strict=False):
        for cell, rows in logs.items():
            points = _points(panel, rows, list(read_rows(curves_of(cell, data, "selection.jsonl"))))
            if points:
                axis.plot(*zip(*points, strict=True), label=_plain(cell.name), linewidth=1)
        axis.set_title(panel, fontsize=9)
        axis.tick_params(labelsize=7)
        axis.grid(alpha=0.3)
    for axis in axes.flat[len(panels) :]:
        axis.axis("off")
    axes.flat[0].legend(fontsize=7)
    _save(figure, out)
    return True


def draw_trade(rows: list[Row], out: Path) -> bool:
    """How regular each row's verse is, and how easily it is told from human verse."""
    points = [
        (row.values["all_rules"], found.sample.value, _plain(row.name))
        for row in rows
        for found in row.quality
        if found.measure.name == "naturalness"
    ]
    if not points:
        return False
    figure, axis = _pyplot().subplots(figsize=(8, 5))
    for regular, told, name in points:
        axis.plot([regular], [told], "o", color="C3" if "rag" in name else "C0", markersize=4)
        axis.annotate(name, (regular, told), xytext=(4, 2), textcoords="offset points", fontsize=7)
    axis.set(xlabel="all rules kept, % of single samples", ylabel="naturalness: AUC against human verse (0.5 is best)")
    axis.grid(alpha=0.3)
    _save(figure, out)
    return True


def _pyplot() -> Any:
    """matplotlib's plotting, to files alone, the same file for the same figures."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "ablation"
    from matplotlib import pyplot

    return pyplot


def _save(figure: Any, out: Path) -> None:
    figure.tight_layout()
    out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_open(out, "wb") as f:
        figure.savefig(f, format="svg", metadata={"Date": None})
    _pyplot().close(figure)


def _plain(name: str) -> str:
    """A row's name in characters that every font has."""
    for chinese, plain in (*PLOTTED.items(), (WITH_RAG, " +rag"), (" †", ""), (" 选 1", "")):
        name = name.replace(chinese, plain)
    return name.replace(",", ", best of ")


def _points(panel: str, rows: list[dict[str, Any]], measured: list[dict[str, Any]]) -> list[tuple[int, float]]:
    if panel in CURVES:
        return _smooth([(row["step"], row[panel]) for row in rows if panel in row])
    if panel in rows[0]["rewards"]:
        return _smooth([(row["step"], row["rewards"][panel][0]) for row in rows])
    return [(row["step"], row[panel.partition(" ")[0]]) for row in measured]


def _smooth(points: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """An exponential mean: forms take turns, and differ."""
    found, value = [], points[0][1] if points else 0.0
    for step, point in points:
        value = 0.85 * value + 0.15 * point
        found.append((step, value))
    return found


def page(recipe: AblationRecipe, n: int, table: str, samples: list[dict[str, str]], curves: bool, trade: bool) -> str:
    """docs/ablation.md."""
    parts = [
        "# 消融",
        f"同一批 {n} 条没有训练过的请求(`benchmarks/requests.jsonl`),自由写作,温度 {recipe.temperature:g},"
        "每条一首,不挑不修;“N 选 1”是每条写 N 首、先看合律再按 `yayun.choosing.rank` 取一首。"
        "名称里写了温度或 top-p 的行另按那样取样;“+ 检索”是提示里给出检索到的韵脚字与意象。"
        "名称带 † 的行,训练奖励里有与某项诗意同类的量,那一项对它不作凭据。",
        "由 `python scripts/ablation.py recipes/embedded/ablation.yaml` 写成;各行与曲线的数据在 `docs/data/ablation`,"
        "样本在数据目录,"
        "加 `--log-only`(`make docs` 便是)只由这些数据重做本页与图。",
        table.strip(),
    ]
    if trade:
        parts += ["## 守律与自然", "![regularity and naturalness](img/ablation_trade.svg)"]
    if curves:
        parts += ["## 学习曲线", "![learning curves](img/ablation.svg)"]
    if samples:
        parts += [f"## {samples[0]['cell']}:照原样的 {len(samples)} 首"]
        parts += [f"> {row['request']}\n\n```text\n{row['text']}\n```" for row in samples]
    return "\n\n".join(parts) + "\n"


def judged(recipe: AblationRecipe, log: Path, data: Path) -> list[Row]:
    """The table's rows from the samples."""
    names = [cell.name for cell in recipe.cells]
    spoilt = {cell.name: trained_on(weights_of(data, cell)) for cell in recipe.cells}
    return [marked(row, spoilt[name]) for name, row in rows_of(log, names, Wanted(PROFILES, quality=True))]


def main(arguments: list[str] | None = None) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("overrides", nargs="*")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    parser.add_argument("--log", type=Path, help="where the samples are kept")
    parser.add_argument("--log-only", action="store_true")
    parser.add_argument("--shown", default="GRPO2", help="the cell whose samples are shown")
    args = parser.parse_args(arguments)
    recipe = load_recipe(args.recipe, AblationRecipe, args.overrides)
    data = args.docs / "data/ablation"
    log = args.log or home() / "evaluation/ablation-samples.jsonl"
    requests = read_requests(default_requests(), recipe.limit or None)
    if not args.log_only:
        fill(recipe, requests, log, find)
        keep_curves(recipe, data)
        cell = next((c for c in recipe.cells if c.name == args.shown), None)
        folder = find(cell.model) if cell else None
        if folder is not None:
            rows = shown(recipe, requests, torch_sampler(folder, recipe, recipe.temperature, recipe.top_p)[0])
            write_rows(data / "shown.jsonl", [{"cell": args.shown, **row} for row in rows])
        write_rows(data / "rows.jsonl", [row.to_json() | {"kind": row.kind} for row in judged(recipe, log, data)])
    rows = [Row.from_json(row) for row in read_rows(data / "rows.jsonl")]
    curves = draw(recipe.cells, data, args.docs / "img/ablation.svg")
    trade = draw_trade(rows, args.docs / "img/ablation_trade.svg")
    with atomic_open(args.docs / "ablation.md") as f:
        shown_rows = list(read_rows(data / "shown.jsonl"))
        f.write(page(recipe, len(requests), markdown(rows), shown_rows, curves, trade))


if __name__ == "__main__":
    main()
