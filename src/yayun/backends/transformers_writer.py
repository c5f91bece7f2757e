"""Writers on a folder of weights in Hugging Face layout: ``open_folder`` finds out which kind of model it is.

``InstructWriter`` is for models that read instructions (Qwen2.5, DeepSeek distillates, ...): the same prompt and the
same verify-and-repair loop as behind a server, but in guided mode the draft is already written under the mask.
``CompactWriter`` is for the embedded model's folder and its kin, which read the compact prompt of ``prompts.prompt``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yayun.decoding.embedded import EmbeddedWriter, Judge, Watch, parse_completion
from yayun.errors import YayunError
from yayun.lazy import lazy
from yayun.prompts import vocabulary as v
from yayun.prompts.instruction import in_script, messages
from yayun.prompts.order import Order, written
from yayun.servers.wire import Completion, Listener

if TYPE_CHECKING:
    import numpy as np
    import safetensors
    import torch
    import transformers

    from yayun.decoding import constraint, guidance, transformers_mask, transformers_spelling
    from yayun.decoding.decode import Draft
    from yayun.decoding.options import Sampling
    from yayun.decoding.transformers_mask import VerseMask
    from yayun.decoding.transformers_spelling import Spelling
    from yayun.mending.diagnosis import Task
    from yayun.prompts.instruction import Message
else:
    constraint = lazy("yayun.decoding.constraint")
    guidance = lazy("yayun.decoding.guidance")
    transformers_mask = lazy("yayun.decoding.transformers_mask")
    transformers_spelling = lazy("yayun.decoding.transformers_spelling")
    safetensors = lazy("safetensors")
    torch = lazy("torch")
    transformers = lazy("transformers")

NAME = "transformers"
REASONING = 1200  # tokens a large model may reason before its verse is begun for it
COMPLETION = 2048  # tokens of an unmasked completion
PLAN = 48  # tokens of a compact model's plan
VERSE = 240  # tokens that are enough for an octave of seven, three pieces a character, and its punctuation
ROWS = 24  # rows of a compact model decoded at once


class Weights:
    """A model and its tokenizer, loaded from ``folder`` when first needed.

    Raises YayunError where the libraries are missing or the folder can't be loaded as a causal language model.
    """

    def __init__(self, folder: Path) -> None:
        if find_spec("torch") is None or find_spec("transformers") is None:
            raise YayunError("用本地的权重写诗要先安装附加依赖:pip install 'yayun[train]'。")
        if not (folder / "config.json").is_file():
            raise YayunError(f"{folder} 不是模型目录(没有 config.json):请指向 Hugging Face 格式的模型目录。")
        self.folder = folder

    @cached_property
    def tokenizer(self) -> Any:
        """The tokenizer, padding on the left."""
        tokenizer = self._load(
            lambda: transformers.AutoTokenizer.from_pretrained(self.folder, padding_side="left"), "分词器"
        )
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        return tokenizer

    @cached_property
    def model(self) -> Any:
        """The model, on the GPUs where there are any."""
        gpu = torch.cuda.is_available()
        config = self._load(lambda: transformers.AutoConfig.from_pretrained(self.folder), "配置")
        half = getattr(config, "dtype", None) is torch.float16
        options: dict[str, Any] = {"dtype": torch.float32 if half and not gpu else "auto"}
        if gpu:
            options["device_map"] = "auto" if find_spec("accelerate") else "cuda"
        return self._load(
            lambda: transformers.AutoModelForCausalLM.from_pretrained(self.folder, **options).eval(), "权重"
        )

    @cached_property
    def ends(self) -> frozenset[int]:
        """Ids of the tokens that end a completion."""
        stored = self.model.generation_config.eos_token_id
        ids = stored if isinstance(stored, list) else [stored]
        return frozenset(i for i in (*ids, self.tokenizer.eos_token_id) if i is not None)

    def generate(
        self,
        prompts: Sequence[Sequence[int]],
        sampling: Sampling,
        seed: int | None,
        limit: int,
        mask: VerseMask | None = None,
        listen: Listener | None = None,
    ) -> list[list[int]]:
        """Up to ``limit`` new tokens a prompt, sampled by ``seed``; PyTorch's own generator is left as it was."""
        batch = self.tokenizer.pad({"input_ids": [list(p) for p in prompts]}, return_tensors="pt")
        batch = {name: batch[name].to(self.model.device) for name in ("input_ids", "attention_mask")}
        options: dict[str, Any] = {
            "do_sample": True,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "top_k": 0,
            "repetition_penalty": 1.0,
            "max_new_tokens": limit,
            "pad_token_id": self.tokenizer.pad_token_id,
            "eos_token_id": sorted(self.ends) or None,
        }
        if mask is not None:
            options["logits_processor"] = [mask]
        if listen is not None:
            options["streamer"] = _streamer(self.tokenizer, listen)
        devices = list(range(torch.cuda.device_count()))
        with torch.inference_mode(), torch.random.fork_rng(devices):
            if seed is not None:
                torch.manual_seed(seed)
            ids = self.model.generate(**batch, **options)
        return [row[batch["input_ids"].shape[1] :] for row in ids.tolist()]

    def shown(self, ids: Sequence[int]) -> str:
        """Tokens as text, up to the one that ends the completion."""
        kept = []
        for i in ids:
            if i in self.ends:
                break
            kept.append(i)
        text = self.tokenizer.decode(kept, clean_up_tokenization_spaces=False)
        assert isinstance(text, str)
        return text

    def _load(self, load: Callable[[], Any], what: str) -> Any:
        try:
            return load()
        except (OSError, ValueError, KeyError, safetensors.SafetensorError) as error:
            reason = " ".join(str(error).split())[:160]
            raise YayunError(f"{self.folder} 里的{what}读不出来:请核对它是不是完整的因果语言模型({reason})。") from None


class InstructWriter:
    """Writes with a large model, one completion at a time; stands where ``OpenAIWriter`` does.

    ``reasoning``: tokens it may reason before its verse is begun for it; ``completion``: tokens of an unmasked answer.
    """

    name = NAME
    workers = 1  # the model already has the whole machine

    def __init__(
        self, weights: Weights, rag: bool = True, reasoning: int = REASONING, completion: int = COMPLETION
    ) -> None:
        self.weights, self.rag, self.reasoning, self.completion = weights, rag, reasoning, completion
        self._spellings: dict[str, Spelling] = {}

    def converse(
        self, talk: Sequence[Message], sampling: Sampling, seed: int | None = None, listen: Listener | None = None
    ) -> Completion:
        """One completion of a conversation, unmasked."""
        prompt = self._prompt(talk)
        (ids,) = self.weights.generate([prompt], sampling, seed, self.completion, listen=listen)
        ended = bool(ids) and ids[-1] in self.weights.ends
        return Completion(
            self.weights.shown(ids),
            finish="stop" if ended else "length",
            prompt_tokens=len(prompt),
            completion_tokens=len(ids),
        )

    def draft(
        self, task: Task, sampling: Sampling, seed: int | None = None, listen: Listener | None = None
    ) -> Completion:
        """The first draft: reasoning as the model likes, then verse under the mask."""
        prompt = self._prompt(messages(task.asked, task.pattern, task.rhyme, task.retrieved))
        mask = transformers_mask.VerseMask(self._rules(task, prompt), [masked_task(task)])
        (ids,) = self.weights.generate([prompt], sampling, seed, self.reasoning + VERSE, mask, listen)
        (draft,) = mask.drafts()
        verse = "".join(line + mark for line, mark in zip(draft.lines, task.pattern.marks, strict=False))
        return Completion(
            f"{draft.think}<answer>{verse}</answer>",
            finish="stop",
            prompt_tokens=len(prompt),
            completion_tokens=len(ids),
        )

    def _rules(self, task: Task, prompt: Sequence[int]) -> transformers_mask.Rules:
        inside = self.weights.shown(prompt[-8:]).rstrip().endswith(transformers_mask.THINK)
        return transformers_mask.Rules(
            self._spelling(task.asked.script), self.weights.ends, self.reasoning, thinking=inside
        )

    def _spelling(self, script: str) -> transformers_spelling.Spelling:
        if script not in self._spellings:
            self._spellings[script] = transformers_spelling.Spelling(
                self.weights.tokenizer, transformers_spelling.verse_characters(script)
            )
        return self._spellings[script]

    def _prompt(self, talk: Sequence[Message]) -> list[int]:
        """The conversation by the model's own template; a model without one is given its text."""
        tokenizer = self.weights.tokenizer
        if tokenizer.chat_template is None:
            text = "\n\n".join(message["content"] for message in talk) + "\n\n"
            return list(tokenizer(text)["input_ids"])
        rendered = tokenizer.apply_chat_template(list(talk), add_generation_prompt=True, return_dict=True)
        return list(rendered["input_ids"])


def masked_task(task: Task) -> Any:
    """A task as the decoder takes it, in the script asked for."""
    asked = task.asked
    heads = tuple(((line, 0), char) for line, char in enumerate(in_script_all(asked.acrostic, asked.script)))
    return guidance.Task(
        prompt=(),
        frame=constraint.Frame(task.pattern, task.rhyme, heads),
        wishes=in_script_all(asked.imagery, asked.script),
        avoid=in_script_all(asked.avoid_words, asked.script),
    )


def in_script_all(words: Sequence[str], script: str) -> tuple[str, ...]:
    """Words in the script asked for, repetitions kept."""
    return tuple(in_script([written(word)], script)[0] for word in words)


class CompactWriter(EmbeddedWriter):
    """The embedded model's kind on transformers: the same prompts and results as ``EmbeddedWriter``, whose place it
    takes in ``compose_all``."""

    name = NAME

    def __init__(self, weights: Weights) -> None:
        super().__init__(weights.folder)
        self.weights = weights

    @cached_property
    def spelling(self) -> transformers_spelling.Spelling:
        """The vocabulary's characters."""
        return transformers_spelling.Spelling(
            self.weights.tokenizer, transformers_spelling.verse_characters("traditional")
        )

    def prepare(self) -> None:
        """Nothing: the weights are opened by what reads them first."""

    @cached_property
    def fills_gaps(self) -> bool:
        """Never: gaps are filled on the model's own runtime."""
        return False

    @cached_property
    def writes_backwards(self) -> bool:
        """Never."""
        return False

    def _prefers(self, before: Sequence[str], token: str, other: str) -> bool:
        ids = self.weights.tokenizer.convert_tokens_to_ids
        asked = torch.tensor([ids(list(before))], device=self.weights.model.device)
        with torch.inference_mode():
            logits = self.weights.model(asked).logits[0, -1]
        return bool(logits[ids(token)] > logits[ids(other)])

    def guided(
        self,
        groups: Sequence[Sequence[Order]],
        sampling: Sampling,
        rngs: Sequence[np.random.Generator],
        judge: Judge,
        watch: Watch | None = None,
    ) -> list[list[tuple[Order, Draft]]]:
        """Drafts under the mask, each with its order. They are written independently: ``judge`` has no say here, and
        ``watch`` is told nothing before the whole stands. A group's drafts are written apart from other groups', for
        one seed draws for all that are written at once."""
        return [self._group(orders, sampling, rng) for orders, rng in zip(groups, rngs, strict=True)]

    def _group(
        self, orders: Sequence[Order], sampling: Sampling, rng: np.random.Generator
    ) -> list[tuple[Order, Draft]]:
        drafts: list[Draft] = []
        for start in range(0, len(orders), ROWS):
            drafts += self._masked(orders[start : start + ROWS], sampling, int(rng.integers(2**31)))
        return list(zip(orders, drafts, strict=True))

    def free(self, orders: Sequence[Order], sampling: Sampling, rngs: Sequence[np.random.Generator]) -> list[Draft]:
        """One unaided completion an order, each apart; likelihoods are not kept (0)."""
        drafts: list[Draft] = []
        for order, rng in zip(orders, rngs, strict=True):
            (ids,) = self.weights.generate([self._ids(order)], sampling, int(rng.integers(2**31)), PLAN + VERSE // 2)
            drafts.append(parse_completion(self.weights.shown(ids), 0.0))
        return drafts

    def _masked(self, orders: Sequence[Order], sampling: Sampling, seed: int) -> list[Draft]:
        rules = transformers_mask.Rules(self.spelling, self.weights.ends, PLAN, sampling.wish, _planned_feet)
        mask = transformers_mask.VerseMask(rules, [self._task(order) for order in orders])
        self.weights.generate([self._ids(order) for order in orders], sampling, seed, PLAN + VERSE, mask)
        return [_with_plan(draft) for draft in mask.drafts()]

    def _ids(self, order: Order) -> list[int]:
        return list(self.weights.tokenizer.convert_tokens_to_ids(list(self.prompt(order))))


def _planned_feet(reasoning: str) -> tuple[str, ...]:
    return parse_completion(reasoning, 0.0).plan_feet


def _with_plan(draft: Draft) -> Draft:
    """The draft with its plan read out of the reasoning, as the embedded writer gives it."""
    plan = parse_completion(draft.think, 0.0)
    return replace(draft, plan_imagery=plan.plan_imagery, plan_feet=plan.plan_feet, think="")


def open_folder(folder: Path, rag: bool = True) -> InstructWriter | CompactWriter:
    """The writer for a folder of weights. Raises YayunError as ``Weights`` does."""
    weights = Weights(folder)
    known = weights.tokenizer.get_vocab()
    compact = all(token in known for token in (v.TITLE, v.FEET, v.ANSWER))
    return CompactWriter(weights) if compact else InstructWriter(weights, rag)


def _streamer(tokenizer: Any, listen: Listener) -> Any:
    """A streamer of transformers that tells ``listen``."""

    class Told(transformers.TextStreamer):  # type: ignore[misc, unused-ignore]
        def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
            if text:
                listen("text", text)

    return Told(tokenizer, skip_prompt=True, skip_special_tokens=True)
