"""The embedded model on ONNX Runtime: batched decoding with a key-value cache."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import onnxruntime

from yayun.errors import YayunError
from yayun.writers import vocabulary as v

_HIDDEN = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class State:
    """Decoding of several rows at once, all at the same step.

    ``logits``: (rows, vocabulary) for the next token; ``cache``: one array a cache input, (rows, kv_heads, total, dim);
    ``hidden``: (rows, total) True where a cached step is padding; ``lengths``: (rows,) real tokens so far.
    """

    logits: np.ndarray
    cache: tuple[np.ndarray, ...]
    hidden: np.ndarray
    lengths: np.ndarray

    def select(self, rows: np.ndarray | Sequence[int]) -> State:
        """The state of the given rows, which may repeat."""
        rows = np.asarray(rows)
        return State(self.logits[rows], tuple(a[rows] for a in self.cache), self.hidden[rows], self.lengths[rows])


class Session:
    """A model folder opened for decoding.

    Raises YayunError when the folder is not a model's.
    """

    def __init__(self, folder: Path, threads: int = 0) -> None:
        if not (folder / "model.onnx").exists():
            raise YayunError(f"{folder} 里没有 model.onnx:请指向 yayun train export 写出的模型目录。")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self.tokens = read_tokens(folder)
        self._cache_inputs = [i.name for i in self.session.get_inputs() if i.name.startswith("past.")]
        self._outputs = ["logits", *(n.replace("past.", "present.") for n in self._cache_inputs)]
        _, self._kv_heads, _, self._head_dim = self.session.get_inputs()[3].shape

    @cached_property
    def ids(self) -> dict[str, int]:
        """Token to id."""
        return {token: i for i, token in enumerate(self.tokens)}

    def encode(self, tokens: Sequence[str]) -> list[int]:
        """Ids of tokens; what is not in the vocabulary becomes the unknown token."""
        unknown = self.ids[v.UNKNOWN]
        return [self.ids.get(t, unknown) for t in tokens]

    def start(self, prompts: Sequence[Sequence[int]]) -> State:
        """Read prompts of any lengths (padded on the left)."""
        width = max(map(len, prompts))
        lengths = np.array([len(p) for p in prompts])
        ids = np.zeros((len(prompts), width), np.int64)
        for row, prompt in enumerate(prompts):
            ids[row, width - len(prompt) :] = prompt
        hidden = np.arange(width)[None] < (width - lengths)[:, None]
        empty = np.zeros((len(prompts), self._kv_heads, 0, self._head_dim), np.float32)
        state = State(
            np.empty((len(prompts), 0), np.float32), (empty,) * len(self._cache_inputs), hidden[:, :0], lengths * 0
        )
        return self._run(state, ids, hidden)

    def step(self, state: State, ids: np.ndarray) -> State:
        """Append ``ids``, shape (rows, steps), to every row."""
        return self._run(state, ids, np.zeros(ids.shape, bool))

    def _run(self, state: State, ids: np.ndarray, padding: np.ndarray) -> State:
        steps = ids.shape[1]
        past = state.hidden.shape[1]
        hidden = np.concatenate([state.hidden, padding], axis=1)
        causal = np.triu(np.ones((steps, past + steps), bool), past + 1)
        blocked = causal[None] | hidden[:, None, :]
        positions = np.maximum(state.lengths[:, None] + np.cumsum(~padding, axis=1) - 1, 0)
        outputs = self.session.run(
            self._outputs,
            {
                "input_ids": ids,
                "position_ids": positions,
                "mask": np.where(blocked, _HIDDEN, np.float32(0))[:, None],
                **dict(zip(self._cache_inputs, state.cache, strict=True)),
            },
        )
        return State(outputs[0], tuple(outputs[1:]), hidden, state.lengths + (~padding).sum(axis=1))


def read_tokens(folder: Path) -> list[str]:
    """The vocabulary in id order, from ``tokenizer.json`` (read as data: the tokenizers library is not needed)."""
    stored = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    by_id = {i: t for t, i in stored["model"]["vocab"].items()}
    return [by_id[i] for i in range(len(by_id))]
