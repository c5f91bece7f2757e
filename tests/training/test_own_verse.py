"""The model's own guided verse as training data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import tiny_recipe

from yayun.errors import YayunError
from yayun.journal import read_rows
from yayun.prosody.review import review
from yayun.training import requests
from yayun.training.batches import batches_of_pass
from yayun.training.distill import distill
from yayun.training.distill_recipe import DistillRecipe
from yayun.training.own_verse import POEMS, read_verse
from yayun.training.pretrain import pretrain
from yayun.training.recipe import DataMix
from yayun.training.samples import load_samples
from yayun.training.tokenizer import build_vocabulary


@pytest.fixture(autouse=True)
def titles(small_corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small corpus has too few titles and groups of its own."""
    monkeypatch.setattr(requests, "training_titles", lambda: (("春風", "秋夜"), ("送友人",)))
    monkeypatch.setattr(requests, "_rhyme_counts", lambda level: {"尤": 3, "东": 2} if level else {"月": 1})


def recipe(model: Path, size: int = 4) -> DistillRecipe:
    guided = {"model": str(model), "candidates": 2, "threads": 1, "asking": {"oblique": 0.5}}
    return DistillRecipe.model_validate({"name": "own", "source": "guided", "size": size, "guided": guided})


def test_verse_keeps_the_rules_goes_on_where_it_stopped_and_teaches(tiny_model: Path, tmp_path: Path) -> None:
    run = tmp_path / "verse"
    rows = list(read_rows(distill(recipe(tiny_model), run)))
    poems = (run / POEMS).read_bytes()
    written = [row["poem"] for row in read_rows(run / POEMS) if row["poem"]]
    assert len(list(read_rows(run / POEMS))) == 4
    assert written
    assert all(review(poem["lines"]).passed for poem in written)
    assert rows
    assert {row["meta"]["source"] for row in rows} == {"guided"}
    assert all(row["meta"]["verdict"]["passed"] for row in rows)
    # Stopped after one poem, it writes the others as it would have.
    (run / POEMS).write_bytes(poems[: poems.index(b"\n") + 1])
    distill(recipe(tiny_model), run)
    assert (run / POEMS).read_bytes() == poems
    samples = read_verse([run])
    assert all(sample.own and sample.rhyme and sample.pattern for sample in samples)
    learnt = pretrain(tiny_recipe(verse=[str(run)], phases=[{"tokens": 500, "mix": {"own": 3}}]), tmp_path / "run")
    assert learnt.is_dir()


def test_own_verse_comes_as_often_as_the_mix_says(tiny_model: Path, tmp_path: Path) -> None:
    distill(recipe(tiny_model), tmp_path / "verse")
    own = read_verse([tmp_path / "verse"])
    corpus = load_samples("train")
    ids = {token: i for i, token in enumerate(build_vocabulary(corpus + own, 1))}

    def rows(**mix: int) -> int:
        batches = batches_of_pass(corpus + own, ids, DataMix(**mix), 400, 1, 0)
        return sum(len(batch.tokens) for batch in batches)

    assert rows(own=3) - rows(own=1) == 2 * len(own)
    # Oblique copies are of the poets' verse: there the model's own is no rarity.
    assert rows(own=1, tang=0, song=0, oblique=5) == len(own)


def test_without_verse_the_error_says_what_to_run(tmp_path: Path) -> None:
    (tmp_path / POEMS).write_text(json.dumps({"request": 0, "poem": None}) + "\n", encoding="utf-8")
    with pytest.raises(YayunError, match="distill"):
        read_verse([tmp_path])
