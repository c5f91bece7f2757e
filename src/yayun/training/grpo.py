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
from typing import TYPE_CHECKING, Any

from yayun.errors import YayunError
from yayun.journal import read_rows, write_rows
from yayun.lazy import lazy
from yayun.training import rewards
from yayun.training.grpo_recipe import SNAPSHOTS, GrpoRecipe
from yayun.training.grpo_trainer import Recorder, Trainer, own_sampler
from yayun.training.lora import lora_config
from yayun.training.naturalness import Naturalness, human_poems
from yayun.training.origins import open_origin
from yayun.training.recipe import keep_recipe
from yayun.training.requests import draw
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

if TYPE_CHECKING:
    import datasets
    import torch
    import trl
else:
    datasets = lazy("datasets")
    torch = lazy("torch")
    trl = lazy("trl")


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
    asked = draw(recipe.steps * recipe.prompts, recipe.requests, recipe.seed, recipe.prompts, recipe.style)
    with _without_rollout_warning():
        return Trainer(
            model=model,
            args=args,
            reward_funcs=reward_functions(recipe),
            train_dataset=datasets.Dataset.from_list([request.columns(recipe.style) for request in asked]),
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
    settings = recipe.adversary
    return Naturalness(human_poems(settings.human, recipe.seed), settings.every, settings.window, recipe.seed)


def config(recipe: GrpoRecipe, run: Path) -> Any:
    """TRL's configuration of a run."""
    device_batch = recipe.micro_batch * processes()
    if recipe.prompts * recipe.samples % device_batch:
        raise YayunError(f"prompts × samples 须能被 micro_batch × 进程数({device_batch})整除:请改配方或进程数。")
    accumulate = recipe.prompts * recipe.samples // device_batch
    return trl.GRPOConfig(
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
