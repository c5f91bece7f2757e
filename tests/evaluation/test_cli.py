from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from yayun.errors import YayunError
from yayun.evaluation.cli import evaluate
from yayun.evaluation.samples import read_log
from yayun.measures.association import couplet_association, title_association
from yayun.measures.corpus import corpus
from yayun.measures.measures import MEASURES
from yayun.measures.novelty import _corpus_codes

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


@pytest.fixture
def fresh_corpus(small_corpus: Path) -> Iterator[Path]:
    """The small corpus, and nothing learnt from it left behind."""
    caches = (corpus, couplet_association, title_association, _corpus_codes)
    for learnt in caches:
        learnt.cache_clear()
    yield small_corpus
    for learnt in caches:
        learnt.cache_clear()


def test_without_a_source_there_is_the_whole_table(fresh_corpus: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    arguments = ["--limit", "2", "--log", str(log), "--output", str(tmp_path), "--json"]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    quoted = [row for row in rows if "source" in row]
    names = [(row["name"], row["profile"]) for row in rows if "source" not in row]
    assert len(quoted) == 17
    own = ["embedded 自由", "embedded 自由 + 检索", "embedded 守律", "embedded 守律 + 检索"]
    expected = ["唐人近体", "唐诗三百首", "全唐诗", "随机", *own]
    by_genre = ["唐人排律", "embedded 守律 + 检索 排律", "embedded 守律 + 检索 词"]  # no 宋词 in this corpus
    both = [(name, profile) for name in expected for profile in ("paper", "strict")]
    assert names == [*both, *((name, "strict") for name in by_genre)]
    guided = rows[-4]
    assert (guided["n"], guided["all_rules"], guided["length"]) == (2, 100.0, 100.0)
    assert guided["quality"].keys() == {measure.name for measure in MEASURES}
    assert len(read_log(log)) == 8
    assert {path.name for path in tmp_path.glob("table.*")} == {"table.md", "table.json", "table.svg"}
    # The same again, from what was kept.
    again = CliRunner().invoke(app, ["--from-log", str(log), "--json"], catch_exceptions=False)
    kept = [json.loads(line) for line in again.stdout.splitlines()]
    strict = [row for row in rows if row["profile"] == "strict" and row["name"] in own]
    assert kept == [{name: value for name, value in row.items() if name != "quality"} for row in strict]


def test_no_heavy_library_is_loaded_before_it_is_needed() -> None:
    code = (
        "import sys, yayun.evaluation.cli\n"
        "assert 'numpy' not in sys.modules\n"
        "import yayun.evaluation.table, yayun.measures.measures, yayun.evaluation.validate\n"
        "assert not {'torch', 'sklearn', 'scipy', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_server_is_asked_the_requests(tmp_path: Path) -> None:
    from tests.backends.chat_server import say, serving

    requests = tmp_path / "requests.jsonl"
    requests.write_text('{"request": "以《登楼》为题写一首五言绝句,押尤韵"}\n', encoding="utf-8")
    with serving(say("白日依山尽,黄河入海流。欲穷千里目,更上一层楼。")) as server:
        asked = ["--requests", str(requests), "--log", str(tmp_path / "log.jsonl"), "--mode", "free"]
        done = CliRunner().invoke(app, [*asked, "--json", "--backend", "openai", "--base-url", server.url])
        assert len(server.requests) == 1
    assert done.exit_code == 0, done.output
    row = json.loads(done.stdout)
    assert (row["name"], row["all_rules"], row["copied_lines"]) == ("openai 自由 + 检索", 100.0, 100.0)


def test_a_recipe_fills_its_cells(tmp_path: Path) -> None:
    from tests.backends.chat_server import say, serving

    requests, recipe = tmp_path / "requests.jsonl", tmp_path / "evaluate.yaml"
    requests.write_text('{"request": "以《登楼》为题写一首五言绝句,押尤韵"}\n', encoding="utf-8")
    with serving(say("白日依山尽,黄河入海流。欲穷千里目,更上一层楼。")) as server:
        recipe.write_text(
            f"name: x\nrequests: {requests}\nbackend: openai\nbase_url: {server.url}\nprofiles: [strict]\n"
            "cells: [{mode: free, rag: false}, {mode: free, rag: true}]\n",
            encoding="utf-8",
        )
        asked = ["--recipe", str(recipe), "--log", str(tmp_path / "log.jsonl"), "--json"]
        done = CliRunner().invoke(app, asked)
        assert len(server.requests) == 2
        assert CliRunner().invoke(app, asked).stdout == done.stdout
        assert len(server.requests) == 2  # the log had the answers
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["name"] for row in rows] == ["openai 自由", "openai 自由 + 检索"]
    recipe.write_text("name: x\ncells: []\n", encoding="utf-8")
    with pytest.raises(YayunError, match="requests"):
        CliRunner().invoke(app, asked, catch_exceptions=False)
