"""The embedded model as an ONNX graph: decoding with a key-value cache, weights left in ``model.safetensors``.

Written node by node rather than traced, for three things a traced graph does not give: the weights exist once (the
graph's initializers point into the safetensors file, in float16, and are widened when the session is built), only
the last position reaches the output head, and the caller's mask alone decides who sees whom, so prompts of different
lengths decode in one batch. Standard operators only (opset 23: RMSNormalization, RotaryEmbedding, Attention).
``tests/training/test_onnx_graph.py`` holds its logits to torch's.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 23
IR_VERSION = 11


def write_graph(folder: Path) -> Path:
    """Write ``folder/model.onnx`` for the ``config.json`` and float16 ``model.safetensors`` beside it.

    Inputs: ``input_ids`` (rows, steps) int64; ``position_ids`` the same shape; ``mask`` (rows, 1, steps, total)
    float32, added to attention scores; ``past.N.key|value`` (rows, kv_heads, past, head_dim) float32.
    Outputs: ``logits`` (rows, vocabulary) after the last step; ``present.N.key|value``.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    graph = _Graph(folder / "model.safetensors", config).build()
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="yayun")
    model.ir_version = IR_VERSION
    target = folder / "model.onnx"
    target.write_bytes(model.SerializeToString())
    return target


def safetensors_header(path: Path) -> tuple[dict[str, dict], int]:
    """The header of a safetensors file and the offset at which its data begins."""
    with path.open("rb") as f:
        (length,) = struct.unpack("<Q", f.read(8))
        return json.loads(f.read(length)), 8 + length


class _Graph:
    """Collects nodes and initializers; one method a part of the network."""

    def __init__(self, weights: Path, config: dict) -> None:
        self.config = config
        self.header, self.data_start = safetensors_header(weights)
        self.weights_name = weights.name
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self.epsilon = config["rms_norm_eps"]
        self.heads, self.kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
        self.head_dim = config["head_dim"]

    def build(self) -> onnx.GraphProto:
        layers = range(self.config["num_hidden_layers"])
        embedding = self.weight("model.embed_tokens.weight")
        self.rotary_tables()
        hidden = self.node("Gather", [embedding, "input_ids"], "embedded")
        for i in layers:
            hidden = self.layer(i, hidden)
        last = self.node("Gather", [hidden, self.constant("minus_one", np.array(-1))], "last", axis=1)
        normed = self.norm("model.norm", last)
        self.node("MatMul", [normed, self.transposed("model.embed_tokens.weight")], "logits", exact_name=True)
        return helper.make_graph(self.nodes, "yayun", self.inputs(), self.outputs(), self.initializers)

    def inputs(self) -> list[onnx.ValueInfoProto]:
        whole = helper.make_tensor_value_info
        cache = ["rows", self.kv_heads, "past", self.head_dim]
        found = [
            whole("input_ids", TensorProto.INT64, ["rows", "steps"]),
            whole("position_ids", TensorProto.INT64, ["rows", "steps"]),
            whole("mask", TensorProto.FLOAT, ["rows", 1, "steps", "total"]),
        ]
        for i in range(self.config["num_hidden_layers"]):
            found += [whole(f"past.{i}.{kind}", TensorProto.FLOAT, cache) for kind in ("key", "value")]
        return found

    def outputs(self) -> list[onnx.ValueInfoProto]:
        whole = helper.make_tensor_value_info
        cache = ["rows", self.kv_heads, "total", self.head_dim]
        found = [whole("logits", TensorProto.FLOAT, ["rows", self.config["vocab_size"]])]
        for i in range(self.config["num_hidden_layers"]):
            found += [whole(f"present.{i}.{kind}", TensorProto.FLOAT, cache) for kind in ("key", "value")]
        return found

    def layer(self, i: int, hidden: str) -> str:
        name = f"model.layers.{i}"
        attended = self.attention(i, self.norm(f"{name}.input_layernorm", hidden))
        hidden = self.node("Add", [hidden, attended], f"{name}.after_attention")
        fed = self.feed_forward(f"{name}.mlp", self.norm(f"{name}.post_attention_layernorm", hidden))
        return self.node("Add", [hidden, fed], f"{name}.after_mlp")

    def attention(self, i: int, x: str) -> str:
        name = f"model.layers.{i}.self_attn"
        query = self.rotated(f"{name}.q", self.linear(f"{name}.q_proj", x), self.heads)
        key = self.rotated(f"{name}.k", self.linear(f"{name}.k_proj", x), self.kv_heads)
        value = self.heads_first(f"{name}.v", self.linear(f"{name}.v_proj", x), self.kv_heads)
        mixed = self.node(
            "Attention",
            [query, key, value, "mask", f"past.{i}.key", f"past.{i}.value"],
            f"{name}.mixed",
            extra_outputs=(f"present.{i}.key", f"present.{i}.value"),
            scale=self.head_dim**-0.5,
        )
        merged = self.node("Transpose", [mixed], f"{name}.merged", perm=[0, 2, 1, 3])
        width = self.heads * self.head_dim
        flat = self.node("Reshape", [merged, self.constant(f"flat_{width}", np.array([0, 0, width]))], f"{name}.flat")
        return self.linear(f"{name}.o_proj", flat)

    def rotated(self, name: str, x: str, heads: int) -> str:
        """Split heads, normalise each (Qwen3's q_norm and k_norm), rotate by position: (rows, heads, steps, dim)."""
        shape = self.constant(f"split_{heads}", np.array([0, 0, heads, self.head_dim]))
        normed = self.norm(f"{name}_norm", self.node("Reshape", [x, shape], f"{name}.split"))
        turned = self.node("Transpose", [normed], f"{name}.turned", perm=[0, 2, 1, 3])
        return self.node("RotaryEmbedding", [turned, "cos", "sin", "position_ids"], f"{name}.rotated")

    def heads_first(self, name: str, x: str, heads: int) -> str:
        shape = self.constant(f"split_{heads}", np.array([0, 0, heads, self.head_dim]))
        split = self.node("Reshape", [x, shape], f"{name}.split")
        return self.node("Transpose", [split], f"{name}.turned", perm=[0, 2, 1, 3])

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
        return self.node("MatMul", [x, self.transposed(f"{name}.weight")], f"{name}.out")

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
            self.initializers.append(self.external(name))
            self.node("Cast", [name], wide, exact_name=True, to=TensorProto.FLOAT)
        return wide

    def transposed(self, name: str) -> str:
        turned = f"{name}.turned"
        if all(turned not in node.output for node in self.nodes):
            self.node("Transpose", [self.weight(name)], turned, exact_name=True, perm=[1, 0])
        return turned

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
        **attributes: object,
    ) -> str:
        name = output if exact_name else f"{output}:{op}"
        self.nodes.append(helper.make_node(op, inputs, [name, *extra_outputs], name=name, **attributes))
        return name
