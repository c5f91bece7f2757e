"""From samples to length-bucketed batches of token ids, reproducible from (seed, pass, pool)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from yayun.prompts import vocabulary as v
from yayun.prosody.books.shelf import book
from yayun.training.recipe import DataMix
from yayun.training.rendering import render
from yayun.training.samples import Asked, Sample, kept_by

IGNORE = -100
POOL = 4096  # samples that are sorted by length together


@dataclass(frozen=True, slots=True)
class Batch:
    """``tokens``: (rows, length) int64, right-padded; ``targets``: (rows, length), -100 where nothing is learnt;
    ``target[i, t]`` is the token after ``tokens[i, t]``. ``kept``: a row each, what its poem keeps, None where it is
    not known to be regular."""

    tokens: np.ndarray
    targets: np.ndarray
    kept: tuple[Asked | None, ...] = ()

    @property
    def real(self) -> int:
        """Tokens that are not padding."""
        return int((self.tokens != 0).sum())


Row = tuple[list[int], list[int], Asked | None]


def pack(rows: Sequence[Row]) -> Batch:
    """Pad (prompt ids, completion ids, what is kept) rows into a batch; only completions are learnt."""
    width = max(map(_length, rows)) - 1
    tokens = np.zeros((len(rows), width), np.int64)
    targets = np.full((len(rows), width), IGNORE, np.int64)
    for i, (prompt, completion, _) in enumerate(rows):
        whole = prompt + completion
        tokens[i, : len(whole) - 1] = whole[:-1]
        targets[i, len(prompt) - 1 : len(whole) - 1] = completion
    return Batch(tokens, targets, tuple(kept for _, _, kept in rows))


def order_of_pass(samples: Sequence[Sample], mix: DataMix, seed: int, number: int) -> np.ndarray:
    """Indices of the samples of one pass in their order, each as often as the mix has it."""
    rng = np.random.default_rng([seed, number])
    expected = np.array([copies(s, mix) for s in samples])
    drawn = np.floor(expected + rng.random(len(samples))).astype(int)
    return rng.permutation(np.repeat(np.arange(len(samples)), drawn))


def batches_of_pool(
    samples: Sequence[Sample],
    order: np.ndarray,
    ids: dict[str, int],
    mix: DataMix,
    batch_tokens: int,
    seed: Sequence[int],
) -> list[Batch]:
    """The samples at ``order`` rendered, sorted by length so that little is padding, and cut into batches."""
    rng = np.random.default_rng(seed)
    rows = []
    for j in order:
        sample = samples[j]
        prompt, completion = render(sample, mix, rng)
        # With lines missing the places are not those that the rules are asked about.
        kept = None if v.KEPT in completion or v.BACKWARDS in prompt else kept_by(sample)
        rows.append((_encoded(prompt, ids), _encoded(completion, ids), kept))
    rows.sort(key=_length)
    cuts = list(_cut(rows, batch_tokens))
    return [_without_guessing(pack(cuts[k]), ids) for k in rng.permutation(len(cuts))]


def batches_of_pass(
    samples: Sequence[Sample], ids: dict[str, int], mix: DataMix, batch_tokens: int, seed: int, number: int
) -> Iterator[Batch]:
    """All batches of one pass over the mix."""
    order = order_of_pass(samples, mix, seed, number)
    for pool, start in enumerate(range(0, len(order), POOL)):
        yield from batches_of_pool(samples, order[start : start + POOL], ids, mix, batch_tokens, (seed, number, pool))


def copies(sample: Sample, mix: DataMix) -> float:
    """How often a poem comes in one pass, on average."""
    if sample.own:
        return mix.own
    often = {"唐": mix.tang, "宋": mix.song}.get(sample.dynasty, mix.later)
    if sample.form == v.CI:
        return often * mix.ci
    if sample.form in v.OLD_FORMS:
        return often * mix.old
    kept = kept_by(sample)
    return often if kept is None or book(sample.book).level(kept.rhyme) else often * mix.oblique


def _encoded(tokens: Sequence[str], ids: dict[str, int]) -> list[int]:
    unknown = ids[v.UNKNOWN]
    return [ids.get(t, unknown) for t in tokens]


def _without_guessing(batch: Batch, ids: dict[str, int]) -> Batch:
    """Which lines are missing was drawn by chance: nothing to learn."""
    batch.targets[np.isin(batch.targets, (ids[v.KEPT], ids[v.GAP]))] = IGNORE
    return batch


def _cut(rows: list[Row], batch_tokens: int) -> Iterator[list[Row]]:
    """Batches of rows sorted by length, each about ``batch_tokens`` with its padding.

    Filled from the longest down, so that the remainder is of short rows; it joins the batch before it rather than
    make a small one, whose noisy gradient would count as much as any other's.
    """
    batches: list[list[Row]] = []
    for row in reversed(rows):
        if not batches or (len(batches[-1]) + 1) * _length(batches[-1][0]) > batch_tokens:
            batches.append([])
        batches[-1].append(row)
    if len(batches) > 1 and 2 * len(batches[-1]) * _length(batches[-1][0]) < batch_tokens:
        batches[-2].extend(batches.pop())
    yield from batches


def _length(row: Row) -> int:
    return len(row[0]) + len(row[1])
