"""Any folder a stage can begin from, opened: besides model folders and runs (``start``), pretraining and adapters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from yayun.errors import YayunError
from yayun.home import home
from yayun.lazy import lazy
from yayun.training import checkpoint
from yayun.training.model import build_model
from yayun.training.recipe import ModelShape
from yayun.training.start import MODEL, load_model, load_tokenizer, model_folder
from yayun.training.tokenizer import fast_tokenizer

if TYPE_CHECKING:
    import peft
    import safetensors.torch as safetensors_torch
    import torch
else:
    peft = lazy("peft")
    safetensors_torch = lazy("safetensors.torch")
    torch = lazy("torch")

Dtype = Literal["float32", "bfloat16", "float16"]


def find_run(name: str) -> Path:
    """A path as given, else the run of that name in the data directory.

    Raises YayunError where there is neither.
    """
    for path in (Path(name).expanduser(), home() / "runs" / name):
        if name and path.exists():
            return path
    raise YayunError(f"找不到 {name}:请写明路径,或先跑完前一阶段。")


def pretraining_step(path: Path) -> Path | None:
    """The checkpoint of ``yayun train pretrain`` that ``path`` is, or the newest of the run that it is."""
    steps = [path] if (path / "state.json").is_file() else sorted(path.glob("step-*"))
    return steps[-1] if steps else None


def locate(name: str) -> Path:
    """The folder of weights that ``name`` comes to: a pretraining checkpoint, an adapter, or a model folder ('': the
    shipped model). Raises YayunError where there is none."""
    path = find_run(name) if name else None
    if path is None:
        return model_folder("")
    if (step := pretraining_step(path)) is not None:
        return step
    adapters = (folder for folder in (path, path / MODEL) if (folder / "adapter_config.json").is_file())
    return next(adapters, None) or model_folder(str(path))


def open_origin(name: str, dtype: Dtype = "float32") -> tuple[Any, Any]:
    """(model, tokenizer) of whatever ``locate`` finds, its weights brought to ``dtype`` (pretraining's are float32); an
    adapter is merged into its base model."""
    folder = locate(name)
    if (folder / "state.json").is_file():
        return _from_pretraining(folder)
    if (folder / "adapter_config.json").is_file():
        return _from_adapter(folder, dtype)
    return load_model(folder, dtype), load_tokenizer(folder)


def _from_adapter(folder: Path, dtype: str) -> tuple[Any, Any]:
    model = peft.AutoPeftModelForCausalLM.from_pretrained(folder, dtype=getattr(torch, dtype))
    return model.merge_and_unload(), load_tokenizer(folder)


def _from_pretraining(step: Path) -> tuple[Any, Any]:
    """The shape is read off the weights; control tokens get today's names."""
    tokens = json.loads((step.parent / "vocabulary.json").read_text(encoding="utf-8"))
    shape = shape_of(safetensors_torch.load_file(step / "model.safetensors"))
    model = build_model(shape, len(tokens), {t: i for i, t in enumerate(tokens)}, 0)
    checkpoint.load_weights(step, model)
    return model, fast_tokenizer(tokens)


def shape_of(weights: dict[str, Any]) -> ModelShape:
    """The shape of a Qwen3 model's weights (its context is not in them: the default)."""
    first = "model.layers.0."
    size = weights[first + "self_attn.q_norm.weight"].shape[0]
    return ModelShape(
        hidden=weights["model.embed_tokens.weight"].shape[1],
        layers=1 + max(int(name.split(".")[2]) for name in weights if name.startswith("model.layers.")),
        heads=weights[first + "self_attn.q_proj.weight"].shape[0] // size,
        kv_heads=weights[first + "self_attn.k_proj.weight"].shape[0] // size,
        head_dim=size,
        feed_forward=weights[first + "mlp.gate_proj.weight"].shape[0],
    )
