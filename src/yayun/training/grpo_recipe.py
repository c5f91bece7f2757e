"""What a GRPO run is told: the recipe, and the names of a run's parts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from yayun.recipe import Strict
from yayun.training import rewards
from yayun.training.lora import Lora
from yayun.training.requests import Asking
from yayun.training.selection import Selection
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
