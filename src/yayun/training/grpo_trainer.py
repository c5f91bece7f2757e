"""TRL's ``GRPOTrainer`` with a log to read, samples kept, whole checkpoints, and our sampler as its rollout.

The algorithm is TRL's: the sampler and the log probabilities give what TRL's own give, sooner; where the recipe says so
only the most telling completions of a group are learnt from.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers import PrinterCallback, TrainerCallback
from trl import GRPOTrainer

from yayun.journal import append_row
from yayun.progress import bar
from yayun.training.grpo_recipe import SNAPSHOTS
from yayun.training.logprobs import Held, completion_logprobs
from yayun.training.naturalness import Naturalness
from yayun.training.permitted import Permitted, marks_tensor
from yayun.training.requests import draw
from yayun.training.rewards import text_of
from yayun.training.rollout import prompt_ids, sample
from yayun.training.samples import Asked
from yayun.training.selection import measure, sampler
from yayun.training.start import DONE, LOG, SAMPLES, SELECTION_LOG, without_bars
from yayun.training.tokenizer import tokens_of

if TYPE_CHECKING:
    from yayun.training.grpo_recipe import GrpoRecipe

# TRL's name of a figure -> the log's.
_FIGURES = {
    "reward": "reward", "reward_std": "reward_std", "frac_reward_zero_std": "zero_std", "kl": "kl",
    "entropy": "entropy", "grad_norm": "grad_norm", "learning_rate": "lr",
    "completions/mean_length": "tokens", "completions/clipped_ratio": "clipped", "step_time": "seconds",
    "permitted": "permitted",
}  # fmt: skip


class Trainer(GRPOTrainer):
    """Hands what happens to a ``Recorder``."""

    def __init__(self, recorder: Recorder, shares_prompts: bool, **settings: Any) -> None:
        super().__init__(**settings)
        self.shares_prompts = shares_prompts
        self.permitted = Permitted(tokens_of(self.processing_class)) if recorder.recipe.permitted else None
        self._marks: torch.Tensor | None = None  # of the completions whose loss is being computed
        self._distance: torch.Tensor | None = None
        self.recorder = recorder
        recorder.trainer = self
        self.remove_callback(PrinterCallback)
        self.add_callback(recorder)

    def create_model_card(self, *args: Any, **kwargs: Any) -> None:
        """None: ``yayun train export`` writes the card."""

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        """TRL's batch with the marks of what is permitted, of each group the completions with most to teach where the
        recipe keeps only some."""
        batch, recipe = super()._generate_and_score_completions(inputs), self.recorder.recipe
        if self.permitted is not None and self.model.training:
            with self.recorder.timed("marks"):
                batch["marks"] = self._marked(inputs, batch["completion_ids"])
        if not recipe.kept or not self.model.training:
            return batch
        rows = extremes(batch["advantages"], recipe.samples, recipe.kept)
        size = len(batch["advantages"])
        found = {name: v[rows] if isinstance(v, torch.Tensor) and len(v.shape) and len(v) == size else v
                 for name, v in batch.items()}  # fmt: skip
        found["num_items_in_batch"] = self.accelerator.gather(found["completion_mask"].sum()).sum()
        return found

    def _generate(self, prompts: list[Any]) -> Any:
        with self.recorder.timed("rollout"):
            return super()._generate(prompts)

    def _calculate_rewards(self, inputs: Any, prompts: Any, completions: Any, ids: Any) -> Any:
        with self.recorder.timed("reward"):
            found = super()._calculate_rewards(inputs, prompts, completions, ids)
        self.recorder.keep(inputs, completions, found)
        return found

    def _marked(self, inputs: Any, ids: torch.Tensor) -> torch.Tensor:
        """(rows, completion, 1 + feet): what is permitted at every place."""
        assert self.permitted is not None
        asked = (Asked(row["form"], row["rhyme"], row["pattern"] or None) for row in inputs)
        rows = [self.permitted.marks(one, who) for one, who in zip(ids.tolist(), asked, strict=True)]
        return marks_tensor(rows, ids.shape[1]).to(ids.device)

    def _compute_loss(self, model: Any, inputs: Any) -> Any:
        """TRL's loss, and the distance from the start held to what is permitted, in nats a token."""
        self._marks = inputs.get("marks")
        loss = super()._compute_loss(model, inputs)
        if self._marks is None:
            return loss
        assert self._distance is not None
        mean = self._distance.detach().sum() / inputs["completion_mask"].sum().clamp(min=1)
        self._metrics["train"]["permitted"].append(mean.item())
        whole = inputs["num_items_in_batch"] / self.accelerator.num_processes
        loss = loss + self.recorder.recipe.permitted * self._distance.sum() / whole
        self._marks = self._distance = None
        return loss

    def _get_per_token_logps_and_entropies(
        self, model: Any, ids: Any, mask: Any, kept: int, batch_size: int | None = None, **settings: Any
    ) -> Any:
        """TRL's numbers, by a pass that reads each prompt once (``logprobs``)."""
        if not self.shares_prompts:
            return super()._get_per_token_logps_and_entropies(model, ids, mask, kept, batch_size, **settings)
        unwrapped, entropy = self.accelerator.unwrap_model(model), bool(settings.get("compute_entropy"))
        rows = batch_size or len(ids)
        parts = list(zip(ids.split(rows), mask.split(rows), self._held(rows, len(ids)), strict=True))
        found = [
            completion_logprobs(unwrapped, part, seen, kept, self.temperature, entropy, held)
            for part, seen, held in parts
        ]
        if self._marks is not None:
            self._distance = torch.cat([scored.distance for scored in found if scored.distance is not None])
        entropies = torch.cat([s.entropies for s in found if s.entropies is not None]) if entropy else None
        return torch.cat([scored.logprobs for scored in found]), entropies, None

    def _held(self, rows: int, count: int) -> list[Held | None]:
        if self._marks is None:
            return [None] * -(-count // rows)
        assert self.permitted is not None
        table = self.permitted.table().to(self._marks.device)
        start = self.accelerator.unwrap_model(self.ref_model)
        return [Held(start, part, table) for part in self._marks.split(rows)]

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        super()._save_checkpoint(model, trial)
        self.recorder.seal(Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}")

    def _load_from_checkpoint(self, folder: str, model: Any = None) -> None:
        super()._load_from_checkpoint(folder, model)
        for judge in self.recorder.judges():
            judge.load(Path(folder))


class Recorder(TrainerCallback):
    """The run's log, samples, snapshots and progress bar."""

    trainer: Trainer

    def __init__(self, recipe: GrpoRecipe, run: Path) -> None:
        self.recipe, self.run = recipe, run
        self.done = 0  # steps made before
        self.stop_after: int | None = None
        self.seconds: dict[str, float] = {}
        self._since = 0.0
        self._bar: Any = None
        self._show: Callable[[int, dict[str, Any]], None] | None = None

    def timed(self, what: str) -> Any:
        """A context that adds its processor seconds to the step's."""
        return _Timer(self.seconds, what)

    def judges(self) -> list[Naturalness]:
        """Rewards that have a state."""
        return [f for f in self.trainer.reward_funcs if isinstance(f, Naturalness)]

    def keep(self, inputs: Any, completions: Any, found: Any) -> None:
        """Keep a step's first group of completions with their rewards, every so often."""
        step = self.trainer.state.global_step + 1
        if (step % self.recipe.samples_every and step != 1) or not self.trainer.accelerator.is_main_process:
            return
        names = list(self.recipe.weights)
        for i in range(0, len(completions), self.recipe.samples):
            row = {key: inputs[i][key] for key in ("form", "rhyme", "pattern", "title", "imagery")}
            scores = {name: round(value, 4) for name, value in zip(names, found[i].tolist(), strict=True)}
            append_row(
                self.run / SAMPLES,
                {"step": step, **row, "feet": inputs[i]["feet"], "text": text_of(completions[i]), "rewards": scores},
            )

    def seal(self, checkpoint: Path) -> None:
        """Complete a checkpoint; the mark comes last, when every process has written its part."""
        self.trainer.accelerator.wait_for_everyone()
        if not self.trainer.accelerator.is_main_process:
            return
        for judge in self.judges():
            judge.save(checkpoint)
        with (checkpoint / DONE).open("w") as f:
            f.flush()
            os.fsync(f.fileno())

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Show the bar."""
        self._since = time.process_time()
        if state.is_world_process_zero:
            self._bar = bar("grpo", self.recipe.steps, self.done)
            self._show = self._bar.__enter__()

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar.__exit__(None, None, None)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        """Write the step's row."""
        if not logs or "reward" not in logs or not state.is_world_process_zero:
            return
        row = self._row(state.global_step, logs)
        append_row(self.run / LOG, row)
        self.seconds.clear()
        if self._show:
            note = {"reward": row["reward"], "s": row["seconds"]}
            self._show(state.global_step, note)

    def _row(self, step: int, logs: dict[str, Any]) -> dict[str, Any]:
        row: dict[str, Any] = {"step": step}
        row |= {name: _short(logs[key]) for key, name in _FIGURES.items() if key in logs}
        row["rewards"] = {
            name: [_short(logs[f"rewards/{name}/mean"]), _short(logs[f"rewards/{name}/std"])]
            for name in self.recipe.weights
        }
        now = time.process_time()
        row["processor"] = {"step": round(now - self._since, 3)}
        row["processor"] |= {what: round(seconds, 3) for what, seconds in self.seconds.items()}
        self._since = now
        return row

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> Any:
        """Keep a model to choose among; stop where told to."""
        step = state.global_step
        if step % self.recipe.snapshot_every == 0 or step == self.recipe.steps:
            self.snapshot(step)
        if self.stop_after is not None and step >= self.stop_after:
            control.should_training_stop = True
        return control

    def snapshot(self, step: int) -> None:
        """Keep the model as it stands (of a model with an adapter, the adapter), with what it is worth."""

        started = time.process_time()
        folder = self.run / SNAPSHOTS / f"step-{step:05d}"
        scratch = folder.with_name(f".{folder.name}")
        with without_bars():
            self.trainer.save_model(str(scratch))  # all processes together, where the model is spread over them
        if self.trainer.is_world_process_zero():
            (scratch / "training_args.bin").unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
            scratch.rename(folder)
            self._measure(step)
        self._since += time.process_time() - started  # no part of the step

    def _measure(self, step: int) -> None:
        settings = self.recipe.selection
        if settings is not None:
            model, tokenizer = self.trainer.accelerator.unwrap_model(self.trainer.model), self.trainer.processing_class
            asked = draw(settings.prompts, settings.asking, settings.seed, style=self.recipe.style)
            found = measure(settings, asked, self.recipe.style, sampler(model, tokenizer, settings))
            append_row(self.run / SELECTION_LOG, {"step": step, **found})


def extremes(advantages: torch.Tensor, size: int, kept: int) -> torch.Tensor:
    """Rows of the ``kept`` highest and lowest advantages (half of each) of every group of ``size``, in order.

    The rows whose spread is widest carry most of a group's gradient (Xu et al., "Not All Rollouts are Useful:
    Down-Sampling Rollouts in LLM Reinforcement Learning", 2025).
    """
    order = advantages.view(-1, size).argsort(dim=1, stable=True)
    chosen = torch.cat([order[:, : kept // 2], order[:, size - (kept - kept // 2) :]], dim=1).sort(dim=1).values
    return (chosen + torch.arange(0, len(advantages), size, device=chosen.device)[:, None]).flatten()


class _Timer:
    def __init__(self, seconds: dict[str, float], what: str) -> None:
        self.seconds, self.what = seconds, what

    def __enter__(self) -> None:
        self.start = time.process_time()

    def __exit__(self, *error: object) -> None:
        self.seconds[self.what] = self.seconds.get(self.what, 0.0) + time.process_time() - self.start


def _short(value: Any) -> float:
    return round(float(value), 6)


def own_sampler(recipe: GrpoRecipe) -> Callable[[list[Any], Any], dict[str, Any]]:
    """A TRL ``rollout_func``: ``rollout.sample``, seeded by the recipe, the process and the step, so that a resumed run
    draws what an unbroken one would."""

    def rollout(prompts: list[Any], trainer: Any) -> dict[str, Any]:
        tokenizer = trainer.processing_class
        every = prompt_ids(tokenizer, prompts)
        found = sample(
            trainer.accelerator.unwrap_model(trainer.model),
            every,
            temperature=recipe.temperature,
            top_p=recipe.top_p,
            limit=recipe.limit,
            end=tokenizer.eos_token_id,
            pad=tokenizer.pad_token_id,
            seed=hash((recipe.seed, trainer.accelerator.process_index, trainer.state.global_step)) % 2**63,
        )
        return {
            "prompt_ids": every,
            "completion_ids": [completion.ids for completion in found],
            "logprobs": [completion.logprobs for completion in found],
        }

    return rollout
