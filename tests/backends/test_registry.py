"""Backends by name: ours, and those that an installed package brings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import yayun
from yayun.backends.protocol import Given
from yayun.backends.registry import Choice, choose_backend, opened
from yayun.composing.api import compose
from yayun.decoding.weights import weights_dir
from yayun.errors import YayunError

REQUEST = "以'春风'为题写一首五言绝句,押东韵"
# A package of somebody else's: one backend that works, one that does not import.
MODULE = """
from contextlib import contextmanager

from yayun.backends.protocol import Drafted
from yayun.decoding.decode import Draft

VERSE = ("一夜明月發", "幾時何處空", "不知生世事", "莫向此中風")


class Parrot:
    name, workers = "parrot", 1

    def __init__(self, target):
        self.target, self.drafted = target, 0

    def prepare(self):
        pass

    def draft(self, poems, options, ears):
        for settled in poems:  # the first draft rhymes with nothing
            yield Drafted(((settled.orders[0], Draft((*VERSE[:3], "莫向此中雲"), (), (), 0.0, think=self.target)),))

    def mend(self, failed, options, ears, attempt):
        for settled, drafted in failed:
            assert drafted.candidates[0][1].lines[3].endswith("雲")
            yield Drafted(((settled.orders[0], Draft(VERSE, (), (), 0.0, think=self.target)),))


@contextmanager
def open_backend(given):
    yield Parrot(given.target)
"""
PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "yayun-parrot"
version = "1.0"

[project.entry-points."yayun.backends"]
parrot = "yayun_parrot:open_backend"
broken = "yayun_parrot_that_is_not_there:open_backend"

[tool.hatch.build.targets.wheel]
only-include = ["yayun_parrot.py"]
"""


@pytest.fixture(scope="module")
def plugged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process that has the package installed beside yayun."""
    root = tmp_path_factory.mktemp("plugin")
    project, packages = root / "project", root / "packages"
    project.mkdir()
    (project / "yayun_parrot.py").write_text(MODULE, encoding="utf-8")
    (project / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps"]
    subprocess.run([*pip, "--no-build-isolation", "--target", packages, project], check=True, capture_output=True)
    sources = Path(yayun.__file__).parents[1]
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(sources), str(packages)))}


def run(plugged: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "yayun", "compose", REQUEST, "--seed", "1", "--json", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=plugged)


def test_a_package_adds_a_backend_without_touching_us(plugged: dict[str, str]) -> None:
    done = run(plugged, "--backend", "parrot:想")
    assert done.returncode == 0, done.stderr
    poem = json.loads(done.stdout)
    assert (poem["backend"], poem["think"]) == ("parrot", "想")
    assert poem["lines"][3] == "莫向此中风"  # mended: the draft was out of rhyme
    assert poem["review"]["passed"]


def test_one_that_fails_to_import_is_named_and_the_others_go_on(plugged: dict[str, str]) -> None:
    done = run(plugged, "--backend", "broken")
    assert (done.returncode, done.stdout) == (2, "")
    for word in ("broken", "yayun_parrot_that_is_not_there", "ModuleNotFoundError"):
        assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(run(plugged, "--backend", "builtin").stdout)["backend"] == "embedded"


def test_an_unknown_one_lists_what_there_is(plugged: dict[str, str]) -> None:
    done = run(plugged, "--backend", "parot")
    assert done.returncode == 2
    for name in ("parot", "builtin", "openai", "transformers", "parrot"):
        assert name in done.stderr


def test_a_folder_of_our_kind_is_a_backend() -> None:
    shipped, folder = (
        compose(REQUEST, seed=1, candidates=4, backend=backend) for backend in ("builtin", f"builtin:{weights_dir()}")
    )
    assert (shipped.backend, folder.backend) == ("embedded", "builtin")
    assert shipped.lines == folder.lines


@pytest.mark.parametrize(
    ("text", "companions", "told"),
    [
        ("openai", {}, "--base-url"),
        ("builtin", {"model": "x"}, "只用于"),
        ("transformers", {}, "模型目录"),
        ("九歌", {}, "builtin"),
    ],
)
def test_what_does_not_go_together_is_told(text: str, companions: dict[str, str], told: str) -> None:
    with pytest.raises(YayunError, match=told):
        choose_backend(text, **companions)


def test_a_folder_that_is_no_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(YayunError, match=r"model\.onnx"), opened(Choice("builtin", Given(str(tmp_path)))):
        pass


def test_python_takes_the_backend_as_the_command_line_does() -> None:
    with pytest.raises(YayunError, match="没有“九歌”这种后端"):
        compose(REQUEST, backend="九歌")
