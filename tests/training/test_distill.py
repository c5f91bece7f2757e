from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.backends.chat_server import say, send_json, serving

import yayun
from yayun.errors import YayunError
from yayun.journal import append_row, read_rows
from yayun.recipe import load_recipe
from yayun.training.distill import distill
from yayun.training.distill_recipe import DistillRecipe
from yayun.training.teacher import REPLIES

RECIPES = Path(__file__).parents[2] / "recipes"
THINK = "<think>立意:登高。韵脚:流、樓。</think>"
# The classics themselves would be refused as copied.
GOOD = "白日沈山盡,黃雲入海流。\n欲尋千里目,更倚一層樓。"
BAD = "白日沈山盡,黃雲入海流。\n欲尋千里目,更倚一層山。"


def teacher(url: str, **changes: object) -> DistillRecipe:
    asking = {"base_url": url, "model": "tiny", "workers": 2, "retries": 0, **changes}
    return DistillRecipe.model_validate({"name": "t", "source": "teacher", "size": 1, "teacher": asking})


@pytest.fixture
def one_poem(small_corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two poems to ask about, of the form and group that the scripted replies have."""
    from yayun.training import teacher as stage
    from yayun.training.samples import Sample

    poems = [Sample(name, "唐", "五绝", "登樓", ("",), "尤", "仄起首句不入韵", ()) for name in ("a", "b")]
    monkeypatch.setattr(stage, "shuffled_samples", lambda seed, limit: {"五绝": iter(poems)})


def test_rows_from_the_corpus_pass_the_verifier_and_come_out_the_same(small_corpus: Path, tmp_path: Path) -> None:
    recipe = load_recipe(RECIPES / "embedded/distill.yaml", DistillRecipe, ["size=20"])
    first, again = (distill(recipe, tmp_path / name) for name in ("a", "b"))
    assert first.read_bytes() == again.read_bytes()
    rows = list(read_rows(first))
    assert {row["meta"]["form"] for row in rows} >= {"五绝", "七绝", "五律"}
    for row in rows:
        system, user, assistant = row["messages"]
        verse = assistant["content"].partition("<answer>")[2].removesuffix("</answer>")
        found = yayun.check(verse, form=row["meta"]["form"], rhyme=row["meta"]["rhyme"])
        assert found.passed
        assert found.pattern == row["meta"]["pattern"]
        assert row["meta"]["retrieved"] == ("【可用韵脚】" in user["content"])
        assert [m["role"] for m in (system, user, assistant)] == ["system", "user", "assistant"]


def test_a_teachers_replies_are_kept_filtered_and_not_asked_for_twice(one_poem: None, tmp_path: Path) -> None:
    with serving(say(THINK + f"<answer>{BAD}</answer>"), say(THINK + f"<answer>{GOOD}</answer>")) as script:
        path = distill(teacher(script.url, workers=1), tmp_path)
        asked = len(script.requests)
        (row,) = read_rows(path)
        assert asked >= 2
        assert row["messages"][0]["content"].startswith("Respond in the following format")
        assert "可用韵脚" in row["messages"][1]["content"] or not row["meta"]["retrieved"]
        assert row["messages"][2]["content"] == f"{THINK}<answer>{GOOD}</answer>"
        assert row["messages"][:2] == script.requests[1]["messages"]
        assert row["meta"]["teacher"] == "tiny"
        assert row["meta"]["verdict"]["passed"]
        assert GOOD in row["meta"]["reply"]["text"]
        refused = next(read_rows(tmp_path / REPLIES))
        assert refused["row"] is None
        assert any("韵" in why for why in refused["objections"])
        distill(teacher(script.url, workers=1), tmp_path)
        assert len(script.requests) == asked


def test_going_on_after_a_kill_asks_only_for_what_is_missing(one_poem: None, tmp_path: Path) -> None:
    with serving(say(THINK + f"<answer>{BAD}</answer>")) as script, pytest.raises(YayunError, match="没有一条通过"):
        distill(teacher(script.url, tries=1), tmp_path)
    assert len(script.requests) == 2
    log = tmp_path / REPLIES
    whole = log.read_bytes()
    first, second, _ = whole.split(b"\n")
    log.write_bytes(first + b"\n" + second[: len(second) // 2])  # the kill came while the second was written
    missing = json.loads(second)["key"]
    with serving(say(THINK + f"<answer>{GOOD}</answer>")) as script:
        distill(teacher(script.url, tries=1), tmp_path)
        assert len(script.requests) == 1
    assert [record["key"] for record in read_rows(log)] == [json.loads(first)["key"], missing]


def test_calls_that_run_out_keep_what_was_paid_for(one_poem: None, tmp_path: Path) -> None:
    with serving(say(THINK + f"<answer>{GOOD}</answer>")) as script:
        recipe = teacher(script.url, max_calls=1, tries=2).model_copy(update={"size": 2})
        assert len(list(read_rows(distill(recipe, tmp_path)))) == 1
        assert len(script.requests) == 1
        assert len(list(read_rows(distill(recipe, tmp_path)))) == 2
        assert len(script.requests) == 2


def test_copied_verse_and_verse_without_thought_are_refused(one_poem: None, tmp_path: Path) -> None:
    classic = "白日依山盡,黃河入海流。欲窮千里目,更上一層樓。"
    replies = say(THINK + f"<answer>{classic}</answer>"), say(f"<answer>{GOOD}</answer>")
    with serving(*replies) as script, pytest.raises(YayunError, match="没有一条通过"):
        distill(teacher(script.url, workers=1, tries=1), tmp_path)
    copied, thoughtless = (record["objections"] for record in read_rows(tmp_path / REPLIES))
    assert any("抄录" in why for why in copied)
    assert thoughtless == ["没有构思"]


def test_a_server_that_refuses_everything_is_one_sentence(one_poem: None, tmp_path: Path) -> None:
    with serving(send_json({"error": {"message": "bad key"}}, 401)) as script, pytest.raises(YayunError, match="密钥"):
        distill(teacher(script.url), tmp_path)
    with pytest.raises(YayunError, match="base_url"):
        distill(DistillRecipe(name="t", source="teacher"), tmp_path)


def test_the_command(small_corpus: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text(yaml.safe_dump({"name": "r", "size": 2}), encoding="utf-8")
    command = [sys.executable, "-m", "yayun", "train", "distill", "--recipe", str(recipe), "--run", str(tmp_path)]
    done = subprocess.run([*command, "seed=3"], capture_output=True, text=True, check=True)
    assert len(list(read_rows(Path(done.stdout.strip())))) == 2
    assert subprocess.run([*command, "sizes=3"], capture_output=True, text=True, check=False).returncode == 2


def test_a_journal_loses_nothing_but_a_torn_row(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "log.jsonl"
    assert list(read_rows(path)) == []
    append_row(path, {"a": "韻"})
    with path.open("ab") as f:
        f.write(b'{"b": "\xe9')
    assert list(read_rows(path)) == [{"a": "韻"}]
    append_row(path, {"c": 1})
    assert list(read_rows(path)) == [{"a": "韻"}, {"c": 1}]
    path.write_bytes(b"torn")
    append_row(path, {"d": 1})
    assert list(read_rows(path)) == [{"d": 1}]


@pytest.mark.parametrize("path", [RECIPES / "teacher.yaml", RECIPES / "embedded/distill.yaml"], ids=lambda p: p.stem)
def test_shipped_recipes_parse(path: Path) -> None:
    recipe = load_recipe(path, DistillRecipe, [])
    assert (recipe.source == "teacher") == (recipe.teacher is not None)
