from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.tiny_qwen import make_tiny_qwen

from yayun.backends.conversation import Job, task_of
from yayun.backends.options import Options
from yayun.backends.talking import Talking
from yayun.backends.transformers_writer import CompactWriter, InstructWriter, Weights, masked_task, open_folder
from yayun.brief import make_brief
from yayun.composing.road import compose_all, compose_with
from yayun.composing.settle import settle
from yayun.decoding.options import Sampling
from yayun.errors import YayunError
from yayun.hub.folder import model_dir
from yayun.prosody.review import review

REQUESTS = (
    "以'春风'为题写一首五言绝句,押东韵",
    "写一首繁体七绝,押尤韵",
    "以'登楼'为题写一首七言律诗,押先韵,藏头:春夏秋冬梅兰竹菊",
    "写一首五绝,押屋韵",
)


@pytest.fixture(scope="module")
def qwen(tmp_path_factory: pytest.TempPathFactory) -> InstructWriter:
    writer = open_folder(make_tiny_qwen(tmp_path_factory.mktemp("qwen") / "model"))
    assert isinstance(writer, InstructWriter)
    writer.reasoning, writer.completion = 24, 96
    return writer


@pytest.fixture(scope="module")
def compact() -> CompactWriter:
    writer = open_folder(model_dir())
    assert isinstance(writer, CompactWriter)
    return writer


def job(request: str, seed: int) -> Job:
    settled = settle(make_brief(request), seed, Options(candidates=1))
    return Job(settled.brief, settled.title, settled.orders[0], seed)


def test_every_character_is_spelt_by_pieces_that_say_it_alone(qwen: InstructWriter) -> None:
    spelling = qwen._spelling("simplified")
    sizes = {len(pieces) for pieces in spelling.pieces}
    assert {1, 2, 3} <= sizes
    assert len(spelling.pieces) > 5000
    texts = qwen.weights.tokenizer.batch_decode([list(p) for p in spelling.pieces], clean_up_tokenization_spaces=False)
    assert texts == spelling.characters.tokens
    begun = {pieces[:n] for pieces in spelling.pieces for n in range(1, len(pieces))}
    assert not begun & set(spelling.pieces)
    # The tokenizer has tokens of several hanzi: none of them begins a character.
    vocabulary = range(len(qwen.weights.tokenizer))
    several = {i for i in vocabulary if len(qwen.weights.tokenizer.decode([i]).strip("�")) > 1}
    assert several
    assert several.isdisjoint(spelling.first.tolist())


@pytest.mark.parametrize("request_", REQUESTS)
def test_random_weights_write_verse_within_the_rules(qwen: InstructWriter, request_: str) -> None:
    asked = job(request_, 5)
    task = task_of(asked, rag=True)
    completion = qwen.draft(task, Sampling(), seed=5)
    assert completion.finish == "stop"
    verse = completion.text.partition("<answer>")[2].removesuffix("</answer>")
    lines = [line for line in verse.replace("。", "，").split("，") if line]
    assert [len(line) for line in lines] == [task.pattern.width] * task.pattern.count
    found = review(lines, form=task.pattern.short, rhyme=task.rhyme)
    # A compound may settle one reading otherwise than its place needs: nothing else is left to chance.
    assert len([f for f in found.findings if f.severity == "error"]) <= 1
    if task.asked.acrostic:
        assert "".join(line[0] for line in lines) == task.asked.acrostic


def test_the_same_seed_writes_the_same_and_leaves_the_generator_alone(qwen: InstructWriter) -> None:
    import torch

    task = task_of(job(REQUESTS[0], 5), rag=False)
    before = torch.random.get_rng_state()
    first, second, other = (qwen.draft(task, Sampling(), seed).text for seed in (1, 1, 2))
    assert first == second != other
    assert torch.equal(before, torch.random.get_rng_state())


def test_an_image_asked_for_comes_though_nothing_else_wants_it(qwen: InstructWriter) -> None:
    task = task_of(job("以'江村'为题写一首七言律诗,押东韵,要有杨柳", 3), rag=False)
    completions = [qwen.draft(task, Sampling(temperature=0.6), seed).text for seed in range(4)]
    assert any("杨柳" in text.partition("<answer>")[2] for text in completions)


def test_avoided_words_and_used_characters_stay_out(qwen: InstructWriter) -> None:
    task = task_of(job(REQUESTS[2], 3), rag=False)
    masked = masked_task(replace(task, asked=replace(task.asked, avoid_words=("明月",))))
    assert masked.avoid == ("明月",)
    text = qwen.draft(task, Sampling(temperature=0.3), 4).text.partition("<answer>")[2]
    chars = [c for c in text if c not in "，。</answer>"]
    assert len(set(chars)) >= len(chars) - 4  # 叠字 apart, nothing is said twice


def test_a_conversation_goes_through_the_models_own_template(qwen: InstructWriter) -> None:
    pieces: list[str] = []
    talk = [{"role": "system", "content": "格式"}, {"role": "user", "content": "写诗"}]
    shown = qwen.weights.tokenizer.decode(qwen._prompt(talk))
    assert shown == "<|im_start|>system\n格式<|im_end|>\n<|im_start|>user\n写诗<|im_end|>\n<|im_start|>assistant\n"
    completion = qwen.converse(talk, Sampling(), seed=1, listen=lambda _, piece: pieces.append(piece))
    assert completion.prompt_tokens == len(qwen._prompt(talk))
    assert "".join(pieces) == completion.text.replace("<|im_start|>", "") != ""


def test_the_loop_mends_what_a_large_model_leaves(qwen: InstructWriter) -> None:

    briefs = [
        make_brief("以'春风'为题写一首五言绝句,押东韵,要有杨柳"),
        make_brief("写一首五绝,藏头:春夏秋冬,仄起,首句入韵"),
    ]
    poems = list(compose_with(briefs, Options(seed=3), Talking(qwen)))
    for poem in poems:
        assert not isinstance(poem, YayunError)
        assert poem.review.passed
        assert poem.backend == "transformers"
        assert poem.repair is not None


def test_the_embedded_model_writes_by_the_mask_as_on_its_own_runtime(compact: CompactWriter) -> None:
    briefs = [make_brief("以'春风'为题写一首五言绝句,押东韵"), make_brief("写一首七绝,押尤韵,藏头:春夏秋冬")]
    poems = compose_all(briefs, Options(seed=2, candidates=4), compact)
    assert [poem.review.passed for poem in poems] == [True, True]
    assert "".join(line[0] for line in poems[1].lines) == "春夏秋冬"
    again = compose_all(briefs, Options(seed=2, candidates=4), compact)
    assert [p.lines for p in again] == [p.lines for p in poems]


def test_the_mask_keeps_the_bare_models_likelihood(compact: CompactWriter) -> None:
    """The mean log probability a character is what the model gives the finished verse, read at once."""
    import torch

    from yayun.decoding.transformers_mask import Rules, VerseMask

    order = job(REQUESTS[0], 7).order
    prompt = compact._ids(order)
    mask = VerseMask(Rules(compact.spelling, compact.weights.ends, 40), [compact._task(order)])
    (ids,) = compact.weights.generate([prompt], Sampling(), 7, 200, mask)
    (draft,) = mask.drafts()
    with torch.inference_mode():
        logits = compact.weights.model(torch.tensor([prompt + ids])).logits[0].float().log_softmax(-1)
    tokens = compact.weights.tokenizer.convert_ids_to_tokens(ids)
    verse = range(tokens.index("<answer>") + 1, tokens.index("</answer>"))
    marks = [float(logits[len(prompt) + i - 1, ids[i]]) for i in verse if tokens[i] not in "，。"]
    assert len(marks) == 20
    assert draft.likelihood == pytest.approx(np.mean(marks), abs=1e-3)


def test_free_verse_of_the_embedded_model(compact: CompactWriter) -> None:
    drafts = compact.free(
        [job(r, 1).order for r in REQUESTS[:2]], Sampling(top_p=1.0), [np.random.default_rng(i) for i in range(2)]
    )
    assert len(drafts) == 2
    assert all(draft.lines for draft in drafts)


def test_beams_keep_to_the_rules(compact: CompactWriter) -> None:
    """Beam search reorders rows between steps."""
    import torch

    from yayun.decoding.transformers_mask import Rules, VerseMask

    order = job(REQUESTS[0], 7).order
    mask = VerseMask(Rules(compact.spelling, compact.weights.ends, 40), [compact._task(order)], beams=3)
    prompt = torch.tensor([compact._ids(order)])
    with torch.inference_mode():
        ids = compact.weights.model.generate(
            prompt, num_beams=3, do_sample=False, max_new_tokens=120, logits_processor=[mask]
        )
    verse = compact.weights.shown(ids[0, prompt.shape[1] :].tolist()).partition("<answer>")[2]
    lines = verse.removesuffix("</answer>").replace("。", "，").rstrip("，").split("，")
    assert [len(line) for line in lines] == [5] * 4
    assert review(lines, form="五绝", rhyme="东").passed


@pytest.mark.parametrize("what", ["nothing", "empty", "no weights", "broken weights", "no tokenizer"])
def test_a_folder_that_is_no_models_is_told_in_one_sentence(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "model"
    if what == "empty":
        folder.mkdir()
    elif what != "nothing":
        make_tiny_qwen(folder)
    if what == "no weights":
        (folder / "model.safetensors").unlink()
    elif what == "broken weights":
        (folder / "model.safetensors").write_bytes(b"no weights")
    elif what == "no tokenizer":
        (folder / "tokenizer.json").write_text("{", encoding="utf-8")
    with pytest.raises(YayunError) as caught:
        _ = open_folder(folder).weights.model
    text = str(caught.value)
    assert str(folder) in text
    assert "\n" not in text
    assert text.endswith("。")


def test_without_the_libraries_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yayun.backends.transformers_writer.find_spec", lambda name: None)
    with pytest.raises(YayunError, match=r"yayun\[train\]"):
        Weights(model_dir())


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    modules = "yayun.backends.transformers, yayun.backends.transformers_writer"
    code = f"import sys, {modules}; assert not {{'torch', 'transformers'}} & {{*sys.modules}}"
    subprocess.run([sys.executable, "-c", code], check=True)
