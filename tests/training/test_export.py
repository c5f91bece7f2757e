from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.conftest import tiny_recipe
from transformers import AutoModelForCausalLM, AutoTokenizer

from yayun.decoding.session import Session
from yayun.errors import YayunError
from yayun.prompts import vocabulary as v
from yayun.prompts.prompt import Conditions, answer_tokens, plan_tokens, prompt_tokens
from yayun.training.export import export

PROMPTS = (
    Conditions("唐", "五绝", "东", "仄起首句不入韵", "春風"),
    Conditions("宋", "七绝", None, None, "山居秋暝", ("明月",)),
)


@pytest.fixture(scope="module")
def torch_model(tiny_model: Path):
    return AutoModelForCausalLM.from_pretrained(tiny_model, dtype=torch.float32).eval()


def test_onnx_logits_are_torchs_with_cache_and_padding(tiny_model: Path, torch_model) -> None:
    session = Session(tiny_model, threads=1)
    prompts = [session.encode(prompt_tokens(c)) for c in PROMPTS]
    assert len(prompts[0]) != len(prompts[1])
    state = session.start(prompts)
    follow = np.array([[11, 12], [13, 14]])
    stepped = session.step(session.step(state, follow[:, :1]), follow[:, 1:])
    at_once = session.step(state, follow)
    for row, prompt in enumerate(prompts):
        with torch.no_grad():
            logits = torch_model(torch.tensor([[*prompt, *follow[row]]])).logits[0]
        reference = torch.log_softmax(logits, -1).numpy()
        np.testing.assert_allclose(state.logits[row], reference[len(prompt) - 1], atol=1e-3)
        np.testing.assert_allclose(stepped.logits[row], reference[-1], atol=1e-3)
        np.testing.assert_allclose(at_once.logits[row], reference[-1], atol=1e-3)


def test_selected_rows_decode_as_before(tiny_model: Path) -> None:
    session = Session(tiny_model, threads=1)
    state = session.start([session.encode(prompt_tokens(c)) for c in PROMPTS])
    swapped = session.step(state.select([1, 0, 1]), np.array([[9], [9], [9]]))
    straight = session.step(state, np.array([[9], [9]]))
    np.testing.assert_allclose(swapped.logits, straight.logits[[1, 0, 1]], atol=1e-5)


def test_the_tokenizer_reads_and_writes_what_training_uses(tiny_model: Path) -> None:
    session = Session(tiny_model, threads=1)
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    for conditions in PROMPTS:
        tokens = [*prompt_tokens(conditions), *plan_tokens(["明月"], "東風"), *answer_tokens(("春風", "秋月"))]
        known = [t if t in session.ids else v.UNKNOWN for t in tokens]
        assert tokenizer("".join(known), add_special_tokens=False)["input_ids"] == session.encode(tokens)
        assert tokenizer.decode(session.encode(tokens)) == "".join(known)
        # The tags are added, not special: decoding without special tokens keeps them.
        assert v.THINK in tokenizer.decode(session.encode(tokens), skip_special_tokens=True)


def test_the_folder_is_complete_and_names_no_machine(tiny_model: Path) -> None:
    names = {p.name for p in tiny_model.iterdir()}
    assert names >= {"config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
                     "model.safetensors", "model.onnx", "README.md"}  # fmt: skip
    # One copy of the weights: the graph holds none of its own.
    assert (tiny_model / "model.onnx").stat().st_size < 150_000
    card = (tiny_model / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\n")
    assert "每字损失" in card
    config = json.loads((tiny_model / "config.json").read_text())
    assert config["model_type"] == "qwen3"
    assert "_name_or_path" not in config


def test_what_training_left_without_a_cache_generates_with_one(tiny_model: Path, tmp_path: Path) -> None:
    trained = tmp_path / "trained"
    shutil.copytree(tiny_model, trained)
    config = trained / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text(encoding="utf-8")) | {"use_cache": False}))
    found = export(None, trained, tmp_path / "out")
    assert json.loads((found / "config.json").read_text(encoding="utf-8"))["use_cache"]


def test_export_without_a_checkpoint_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(YayunError, match="先完成前一阶段"):
        export(tiny_recipe(), tmp_path, tmp_path / "out")
    assert not list(tmp_path.iterdir())
