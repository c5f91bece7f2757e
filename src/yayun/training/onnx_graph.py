"""The embedded model as an ONNX graph: decoding with a key-value cache, weights left in ``model.safetensors``.

Written node by node rather than traced, for four things a traced graph does not give: the weights exist once (the
graph's initializers point into the safetensors file, in float16, and are widened when the session is built, in the
layout they are stored in), only a row's last token goes past the last layer's attention, rows of different lengths
decode in one batch, and the cache is written in place where past and present are one buffer.

Standard operators (opset 23) and three of ONNX Runtime's: FusedMatMul multiplies by a weight as it is stored,
SkipSimplifiedLayerNormalization adds and takes the RMS norm, GroupQueryAttention rotates and keeps the cache. The last
takes chunks of different lengths (``query_seqlens``) since ONNX Runtime 1.32. ``tests/training/test_export.py`` holds
the logits to torch's.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 23
IR_VERSION = 11
RUNTIME = "com.microsoft"  # the domain of ONNX Runtime's own operators


def write_graph(folder: Path) -> Path:
    """Write ``folder/model.onnx`` for the ``config.json`` and float16 ``model.safetensors`` beside it.

    Inputs: ``input_ids`` (rows, steps) int64, padded on the right; ``counts`` (rows,) int32, how many of a row's ids
    are real, at least 1; ``lengths`` (rows,) int32, the tokens of a row in the cache before this step;
    ``past.N.key|value`` (rows, kv_heads, capacity, head_dim) float32, of which a row's first ``lengths`` places are
    read: capacity must be at least the longest length plus ``steps``. Outputs: ``logits`` (rows, vocabulary)
    of the token after each row's last real id, normalised (log probabilities); ``hidden`` (rows, width), what the model
    makes of that id, from which the logits come; ``present.N.key|value``, the cache with the new tokens: bind the
    past's own memory.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    graph = _Graph(folder / "model.safetensors", config).build()
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(RUNTIME, 1)]
    model = helper.make_model(graph, opset_imports=opsets, producer_name="yayun")
    model.ir_version = IR_VERSION
    target = folder / "model.onnx"
    target.write_bytes(model.SerializeToString())
    return target


def safetensors_header(path: Path) -> tuple[dict[str, dict[str, Any]], int]:
    """The header of a safetensors file and the offset at which its data begins."""
    with path.open("rb") as f:
        (length,) = struct.unpack("<Q", f.read(8))
        return json.loads(f.read(length)), 8 + length


class _Graph:
    """Collects nodes and initializers; one method a part of the network."""

    def __init__(self, weights: Path, config: dict[str, Any]) -> None:
        self.config = config
        self.header, self.data_start = safetensors_header(weights)
        self.weights_name = weights.name
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self.epsilon = config["rms_norm_eps"]
        self.heads, self.kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
        self.head_dim = config["head_dim"]

    def build(self) -> onnx.GraphProto:
        self.rotary_tables()
        self.chunk()
        half = self.node("Gather", [self.stored("model.embed_tokens.weight"), "input_ids"], "embedded_half")
        hidden = self.node("Cast", [half], "embedded", to=TensorProto.FLOAT)
        layers = self.config["num_hidden_layers"]
        norms = [*(f"model.layers.{i}.input_layernorm" for i in range(layers)), "model.norm"]
        x = self.norm(norms[0], hidden)
        for i in range(layers):
            x, hidden = self.layer(i, x, hidden, norms[i + 1], only_last=i == layers - 1)
        self.node("Identity", [x], "hidden", exact_name=True)
        logits = self.linear("model.embed_tokens", x)
        self.node("LogSoftmax", [logits], "logits", exact_name=True, axis=-1)
        return helper.make_graph(self.nodes, "yayun", self.inputs(), self.outputs(), self.initializers)

    def inputs(self) -> list[onnx.ValueInfoProto]:
        whole = helper.make_tensor_value_info
        return [
            whole("input_ids", TensorProto.INT64, ["rows", "steps"]),
            whole("counts", TensorProto.INT32, ["rows"]),
            whole("lengths", TensorProto.INT32, ["rows"]),
            *self.caches("past"),
        ]

    def outputs(self) -> list[onnx.ValueInfoProto]:
        logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["rows", self.config["vocab_size"]])
        hidden = helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["rows", self.config["hidden_size"]])
        return [logits, hidden, *self.caches("present")]

    def caches(self, when: str) -> list[onnx.ValueInfoProto]:
        shape = ["rows", self.kv_heads, "capacity", self.head_dim]
        return [
            helper.make_tensor_value_info(f"{when}.{i}.{kind}", TensorProto.FLOAT, shape)
            for i in range(self.config["num_hidden_layers"])
            for kind in ("key", "value")
        ]

    def chunk(self) -> None:
        """Where this step's tokens lie: each row's last place in the cache and in the chunk, and the capacity."""
        one = self.constant("one", np.array(1, np.int32))
        total = self.node("Add", ["lengths", "counts"], "total")
        self.node("Sub", [total, one], "last_cached", exact_name=True)
        last = self.node("Sub", ["counts", one], "last_in_chunk")
        wide = self.node("Cast", [last], "last_in_chunk_wide", to=TensorProto.INT64)
        self.node("Unsqueeze", [wide, self.constant("axis_1", np.array([1]))], "last_place", exact_name=True)
        shape = self.node("Shape", ["past.0.key"], "cache_shape")
        size = self.node("Gather", [shape, self.constant("two", np.array(2))], "cache_size")
        self.node("Cast", [size], "capacity", exact_name=True, to=TensorProto.INT32)

    def layer(self, i: int, x: str, hidden: str, next_norm: str, only_last: bool) -> tuple[str, str]:
        """From ``hidden`` (rows, steps, hidden) and its norm ``x`` to the next layer's norm and hidden values; with
        ``only_last``, those of each row's last token, (rows, hidden)."""
        name = f"model.layers.{i}"
        mixed = self.attention(i, x)
        if only_last:
            mixed, hidden = (
                self.node("GatherND", [part, "last_place"], f"{part}.last", exact_name=True, batch_dims=1)
                for part in (mixed, hidden)
            )
        attended = self.linear(f"{name}.self_attn.o_proj", mixed)
        x, hidden = self.add_and_norm(hidden, attended, f"{name}.post_attention_layernorm")
        return self.add_and_norm(hidden, self.feed_forward(f"{name}.mlp", x), next_norm)

    def add_and_norm(self, hidden: str, change: str, norm: str) -> tuple[str, str]:
        """The norm of the sum, and the sum."""
        total = f"{change}.added"
        normed = self.node(
            "SkipSimplifiedLayerNormalization",
            [hidden, change, self.weight(f"{norm}.weight")],
            f"{norm}.out",
            extra_outputs=("", "", total),
            domain=RUNTIME,
            epsilon=self.epsilon,
        )
        return normed, total

    def attention(self, i: int, x: str) -> str:
        """What each token gathers from those up to it: (rows, steps, heads * head_dim)."""
        name = f"model.layers.{i}.self_attn"
        query, key, value = self.projections(name, x)
        query = self.normed_heads(f"{name}.q", query, self.heads)
        key = self.normed_heads(f"{name}.k", key, self.kv_heads)
        past = [f"past.{i}.key", f"past.{i}.value"]
        return self.node(
            "GroupQueryAttention",
            [query, key, value, *past, "last_cached", "capacity", "cos", "sin", *[""] * 7, "counts"],
            f"{name}.mixed",
            extra_outputs=(f"present.{i}.key", f"present.{i}.value"),
            domain=RUNTIME,
            num_heads=self.heads,
            kv_num_heads=self.kv_heads,
            do_rotary=1,
            scale=self.head_dim**-0.5,
        )

    def projections(self, name: str, x: str) -> list[str]:
        """Query, key and value in one product, which is quicker than three."""
        halves = [self.stored(f"{name}.{part}_proj.weight") for part in "qkv"]
        half = self.node("Concat", halves, f"{name}.qkv_proj.weight", axis=0)
        weight = self.node("Cast", [half], f"{name}.qkv_proj.wide", to=TensorProto.FLOAT)
        product = self.node("FusedMatMul", [x, weight], f"{name}.qkv", domain=RUNTIME, transB=1)
        sizes = np.array([self.heads, self.kv_heads, self.kv_heads]) * self.head_dim
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        inputs = [product, self.constant("qkv_sizes", sizes)]
        self.node("Split", inputs, parts[0], exact_name=True, extra_outputs=tuple(parts[1:]), axis=-1)
        return parts

    def normed_heads(self, name: str, x: str, heads: int) -> str:
        """Each head normalised by itself (Qwen3's q_norm and k_norm)."""
        apart = self.constant(f"split_{heads}", np.array([0, 0, heads, self.head_dim]))
        flat = self.constant(f"flat_{heads}", np.array([0, 0, heads * self.head_dim]))
        normed = self.norm(f"{name}_norm", self.node("Reshape", [x, apart], f"{name}.split"))
        return self.node("Reshape", [normed, flat], f"{name}.flat")

    def feed_forward(self, name: str, x: str) -> str:
        gate = self.linear(f"{name}.gate_proj", x)
        active = self.node("Mul", [gate, self.node("Sigmoid", [gate], f"{name}.sigmoid")], f"{name}.silu")
        return self.linear(
            f"{name}.down_proj", self.node("Mul", [active, self.linear(f"{name}.up_proj", x)], f"{name}.gated")
        )

    def norm(self, name: str, x: str) -> str:
        return self.node(
            "RMSNormalization", [x, self.weight(f"{name}.weight")], f"{name}.out", axis=-1, epsilon=self.epsilon
        )

    def linear(self, name: str, x: str) -> str:
        weight = self.weight(f"{name}.weight")
        return self.node("FusedMatMul", [x, weight], f"{name}.out", domain=RUNTIME, transB=1)

    def rotary_tables(self) -> None:
        theta = self.config["rope_parameters"]["rope_theta"]
        half = np.arange(0, self.head_dim, 2) / self.head_dim
        angles = np.arange(self.config["max_position_embeddings"])[:, None] * (1.0 / theta**half)[None]
        self.constant("cos", np.cos(angles).astype(np.float32))
        self.constant("sin", np.sin(angles).astype(np.float32))

    def weight(self, name: str) -> str:
        """A weight widened to float32; the stored half stays in the safetensors file."""
        wide = f"{name}.wide"
        if all(wide not in node.output for node in self.nodes):
            self.node("Cast", [self.stored(name)], wide, exact_name=True, to=TensorProto.FLOAT)
        return wide

    def stored(self, name: str) -> str:
        """A weight as stored, in float16."""
        if all(name != t.name for t in self.initializers):
            self.initializers.append(self.external(name))
        return name

    def external(self, name: str) -> onnx.TensorProto:
        entry = self.header[name]
        assert entry["dtype"] == "F16", (name, entry["dtype"])
        start, end = entry["data_offsets"]
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT16, dims=entry["shape"])
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (
            ("location", self.weights_name),
            ("offset", str(self.data_start + start)),
            ("length", str(end - start)),
        ):
            tensor.external_data.add(key=key, value=value)
        return tensor

    def constant(self, name: str, value: np.ndarray) -> str:
        if all(name != t.name for t in self.initializers):
            self.initializers.append(numpy_helper.from_array(value, name))
        return name

    def node(
        self,
        op: str,
        inputs: list[str],
        output: str,
        exact_name: bool = False,
        extra_outputs: tuple[str, ...] = (),
        **attributes: Any,
    ) -> str:
        name = output if exact_name else f"{output}:{op}"
        self.nodes.append(helper.make_node(op, inputs, [name, *extra_outputs], name=name, **attributes))
        return name
