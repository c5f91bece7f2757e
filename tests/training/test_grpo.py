from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
import yaml
from safetensors.torch import load_file

from yayun.errors import YayunError
from yayun.journal import read_rows
from yayun.measures.verse import is_plain_title
from yayun.prompts.prompt import Conditions, prompt_tokens
from yayun.recipe import load_recipe
from yayun.retrieval.novelty import fold_line
from yayun.training import requests
from yayun.training.grpo import grpo
from yayun.training.grpo_recipe import SNAPSHOTS, GrpoRecipe
from yayun.training.grpo_trainer import extremes
from yayun.training.naturalness import HumanPoem, Naturalness
from yayun.training.origins import open_origin
from yayun.training.recipe import RECIPE
from yayun.training.requests import Asking, draw
from yayun.training.start import CHOSEN, LOG, SAMPLES, SELECTION_LOG, checkpoints, load_tokenizer, model_folder

# transformers is renaming it; trl and peft still use the old name.
pytestmark = pytest.mark.filterwarnings("ignore:.*gradient_checkpointing.*:FutureWarning")
RECIPES = Path(__file__).parents[2] / "recipes"


@pytest.fixture
def titles(small_corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small corpus has too few titles to hold any out."""
    monkeypatch.setattr(requests, "training_titles", lambda: (("春風", "秋夜"), ("送友人",)))


def tiny_grpo(model: Path, **changes: object) -> GrpoRecipe:
    values: dict = {
        "name": "tiny-grpo", "model": str(model), "steps": 4, "prompts": 2, "samples": 4, "micro_batch": 4, "limit": 16,
        "learning_rate": 0.01, "warmup": 0, "schedule": "constant", "threads": 1, "save_every": 2, "snapshot_every": 2,
        "samples_every": 2, "weights": {"tones": 0.4, "length": 0.1, "format": 0.1, "naturalness": 0.1},
        "adversary": {"every": 1, "window": 3}, "selection": {"prompts": 1, "samples": 2, "limit": 12},
    }  # fmt: skip
    return GrpoRecipe.model_validate(values | changes)


def weights(folder: Path) -> dict:
    return load_file(folder / "model.safetensors")


def test_a_run_killed_goes_on_as_if_it_had_not_been(tiny_model: Path, titles: None, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    recipe = tiny_grpo(tiny_model)
    model = grpo(recipe, whole)
    grpo(recipe, broken, stop_after=3)
    # What a kill leaves behind: a checkpoint begun, and a log that ran ahead.
    (broken / "checkpoint-4").mkdir()
    (broken / "checkpoint-4" / "config.json").write_text("{}")
    assert not (broken / "model").exists()
    assert [int(path.name[-1]) for path in checkpoints(broken)] == [2]
    grpo(recipe, broken)
    log, again = (list(read_rows(run / LOG)) for run in (whole, broken))
    assert [row["step"] for row in log] == [row["step"] for row in again] == [1, 2, 3, 4]
    for row, other in zip(log, again, strict=True):
        assert row["reward"] == pytest.approx(other["reward"], abs=1e-5)
        assert row["kl"] == pytest.approx(other["kl"], abs=1e-5)
        assert set(row["rewards"]) == set(recipe.weights)
        assert {"zero_std", "clipped", "entropy", "processor"} <= set(row)
    last, resumed = (weights(run / SNAPSHOTS / "step-00004") for run in (whole, broken))
    assert all((last[name] - resumed[name]).abs().max() < 1e-5 for name in last)
    first = weights(tiny_model)
    assert any((last[name] - first[name].float()).abs().max() > 1e-3 for name in last)
    kept = list(read_rows(whole / SAMPLES))
    assert [row["step"] for row in kept] == [1, 1, 2, 2, 4, 4]
    assert all(set(row["rewards"]) == set(recipe.weights) and row["text"] for row in kept)
    assert [row["step"] for row in read_rows(whole / SELECTION_LOG)] == [2, 4]
    assert (model / CHOSEN).is_file()
    assert load_tokenizer(model).chat_template
    assert grpo(recipe, whole) == model  # a finished run is left alone


def test_a_run_is_not_gone_on_with_under_another_recipe(tiny_model: Path, titles: None, tmp_path: Path) -> None:
    recipe = tiny_grpo(tiny_model)
    (tmp_path / RECIPE).write_text(recipe.model_copy(update={"threads": 0}).model_dump_json(indent=1))
    with pytest.raises(YayunError, match="配方"):
        grpo(tiny_grpo(tiny_model, beta=0.0), tmp_path)


def test_it_starts_from_a_pretraining_run_with_an_adapter_and_the_plain_sampler(
    tiny_run: Path, titles: None, tmp_path: Path
) -> None:
    """As for a large model: TRL's own generation, LoRA; the start is kept as a folder for the frozen copy."""
    recipe = tiny_grpo(
        tiny_run, steps=1, sampler="trl", limit=6, selection=None, lora={"rank": 2, "alpha": 4}, weights={"format": 1.0}
    )
    model = grpo(recipe, tmp_path)
    assert (model / "adapter_config.json").is_file()
    merged, _ = open_origin(str(model))
    assert {name for name, _ in merged.named_parameters()} == set(weights(tmp_path / "start"))


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*/grpo*.yaml")), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_shipped_recipe_fits(path: Path) -> None:
    recipe = load_recipe(path, GrpoRecipe, [])
    assert sum(recipe.weights.values()) > 0
    four = [recipe.weights[name] for name in ("tones", "rhymes", "antithesis", "length")]
    assert four == [0.4, 0.3, 0.2, 0.1]


def test_a_recipe_must_name_rewards_that_exist() -> None:
    values = yaml.safe_load((RECIPES / "embedded/grpo.yaml").read_text())
    with pytest.raises(ValueError, match="happiness"):
        GrpoRecipe.model_validate(values | {"weights": {"happiness": 1.0}})
    with pytest.raises(ValueError, match="micro_batch"):
        GrpoRecipe.model_validate(values | {"micro_batch": 48})


def test_the_best_and_the_worst_of_each_group_are_kept() -> None:
    advantages = torch.tensor([0.1, -2.0, 0.3, 1.6, 0.0, 1.0, -1.0, 0.2])
    assert extremes(advantages, 4, 2).tolist() == [1, 3, 5, 6]
    assert extremes(advantages, 4, 3).tolist() == [1, 2, 3, 5, 6, 7]
    assert extremes(advantages, 4, 4).tolist() == list(range(8))


def test_a_run_that_keeps_half_of_each_group(tiny_model: Path, titles: None, tmp_path: Path) -> None:
    changes = {"kept": 2, "steps": 1, "selection": None, "weights": {"tones": 1.0}, "beta": 0.0}
    (row,) = read_rows(grpo(tiny_grpo(tiny_model, **changes), tmp_path).parent / LOG)
    assert row["grad_norm"] > 0


def test_what_the_rules_permit_grows_likelier_without_any_reward(
    tiny_model: Path, titles: None, tmp_path: Path
) -> None:
    changes = {"permitted": 1.0, "kept": 2, "steps": 6, "selection": None, "weights": {"tones": 0.0}, "beta": 0.01}
    rows = list(read_rows(grpo(tiny_grpo(tiny_model, **changes), tmp_path).parent / LOG))
    assert 0 < rows[-1]["permitted"] < 0.8 * rows[0]["permitted"]
    with pytest.raises(ValueError, match="permitted"):
        tiny_grpo(tiny_model, permitted=1.0, sampler="trl", selection=None)


def test_requests_are_drawn_the_same_again_and_steps_share_a_form(titles: None) -> None:
    asked = draw(32, Asking(rag="all", imagery=1.0), seed=3, together=4)
    assert asked == draw(32, Asking(rag="all", imagery=1.0), seed=3, together=4)
    assert asked != draw(32, Asking(rag="all", imagery=1.0), seed=4, together=4)
    forms = [{request.form for request in asked[i : i + 4]} for i in range(0, 32, 4)]
    assert all(len(step) == 1 for step in forms)
    assert len({form for step in forms for form in step}) == 4
    assert all(request.feet for request in asked)
    assert not any(request.feet for request in draw(8, Asking(rag="none"), seed=3))


def test_no_title_of_a_held_out_poem_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    poems = [
        SimpleNamespace(dynasty="唐", form="五绝", title=title, split=split, lines=("",) * 4)
        for title, split in (
            ("春風", "train"),
            ("秋夜", "train"),
            ("秋夜", "test"),
            ("春日二首 一", "train"),
            ("雪", "near"),
        )
    ]
    monkeypatch.setattr(requests, "read_poems", lambda: poems)
    plain, other = requests.training_titles.__wrapped__()
    assert plain == ("春風",)
    assert other == ("春日二首 一",)
    assert is_plain_title(fold_line(plain[0]))


def test_prompts_are_the_ones_that_composing_gives(titles: None, tiny_model: Path) -> None:
    (asked,) = draw(1, Asking(rag="all", pattern=1.0, imagery=1.0), seed=5)
    tokenizer = load_tokenizer(tiny_model)
    ids = tokenizer.apply_chat_template(asked.messages("compact"), add_generation_prompt=True, return_dict=False)
    told = Conditions("唐", asked.form, asked.rhyme, asked.pattern, asked.title, asked.imagery, asked.feet)
    assert ids == tokenizer.convert_tokens_to_ids(prompt_tokens(told))
    large = asked.messages("instruction")[1]["content"]
    assert asked.title in large
    assert "可用韵脚字" in large


def test_naturalness_learns_what_gives_samples_away_and_is_restored(tmp_path: Path) -> None:
    human = [HumanPoem("五绝", "东", (f"春{a}日{b}風", "花開柳正同") * 2) for a in "山水月雲" for b in "東西南北江河"]
    odd, plain = "社里留三事，關心入四陰。" * 2, "春山日東風，花開柳正同。" * 2

    def score(judge: Naturalness, step: int, *texts: str) -> list[float]:
        columns = {"form": ["五绝"] * len(texts), "rhyme": ["东"] * len(texts)}
        return judge([""] * len(texts), list(texts), trainer_state=SimpleNamespace(global_step=step), **columns)

    judge = Naturalness(human, every=2, window=4)
    assert score(judge, 0, *[odd] * 24) == [0.0] * 24
    assert score(judge, 1, *[odd] * 24) == [0.0] * 24
    judge.save(tmp_path)
    found = score(judge, 2, odd, plain)
    assert -1.0 <= found[0] < 0.0 < found[1] <= 1.0
    again = Naturalness(human, every=2, window=4)
    again.load(tmp_path)
    assert score(again, 2, odd, plain) == pytest.approx(found)
    again.save(tmp_path)
    third = Naturalness(human, every=2, window=4)
    third.load(tmp_path)
    assert score(third, 3, odd) == pytest.approx(score(again, 3, odd))


def test_a_folder_without_a_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(YayunError, match="没有模型"):
        model_folder(str(tmp_path))
