"""The wheel as a user gets it: built, installed into an empty environment, composing from there."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from yayun.hub.code import code_files

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed") / "env"
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin/python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", str(wheel)], check=True, capture_output=True)
    return folder


def test_the_wheel_is_small_and_whole(wheel: Path) -> None:
    assert wheel.stat().st_size < 60e6
    packed = set(zipfile.ZipFile(wheel).namelist())
    sources = {
        str(p.relative_to(ROOT / "src"))
        for p in (ROOT / "src/yayun").rglob("*")
        if p.is_file() and "__pycache__" not in p.parts
    }
    assert sources <= packed
    assert {f"yayun/model/{name}" for name in code_files()} <= packed


def test_an_empty_environment_composes_without_torch(installed: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(installed / "bin/yayun"), "compose", "以'春风'为题写一首五言绝句,押东韵", "--seed", "1", "--json"],
        check=True,
        capture_output=True,
        cwd=tmp_path,
    )
    poem = json.loads(done.stdout)
    assert poem["review"]["passed"]
    assert (poem["form"], poem["rhyme"]) == ("五言绝句", "东")
    assert not list(installed.rglob("site-packages/torch"))


def test_the_base_environment_stays_under_300_mb(installed: Path) -> None:
    size = sum(p.stat().st_size for p in installed.rglob("*") if p.is_file() and not p.is_symlink())
    assert size < 300e6, f"{size / 1e6:.0f} MB"
