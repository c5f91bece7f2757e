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
from yayun.prompts import vocabulary as v

READ_TOGETHER = 16  # prompts; padding is paid for within these only
ROOM = 112  # tokens a cache has room for beyond the prompts when it is made; a plan and an octave come to about 100


@dataclass(frozen=True, slots=True)
class State:
    """Decoding of several rows at once.

    ``logits``: (rows, vocabulary) of each row's next token, normalised (log probabilities); ``hidden``: (rows, width),
    what the model makes of the last one, where a step was asked for it; ``lengths``: (rows,) int32, tokens so far;
    ``cache``: one array a cache input, (rows, kv_heads, capacity, dim) float32, good as far as ``lengths``. A step
    writes behind that into the same arrays, so of two states that go on from one, only the later is whole.
    """

    logits: np.ndarray
    cache: tuple[np.ndarray, ...]
    lengths: np.ndarray
    hidden: np.ndarray | None = None

    def select(self, rows: np.ndarray | Sequence[int]) -> State:
        """The given rows, which may repeat, with a cache of their own."""
        rows = np.asarray(rows)
        copies = tuple(_copied(a, rows, a.shape[2], self.lengths.max()) for a in self.cache)
        return State(self.logits[rows], copies, self.lengths[rows])

    def keep(self, rows: np.ndarray) -> tuple[State, np.ndarray]:
        """Some rows, each at most once, in the places of those given up: this state and all before it are lost.

        Also returns the rows in their new order.
        """
        held = rows < len(rows)
        order = np.arange(len(rows))
        free = np.setdiff1d(order, rows[held], assume_unique=True)
        order[free] = rows[~held]
        used = int(self.lengths.max())
        for a in self.cache:
            for slot, row in zip(free, rows[~held], strict=True):
                a[slot, :, :used] = a[row, :, :used]
        return State(self.logits[order], tuple(a[: len(rows)] for a in self.cache), self.lengths[order]), order


def _copied(cache: np.ndarray, rows: np.ndarray, capacity: int, used: int) -> np.ndarray:
    """Rows of a cache in an array of ``capacity``. Untouched memory is zero, and not yet real."""
    _, heads, _, dim = cache.shape
    copy = np.zeros((len(rows), heads, capacity, dim), np.float32)
    copy[:, :, :used] = cache[rows, :, :used]
    return copy


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
        inputs = {i.name: i.shape for i in self.session.get_inputs()}
        self._caches = [name.removeprefix("past.") for name in inputs if name.startswith("past.")]
        _, self._kv_heads, _, self._head_dim = inputs["past.0.key"]
        outputs = {o.name: o.shape for o in self.session.get_outputs()}
        # None of a model that was exported before it told.
        self.width: int | None = outputs["hidden"][1] if "hidden" in outputs else None

    @cached_property
    def ids(self) -> dict[str, int]:
        """Token to id."""
        return {token: i for i, token in enumerate(self.tokens)}

    def encode(self, tokens: Sequence[str]) -> list[int]:
        """Ids of tokens; what is not in the vocabulary becomes the unknown token."""
        unknown = self.ids[v.UNKNOWN]
        return [self.ids.get(t, unknown) for t in tokens]

    def start(self, prompts: Sequence[Sequence[int]]) -> State:
        """Read prompts of any lengths, at least one token each; neighbours of like length are read the quicker."""
        counts = np.array([len(p) for p in prompts], np.int32)
        shape = (len(prompts), self._kv_heads, int(counts.max()) + ROOM, self._head_dim)
        cache = tuple(np.zeros(shape, np.float32) for _ in self._caches)
        found = np.empty((len(prompts), len(self.tokens)), np.float32)
        for first in range(0, len(prompts), READ_TOGETHER):
            part = slice(first, first + READ_TOGETHER)
            ids = np.zeros((len(prompts[part]), counts[part].max()), np.int64)
            for row, prompt in zip(ids, prompts[part], strict=True):
                row[: len(prompt)] = prompt
            self._run(found[part], tuple(a[part] for a in cache), counts[part] * 0, ids, counts[part])
        return State(found, cache, counts)

    def step(self, state: State, ids: np.ndarray, *, telling: bool = False) -> State:
        """Append ``ids``, shape (rows, steps), to every row; ``telling``: ``hidden`` too, by a model that has it."""
        rows, steps = ids.shape
        counts = np.full(rows, steps, np.int32)
        cache = _with_room(state, steps)
        found = np.empty((rows, len(self.tokens)), np.float32)
        hidden = np.empty((rows, self.width), np.float32) if telling and self.width else None
        self._run(found, cache, state.lengths, ids.astype(np.int64), counts, hidden)
        return State(found, cache, state.lengths + counts, hidden)

    def _run(
        self,
        found: np.ndarray,
        cache: tuple[np.ndarray, ...],
        lengths: np.ndarray,
        ids: np.ndarray,
        counts: np.ndarray,
        hidden: np.ndarray | None = None,
    ) -> None:
        """Fill ``found`` with logits, and ``hidden`` where it is given, and go on writing the cache."""
        binding = self.session.io_binding()
        for name, array in (("input_ids", ids), ("counts", counts), ("lengths", lengths)):
            binding.bind_cpu_input(name, array)
        written = {"logits": found} if hidden is None else {"logits": found, "hidden": hidden}
        for name, array in zip(self._caches, cache, strict=True):
            binding.bind_cpu_input(f"past.{name}", array)
            written[f"present.{name}"] = array
        for name, array in written.items():
            binding.bind_output(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)
        self.session.run_with_iobinding(binding)


def _with_room(state: State, steps: int) -> tuple[np.ndarray, ...]:
    """The state's cache, moved to a larger one where ``steps`` more tokens don't fit."""
    used, capacity = int(state.lengths.max()), state.cache[0].shape[2]
    if used + steps <= capacity:
        return state.cache
    rows = np.arange(len(state.lengths))
    return tuple(_copied(a, rows, used + steps + ROOM, used) for a in state.cache)


def read_tokens(folder: Path) -> list[str]:
    """The vocabulary in id order, from ``tokenizer.json`` (read as data: the tokenizers library is not needed)."""
    stored = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    by_id = {i: t for t, i in stored["model"]["vocab"].items()}
    return [by_id[i] for i in range(len(by_id))]
