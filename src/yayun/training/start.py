"""Opening what a stage starts from: a model folder, or the run folder of an earlier stage."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from yayun.decoding.weights import unaided_weights_dir
from yayun.errors import YayunError
from yayun.home import atomic_open
from yayun.journal import read_rows
from yayun.lazy import lazy
from yayun.prompts import vocabulary as v
from yayun.training.tokenizer import fast_tokenizer

if TYPE_CHECKING:
    import torch
    import transformers
    import transformers.utils as transformers_utils
else:
    torch = lazy("torch")
    transformers = lazy("transformers")
    transformers_utils = lazy("transformers.utils")

MODEL = "model"  # the folder a finished stage leaves its model in
CHOSEN = "chosen.json"  # in that folder: which checkpoint it was
# A run's journals: a row a step, whole steps' completions, and what its checkpoints were worth.
LOG, SAMPLES, SELECTION_LOG = "log.jsonl", "samples.jsonl", "selection.jsonl"
DONE = ".done"  # written last into a checkpoint: without it the checkpoint is not whole


def model_folder(path: str) -> Path:
    """The Hugging Face folder that ``path`` names; '' is the shipped model.

    Of a run folder its finished ``model``, else its newest whole checkpoint. Raises YayunError where there is none.
    """
    if not path:
        return unaided_weights_dir()
    run = Path(path).expanduser()
    for found in (run, run / MODEL, *reversed(checkpoints(run))):
        if (found / "config.json").is_file():
            return found
    raise YayunError(f"{path} 里没有模型:请给出模型目录,或先完成前一阶段的训练。")


def checkpoints(run: Path) -> list[Path]:
    """Whole checkpoints of a TRL run, oldest first."""
    found = [path for path in run.glob("checkpoint-*") if (path / DONE).is_file()]
    return sorted(found, key=step_of)


def step_of(path: Path) -> int:
    """The step in the name of a checkpoint or snapshot."""
    return int(path.name.rpartition("-")[2])


def drop_partial(run: Path) -> list[Path]:
    """The whole checkpoints; what a kill left half-written is removed, so that its name is free."""
    done = checkpoints(run)
    for path in set(run.glob("checkpoint-*")) - set(done):
        shutil.rmtree(path, ignore_errors=True)  # another process may be at it
    return done


def keep_best(run: Path, candidates: list[Path], without: tuple[str, ...] = ()) -> Path:
    """Make the candidate with the best score (the newest where nothing was measured) the run's ``model`` folder; files
    that match ``without`` stay behind. Returns the folder."""
    scores = {row["step"]: row["score"] for row in read_rows(run / SELECTION_LOG)}
    best = max(candidates, key=lambda path: (scores.get(step_of(path), float("-inf")), step_of(path)))
    scratch = run / f".{MODEL}"
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(best, scratch, ignore=shutil.ignore_patterns(*without))
    with atomic_open(scratch / CHOSEN) as f:
        json.dump({"checkpoint": best.name, "step": step_of(best), "score": scores.get(step_of(best))}, f)
    shutil.rmtree(run / MODEL, ignore_errors=True)
    scratch.rename(run / MODEL)
    return run / MODEL


def load_model(folder: Path, dtype: Literal["float32", "bfloat16", "float16"] = "float32") -> Any:
    """The causal language model in ``folder``."""
    with without_bars():
        return transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=getattr(torch, dtype))


@contextmanager
def without_bars() -> Iterator[None]:
    """Without the bars that transformers draws for every file."""
    shown = transformers_utils.logging.is_progress_bar_enabled()
    transformers_utils.logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            transformers_utils.logging.enable_progress_bar()


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer in ``folder``; of the embedded model with today's control tokens and chat template, whenever the
    folder was written."""
    vocabulary = embedded_vocabulary(folder)
    if vocabulary is None:
        return transformers.AutoTokenizer.from_pretrained(folder)

    return fast_tokenizer(vocabulary)


def embedded_vocabulary(folder: Path) -> list[str] | None:
    """The tokens in id order, where the folder holds a model with the embedded vocabulary."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        return None
    ids = json.loads(path.read_text(encoding="utf-8"))["model"].get("vocab", {})
    if not isinstance(ids, dict) or v.TITLE not in ids:
        return None
    return sorted(ids, key=lambda token: ids[token])
