"""Writing the model folder: Hugging Face layout, one copy of the weights, the ONNX graph, the model card."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from yayun.errors import YayunError
from yayun.home import atomic_open
from yayun.training import checkpoint
from yayun.training.onnx_graph import write_graph
from yayun.training.recipe import PretrainRecipe
from yayun.training.tokenizer import save_tokenizer
from yayun.writers import vocabulary as v


def export(recipe: PretrainRecipe, run: Path, out: Path) -> Path:
    """Export the newest checkpoint of ``run`` to ``out``, which is replaced as a whole.

    Raises YayunError when the run has no checkpoint yet.
    """
    done = checkpoint.complete(run)
    if not done:
        raise YayunError(f"{run} 里还没有检查点:请先运行 yayun train pretrain。")
    scratch = out.parent / f".{out.name}.new"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    _write_weights(recipe, run, done[-1], scratch)
    write_graph(scratch)
    from yayun.training.card import model_card

    (scratch / "README.md").write_text(model_card(recipe, run, scratch), encoding="utf-8")
    for path in scratch.iterdir():
        path.chmod(0o644)
    shutil.rmtree(out, ignore_errors=True)
    scratch.rename(out)
    return out


def _write_weights(recipe: PretrainRecipe, run: Path, step: Path, out: Path) -> None:
    import torch
    from transformers import GenerationConfig

    from yayun.training.pretrain import build_model

    tokens = json.loads((run / "vocabulary.json").read_text(encoding="utf-8"))
    ids = {t: i for i, t in enumerate(tokens)}
    model = build_model(recipe.model, len(tokens), ids, recipe.seed)
    checkpoint.load_weights(step, model)
    model.generation_config = GenerationConfig(
        do_sample=True,
        temperature=0.8,
        max_new_tokens=160,
        bos_token_id=ids[v.BEGIN],
        eos_token_id=ids[v.END],
        pad_token_id=ids[v.PAD],
    )
    model.to(torch.float16).save_pretrained(out)
    save_tokenizer(tokens, out)
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
