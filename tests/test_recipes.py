"""Every shipped recipe is read by the stage it is for, and what it says is what the installed libraries take."""

from __future__ import annotations

import importlib
import pickle
import re
from pathlib import Path

import pytest
import yaml

from yayun.ablation import AblationRecipe
from yayun.evaluation.recipe import EvaluateRecipe
from yayun.recipe import Strict, load_recipe
from yayun.training.average import AverageRecipe
from yayun.training.distill_recipe import DistillRecipe
from yayun.training.grpo import config as grpo_config
from yayun.training.grpo_recipe import GrpoRecipe
from yayun.training.recipe import PretrainRecipe
from yayun.training.rejection import RejectionRecipe
from yayun.training.sft import SftRecipe
from yayun.training.sft import _arguments as sft_arguments

ROOT = Path(__file__).parents[1]
RECIPES = ROOT / "recipes"
STAGES: dict[str, type[Strict]] = {
    "pretrain": PretrainRecipe, "distill": DistillRecipe, "sft": SftRecipe, "grpo": GrpoRecipe,
    "evaluate": EvaluateRecipe, "ablation": AblationRecipe, "rejection": RejectionRecipe, "average": AverageRecipe,
}  # fmt: skip
FILES = sorted(path for path in RECIPES.glob("*/*.yaml") if path.parent.name != "accelerate")
SIZES = ("7b", "32b")


def stage(path: Path) -> str:
    return path.stem.partition("-")[0]


def of(name: str) -> list[Path]:
    return [path for path in FILES if stage(path) == name]


def shown(path: Path) -> str:
    return str(path.relative_to(RECIPES))


def values(path: Path) -> dict:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_there_are_recipes_of_every_stage_for_both_sizes() -> None:
    for size in SIZES:
        names = {path.stem for path in (RECIPES / f"qwen2.5-{size}").glob("*.yaml")}
        assert names == {
            "distill", "sft", "sft-full", "grpo", "grpo-full", "evaluate", "serve", "serve-rollouts",
        }  # fmt: skip


@pytest.mark.parametrize("path", [p for p in FILES if stage(p) != "serve"], ids=shown)
def test_a_recipe_is_read_by_its_stage(path: Path) -> None:
    recipe = load_recipe(path, STAGES[stage(path)], [])
    given = values(path)
    # What is written is what is read: no key is silently another's.
    dumped = recipe.model_dump(mode="json")
    assert {key: dumped[key] for key in given if not isinstance(given[key], dict | list)} == {
        key: value for key, value in given.items() if not isinstance(value, dict | list)
    }


@pytest.mark.parametrize("path", of("sft"), ids=shown)
def test_trl_takes_an_sft_recipe(path: Path, tmp_path: Path) -> None:
    recipe = load_recipe(path, SftRecipe, [])
    found = sft_arguments(recipe, tmp_path)
    assert (found.learning_rate, found.max_length) == (recipe.learning_rate, recipe.max_length)
    assert found.completion_only_loss


@pytest.mark.parametrize("path", of("grpo"), ids=shown)
def test_trl_takes_a_grpo_recipe_on_any_machine_of_the_runbook(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = load_recipe(path, GrpoRecipe, [])
    found = grpo_config(recipe, tmp_path)
    assert found.generation_batch_size == recipe.prompts * recipe.samples
    assert found.num_generations == recipe.samples
    assert found.use_vllm == (recipe.sampler == "vllm")
    if found.use_vllm:
        assert found.vllm_mode == recipe.vllm.mode
        if recipe.vllm.mode == "server":
            assert (found.vllm_server_host, found.vllm_server_port) == (recipe.vllm.host, recipe.vllm.port)
        else:
            assert found.vllm_max_model_length == recipe.vllm.context
    assert found.reward_weights == list(recipe.weights.values())
    if path.parent.name != "embedded":
        assert recipe.style == "instruction"
        for processes in (1, 8, 16):
            assert recipe.prompts * recipe.samples % (recipe.micro_batch * processes) == 0


@pytest.mark.parametrize("path", sorted((RECIPES / "accelerate").glob("*.yaml")), ids=lambda p: p.stem)
def test_accelerate_takes_a_machine(path: Path) -> None:
    from accelerate.commands.config.config_args import load_config_from_file
    from accelerate.commands.launch import _validate_launch_command, launch_command_parser

    found = load_config_from_file(str(path))
    kinds = {"zero3": "DEEPSPEED", "fsdp": "FSDP", "gpus": "MULTI_GPU", "gpu": "NO", "cpu": "MULTI_GPU"}
    assert found.distributed_type.value == kinds[path.stem.rpartition("_")[2]]
    words = {"one": 1, "two": 2, "eight": 8}
    machines = 2 if "nodes" in path.stem else 1
    expected = 16 if machines == 2 else words[path.stem.partition("_")[0]]
    assert (found.num_machines, found.num_processes) == (machines, expected)
    if path.stem == "two_cpu" or "zero3" in path.stem:
        return  # the launcher looks for devices and for DeepSpeed
    arguments = launch_command_parser().parse_args(["--config_file", str(path), "-m", "yayun"])
    assert _validate_launch_command(arguments)[0].module


def test_zero3_and_fsdp_say_what_the_launcher_knows() -> None:
    from accelerate.commands.launch import launch_command_parser

    known = {option for action in launch_command_parser()._actions for option in action.option_strings}
    for path in (RECIPES / "accelerate").glob("*.yaml"):
        found = values(path)
        for key in (*found.get("fsdp_config", {}), *found.get("deepspeed_config", {})):
            assert f"--{key}" in known, key


@pytest.mark.parametrize("size", SIZES)
def test_what_is_served_is_what_is_asked(size: str) -> None:
    folder = RECIPES / f"qwen2.5-{size}"
    serve, evaluate = values(folder / "serve.yaml"), load_recipe(folder / "evaluate.yaml", EvaluateRecipe, [])
    assert evaluate.model == serve["served-model-name"]
    assert evaluate.base_url == f"http://{serve['host']}:{serve['port']}/v1"
    assert (ROOT / evaluate.requests).is_file()
    assert {(cell.mode, cell.rag) for cell in evaluate.cells} == {
        (mode, rag) for mode in ("free", "guided") for rag in (False, True)
    }
    rollouts, grpo = values(folder / "serve-rollouts.yaml"), load_recipe(folder / "grpo-full.yaml", GrpoRecipe, [])
    assert (grpo.vllm.mode, grpo.vllm.port) == ("server", rollouts["port"])
    assert rollouts["model"] == grpo.model
    assert rollouts["max_model_len"] == grpo.vllm.context
    sft = load_recipe(folder / "sft.yaml", SftRecipe, [])
    distilled = load_recipe(folder / "distill.yaml", DistillRecipe, [])
    assert sft.data == (f"runs/{distilled.name}",)


def test_trl_serve_knows_what_the_rollout_server_is_told() -> None:
    text = (Path(importlib.import_module("trl").__file__ or "").parent / "scripts/vllm_serve.py").read_text()
    for size in SIZES:
        for key in values(RECIPES / f"qwen2.5-{size}/serve-rollouts.yaml"):
            assert re.search(rf"^    {key}: ", text, re.M), key


@pytest.mark.filterwarnings("ignore:.*gradient_checkpointing.*:FutureWarning")  # TRL's own default
def test_the_rewards_go_by_dotted_path_to_trls_own_command(tmp_path: Path) -> None:
    from trl.scripts.grpo import make_parser

    recipe = load_recipe(RECIPES / "qwen2.5-7b/grpo.yaml", GrpoRecipe, [])
    paths = [f"yayun.training.rewards.{name}" for name in recipe.weights]
    asked = ["--model_name_or_path", "x", "--dataset_name", "y", "--output_dir", str(tmp_path), "--use_cpu", "true"]
    script, *_ = make_parser().parse_args_and_config([*asked, "--bf16", "false", "--reward_funcs", *paths])
    assert script.reward_funcs == paths
    completion = "<think>想</think><answer>白日依山盡，黃河入海流。欲窮千里目，更上一層樓。</answer>"
    columns = {"form": ["五绝"], "rhyme": ["尤"], "pattern": [None], "title": ["登樓"], "imagery": [[]], "feet": [[]]}
    for path in paths:  # as ``trl grpo`` finds it
        module, _, name = path.rpartition(".")
        reward = pickle.loads(pickle.dumps(getattr(importlib.import_module(module), name)))
        (score,) = reward(["x"], [completion], **columns)
        assert isinstance(score, float)


def test_the_runbook_names_files_that_are_there_and_figures_as_computed() -> None:
    from scripts.memory import PAGE, SHAPES, page

    text = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"recipes/[\w./-]+\.(?:yaml|py)", text))
    assert len(named) > 8
    assert [name for name in named if not (ROOT / name).is_file()] == []
    assert text == page()
    assert [shape.weights for shape in SHAPES] == [7_615_616_512, 32_763_876_352]  # as the models' cards say
