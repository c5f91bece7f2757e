from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.conftest import tiny_recipe

from yayun.errors import YayunError
from yayun.training import stream as streams
from yayun.training.arithmetic import arithmetic
from yayun.training.samples import load_samples
from yayun.training.stream import Position, ahead, stream
from yayun.training.tokenizer import build_vocabulary


def test_from_any_position_the_rest_is_the_same(small_corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "POOL", 40)  # several pools a pass
    samples = load_samples("train")
    ids = {token: i for i, token in enumerate(build_vocabulary(samples, 1))}
    recipe = tiny_recipe(phases=[{"tokens": 9000, "mix": {"gaps": 0.3, "tang": 1.5}}, {"tokens": 900, "mix": {}}])
    whole = list(stream(recipe, samples, ids, Position()))
    assert {here.pool for _, here in whole} >= {0, 1, 2}
    assert {here.number for _, here in whole} >= {0, 1}
    assert whole[-1][1].tokens >= 9900
    for start in (0, 3, len(whole) // 2, len(whole) - 2):
        rest = list(stream(recipe, samples, ids, whole[start][1]))
        assert [here for _, here in rest] == [here for _, here in whole[start + 1 :]]
        for (one, _), (other, _) in zip(rest, whole[start + 1 :], strict=True):
            assert np.array_equal(one.tokens, other.tokens)


def test_items_made_ahead_are_the_same_and_a_failure_is_handed_over() -> None:
    assert list(ahead(iter(range(50)), depth=2)) == list(range(50))
    assert list(islice(ahead(iter(range(10**9)), depth=2), 3)) == [0, 1, 2]

    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    found = ahead(broken())
    assert next(found) == 1
    with pytest.raises(ValueError, match="no more"):
        next(found)


def test_the_arithmetic_is_what_the_machine_has() -> None:
    plain = arithmetic("cpu", autocast=False)
    assert str(plain) == "cpu, float32"
    assert arithmetic("cpu", autocast="auto").bfloat16 in (True, False)
    assert plain.put(np.arange(3)).tolist() == [0, 1, 2]
    if not torch.cuda.is_available():
        assert arithmetic("auto", autocast=False) == plain
        with pytest.raises(YayunError, match="没有可用的 GPU"):
            arithmetic("cuda", autocast="auto")
