"""The model card: what the model is, what it was trained on, how far it got, what it can't do."""

from __future__ import annotations

import json
from pathlib import Path

from yayun.home import atomic_open
from yayun.training.recipe import PretrainRecipe


def read_log(run: Path) -> list[dict]:
    """Rows of a run's log; of steps logged twice (after a resume) the last counts.

    Where the run began from another's checkpoint, that one's rows come first and all totals are carried on.
    """
    before = _rows(run / "before.jsonl") if (run / "before.jsonl").exists() else []
    if not before:
        return _rows(run / "log.jsonl")
    carried = {key: before[-1][key] for key in ("step", "tokens", "seconds")}
    own = _rows(run / "log.jsonl")
    return before + [row | {key: row[key] + value for key, value in carried.items()} for row in own]


def _rows(path: Path) -> list[dict]:
    rows = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows[row["step"]] = row
    return [rows[step] for step in sorted(rows)]


def inherit(run: Path, step: Path) -> None:
    """Keep, in a new run's folder, the log of the run whose checkpoint ``step`` it begins from."""
    last = json.loads((step / "state.json").read_text(encoding="utf-8"))["step"]
    with atomic_open(run / "before.jsonl") as f:
        f.writelines(json.dumps(row) + "\n" for row in read_log(step.parent) if row["step"] <= last)


def model_card(recipe: PretrainRecipe, run: Path, folder: Path) -> str:
    """Markdown with a YAML header; every figure is read from the run's log or the exported files."""
    rows = read_log(run)
    last = rows[-1]
    measured = [(r["tokens"], r["held_out"]) for r in rows if "held_out" in r]
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    curve = "\n".join(f"| {tokens / 1e6:.1f} | {loss:.3f} |" for tokens, loss in _thin(measured, 12))
    phases = "\n".join(
        f"- 配方第 {i} 段:{p.tokens / 1e6:.0f} 百万词元,唐诗 ×{p.mix.tang},宋诗 ×{p.mix.song}"
        for i, p in enumerate(recipe.phases, start=1)
    )
    began = "- 从另一次未降学习率的运行接着训练;以下总数连同那一次。\n" if (run / "before.jsonl").exists() else ""
    size = (folder / "model.safetensors").stat().st_size / 1e6
    return f"""---
language: zh
license: apache-2.0
library_name: transformers
pipeline_tag: text-generation
tags: [poetry, tang, 近体诗, 平水韵]
---

# 押韵内置模型

写近体诗(五绝、七绝、五律、七律)的字级语言模型,标准 Qwen3 结构,从零训练。

- 结构:隐层 {config["hidden_size"]},{config["num_hidden_layers"]} 层,词表 {config["vocab_size"]}。
- 权重:{size:.1f} MB(float16),`model.onnx` 指向同一份。
- 输入:朝代、体裁、韵部、格式、题目,可加意象。
- 输出:`<think>`(意象与韵脚,可省)和 `<answer>`(诗);正文一律繁体。
- 数据:npm 包 chinese-poetry 2.0.1(MIT)中齐整的唐宋近体。留出 7 % 的诗,它们和与其有相近句的诗都不训练
  (划分规则见 `corpus/split.py`)。

## 训练

{phases}
{began}- 共 {last["tokens"] / 1e6:.1f} 百万词元,{last["step"]} 步,训练用时 {last["seconds"] / 3600:.1f} 小时。
- 留出唐诗每字损失(给出体裁、韵部、题目;题目、标点、控制符不计):**{measured[-1][1]:.3f}** nats。

| 百万词元 | 每字损失 |
|---|---|
{curve}

## 局限

只学过唐宋诗;不懂现代题材的字词,知识与情理都浅。不加约束时会出律、凑韵;守律靠 `yayun` 的引导解码。
"""


def _thin(points: list[tuple[int, float]], limit: int) -> list[tuple[int, float]]:
    """At most ``limit`` points, the last one kept."""
    step = max(1, -(-len(points) // limit))
    return points[::-1][::step][::-1]
