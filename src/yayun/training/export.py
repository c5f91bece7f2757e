"""Writing the model folder: Hugging Face layout, one copy of the weights, the ONNX graph, the code, the model card."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from yayun.home import atomic_open
from yayun.hub.code import write_code
from yayun.lazy import lazy
from yayun.training.card import model_card
from yayun.training.export_chat import write_chat
from yayun.training.onnx_graph import write_graph
from yayun.training.origins import locate, open_origin, pretraining_step
from yayun.training.recipe import PretrainRecipe
from yayun.training.start import embedded_vocabulary

if TYPE_CHECKING:
    import torch
    import transformers
else:
    torch = lazy("torch")
    transformers = lazy("transformers")


def export(recipe: PretrainRecipe | None, run: Path, out: Path) -> Path:
    """Export what ``run`` has come to to ``out``, which is replaced as a whole.

    ``run`` is a pretraining run or checkpoint (the newest one counts), a later stage's run (its chosen model), or any
    model folder. ``recipe`` is the pretraining's, for the card. Weights of the embedded model are written in float16,
    with the ONNX graph and the code for ``trust_remote_code``; a large model's as they are, adapters merged.
    Raises YayunError when there is no model yet.
    """
    scratch = out.parent / f".{out.name}.new"
    shutil.rmtree(scratch, ignore_errors=True)
    _write_weights(recipe, run, scratch)
    if embedded_vocabulary(scratch) is not None:
        write_graph(scratch)
        write_code(scratch)
    else:
        write_chat(scratch)

    (scratch / "README.md").write_text(model_card(recipe, run, scratch), encoding="utf-8")
    for path in scratch.iterdir():
        path.chmod(0o644)
    shutil.rmtree(out, ignore_errors=True)
    scratch.rename(out)
    return out


def _write_weights(recipe: PretrainRecipe | None, run: Path, out: Path) -> None:
    # A large model is not widened for this.
    large = embedded_vocabulary(locate(str(run))) is None and pretraining_step(run) is None
    model, tokenizer = open_origin(str(run), "bfloat16" if large else "float32")
    out.mkdir(parents=True)
    tokenizer.save_pretrained(out)
    if embedded_vocabulary(out) is not None:
        model = model.to(torch.float16)
        model.generation_config = transformers.GenerationConfig(
            do_sample=True,
            temperature=0.8,
            max_new_tokens=160,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
        if recipe is not None:
            model.config.max_position_embeddings = recipe.model.context
    model.config.use_cache = True  # what trains turns it off, and generating without it is slow
    model.save_pretrained(out)
    _drop_paths(out)


def _drop_paths(out: Path) -> None:
    """Remove what ties the folder to the machine it was written on."""
    for name in ("config.json", "tokenizer_config.json"):
        path = out / name
        values = json.loads(path.read_text(encoding="utf-8"))
        values.pop("_name_or_path", None)
        with atomic_open(path) as f:
            json.dump(values, f, ensure_ascii=False, indent=2)
            f.write("\n")
