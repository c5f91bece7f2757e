from __future__ import annotations

from pathlib import Path

import pytest

from yayun.errors import YayunError
from yayun.journal import read_rows
from yayun.prosody.forms.regulated import patterns
from yayun.recipe import load_recipe
from yayun.training import rejection, requests
from yayun.training.rejection import DRAWN, RejectionRecipe, best_row, reject
from yayun.training.requests import Request
from yayun.training.sft import SftRecipe, training_set
from yayun.training.start import load_tokenizer

RECIPES = Path(__file__).parents[2] / "recipes"
VERSE = "白日依山近，黃河入海流。欲窮千里目，更上一層樓。"
THINK = "【立意】登高【意象】白日、千里【仄起首句不入韵】【韵脚】流樓"


@pytest.fixture
def titles(small_corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small corpus has too few titles to hold any out."""
    monkeypatch.setattr(requests, "training_titles", lambda: (("春風", "秋夜"), ("送友人",)))


def told(verse: str = VERSE, think: str = THINK) -> str:
    return f"<think>{think}</think><answer>{verse}</answer>"


@pytest.fixture
def request_() -> Request:
    return Request("五绝", "尤", "仄起首句不入韵", "登樓", (), (), patterns("五绝")[1], False)


@pytest.fixture
def new_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the classic's lines count as new."""
    monkeypatch.setattr(rejection, "is_corpus_line", lambda line: False)


def tiny(model: Path, **changes: object) -> RejectionRecipe:
    values: dict = {"name": "tiny", "model": str(model), "requests": 6, "samples": 2, "together": 2, "limit": 12}
    return RejectionRecipe.model_validate(values | changes)


def test_the_shipped_recipe_samples_as_much_as_grpo() -> None:
    from yayun.training.grpo_recipe import GrpoRecipe

    shipped = load_recipe(RECIPES / "embedded/rejection.yaml", RejectionRecipe, [])
    grpo = load_recipe(RECIPES / "embedded/grpo.yaml", GrpoRecipe, [])
    assert shipped.requests * shipped.samples == grpo.steps * grpo.prompts * grpo.samples
    assert shipped.asking == grpo.requests


def test_the_faultless_one_is_kept_with_its_request(request_: Request, new_lines: None, tiny_model: Path) -> None:
    talk = request_.messages("compact")
    texts = [
        told(VERSE.replace("樓", "山")),  # out of rhyme
        told(),
        told(VERSE.replace("黃", "月")),  # 孤平
        told(think=THINK.replace("流樓", "樓流").replace("白日", "孤舟")),  # doesn't keep its plan
    ]
    row = best_row(request_, talk, texts, [-1.0, -9.0, -1.0, -1.0], tiny(tiny_model))
    assert row is not None
    assert row["messages"][:2] == talk
    assert row["messages"][2] == {"role": "assistant", "content": told()}
    assert row["meta"]["faultless"] == 1
    assert row["meta"]["verdict"]["passed"]
    assert row["meta"]["theme"] == "登高"
    assert best_row(request_, talk, texts[:1], [-1.0], tiny(tiny_model)) is None
    assert best_row(request_, talk, [], [], tiny(tiny_model)) is None


def test_the_likelier_of_two_like_poems_is_kept(request_: Request, new_lines: None, tiny_model: Path) -> None:
    other = told(VERSE.replace("目", "月"))
    for likelihoods, kept in (([-1.0, -5.0], told()), ([-5.0, -1.0], other)):
        row = best_row(request_, [], [told(), other], likelihoods, tiny(tiny_model))
        assert row is not None
        assert row["messages"][0]["content"] == kept


def test_corpus_lines_and_repeated_characters_are_turned_down(request_: Request, tiny_model: Path) -> None:
    assert best_row(request_, [], [told(VERSE.replace("近", "盡"))], [-1.0], tiny(tiny_model)) is None


def test_a_run_stopped_goes_on_and_sft_reads_the_set(
    titles: None, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tiny model writes nothing fit to keep: let every completion stand for a faultless one."""

    def keep(asked: Request, talk: list, texts: list, likelihoods: list, recipe: RejectionRecipe) -> dict | None:
        text = "<answer>白日依山盡，黃河入海流。</answer>"
        return {"messages": [*talk, {"role": "assistant", "content": text}], "meta": {"form": asked.form}}

    whole, broken = tmp_path / "whole", tmp_path / "broken"
    with pytest.raises(YayunError, match="没有一首"):
        reject(tiny(tiny_model, requests=2), tmp_path / "none")
    monkeypatch.setattr(rejection, "best_row", keep)
    path = reject(tiny(tiny_model), whole)
    reject(tiny(tiny_model), broken)
    drawn = (broken / DRAWN).read_bytes().splitlines(keepends=True)
    (broken / DRAWN).write_bytes(b"".join(drawn[:3]) + drawn[3][:7])
    assert reject(tiny(tiny_model), broken).read_bytes() == path.read_bytes()
    rows = list(read_rows(path))
    assert len(rows) == 6
    assert [message["role"] for message in rows[0]["messages"]] == ["system", "user", "assistant"]
    sft = SftRecipe(name="t", model=str(tiny_model), data=(str(path),))
    data = training_set(sft, load_tokenizer(tiny_model))
    assert set(data.column_names) == {"prompt", "completion"}
