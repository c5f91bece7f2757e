"""Low-rank adapters in place of full training: what large models are trained with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from yayun.lazy import lazy
from yayun.recipe import Strict

if TYPE_CHECKING:
    import peft
else:
    peft = lazy("peft")


class Lora(Strict):
    """``targets``: module names, or all linear layers."""

    rank: Annotated[int, Field(gt=0)] = 32
    alpha: Annotated[int, Field(gt=0)] = 64
    dropout: float = 0.05
    targets: str | tuple[str, ...] = "all-linear"


def lora_config(lora: Lora | None) -> peft.LoraConfig | None:
    """PEFT's configuration; None trains all weights."""
    if lora is None:
        return None

    return peft.LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=lora.targets if isinstance(lora.targets, str) else list(lora.targets),
        task_type="CAUSAL_LM",
    )
