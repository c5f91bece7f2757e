"""The model card: what the model is, what it was trained on, how far it got, what it can't do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yayun.home import atomic_open
from yayun.journal import read_rows
from yayun.training.origins import find_run, pretraining_step
from yayun.training.recipe import RECIPE, PretrainRecipe

STAGES = {"data": "监督微调", "weights": "强化(GRPO)"}  # by a key that only that stage's recipe has


def read_log(run: Path) -> list[dict[str, Any]]:
    """Rows of a run's log; of steps logged twice (after a resume) the last counts.

    Where the run began from another's checkpoint, that one's rows come first and all totals are carried on.
    """
    before = _rows(run / "before.jsonl")
    if not before:
        return _rows(run / "log.jsonl")
    carried = {key: before[-1][key] for key in ("step", "tokens", "seconds")}
    own = _rows(run / "log.jsonl")
    return before + [row | {key: row[key] + value for key, value in carried.items()} for row in own]


def _rows(path: Path) -> list[dict[str, Any]]:
    rows = {row["step"]: row for row in read_rows(path)}
    return [rows[step] for step in sorted(rows)]


def inherit(run: Path, step: Path) -> None:
    """Keep, in a new run's folder, the log of the run whose checkpoint ``step`` it begins from."""
    last = json.loads((step / "state.json").read_text(encoding="utf-8"))["step"]
    earlier = _rows(step.parent / "before.jsonl")
    last += earlier[-1]["step"] if earlier else 0
    with atomic_open(run / "before.jsonl") as f:
        f.writelines(json.dumps(row) + "\n" for row in read_log(step.parent) if row["step"] <= last)


def lineage(run: Path) -> list[Path]:
    """The runs that led to ``run``, itself last, as far back as they can be found: each stage names its origin."""
    chain = [run]
    while (chain[0] / RECIPE).exists():
        origin = json.loads((chain[0] / RECIPE).read_text(encoding="utf-8")).get("model")
        if not origin:
            break
        chain.insert(0, find_run(origin))
    return chain


def model_card(recipe: PretrainRecipe | None, run: Path, folder: Path) -> str:
    """Markdown with a YAML header; every figure is read from the runs' logs or the exported files.

    ``recipe`` is that of the pretraining the model comes from, where it is at hand.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    size = sum(path.stat().st_size for path in folder.glob("*.safetensors")) / 1e6
    sections = [part for origin in lineage(run) for part in _section(recipe, origin)]
    embedded = (folder / "model.onnx").exists()
    whole = recipe is not None and recipe.corpus == "all"
    introduction = _introduction(config, size, embedded, whole)
    limits = _LIMITS.format("历代诗词" if whole else "唐宋诗")
    return "\n".join([introduction, *([_USE] if embedded else []), *sections, limits])


def _introduction(config: dict[str, Any], size: float, embedded: bool, whole: bool) -> str:
    what = "字级语言模型,标准 Qwen3 结构,从零训练" if embedded else f"语言模型,{config['model_type']} 结构"
    graph = "(float16),`model.onnx` 指向同一份" if embedded else ""
    told = (
        "- 输入:朝代、体裁、韵部、格式、题目,可加意象与检索到的韵脚字。\n"
        "- 输出:`<think>`(立意、意象、格式、韵脚)和 `<answer>`(诗);正文一律繁体。\n"
        if embedded
        else "- 输入:`yayun.prompts.instruction` 的中文要求。\n- 输出:`<think>…</think><answer>…</answer>`。\n"
    )
    source = "npm 包 chinese-poetry 2.0.1(MIT)中齐整的唐宋近体"
    if whole:
        source += ",与 `yayun corpus add` 添入的元明清诗、历代词"
    return f"""---
language: zh
license: apache-2.0
library_name: transformers
pipeline_tag: text-generation
tags: [poetry, tang, 近体诗, 平水韵]
---

# 押韵{"内置" if embedded else ""}模型

写近体诗(五绝、七绝、五律、七律)的{what}。

- 结构:隐层 {config["hidden_size"]},{config["num_hidden_layers"]} 层,词表 {config["vocab_size"]}。
- 权重:{size:.1f} MB{graph}。
{told}- 数据:{source}。留出 7 % 的诗,它们和与其有相近句的诗都不训练
  (划分规则见 `corpus/split.py`)。
"""


_USE = """## 使用

```python
from transformers import AutoModelForCausalLM, AutoTokenizer  # 或 from modelscope import …

path = "…"  # 本目录,或模型的编号
model = AutoModelForCausalLM.from_pretrained(path, device_map="auto", trust_remote_code=True)
tokenizer = AutoTokenizer.from_pretrained(path, trust_remote_code=True)
messages = [
    {"role": "system", "content": "Respond in the following format:<think>...</think><answer>...</answer>"},
    {"role": "user", "content": "请以'春风'为题创作一首五言绝句,押平水韵东韵"},
]
print(model.chat(tokenizer, messages))  # <think>…</think><answer>…</answer>
```

`chat` 自带读懂中文请求的代码,不必安装 `yayun`;可给 `temperature`、`seed`、`max_new_tokens`。请求办不到时抛出
`ValueError`,说明该怎么改。不给 `trust_remote_code` 时就是标准的 Qwen3。
"""


_LIMITS = """## 局限

只学过{};不懂现代题材的字词,知识与情理都浅。不加约束时会出律、凑韵;守律靠 `yayun` 的引导解码。
"""


def _section(recipe: PretrainRecipe | None, run: Path) -> Iterator[str]:
    """What is known of one run; nothing of a bare model folder."""
    step = pretraining_step(run)
    if step is not None:
        yield _pretraining(recipe, step.parent)
    elif (run / RECIPE).exists():
        yield _stage(run)


def _pretraining(recipe: PretrainRecipe | None, run: Path) -> str:
    rows = read_log(run)
    last = rows[-1]
    measured = [(r["tokens"], r["held_out"]) for r in rows if "held_out" in r]
    curve = "\n".join(f"| {tokens / 1e6:.1f} | {loss:.3f} |" for tokens, loss in _thin(measured, 12))
    phases = "".join(
        f"- 配方第 {i} 段:{p.tokens / 1e6:.1f} 百万词元,唐诗 ×{p.mix.tang},宋诗 ×{p.mix.song}"
        + (f",自己守律的诗 ×{p.mix.own}\n" if recipe and recipe.verse else "\n")
        for i, p in enumerate(recipe.phases if recipe else (), start=1)
    )
    began = "- 从前一份配方的检查点接着训练;以下总数连同前一份。\n" if (run / "before.jsonl").exists() else ""
    shares = json.loads((run / RECIPE).read_text(encoding="utf-8"))["shares"] if (run / RECIPE).exists() else ()
    mean = f"- 权重取前后 {len(shares)} 份检查点的平均,各占 {'、'.join(map(str, shares))}。\n" if shares else ""
    return f"""## 预训练

{phases}{began}{mean}- 共 {last["tokens"] / 1e6:.1f} 百万词元,训练用时 {last["seconds"] / 3600:.1f} 小时。
- 留出唐诗每字损失(给出体裁、韵部、题目;题目、标点、控制符不计):**{measured[-1][1]:.3f}** nats。

| 百万词元 | 每字损失 |
|---|---|
{curve}
"""


def _stage(run: Path) -> str:
    """A stage after pretraining: how its checkpoints did on requests of their own, and which was taken."""
    recipe = json.loads((run / RECIPE).read_text(encoding="utf-8"))
    name = next((name for key, name in STAGES.items() if key in recipe), "训练")
    chosen = json.loads((run / "model" / "chosen.json").read_text(encoding="utf-8"))
    rows = "\n".join(
        f"| {row['step']} | {100 * row['pass_at_group']:.1f} | {100 * row['pass_rate']:.1f} | {row['theme']:.3f} |"
        for row in _rows(run / "selection.jsonl")
    )
    table = f"\n| 步 | 一组有合律 % | 单首合律 % | 切题 |\n|---|---|---|---|\n{rows}\n" if rows else ""
    return f"""## {name}

- 运行 {recipe["name"]},取第 {chosen["step"]} 步;检查点按自由生成时守律与切题选定,不按损失。
{table}"""


def _thin(points: list[tuple[int, float]], limit: int) -> list[tuple[int, float]]:
    """At most ``limit`` points, the last one kept."""
    step = max(1, -(-len(points) // limit))
    return points[::-1][::step][::-1]
