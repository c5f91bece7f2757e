"""The Ray Data recipe: its two ends always, the pipeline where Ray is installed."""

from __future__ import annotations

import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

PATH = Path(__file__).parents[1] / "recipes/ray/sample.py"
GOOD = "<think>登高</think><answer>远岸云初散，平芜雨未收。柳枝春色晚，落日满汀洲。</answer>"


@pytest.fixture(scope="module")
def sample() -> ModuleType:
    spec = spec_from_file_location("ray_sample", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_requests_are_settled_and_answers_judged(sample: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_text('{"request": "以《登楼》为题写一首五言绝句,押尤韵"}\n', encoding="utf-8")
    rows = sample.read_requests(path, 2)
    assert [row["seed"] for row in rows] == [0, 1]
    ready = sample.prepare(rows[0])
    assert (ready["form"], ready["rhyme"], ready["title"]) == ("五绝", "尤", "登楼")
    assert [turn["role"] for turn in ready["messages"]] == ["system", "user"]
    json.dumps(ready)  # what travels between machines is plain
    good = sample.judge(ready | {"generated_text": GOOD})
    assert (good["passed"], good["broken"], good["think"]) == (True, [], "登高")
    bad = sample.judge(ready | {"generated_text": GOOD.replace("汀洲", "汀东")})
    assert not bad["passed"]
    assert "出韵" in bad["broken"]
    copied = sample.judge(ready | {"generated_text": "白日依山尽,黄河入海流。欲穷千里目,更上一层楼。"})
    assert (copied["passed"], copied["broken"]) == (False, ["成句"])
    assert sample.judge(ready | {"generated_text": "抱歉。"})["broken"] == ["无诗"]


@pytest.mark.filterwarnings("default")
def test_the_pipeline_runs_on_ray(sample: ModuleType, tmp_path: Path) -> None:
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False)
    try:
        rows = [{"request": f"以《登楼》为题写一首{form},押尤韵", "seed": i} for i, form in enumerate(("五绝", "七绝"))]
        found = sorted(sample.pipeline(rows, sample.echo_stage).take_all(), key=lambda row: row["seed"])
    finally:
        ray.shutdown()
    assert [row["title"] for row in found] == ["登楼", "登楼"]
    assert [list(row["broken"]) for row in found] == [["成句"], found[1]["broken"]]
    assert not found[1]["passed"]  # five characters a line are no 七绝
