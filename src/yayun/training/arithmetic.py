"""Where a step is computed and how: the device, and bfloat16 where it pays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from yayun.errors import YayunError
from yayun.training.recipe import Autocast, Device


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``device``: cpu or cuda; ``bfloat16``: multiply in it, over float32 weights."""

    device: str
    bfloat16: bool

    def casting(self) -> Any:
        """The context that a step runs in."""
        return torch.autocast(self.device, torch.bfloat16, enabled=self.bfloat16)

    def put(self, array: np.ndarray) -> Tensor:
        """An array on the device; the copy to a GPU does not wait."""
        tensor = torch.from_numpy(array)
        return tensor if self.device == "cpu" else tensor.pin_memory().to(self.device, non_blocking=True)

    def __str__(self) -> str:
        return f"{self.device}, {'bfloat16' if self.bfloat16 else 'float32'}"


def arithmetic(device: Device, autocast: Autocast) -> Arithmetic:
    """What a recipe's ``device`` and ``autocast`` come to on this machine.

    Raises YayunError where a GPU is asked for and there is none.
    """
    found = torch.cuda.is_available()
    if device == "cuda" and not found:
        raise YayunError("这台机器没有可用的 GPU:请把配方里的 device 改为 cpu 或 auto。")
    chosen = "cuda" if found and device != "cpu" else "cpu"
    return Arithmetic(chosen, has_bfloat16(chosen) if autocast == "auto" else autocast)


def has_bfloat16(device: str) -> bool:
    """Has the device units for bfloat16? (Where it has none, emulating it takes longer than float32.)"""
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16") or able.get("bf16"))
