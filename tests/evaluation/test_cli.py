from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from yayun.errors import YayunError
from yayun.evaluation.cli import evaluate

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(evaluate)


@pytest.fixture
def poems(tmp_path: Path) -> Path:
    path = tmp_path / "poems.txt"
    path.write_text("登鹳雀楼\n白日依山尽,黄河入海流。\n欲穷千里目,更上一层楼。\n", encoding="utf-8")
    return path


def test_a_file_gives_one_row(poems: Path) -> None:
    result = CliRunner().invoke(app, ["--dataset", str(poems), "--json"], catch_exceptions=False)
    (row,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (row["name"], row["n"], row["profile"], row["all_rules"]) == ("poems.txt", 1, "strict", 100.0)
    assert row["ci95"].keys() == row.keys() - {"name", "n", "profile", "ci95"}
    result = CliRunner().invoke(app, ["--dataset", str(poems)], catch_exceptions=False)
    assert result.stdout.startswith("| 名称 | n | 全律 |")


def test_two_sources_are_one_too_many(poems: Path) -> None:
    with pytest.raises(YayunError, match="一次只能用一个"):
        CliRunner().invoke(app, ["--dataset", str(poems), "--from-log", str(poems)], catch_exceptions=False)


def test_no_heavy_library_is_loaded_before_it_is_needed() -> None:
    code = (
        "import sys, yayun.evaluation.cli, yayun.evaluation.table, yayun.evaluation.quality.measures, "
        "yayun.evaluation.validate\n"
        "assert not {'numpy', 'torch', 'sklearn', 'scipy', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
