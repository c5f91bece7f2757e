"""Supervised fine-tuning on traces with TRL's ``SFTTrainer``: loss on the assistant's part alone, resumable.

The same code takes the embedded model and, with LoRA, large ones: what differs is the recipe. Checkpoints are model
folders (with LoRA, adapters); the one chosen is kept as the run's ``model`` folder.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, model_validator

from yayun.errors import YayunError
from yayun.journal import append_row, read_rows
from yayun.lazy import lazy
from yayun.recipe import Strict
from yayun.training.distill_recipe import ROWS
from yayun.training.lora import Lora, lora_config
from yayun.training.origins import find_run, open_origin
from yayun.training.recipe import keep_recipe
from yayun.training.requests import draw
from yayun.training.rules_loss import RulesLoss
from yayun.training.selection import Selection, measure, sampler
from yayun.training.sft_trainer import RulesTrainer
from yayun.training.start import DONE, LOG, MODEL, SELECTION_LOG, checkpoints, drop_partial, keep_best
from yayun.training.tokenizer import tokens_of
from yayun.training.traces import Style

if TYPE_CHECKING:
    import accelerate
    import datasets
    import torch
    import transformers
    import trl
else:
    accelerate = lazy("accelerate")
    datasets = lazy("datasets")
    torch = lazy("torch")
    transformers = lazy("transformers")
    trl = lazy("trl")

# What a checkpoint holds beside the model.
RESUMING = (
    "optimizer*", "scheduler.*", "rng_state*", "trainer_state.json", "training_args.bin", DONE,
    "global_step*", "latest", "zero_to_fp32.py",
)  # fmt: skip


class SftRecipe(Strict):
    """``model``: a model folder, a run, or a pretraining checkpoint; ``data``: sets written by ``distill`` (a folder or
    a file each); ``limit_rows``: only the first so many rows of each (0: all). ``batch_size`` rows a device,
    ``accumulate`` batches a step; ``warmup``: a share of all steps; ``max_steps`` -1: what ``epochs`` gives. ``rules``,
    ``repetition``: as in pretraining, the weights of the losses beside the rows' own (``rules_loss``; compact rows)."""

    name: str
    seed: int = 1
    model: str
    data: tuple[str, ...]
    limit_rows: int = 0
    style: Style = "compact"
    epochs: float = 3.0
    max_steps: int = -1
    batch_size: Annotated[int, Field(gt=0)] = 32
    accumulate: Annotated[int, Field(gt=0)] = 1
    rules: Annotated[float, Field(ge=0)] = 0.0
    repetition: Annotated[float, Field(ge=0)] = 0.0
    learning_rate: float = 3e-4
    schedule: Literal["linear", "cosine", "constant_with_warmup"] = "cosine"
    warmup: float = 0.05
    weight_decay: float = 0.0
    max_length: int = 512
    save_every: Annotated[int, Field(gt=0)] = 100
    keep: Annotated[int, Field(gt=1)] = 3
    log_every: Annotated[int, Field(gt=0)] = 10
    dtype: Literal["float32", "bfloat16"] = "float32"
    autocast: bool = False  # bfloat16 arithmetic over weights of ``dtype``
    gradient_checkpointing: bool = False
    lora: Lora | None = None
    selection: Selection | None = Selection()
    threads: int = 0

    @model_validator(mode="after")
    def _rules_of_what(self) -> SftRecipe:
        if (self.rules or self.repetition) and self.style != "compact":
            raise ValueError("rules 与 repetition 只用于内置模型(style: compact):大模型的词元不是一字一个。")
        return self


def sft(recipe: SftRecipe, folder: Path) -> Path:
    """Run (or go on with) a recipe in ``folder``; returns its ``model`` folder."""
    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    keep_recipe(recipe, folder)
    arguments = _arguments(recipe, folder)  # before the model is loaded: DeepSpeed partitions it while it is read
    model, tokenizer = open_origin(recipe.model, recipe.dtype)
    rules = RulesLoss.of(tokens_of(tokenizer), recipe.rules, recipe.repetition)
    make = partial(RulesTrainer, rules) if rules else trl.SFTTrainer
    trainer = make(
        model=model,
        args=arguments,
        train_dataset=training_set(recipe, tokenizer),
        processing_class=tokenizer,
        peft_config=lora_config(recipe.lora),
        callbacks=[_callback(recipe, folder, tokenizer)],
    )
    done = drop_partial(folder)
    trainer.train(resume_from_checkpoint=str(done[-1]) if done else None)
    if trainer.is_world_process_zero():
        keep_best(folder, checkpoints(folder), RESUMING)
    trainer.accelerator.wait_for_everyone()
    return folder / MODEL


def training_set(recipe: SftRecipe, tokenizer: Any) -> datasets.Dataset:
    """Conversations split into prompt and completion; rows whose answer the tokenizer can't spell are left out.

    Raises YayunError where nothing is left.
    """
    rows = [row["messages"] for path in recipe.data for row in _rows(path, recipe.limit_rows)]
    unknown = tokenizer.unk_token_id
    if unknown is not None:
        rows = [talk for talk in rows if unknown not in tokenizer(talk[-1]["content"])["input_ids"]]
    if not rows:
        raise YayunError(f"{'、'.join(recipe.data)} 里没有可用的训练数据:请先运行 yayun train distill。")
    return datasets.Dataset.from_list([{"prompt": talk[:-1], "completion": talk[-1:]} for talk in rows])


def _rows(name: str, limit: int) -> list[dict[str, Any]]:
    path = find_run(name)
    rows = list(read_rows(path / ROWS if path.is_dir() else path))
    return rows[:limit] if limit else rows


def _arguments(recipe: SftRecipe, folder: Path) -> Any:
    return trl.SFTConfig(
        output_dir=str(folder),
        seed=recipe.seed,
        data_seed=recipe.seed,
        num_train_epochs=recipe.epochs,
        max_steps=recipe.max_steps,
        per_device_train_batch_size=recipe.batch_size,
        gradient_accumulation_steps=recipe.accumulate,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type=recipe.schedule,
        warmup_steps=recipe.warmup,
        weight_decay=recipe.weight_decay,
        max_length=recipe.max_length,
        completion_only_loss=True,
        save_steps=recipe.save_every,
        save_total_limit=recipe.keep,
        logging_steps=recipe.log_every,
        logging_first_step=True,
        bf16=recipe.autocast,
        gradient_checkpointing=None,  # the old name of the next
        activation_checkpointing=recipe.gradient_checkpointing,
        use_cpu=not torch.cuda.is_available(),
        dataloader_pin_memory=torch.cuda.is_available(),
        report_to="none",
    )


def _callback(recipe: SftRecipe, folder: Path, tokenizer: Any) -> transformers.TrainerCallback:
    """Keeps ``log.jsonl``, measures every checkpoint, and has the trainer keep the best one so far."""
    chosen_by = recipe.selection
    asked = draw(chosen_by.prompts, chosen_by.asking, chosen_by.seed, style=recipe.style) if chosen_by else []

    class Keeper(transformers.TrainerCallback):
        def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
            self._measure(state, model)

        def on_save(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
            accelerate.PartialState().wait_for_everyone()  # each process writes its part
            if state.is_world_process_zero:
                (folder / f"checkpoint-{state.global_step}" / DONE).touch()
            self._measure(state, model)

        def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
            if state.is_world_process_zero and logs:
                append_row(folder / LOG, {"step": state.global_step, **logs})

        def _measure(self, state: Any, model: Any) -> None:
            """Once a checkpoint: also where a kill came between saving and measuring."""
            if chosen_by is None or not state.is_world_process_zero:
                return
            path, step = folder / SELECTION_LOG, state.global_step
            if all(row["step"] != step for row in read_rows(path)):
                sample = sampler(model, tokenizer, chosen_by)
                append_row(path, {"step": step, **measure(chosen_by, asked, recipe.style, sample)})
            measured = [row for row in read_rows(path) if (folder / f"checkpoint-{row['step']}").exists()]
            if measured:
                best = max(measured, key=lambda row: (row["score"], row["step"]))
                state.best_model_checkpoint = str(folder / f"checkpoint-{best['step']}")

    return Keeper()
