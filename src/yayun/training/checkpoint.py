"""Checkpoints: a folder of safetensors and JSON, complete or absent, never pickled."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

KEEP = 2


def save(
    folder: Path, step: int, model: nn.Module, optimizers: list[torch.optim.Optimizer], state: dict[str, Any]
) -> Path:
    """Write ``folder/step-N`` (weights, optimizer tensors, ``state``) atomically and drop all but the newest few."""
    final = folder / f"step-{step:07d}"
    scratch = folder / f".{final.name}"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    save_file({k: v.contiguous() for k, v in model.state_dict().items() if k != "lm_head.weight"},
              scratch / "model.safetensors")  # fmt: skip
    tensors, plain = _flatten([o.state_dict()["state"] for o in optimizers])
    save_file(tensors, scratch / "optimizer.safetensors")
    (scratch / "state.json").write_text(json.dumps({"step": step, "optimizer": plain, **state}), encoding="utf-8")
    for path in scratch.iterdir():
        with path.open("rb") as f:
            os.fsync(f.fileno())
    shutil.rmtree(final, ignore_errors=True)
    scratch.rename(final)
    for old in complete(folder)[:-KEEP]:
        shutil.rmtree(old)
    return final


def complete(folder: Path) -> list[Path]:
    """Finished checkpoints of a run, oldest first."""
    return sorted(folder.glob("step-*"))


def load_weights(path: Path, model: nn.Module) -> None:
    """Load ``model.safetensors``; the tied output head is not stored."""
    missing, unexpected = model.load_state_dict(load_file(path / "model.safetensors"), strict=False)
    assert not unexpected, unexpected
    assert set(missing) <= {"lm_head.weight"}, missing


def load(path: Path, model: nn.Module, optimizers: list[torch.optim.Optimizer]) -> dict[str, Any]:
    """Restore weights and optimizers in place; returns the saved state."""
    load_weights(path, model)
    state = json.loads((path / "state.json").read_text(encoding="utf-8"))
    tensors = load_file(path / "optimizer.safetensors")
    for i, optimizer in enumerate(optimizers):
        whole = optimizer.state_dict()
        whole["state"] = _unflatten(i, tensors, state["optimizer"])
        optimizer.load_state_dict(whole)
    found: dict[str, Any] = state
    return found


def _flatten(states: list[dict[int, dict[str, Any]]]) -> tuple[dict[str, Tensor], dict[str, float]]:
    tensors: dict[str, Tensor] = {}
    plain: dict[str, float] = {}
    for i, state in enumerate(states):
        for index, entry in state.items():
            for key, value in entry.items():
                name = f"{i}.{index}.{key}"
                if isinstance(value, Tensor):
                    tensors[name] = value.contiguous()
                else:
                    plain[name] = value
    return tensors, plain


def _unflatten(which: int, tensors: dict[str, Tensor], plain: dict[str, float]) -> dict[int, dict[str, Any]]:
    state: dict[int, dict[str, Any]] = {}
    for name, value in {**tensors, **plain}.items():
        i, index, key = name.split(".", 2)
        if int(i) == which:
            state.setdefault(int(index), {})[key] = value
    return state
