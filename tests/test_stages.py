"""Every stage of the large recipes on a tiny Qwen2 with a real BPE tokenizer, from the command line: in one process,
and in two under ``accelerate launch`` with gloo between them. Run by ``make test-stages``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from math import ceil
from pathlib import Path

import pytest
import yaml

from tests.conftest import CLASSICS
from tests.tiny_qwen import make_tiny_qwen

pytestmark = pytest.mark.stages

ROOT = Path(__file__).parents[1]
SFT = {
    "name": "sft", "style": "instruction", "max_steps": 2, "batch_size": 2, "max_length": 2048, "warmup": 0,
    "learning_rate": 0.01, "save_every": 2, "keep": 2, "log_every": 1, "selection": None, "threads": 1,
}  # fmt: skip
GRPO = {
    "name": "grpo", "style": "instruction", "steps": 2, "prompts": 2, "samples": 4, "micro_batch": 4, "limit": 24,
    "weights": {"tones": 0.4, "rhymes": 0.3, "antithesis": 0.2, "length": 0.1, "repeated_characters": 1.0},
    "requests": {"rag": "none"}, "sampler": "trl", "learning_rate": 0.01, "warmup": 0, "schedule": "constant",
    "selection": None, "save_every": 1, "snapshot_every": 1, "samples_every": 1, "threads": 1,
}  # fmt: skip
LORA = {"rank": 4, "alpha": 8}


def source(folder: Path) -> Path:
    """Poems under titles of their own, so that holding some out leaves titles to ask for. Every third is a classic, in
    which no line is changed: those are regular."""
    folder.mkdir(parents=True)
    chars = "天地人山水風雲月星河江湖海花草木春夏秋冬日夜東西南北上下"
    poems = []
    for n in range(60):
        author, _, text = CLASSICS[n % len(CLASSICS)]
        if n >= len(CLASSICS):
            text = "".join(
                chars[(i * 5 + n * 7 + ord(c)) % len(chars)] if c not in "，。" and (i + n) % 3 else c
                for i, c in enumerate(text)
            )
        title = chars[n % len(chars)] + chars[(n * 3 + 1) % len(chars)]
        lines = [part + "。" for part in text.split("。") if part]
        poems.append({"author": author, "title": title, "paragraphs": lines, "id": str(n)})
    (folder / "poet.tang.0.json").write_text(json.dumps(poems, ensure_ascii=False), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus, a model and a distilled set."""
    folder = tmp_path_factory.mktemp("work")
    make_tiny_qwen(folder / "qwen")
    yayun(folder, "corpus", "fetch", "--source", str(source(folder / "source")))
    recipe = save(folder, "distill", {"name": "d", "size": 8, "style": "instruction"})
    yayun(folder, "train", "distill", "--recipe", recipe, "--run", str(folder / "distill"))
    return folder


def save(folder: Path, name: str, recipe: dict) -> str:
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(recipe, allow_unicode=True), encoding="utf-8")
    return str(path)


def yayun(folder: Path, *args: str, processes: int = 1) -> str:
    """Run a command as people do; its stdout."""
    launch: Sequence[str] = [sys.executable, "-m", "yayun"]
    if processes > 1:
        config = ROOT / "recipes/accelerate/two_cpu.yaml"
        launch = [
            sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(config),
            "--num_processes", str(processes), "--main_process_port", "0", "-m", "yayun",
        ]  # fmt: skip
    paths = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "YAYUN_HOME": str(folder / "home"), "OMP_NUM_THREADS": "1", "PYTHONPATH": paths}
    done = subprocess.run([*launch, *args], capture_output=True, text=True, env=environment, cwd=folder)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def change(before: Path, after: Path) -> float:
    """The largest change of any weight; of an adapter, its largest weight that began at zero."""
    from safetensors.torch import load_file

    adapter = after / "adapter_model.safetensors"
    if adapter.is_file():
        return max(float(w.abs().max()) for name, w in load_file(adapter).items() if "lora_B" in name)
    old, new = (load_file(folder / "model.safetensors") for folder in (before, after))
    return max(float((old[name] - new[name]).abs().max()) for name in old)


@pytest.mark.parametrize("lora", [None, LORA], ids=["full", "lora"])
@pytest.mark.parametrize("processes", [1, 2])
def test_sft(work: Path, processes: int, lora: dict | None) -> None:
    run = work / f"sft-{processes}-{'lora' if lora else 'full'}"
    recipe = SFT | {"model": str(work / "qwen"), "data": [str(work / "distill")], "lora": lora}
    yayun(work, "train", "sft", "--recipe", save(work, run.name, recipe), "--run", str(run), processes=processes)
    assert change(work / "qwen", run / "model") > 1e-4
    steps = [row for row in rows(run / "log.jsonl") if "loss" in row]
    assert [row["step"] for row in steps] == [1, 2]
    steps_an_epoch = ceil(len(rows(work / "distill" / "rows.jsonl")) / (2 * processes))
    assert steps[0]["epoch"] == pytest.approx(1 / steps_an_epoch)  # every process took its part


@pytest.mark.parametrize("lora", [None, LORA], ids=["full", "lora"])
@pytest.mark.parametrize("processes", [1, 2])
def test_grpo(work: Path, processes: int, lora: dict | None) -> None:
    run = work / f"grpo-{processes}-{'lora' if lora else 'full'}"
    recipe = GRPO | {"model": str(work / "qwen"), "lora": lora}
    yayun(work, "train", "grpo", "--recipe", save(work, run.name, recipe), "--run", str(run), processes=processes)
    assert change(work / "qwen", run / "model") > 1e-4
    log = rows(run / "log.jsonl")
    assert [row["step"] for row in log] == [1, 2]
    assert all(set(row["rewards"]) == set(GRPO["weights"]) for row in log)
    samples = rows(run / "samples.jsonl")
    assert {row["step"] for row in samples} == {1, 2}


def test_a_run_goes_from_sft_with_lora_through_grpo_to_the_hub_ready_folder(work: Path) -> None:
    sft, grpo, out = work / "chain-sft", work / "chain-grpo", work / "chain-out"
    recipe = SFT | {"model": str(work / "qwen"), "data": [str(work / "distill")], "lora": LORA}
    yayun(work, "train", "sft", "--recipe", save(work, "chain-sft", recipe), "--run", str(sft))
    path = save(work, "chain-grpo", GRPO | {"model": str(sft / "model"), "lora": LORA})
    yayun(work, "train", "grpo", "--recipe", path, "--run", str(grpo))
    yayun(work, "train", "export", "--run", str(grpo), "--out", str(out))
    assert change(work / "qwen", out) > 1e-4
    assert not (out / "adapter_config.json").exists()
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(out)
    model = AutoModelForCausalLM.from_pretrained(out, trust_remote_code=True)
    talk = [{"role": "user", "content": "写诗"}]
    assert isinstance(model.chat(tokenizer, talk, max_new_tokens=8), str)
    assert AutoModelForCausalLM.from_pretrained(out).config.model_type == "qwen2"  # the stock class, without our code
    card = (out / "README.md").read_text(encoding="utf-8")
    assert str(work) not in card
    assert "GRPO" in card
    done = yayun(
        work, "compose", "以'春风'为题写一首五绝,押东韵", "--backend", f"transformers:{out}", "--json", "--seed", "1"
    )
    assert json.loads(done)["review"]["passed"]
