"""Memory and time of the large recipes, computed from shapes: ``docs/large_models.md`` holds what this prints.

    python scripts/memory.py [--write]

Nothing here was measured. The assumptions are below, in ``Hardware`` and ``Plan``; the arithmetic is that of bf16
weights with AdamW in mixed precision (2 bytes a weight, 2 a gradient, 12 for the fp32 copy and two moments),
activations recomputed layer by layer, and decoding bound by memory traffic.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from math import ceil
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs/large_models.md"
BEGIN, END = "<!-- computed by scripts/memory.py -->", "<!-- end -->"
GIB = 2**30
VLLM_OVERHEAD = 3 * GIB  # graphs and workspace of a vLLM process
SERVER_GPUS = 4  # that serve-rollouts.yaml asks for
WORKSPACE = 3 * GIB  # CUDA context, NCCL buffers, fragmentation


@dataclass(frozen=True, slots=True)
class Shape:
    """A Qwen2.5 model as its configuration says."""

    name: str
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    feed_forward: int
    vocabulary: int = 152_064
    head_dim: int = 128

    @property
    def layer_weights(self) -> int:
        """Weights of a layer, biases and norms included."""
        attention = self.hidden * self.head_dim * (2 * self.heads + 2 * self.kv_heads)
        biases = self.head_dim * (self.heads + 2 * self.kv_heads)
        return attention + biases + 3 * self.hidden * self.feed_forward + 2 * self.hidden

    @property
    def weights(self) -> int:
        """All weights; input and output embeddings are apart."""
        return self.layers * self.layer_weights + 2 * self.vocabulary * self.hidden + self.hidden

    @property
    def kv_bytes(self) -> int:
        """Cache of a token, bf16."""
        return 2 * self.layers * self.kv_heads * self.head_dim * 2

    def adapter_weights(self, rank: int) -> int:
        """Weights of adapters on all linear layers."""
        sizes = [
            self.hidden + self.heads * self.head_dim,
            2 * (self.hidden + self.kv_heads * self.head_dim) / 2,
            2 * (self.hidden + self.kv_heads * self.head_dim) / 2,
            self.heads * self.head_dim + self.hidden,
            *[self.hidden + self.feed_forward] * 3,
        ]
        return int(rank * self.layers * sum(sizes))


SHAPES = (
    Shape("Qwen2.5-7B", 3584, 28, 28, 4, 18_944),
    Shape("Qwen2.5-32B", 5120, 64, 40, 8, 27_648),
)


@dataclass(frozen=True, slots=True)
class Hardware:
    """An H100 SXM as its maker states it, and the share of it that is assumed to be had."""

    memory: float = 80e9  # bytes
    flops: float = 989e12  # bf16, dense
    bandwidth: float = 3.35e12  # bytes a second
    training_share: float = 0.35
    decoding_share: float = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """One stage on ``gpus`` GPUs. ``sharded``: weights spread over all; ``rank`` 0: all weights are trained;
    ``rows`` of ``tokens`` a GPU at once; ``logits``: positions a row whose logits are needed; ``colocated``: the share
    of a GPU that vLLM has while it samples, asleep while training."""

    recipe: str
    shape: Shape
    gpus: int
    sharded: bool
    rank: int
    rows: int
    tokens: int
    logits: int
    colocated: float = 0.0
    frozen: bool = False  # a second copy of the weights, for the distance from the start


def static_bytes(plan: Plan) -> tuple[float, float]:
    """(weights, gradients and optimizer) on each GPU."""
    n, share = plan.shape.weights, plan.gpus if plan.sharded else 1
    if plan.rank:
        return 2 * n / share, 16 * plan.shape.adapter_weights(plan.rank) / share
    return (4 if plan.frozen else 2) * n / share, 14 * n / share


def gathered_bytes(plan: Plan) -> float:
    """Two layers and an embedding brought together while they are used."""
    if not plan.sharded:
        return 0.0
    return 2 * (2 * plan.shape.layer_weights + plan.shape.vocabulary * plan.shape.hidden)


def activation_bytes(plan: Plan) -> float:
    """What every layer keeps (its input), what one layer needs while it is recomputed, and the logits: bf16 and their
    fp32 copy with its gradient."""
    shape, positions = plan.shape, plan.rows * plan.tokens
    kept = 2 * positions * shape.hidden * shape.layers
    layer = 2 * positions * (16 * shape.hidden + 6 * shape.feed_forward)
    return kept + layer + plan.rows * plan.logits * shape.vocabulary * 10


def training_bytes(plan: Plan) -> float:
    """The peak while training."""
    return sum(static_bytes(plan)) + gathered_bytes(plan) + activation_bytes(plan) + WORKSPACE


def sampling_bytes(plan: Plan, hardware: Hardware) -> float:
    """The peak while a colocated vLLM samples: its share, and what training keeps."""
    if not plan.colocated:
        return 0.0
    return plan.colocated * hardware.memory + sum(static_bytes(plan)) + WORKSPACE


def plans() -> list[Plan]:
    """One a recipe and number of GPUs that the runbook names."""
    small, large = SHAPES
    return [
        Plan("qwen2.5-7b/sft.yaml", small, 1, False, 64, 1, 4096, 4096),
        Plan("qwen2.5-7b/sft-full.yaml", small, 8, True, 0, 1, 4096, 4096),
        Plan("qwen2.5-7b/grpo.yaml", small, 1, False, 64, 4, 2560, 1536, 0.35),
        Plan("qwen2.5-7b/grpo.yaml", small, 8, False, 64, 4, 2560, 1536, 0.35),
        Plan("qwen2.5-7b/grpo-full.yaml", small, 8, True, 0, 2, 2560, 1536, frozen=True),
        Plan("qwen2.5-32b/sft.yaml", large, 8, True, 64, 1, 4096, 4096),
        Plan("qwen2.5-32b/sft-full.yaml", large, 16, True, 0, 1, 4096, 4096),
        Plan("qwen2.5-32b/grpo.yaml", large, 8, True, 64, 2, 2560, 1536, 0.45),
        Plan("qwen2.5-32b/grpo-full.yaml", large, 16, True, 0, 1, 2560, 1536, frozen=True),
    ]


def sft_hours(plan: Plan, hardware: Hardware, rows: int = 1000, tokens: int = 1800, epochs: int = 3) -> float:
    """6 operations a weight and token; with recomputation 8, and 6 with adapters (no gradients of frozen weights)."""
    operations = (6 if plan.rank else 8) * plan.shape.weights * rows * tokens * epochs
    return operations / (plan.gpus * hardware.flops * hardware.training_share) / 3600


def grpo_hours(
    plan: Plan, hardware: Hardware, steps: int = 300, completions: int = 512, prompt: int = 700, answer: int = 900
) -> tuple[float, float]:
    """(sampling, training) of ``steps`` steps. Sampling: every step of decoding reads the weights once and the cache of
    all rows that have room; training: the policy's pass and gradient, and the frozen model's pass. A server for
    rollouts (not colocated) has four GPUs of its own."""
    shape = plan.shape
    tensor_parallel = 4 if shape.weights > 2e10 else 1
    replicas = max(1, (plan.gpus if plan.colocated else SERVER_GPUS) // tensor_parallel)
    room = (plan.colocated or 0.9) * hardware.memory * tensor_parallel - 2 * shape.weights - VLLM_OVERHEAD
    rows = min(ceil(completions / replicas), int(room / ((prompt + answer) * shape.kv_bytes)))
    waves = completions / (replicas * rows)
    traffic = 2 * shape.weights + rows * (prompt + answer / 2) * shape.kv_bytes
    a_step = waves * traffic / (tensor_parallel * hardware.bandwidth * hardware.decoding_share)
    longest = 1.5 * answer  # a batch ends with its longest row
    operations = (8 if plan.rank else 10) * shape.weights * completions * (prompt + answer)
    training = operations / (plan.gpus * hardware.flops * hardware.training_share)
    return steps * a_step * longest / 3600, steps * training / 3600


def table(hardware: Hardware) -> str:
    """The page's tables."""
    lines = [
        "| 配方 | 卡数 | 参数 | 权重 | 梯度与优化器 | 激活与暂存 | 训练峰值 | 采样峰值 | 放得下 80 GB |",
        "|---|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    for plan in plans():
        weights, states = static_bytes(plan)
        moving = gathered_bytes(plan) + activation_bytes(plan) + WORKSPACE
        peak, sampling = training_bytes(plan), sampling_bytes(plan, hardware)
        fits = max(peak, sampling) < 0.95 * hardware.memory
        trained = plan.shape.adapter_weights(plan.rank) if plan.rank else plan.shape.weights
        lines.append(
            f"| {plan.recipe} | {plan.gpus} | {trained / 1e9:.2f} B | {_gb(weights)} | {_gb(states)} | {_gb(moving)} "
            f"| {_gb(peak)} | {_gb(sampling) if sampling else '—'} | {'是' if fits else '否'} |"
        )
    lines += ["", "| 配方 | 卡数 | 采样(小时) | 训练(小时) |", "|---|--:|--:|--:|"]
    for plan in plans():
        if "sft" in plan.recipe:
            lines.append(f"| {plan.recipe} | {plan.gpus} | — | {sft_hours(plan, hardware):.2f} |")
        else:
            sampling, training = grpo_hours(plan, hardware)
            lines.append(f"| {plan.recipe} | {plan.gpus} | {sampling:.1f} | {training:.1f} |")
    return "\n".join(lines)


def _gb(size: float) -> str:
    return f"{size / 1e9:.1f} GB"


def page() -> str:
    """The page with its tables as computed now."""
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    return f"{head}{BEGIN}\n{table(Hardware())}\n{END}{tail}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the tables into docs/large_models.md")
    if parser.parse_args().write:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(table(Hardware()))


if __name__ == "__main__":
    main()
