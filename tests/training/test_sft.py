from __future__ import annotations

import json
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from safetensors.torch import load_file
from tests.tiny_qwen import make_tiny_qwen
from transformers import AutoModelForCausalLM
from trl import SFTTrainer

from yayun.decoding.session import Session
from yayun.errors import YayunError
from yayun.journal import read_rows
from yayun.prompts import vocabulary as v
from yayun.prompts.prompt import Conditions, prompt_tokens
from yayun.recipe import load_recipe
from yayun.training import requests
from yayun.training.distill import distill
from yayun.training.distill_recipe import DistillRecipe
from yayun.training.export import export
from yayun.training.origins import open_origin, shape_of
from yayun.training.recipe import keep_recipe
from yayun.training.rules_loss import RulesLoss
from yayun.training.selection import Judged, judge, summary
from yayun.training.sft import SftRecipe, _arguments, sft, training_set
from yayun.training.sft_trainer import RulesTrainer
from yayun.training.start import CHOSEN, DONE, SELECTION_LOG, checkpoints
from yayun.training.tokenizer import tokens_of

# transformers is renaming it; trl and peft still use the old name.
pytestmark = pytest.mark.filterwarnings("ignore:.*gradient_checkpointing.*:FutureWarning")
RECIPES = Path(__file__).parents[2] / "recipes"
CLASSIC = "<think>【立意】山水【意象】白日、層樓【仄起首句不入韵】【韵脚】流樓</think><answer>{}</answer>"


@pytest.fixture
def titles(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small corpus has too few titles to hold any out."""
    monkeypatch.setattr(requests, "training_titles", lambda: (("春風", "秋夜"), ("送友人",)))


@pytest.fixture
def rows(small_corpus: Path, tmp_path: Path) -> Path:
    return distill(DistillRecipe(name="tiny", size=8), tmp_path / "rows").parent


def tiny_sft(model: Path, rows: Path, **changes: object) -> SftRecipe:
    values: dict = {
        "name": "tiny-sft", "model": str(model), "data": [str(rows)], "max_steps": 6, "batch_size": 2,
        "learning_rate": 0.01, "save_every": 2, "log_every": 1, "threads": 1,
        "selection": {"prompts": 2, "samples": 2, "limit": 12},
    }  # fmt: skip
    return SftRecipe.model_validate(values | changes)


def test_a_whole_run_learns_leaves_a_model_folder_and_is_exported(
    tiny_run: Path, rows: Path, titles: None, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    model = sft(tiny_sft(tiny_run, rows), run)
    log = [row for row in read_rows(run / "log.jsonl") if "loss" in row]
    assert [row["step"] for row in log] == [1, 2, 3, 4, 5, 6]
    assert log[-1]["loss"] < log[0]["loss"] - 0.2
    measured = list(read_rows(run / SELECTION_LOG))
    assert [row["step"] for row in measured] == [0, 2, 4, 6]
    assert all(row["n"] == 4 and 0 <= row["pass_rate"] <= row["pass_at_group"] <= 1 for row in measured)
    chosen = json.loads((model / CHOSEN).read_text())
    assert chosen["score"] == max(row["score"] for row in measured if row["step"])
    assert AutoModelForCausalLM.from_pretrained(model).config.model_type == "qwen3"
    assert not list(model.glob("optimizer*"))
    exported = export(None, run, tmp_path / "out")
    card = (exported / "README.md").read_text(encoding="utf-8")
    assert all(part in card for part in ("## 预训练", "每字损失", "## 监督微调", f"取第 {chosen['step']} 步"))
    assert str(tmp_path) not in "".join(
        path.read_text(encoding="utf-8") for path in (*exported.glob("*.json"), exported / "README.md")
    )
    session = Session(exported, threads=1)
    ids = session.encode(prompt_tokens(Conditions("唐", "五绝", "尤", None, "登樓", feet=("流", "樓"))))
    with torch.no_grad():
        straight = open_origin(str(run))[0](torch.tensor([ids])).logits[0, -1]
    np.testing.assert_allclose(session.start([ids]).logits[0], straight.log_softmax(-1).numpy(), atol=0.02)


def test_only_the_answer_is_learnt_and_its_ids_are_those_of_composing(
    tiny_model: Path, rows: Path, tmp_path: Path
) -> None:
    recipe = tiny_sft(tiny_model, rows)
    model, tokenizer = open_origin(recipe.model)
    trainer = SFTTrainer(
        model=model,
        args=_arguments(recipe, tmp_path / "run"),
        train_dataset=training_set(recipe, tokenizer),
        processing_class=tokenizer,
    )
    session = Session(tiny_model, threads=1)
    talks = [row["messages"] for row in read_rows(rows / "rows.jsonl")]
    pairs = [(_ids(session, v.BEGIN + t[1]["content"]), _ids(session, t[2]["content"] + v.END)) for t in talks]
    # An answer with characters the model does not know is not for it to learn.
    pairs = [(prompt, answer) for prompt, answer in pairs if session.ids[v.UNKNOWN] not in answer]
    found = list(zip(trainer.train_dataset["input_ids"], trainer.train_dataset["labels"], strict=True))
    expected = [(prompt + answer, [-100] * len(prompt) + answer) for prompt, answer in pairs]
    assert expected
    assert found == expected


def test_the_loss_of_the_rules_is_added_on_the_same_pass(tiny_run: Path, rows: Path, tmp_path: Path) -> None:
    recipe = tiny_sft(tiny_run, rows, rules=3.0, repetition=2.0)
    model, tokenizer = open_origin(recipe.model)
    found = {}
    for make in (SFTTrainer, partial(RulesTrainer, RulesLoss(tokens_of(tokenizer), 3.0, 2.0))):
        trainer = make(
            model=model,
            args=_arguments(recipe, tmp_path / "run"),
            train_dataset=training_set(recipe, tokenizer),
            processing_class=tokenizer,
        )
        batch = next(iter(trainer.get_train_dataloader()))
        labels = batch["labels"]
        with torch.no_grad():
            model.train()
            found[make is SFTTrainer] = trainer.compute_loss(model, dict(batch)).item()
            halved = trainer.compute_loss(model, dict(batch), num_items_in_batch=2 * (labels != -100).sum()).item()
        assert halved == pytest.approx(found[make is SFTTrainer] / 2, rel=1e-5)
    parts = {name: trainer._metrics["train"][name][0] for name in ("rules", "repeated")}
    assert all(value > 0.01 for value in parts.values())
    assert found[False] == pytest.approx(found[True] + 3 * parts["rules"] + 2 * parts["repeated"], rel=1e-4)
    # What the prompt asks for is read from its tokens, as is the plan's pattern.
    talk = next(read_rows(rows / "rows.jsonl"))
    asked = trainer._asked(tokenizer(talk["messages"][1]["content"])["input_ids"])
    assert asked is not None
    assert (asked.form, asked.rhyme) == (talk["meta"]["form"], talk["meta"]["rhyme"])
    said = tokenizer(talk["messages"][2]["content"])["input_ids"]
    marks = trainer.rules.permitted.of_poem(said, asked)
    toned = [m for m in marks[said.index(tokenizer.convert_tokens_to_ids(v.ANSWER)) :] if m.mask]
    assert len(toned) > len(said) // 3


def test_rules_are_for_rows_of_characters() -> None:
    with pytest.raises(ValueError, match="内置模型"):
        tiny_sft(Path("model"), Path("rows"), rules=1.0, style="instruction")


def _ids(session: Session, text: str) -> list[int]:
    """The ids of a text, control tokens first of all: an independent reading."""
    tokens, names = [], [token for token in session.tokens if len(token) > 1]
    while text:
        token = next((name for name in names if text.startswith(name)), text[0])
        tokens.append(token)
        text = text[len(token) :]
    return session.encode(tokens)


def test_kill_9_and_the_same_command_again(tiny_model: Path, rows: Path, tmp_path: Path) -> None:
    recipe, run, whole = tmp_path / "tiny.yaml", tmp_path / "killed", tmp_path / "whole"
    settings = tiny_sft(tiny_model, rows, selection=None, max_steps=8)
    recipe.write_text(yaml.safe_dump(settings.model_dump(mode="json")), encoding="utf-8")
    command = [sys.executable, "-m", "yayun", "train", "sft", "--recipe", str(recipe), "--run", str(run)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not checkpoints(run):
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    done = checkpoints(run)
    assert not (run / "model").exists()
    # What a kill leaves behind: a torn row, and a checkpoint that was begun.
    with (run / "log.jsonl").open("a") as f:
        f.write('{"step": 9, "lo')
    (run / "checkpoint-9").mkdir()
    model = sft(settings, run)
    assert len({row["step"] for row in read_rows(run / "log.jsonl")}) == 8
    assert checkpoints(run)[-1].name == "checkpoint-8"
    assert done[-1].name != "checkpoint-8"
    straight = load_file(sft(settings, whole) / "model.safetensors")
    resumed = load_file(model / "model.safetensors")
    assert all(torch.allclose(straight[name], resumed[name], atol=1e-6) for name in straight)


def test_a_large_model_is_tuned_by_the_same_code_with_adapters(
    small_corpus: Path, titles: None, tmp_path: Path
) -> None:
    data = distill(DistillRecipe(name="tiny", size=4, style="instruction"), tmp_path / "rows").parent
    base = make_tiny_qwen(tmp_path / "qwen")
    recipe = tiny_sft(
        base, data, style="instruction", lora={"rank": 4, "alpha": 8}, max_length=2048, max_steps=4,
        selection={"prompts": 1, "samples": 2, "limit": 4},
    )  # fmt: skip
    model = sft(recipe, tmp_path / "run")
    assert (model / "adapter_config.json").exists()
    losses = [row["loss"] for row in read_rows(tmp_path / "run/log.jsonl") if "loss" in row]
    assert losses[-1] < losses[0]
    merged, _ = open_origin(str(model))
    plain = AutoModelForCausalLM.from_pretrained(base)
    changed = [not torch.equal(a, b) for a, b in zip(merged.parameters(), plain.parameters(), strict=True)]
    assert any(changed)


def test_it_begins_from_a_pretraining_run_as_from_its_export(tiny_run: Path, tiny_model: Path) -> None:
    straight, tokenizer = open_origin(str(tiny_run))
    exported, same = open_origin(str(tiny_model))
    assert tokenizer.get_vocab() == same.get_vocab()
    assert shape_of(straight.state_dict()) == shape_of(exported.state_dict())
    ids = torch.tensor([[1, 20, 30, 40]])
    with torch.no_grad():
        assert torch.allclose(straight(ids).logits, exported(ids).logits, atol=0.02)


def test_a_run_is_not_gone_on_with_under_another_recipe(tiny_model: Path, rows: Path, tmp_path: Path) -> None:
    keep_recipe(tiny_sft(tiny_model, rows), tmp_path / "run")
    keep_recipe(tiny_sft(tiny_model, rows, threads=2), tmp_path / "run")
    with pytest.raises(YayunError, match="另一份配方"):
        sft(tiny_sft(tiny_model, rows, learning_rate=1.0), tmp_path / "run")


def test_what_is_missing_is_said(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(YayunError, match="前一阶段"):
        sft(tiny_sft(tiny_model, tmp_path / "none"), tmp_path / "run")
    with pytest.raises(YayunError, match="前一阶段"):
        open_origin("no-such-run")
    with pytest.raises(YayunError, match="没有模型"):
        open_origin(str(tmp_path))


def test_passing_is_keeping_all_that_was_asked() -> None:
    verse = "白日依山盡，黃河入海流。欲窮千里目，更上一層樓。"
    asked = _asked("五绝", "尤", "仄起首句不入韵", "登樓")
    new = verse.replace("白日依山盡", "白日沈山盡").replace("黃河入海流", "黃雲入海流")
    new = new.replace("欲窮千里目", "欲尋千里目").replace("更上一層樓", "更倚一層樓")
    good = judge(CLASSIC.format(new), asked)
    assert good.passed
    assert good.feet_kept
    assert good.theme > 0
    assert not judge(CLASSIC.format(verse), asked).passed  # lines of the corpus
    for other in (
        _asked("五绝", "东", None, "登樓"),
        _asked("五绝", "尤", "平起首句入韵", "登樓"),
        _asked("七绝", "尤"),
    ):
        assert not judge(CLASSIC.format(new), other).passed
    nothing = judge("抱歉", asked)
    assert (nothing.passed, nothing.lines, nothing.theme) == (False, (), 0.0)


def _asked(form: str, rhyme: str, pattern: str | None = None, title: str = "") -> requests.Request:
    from yayun.prosody.forms.regulated import patterns

    return requests.Request(form, rhyme, pattern, title, (), (), patterns(form)[0], False)


def test_a_group_counts_once_a_single_sample_each_time() -> None:
    good, bad = Judged(True, 0.5, True, ("春風秋月", "秋月春風")), Judged(False, 0.1, False, ())
    found = summary([good, bad, bad, bad], 2)
    assert (found["pass_at_group"], found["pass_rate"], found["theme"], found["feet_kept"]) == (0.5, 0.25, 0.2, 0.25)
    assert found["score"] == 0.95
    assert found["distinct_bigrams"] == round(4 / 6, 4)


def test_the_best_checkpoint_outlives_newer_ones(
    tiny_model: Path, rows: Path, titles: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yayun.training import sft as stage

    scores = iter((0.0, 0.9, 0.1, 0.2, 0.3))
    monkeypatch.setattr(stage, "measure", lambda *_: {"score": next(scores)})
    run = tmp_path / "run"
    model = sft(tiny_sft(tiny_model, rows, max_steps=8, keep=2), run)
    assert json.loads((model / CHOSEN).read_text())["checkpoint"] == "checkpoint-2"
    assert "checkpoint-2" in {path.name for path in checkpoints(run)}
    assert len(checkpoints(run)) <= 3
    assert not (model / DONE).exists()


@pytest.mark.parametrize("path", sorted(RECIPES.glob("**/sft*.yaml")), ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_shipped_recipes_parse(path: Path) -> None:
    recipe = load_recipe(path, SftRecipe, [])
    assert recipe.data
    assert recipe.selection is not None or recipe.style == "instruction"
