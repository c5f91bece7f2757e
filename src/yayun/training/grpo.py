"""GRPO on the rules, through TRL's ``GRPOTrainer``: the stage that teaches a model to keep them by itself.

A run folder has ``log.jsonl`` (a row a step), ``samples.jsonl`` (whole steps' completions every so often),
``checkpoint-N`` (to resume from), ``snapshots/step-N`` (models to choose among) and, when finished, ``model``.
"""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from yayun.errors import YayunError
from yayun.journal import read_rows, write_rows
from yayun.recipe import Strict
from yayun.training import rewards
from yayun.training.lora import Lora, lora_config
from yayun.training.origins import open_origin
from yayun.training.recipe import keep_recipe
from yayun.training.requests import Asking, draw
from yayun.training.selection import Selection
from yayun.training.start import (
    CHOSEN,
    LOG,
    MODEL,
    SAMPLES,
    SELECTION_LOG,
    drop_partial,
    keep_best,
    load_model,
    load_tokenizer,
    step_of,
    without_bars,
)
from yayun.training.traces import Style

SNAPSHOTS = "snapshots"
Positive = Annotated[int, Field(gt=0)]


class Adversary(Strict):
    """See ``naturalness.Naturalness``; ``human``: poems kept to tell samples from, 0 for all."""

    every: Positive = 10
    window: Positive = 15
    human: int = 0


class GrpoLora(Lora):
    """A smaller adapter than SFT's, without dropout: the samples' probabilities are asked for twice."""

    rank: Positive = 16
    alpha: Positive = 32
    dropout: float = 0.0
    targets: str | tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class Vllm(Strict):
    """TRL's vLLM: in the training processes, or the server at ``host``. ``memory``: the share of a device it may take;
    ``context``: tokens of prompt and completion; ``sleep``: gives its memory back while the model is trained."""

    mode: Literal["colocate", "server"] = "colocate"
    memory: float = 0.3
    tensor_parallel: Positive = 1
    sleep: bool = False
    context: Positive = 4096
    host: str = "127.0.0.1"
    port: int = 8000

    def settings(self) -> dict[str, Any]:
        """As TRL names them."""
        found: dict[str, Any] = {"use_vllm": True, "vllm_mode": self.mode}
        if self.mode == "server":
            return found | {"vllm_server_host": self.host, "vllm_server_port": self.port}
        return found | {
            "vllm_gpu_memory_utilization": self.memory,
            "vllm_tensor_parallel_size": self.tensor_parallel,
            "vllm_enable_sleep_mode": self.sleep,
            "vllm_max_model_length": self.context,
        }


class GrpoRecipe(Strict):
    """``model``: a model folder or an earlier stage's run, '' the shipped one. A step is ``prompts`` requests x
    ``samples`` completions, ``micro_batch`` of which go through the model at once; the ``kept`` best and worst of each
    request's are learnt from (0: all). ``limit``: tokens a completion may
    take. ``weights``: rewards by name (functions of ``rewards``, and ``naturalness``). ``beta``: weight of the KL
    distance from the start; 0 spares the pass through the frozen model. ``permitted``: weight of the distance
    from the start held to the rules (``training.permitted``), for the embedded model; 0 leaves it out. ``sampler``:
    ``own`` is ``rollout``'s, with ``logprobs``', for small models on the CPU; ``trl`` and ``vllm`` are TRL's.
    ``selection``: how snapshots are measured; the best becomes the run's ``model``. ``threads``: 0 leaves PyTorch's
    choice.
    """

    name: str
    model: str = ""
    style: Style = "compact"
    seed: int = 1
    steps: Positive = 300
    prompts: Positive = 8
    samples: Annotated[int, Field(ge=2)] = 16
    kept: Annotated[int, Field(ge=0)] = 0
    micro_batch: Positive = 64
    limit: Positive = 140
    temperature: Annotated[float, Field(gt=0)] = 1.0
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    learning_rate: float = 3e-5
    warmup: int = 5
    schedule: Literal["constant", "linear", "cosine"] = "linear"
    beta: float = 0.02
    loss: Literal["grpo", "dapo", "dr_grpo", "bnpo"] = "dapo"
    scale_rewards: Literal["group", "batch", "none"] = "group"
    epsilon_high: float = 0.28
    clip: float = 1.0
    iterations: Positive = 1
    weights: dict[str, float]
    permitted: Annotated[float, Field(ge=0)] = 0.0
    requests: Asking = Asking()
    adversary: Adversary = Adversary()
    sampler: Literal["own", "trl", "vllm"] = "own"
    vllm: Vllm = Vllm()
    dtype: Literal["float32", "bfloat16"] = "float32"
    autocast: bool = False  # bfloat16 arithmetic in the loss, over weights of ``dtype``
    gradient_checkpointing: bool = False
    lora: GrpoLora | None = None
    save_every: Positive = 20
    snapshot_every: Positive = 50
    samples_every: Positive = 10
    selection: Selection | None = Selection()
    threads: int = 0

    @model_validator(mode="after")
    def _check(self) -> GrpoRecipe:
        if self.prompts * self.samples % self.micro_batch:
            raise ValueError("prompts x samples 须能被 micro_batch 整除")
        if self.kept > self.samples:
            raise ValueError("kept 不能多于 samples")
        if self.sampler != "own" and self.selection is not None:
            raise ValueError("selection 只用于 sampler: own;请写 selection: null")
        if self.permitted and (self.sampler != "own" or self.style != "compact" or not self.beta or self.lora):
            raise ValueError("permitted 只用于 style: compact、sampler: own、beta 大于 0、不带 lora")
        for name in self.weights:
            if name not in (*rewards.NAMES, "naturalness"):
                raise ValueError(f"没有名为 {name} 的奖励")
        return self


def processes() -> int:
    """How many ``accelerate launch`` started."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def grpo(recipe: GrpoRecipe, run: Path, stop_after: int | None = None) -> Path:
    """Train until ``recipe.steps``; returns the model's folder. Called again on the same run it goes on from the newest
    whole checkpoint.

    ``stop_after``: stop at that step as a kill would, without finishing. Raises YayunError where the run was begun
    with another recipe.
    """
    keep_recipe(recipe, run)
    if (run / MODEL / CHOSEN).is_file():
        return run / MODEL
    import torch

    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    args = config(recipe, run)
    with args.main_process_first(desc="run folder"):
        whole = drop_partial(run)
        step = step_of(whole[-1]) if whole else 0
        for name in (LOG, SAMPLES, SELECTION_LOG):
            if (run / name).exists():
                write_rows(run / name, [row for row in read_rows(run / name) if row["step"] <= step])
        model, tokenizer = _start(recipe, run)
    trainer = build_trainer(recipe, run, args, model, tokenizer)
    trainer.recorder.done, trainer.recorder.stop_after = step, stop_after
    trainer.train(resume_from_checkpoint=str(whole[-1]) if whole else None)
    if trainer.state.global_step >= recipe.steps and trainer.is_world_process_zero():
        keep_best(run, list((run / SNAPSHOTS).glob("step-*")))
    trainer.accelerator.wait_for_everyone()
    return run / MODEL


def build_trainer(recipe: GrpoRecipe, run: Path, args: Any, model: Any, tokenizer: Any) -> Any:
    """The TRL trainer of a run."""
    from datasets import Dataset

    from yayun.training.grpo_trainer import Recorder, Trainer, own_sampler

    asked = draw(recipe.steps * recipe.prompts, recipe.requests, recipe.seed, recipe.prompts, recipe.style)
    with _without_rollout_warning():
        return Trainer(
            model=model,
            args=args,
            reward_funcs=reward_functions(recipe),
            train_dataset=Dataset.from_list([request.columns(recipe.style) for request in asked]),
            processing_class=tokenizer,
            peft_config=lora_config(recipe.lora),
            rollout_func=own_sampler(recipe) if recipe.sampler == "own" else None,
            recorder=Recorder(recipe, run),
            shares_prompts=recipe.sampler == "own",
        )


def _start(recipe: GrpoRecipe, run: Path) -> tuple[Any, Any]:
    """The model to train and its tokenizer. TRL loads the frozen copy from where the model was loaded, so what is no
    model folder (a pretraining run, an adapter) is written as one first."""
    kept = run / "start"
    if not (kept / "config.json").is_file():
        model, tokenizer = open_origin(recipe.model, recipe.dtype)
        if (Path(model.config._name_or_path) / "config.json").is_file():
            return model, tokenizer
        save_model(model, tokenizer, kept)
    return load_model(kept, recipe.dtype), load_tokenizer(kept)


def reward_functions(recipe: GrpoRecipe) -> list[Callable[..., list[float]]]:
    """The functions by the recipe's names; one of weight 0 is logged and not learnt from."""
    return [_naturalness(recipe) if name == "naturalness" else getattr(rewards, name) for name in recipe.weights]


def _naturalness(recipe: GrpoRecipe) -> Callable[..., list[float]]:
    from yayun.training.naturalness import Naturalness, human_poems

    settings = recipe.adversary
    return Naturalness(human_poems(settings.human, recipe.seed), settings.every, settings.window, recipe.seed)


def config(recipe: GrpoRecipe, run: Path) -> Any:
    """TRL's configuration of a run."""
    import torch
    from trl import GRPOConfig

    device_batch = recipe.micro_batch * processes()
    if recipe.prompts * recipe.samples % device_batch:
        raise YayunError(f"prompts × samples 须能被 micro_batch × 进程数({device_batch})整除:请改配方或进程数。")
    accumulate = recipe.prompts * recipe.samples // device_batch
    return GRPOConfig(
        output_dir=str(run),
        max_steps=recipe.steps,
        per_device_train_batch_size=recipe.micro_batch,
        gradient_accumulation_steps=accumulate,
        steps_per_generation=accumulate,
        num_generations=recipe.samples,
        num_iterations=recipe.iterations,
        max_completion_length=recipe.limit,
        temperature=recipe.temperature,
        top_p=recipe.top_p,
        top_k=0,
        shuffle_dataset=False,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type={"constant": "constant_with_warmup"}.get(recipe.schedule, recipe.schedule),
        warmup_steps=recipe.warmup,
        optim="adamw_torch",
        weight_decay=0.0,
        max_grad_norm=recipe.clip,
        beta=recipe.beta,
        loss_type=recipe.loss,
        scale_rewards=recipe.scale_rewards,
        epsilon_high=recipe.epsilon_high,
        reward_weights=list(recipe.weights.values()),
        mask_truncated_completions=False,  # a poem without end must be punished, not overlooked
        **(recipe.vllm.settings() if recipe.sampler == "vllm" else {}),
        bf16=recipe.autocast or recipe.dtype == "bfloat16",
        use_cpu=not torch.cuda.is_available(),
        gradient_checkpointing=None,  # the old name of the next
        activation_checkpointing=recipe.gradient_checkpointing,
        save_strategy="steps",
        save_steps=recipe.save_every,
        save_total_limit=2,
        logging_steps=1,
        report_to="none",
        disable_tqdm=True,
        seed=recipe.seed,
        dataloader_pin_memory=False,
    )


def save_model(model: Any, tokenizer: Any, folder: Path) -> None:
    """Write a model folder, whole or not at all."""
    scratch = folder.with_name(f".{folder.name}")
    shutil.rmtree(scratch, ignore_errors=True)
    with without_bars():
        model.save_pretrained(scratch)
    tokenizer.save_pretrained(scratch)
    shutil.rmtree(folder, ignore_errors=True)
    scratch.rename(folder)


@contextmanager
def _without_rollout_warning() -> Iterator[None]:
    """``rollout_func`` is TRL's experimental interface, and says so."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="You are using 'rollout_func'")
        yield
