from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from lm_eval import simple_evaluate
from lm_eval.api.model import LM
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from tests_adapters.conftest import GOOD, NONE, OTHER
from yayun.evaluation.adapters.__main__ import PLUGINS
from yayun.evaluation.adapters.prompt import SYSTEM
from yayun.evaluation.adapters.scoring import METRICS, marks, reply_sample

TASK = "yayun_verse"
TEMPLATE = (
    "{% for m in messages %}[{{ m.role }}]{{ m.content }}[/{{ m.role }}]{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)


class Scripted(LM):
    """Replies by script, and keeps what it was asked."""

    tokenizer_name = "scripted"

    def __init__(self, replies: list[str]) -> None:
        super().__init__()
        self.replies, self.asked = replies, []

    def generate_until(self, requests, disable_tqdm=False):
        self.asked += [request.args for request in requests]
        return [self.replies[request.doc_id] for request in requests]

    def apply_chat_template(self, chat_history, add_generation_prompt=True):
        return json.dumps(chat_history, ensure_ascii=False)

    def loglikelihood(self, requests, disable_tqdm=False):
        raise NotImplementedError

    loglikelihood_rolling = loglikelihood


def evaluate(model: LM, requests: Path, **metadata):
    options = {"requests": str(requests), **metadata}
    manager = TaskManager(include_path=str(PLUGINS), include_defaults=False, metadata=options)
    found = simple_evaluate(
        model, tasks=[TASK], task_manager=manager, apply_chat_template=True, bootstrap_iters=10, log_samples=True
    )
    assert found is not None
    return found


def test_the_task_scores_replies_as_the_table_does(requests_file: Path) -> None:
    model = Scripted([GOOD, NONE, OTHER])
    results = evaluate(model, requests_file)["results"][TASK]
    asked = [("五绝", "尤"), ("七律", "先"), ("五绝", "屋")]
    wanted = [marks(reply_sample(text, *what)) for text, what in zip(model.replies, asked, strict=True)]
    for name in METRICS:
        values = [mark[name] for mark in wanted if name in mark]
        assert results[f"{name},none"] == pytest.approx(sum(values) / len(values)), name
    assert results["all_rules,none"] == pytest.approx(1 / 3)


def test_the_model_is_told_the_system_prompt_and_the_instruction(requests_file: Path) -> None:
    for rag in (True, False):
        model = Scripted([GOOD, NONE, OTHER])
        evaluate(model, requests_file, rag=rag)
        turns = [json.loads(context) for context, _ in model.asked]
        assert all(turn[0] == {"role": "system", "content": SYSTEM} and turn[1]["role"] == "user" for turn in turns)
        assert "以“登楼”为题,创作一首五言绝句" in turns[0][1]["content"]
        assert all(("可用韵脚字" in turn[1]["content"]) is rag for turn in turns)
        assert model.asked[0][1]["until"] == []


@pytest.fixture(scope="session")
def tiny_model() -> HFLM:
    """A random two-layer model on a character vocabulary."""
    characters = sorted(set(GOOD + OTHER + SYSTEM + "[]/assistanuerym,。:<>.登楼写首押韵五言绝句"))
    vocabulary = {token: i for i, token in enumerate(["<unk>", "<eos>", *characters])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.decoder = decoders.Fuse()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<eos>", pad_token="<eos>", chat_template=TEMPLATE
    )
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=len(vocabulary), hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, head_dim=16, max_position_embeddings=1024, tie_word_embeddings=True,
    )  # fmt: skip
    return HFLM(pretrained=Qwen3ForCausalLM(config).eval(), tokenizer=fast, max_length=1024, batch_size=1)


def test_a_real_model_runs_through(tiny_model: HFLM, requests_file: Path) -> None:
    found = simple_evaluate(
        tiny_model,
        tasks=[TASK],
        task_manager=TaskManager(
            include_path=str(PLUGINS), include_defaults=False, metadata={"requests": str(requests_file)}
        ),
        apply_chat_template=True,
        gen_kwargs="max_gen_toks=24",
        limit=2,
        bootstrap_iters=10,
        log_samples=True,
    )
    results, samples = found["results"][TASK], found["samples"][TASK]
    assert len(samples) == 2
    wanted = []
    for sample in samples:
        doc, reply = sample["doc"], sample["filtered_resps"][0]
        assert 0 < len(reply) <= 24 * 5
        wanted.append(marks(reply_sample(reply, doc["form"], doc["rhyme"], doc["title"])))
    for name in ("total", "length", "paper_total", "all_rules"):
        assert results[f"{name},none"] == pytest.approx(sum(mark[name] for mark in wanted) / 2)


def test_the_command_of_the_documentation_finds_the_task() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "yayun.evaluation.adapters"], check=True, capture_output=True, text=True
    )
    folder = printed.stdout.strip()
    assert (Path(folder) / "yayun_verse.yaml").is_file()
    checked = subprocess.run(
        [Path(sys.executable).parent / "lm_eval", "validate", "--tasks", TASK, "--include_path", folder],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr[-2000:]
