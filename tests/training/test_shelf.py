from __future__ import annotations

from pathlib import Path

import pytest

from yayun.prompts import vocabulary as v
from yayun.training.samples import Sample, load_samples
from yayun.training.shelf import Shelf, shelve

CI = Sample(
    "x", "清", v.CI, "秋夜", ("碧雲天", "黃葉地"), None, None, (), tune="蘇幕遮", marks=(("，",), ("。", v.STANZA))
)


def test_samples_come_back_as_they_were(small_corpus: Path, tmp_path: Path) -> None:
    samples = [*load_samples("train"), CI]
    shelf = shelve(tmp_path / "shelf", samples)
    assert list(shelf) == samples
    again = Shelf(tmp_path / "shelf")
    assert (len(again), again[3], again[-2:]) == (len(samples), samples[3], samples[-2:])
    with pytest.raises(IndexError):
        again[len(samples)]


def test_a_shelf_that_was_not_finished_is_not_there(small_corpus: Path, tmp_path: Path) -> None:
    def broken() -> object:
        yield CI
        raise RuntimeError

    with pytest.raises(RuntimeError):
        shelve(tmp_path / "shelf", broken())  # type: ignore[arg-type]
    assert not (tmp_path / "shelf").exists()
    assert list(shelve(tmp_path / "shelf", [CI])) == [CI]
