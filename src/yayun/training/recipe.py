"""Recipes: one YAML file a stage, checked when read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from yayun.errors import YayunError
from yayun.home import atomic_open
from yayun.recipe import Strict


class ModelShape(Strict):
    """A stock ``Qwen3ForCausalLM``."""

    hidden: int = 384
    layers: int = 5
    heads: int = 6
    kv_heads: int = 2
    head_dim: int = 64
    feed_forward: int = 1024
    context: int = 512
    dropout: float = 0.0  # of attention, the only one that the stock shape has


Device = Literal["auto", "cpu", "cuda"]  # auto: a GPU where there is one
# bfloat16 arithmetic over float32 weights; auto: where the device has units for it.
Autocast = bool | Literal["auto"]


class DataMix(Strict):
    """Copies of each dynasty's poems in one pass (a fraction: that share of them, drawn anew in each), and the share of
    samples that carry optional fields or are written in another way.

    ``later``: of all dynasties but Tang and Song; ``ci``, ``old``, ``oblique``: of a 词, of a poem of another form than
    the four, of a regular poem with oblique rhymes (there are few), for each that its dynasty has; ``own``: copies of
    the model's own verse (``PretrainRecipe.verse``).
    ``whole_plan``: the share of plans of regular poems that state theme and pattern too; ``endings``: of plans that
    name the rhyming lines' endings in the place of the feet; ``feet``: of regular poems that are offered characters to
    rhyme with; ``untitled``: without a title; ``backwards``: with each line from its last character to its first;
    ``gaps``: with lines missing that are to be written; ``couplets``: of octaves of which a couplet is taken alone.
    """

    tang: float = 3
    song: float = 1
    later: float = 1
    ci: float = 1
    old: float = 1
    own: float = 1
    oblique: float = 1
    pattern: float = 0.7
    imagery: float = 0.2
    plan: float = 0.3
    whole_plan: float = 0.0
    endings: float = 0.0
    feet: float = 0.0
    untitled: float = 0.0
    backwards: float = 0.0
    gaps: float = 0.0
    couplets: float = 0.0


class Phase(Strict):
    """``tokens`` (real positions, padding not counted) drawn from ``mix``."""

    tokens: Annotated[int, Field(gt=0)]
    mix: DataMix


class Optimizer(Strict):
    """Muon on the matrices, AdamW on embeddings and norms; linear warm-up, flat, then linear to zero."""

    muon_lr: float = 0.02
    muon_weight_decay: float = 0.05
    adam_lr: float = 3e-3
    adam_weight_decay: float = 0.0
    warmup: float = 0.02
    flat: float = 0.55
    clip: float = 1.0


class PretrainRecipe(Strict):
    """``corpus``: what is read, the four forms of Tang and Song, or all forms and 词 of all dynasties there are.
    ``batch_tokens``: padded tokens a step. ``device``, ``autocast``: see ``arithmetic``. ``threads``: 0 leaves
    PyTorch's choice. ``log_every``: steps, the loss being their mean. ``labels``: where a poem's group
    and pattern come from, the quick labels of ``prosody.labels`` or the verifier, which calls regular only what is.
    ``rules``, ``repetition``: weights of the improbability of what the rules permit, and of characters that no earlier
    line has (``rules_loss``). ``verse``: runs of ``distill`` with the model's own verse, read beside the corpus."""

    name: str
    seed: int = 1
    vocabulary_min_count: int = 9
    corpus: Literal["regular", "all"] = "regular"
    labels: Literal["quick", "reviewed"] = "quick"
    model: ModelShape = ModelShape()
    phases: tuple[Phase, ...]
    optimizer: Optimizer = Optimizer()
    rules: float = 0.0
    repetition: float = 0.0
    batch_tokens: int = 8192
    device: Device = "auto"
    autocast: Autocast = False
    compile: bool = False  # by torch.compile: a minute at the start, a tenth less time a step
    log_every: int = 1
    evaluate_every: int = 100
    save_every: int = 50
    threads: int = 0
    limit_poems: int = 0
    verse: tuple[str, ...] = ()
    start_from: str = ""  # a checkpoint folder whose weights to begin with


RECIPE = "recipe.json"  # in a run's folder


def keep_recipe(recipe: Strict, run: Path) -> None:
    """Keep the recipe in its run's folder, so that a run is never gone on with under another one.

    Raises YayunError where the run was begun so (the number of threads changes nothing).
    """
    path = run / RECIPE
    wanted = recipe.model_copy(update={"threads": 0})
    if not path.exists():
        with atomic_open(path) as f:
            f.write(wanted.model_dump_json(indent=1))
    elif type(recipe).model_validate_json(path.read_text(encoding="utf-8")) != wanted:
        raise YayunError(f"{run} 是用另一份配方开始的:请换一个 --run 目录,或改回原来的配方。")
