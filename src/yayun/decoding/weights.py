"""Where the weights that ship lie."""

from __future__ import annotations

from pathlib import Path


def weights_dir() -> Path:
    """The folder of the weights that composing reads, the ONNX graph, the tokens and the critic: of the model whose
    verse, written within the mask, readers like best."""
    return Path(__file__).parents[1] / "model_guided"


def unaided_weights_dir() -> Path:
    """The folder of the weights that keep the rules by themselves, in Hugging Face layout: what writes without the mask
    (``--mode free``) reads them. They were trained on the rules to the end, at some cost to the verse."""
    return Path(__file__).parents[1] / "model"
