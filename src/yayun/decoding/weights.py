"""Where the weights that ship with the package lie."""

from __future__ import annotations

from pathlib import Path


def weights_dir() -> Path:
    """The folder of the weights, the ONNX graph and the tokenizer: all that composing reads."""
    return Path(__file__).parents[1] / "model"
