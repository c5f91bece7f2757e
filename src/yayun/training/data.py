"""From corpus poems to token sequences and length-bucketed batches, reproducible from (seed, pass, index)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from yayun.corpus.store import CorpusPoem, read_poems
from yayun.prosody.groups import groups
from yayun.prosody.labels import pattern_label, rhyme_label
from yayun.prosody.lexicon import standardize
from yayun.training.recipe import DataMix
from yayun.training.themes import theme_of
from yayun.writers.prompt import OFFERED, Conditions, answer_tokens, offered_feet, plan_tokens, prompt_tokens

Labels = Literal["quick", "reviewed"]
OLD = "古体"  # the pattern label of a poem that keeps none
FEWEST_OFFERED = 8


@dataclass(frozen=True, slots=True)
class Sample:
    """A clean poem with what the model can be told of it. ``words``: candidate imagery of each couplet; ``own``: the
    model's own verse, no poet's."""

    id: str
    dynasty: str
    form: str
    title: str
    lines: tuple[str, ...]
    rhyme: str | None
    pattern: str | None
    words: tuple[tuple[str, ...], ...]
    own: bool = False


def load_samples(split: str, limit: int = 0, labels: Labels = "quick") -> list[Sample]:
    """Samples of one split, in corpus order (0 = no limit)."""
    poems = [p for p in read_poems() if p.split == split and p.form]
    poems = poems[:limit] if limit else poems
    salience = word_salience(poems)
    samples = [to_sample(p, salience) for p in poems]
    return samples if labels == "quick" else list(relabelled(samples))


def relabelled(samples: Sequence[Sample]) -> Iterator[Sample]:
    """The samples with the verifier's labels: a poem without an error has its pattern, any other is 古体.

    What a pattern's name promises then holds for every poem that the model sees it with.
    """
    from yayun.prosody.bulk import review_all

    for sample, found in zip(samples, review_all([s.lines for s in samples]), strict=True):
        if found.passed and found.pattern:
            yield replace(sample, rhyme=found.rhyme, pattern=found.pattern)
        else:
            yield replace(sample, pattern=OLD)


def to_sample(poem: CorpusPoem, salience: dict[str, float]) -> Sample:
    """A clean poem (``poem.form`` set) with its labels; ``salience`` as from ``word_salience``."""
    lines = tuple(standardize(line) for line in poem.lines)
    assert poem.form is not None
    couplets = [lines[i : i + 2] for i in range(0, len(lines), 2)]
    return Sample(
        id=poem.id,
        dynasty=poem.dynasty,
        form=poem.form,
        title=standardize(poem.title),
        lines=lines,
        rhyme=rhyme_label(lines),
        pattern=pattern_label(lines, poem.form),
        words=tuple(tuple(rank_words(couplet, salience)) for couplet in couplets),
    )


def line_words(line: str) -> Iterator[str]:
    """Two-character units at the places where verse has its word boundaries (2+3 or 2+2+3)."""
    starts = (0, 2, 3) if len(line) == 5 else (0, 2, 4, 5)
    for i in starts:
        yield line[i : i + 2]


def word_salience(poems: Sequence[CorpusPoem]) -> dict[str, float]:
    """Two-character words that belong together (pointwise mutual information above 3 nats, seen 10 times or more)."""
    words: Counter[str] = Counter()
    chars: Counter[str] = Counter()
    for poem in poems:
        for line in poem.lines:
            text = standardize(line)
            words.update(line_words(text))
            chars.update(text)
    total_words, total_chars = words.total(), chars.total()
    found = {}
    for word, count in words.items():
        if count < 10:
            continue
        expected = chars[word[0]] * chars[word[1]] / total_chars**2
        pmi = math.log(count / total_words / expected)
        if pmi > 3:
            found[word] = pmi
    return found


def rank_words(couplet: Sequence[str], salience: dict[str, float]) -> list[str]:
    """The couplet's words, most salient first, at most four."""
    words = {w for line in couplet for w in line_words(line) if w in salience}
    return sorted(words, key=lambda w: (-salience[w], w))[:4]


def render(sample: Sample, mix: DataMix, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """(prompt, completion) tokens of a sample, its optional fields drawn by ``rng``."""
    draw = rng.random(3)
    chosen = [words[int(rng.integers(len(words)))] for words in sample.words if words]
    regular = sample.pattern not in (None, OLD) and sample.rhyme is not None
    told = rng.random(2) if mix.whole_plan or mix.feet else np.ones(2)
    feet = rhyme_feet(sample)
    imagery: tuple[str, ...] = ()
    if draw[0] < mix.imagery and chosen:
        count = int(rng.integers(1, min(3, len(chosen)) + 1))
        picked = rng.permutation(len(chosen))[:count]
        imagery = tuple(chosen[i] for i in picked)
    conditions = Conditions(
        dynasty=sample.dynasty,
        form=sample.form,
        rhyme=sample.rhyme,
        pattern=sample.pattern if draw[1] < mix.pattern else None,
        title=sample.title,
        imagery=imagery,
        feet=offered_among(feet, sample.rhyme, sample.title, sample.form, rng)
        if regular and told[0] < mix.feet
        else (),
    )
    if draw[2] >= mix.plan:
        plan = []
    elif regular and told[1] < mix.whole_plan:
        plan = plan_tokens(chosen, feet, theme_of(sample.title, sample.lines), sample.pattern)
    else:
        plan = plan_tokens(chosen, feet)
    return prompt_tokens(conditions), plan + answer_tokens(sample.lines)


def offered_among(
    own: Sequence[str], rhyme: str | None, title: str, form: str, rng: np.random.Generator
) -> tuple[str, ...]:
    """A poem's own feet among the likeliest of its group, shuffled: what retrieval would have offered."""
    count = int(rng.integers(FEWEST_OFFERED, OFFERED + 1))
    others = [c for c in offered_feet(rhyme, title, form) if c not in own]
    offered = [*own, *others[: max(0, count - len(own))]]
    return tuple(offered[i] for i in rng.permutation(len(offered)))


def rhyme_feet(sample: Sample) -> list[str]:
    """The characters that rhyme, in order: even lines, and the first where its pattern rhymes."""
    first = [sample.lines[0][-1]] if sample.pattern and sample.pattern.endswith("首句入韵") else []
    return first + [line[-1] for line in sample.lines[1::2]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a completion was asked for: ``pattern`` None where it is left open."""

    form: str
    rhyme: str
    pattern: str | None


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
IGNORE = -100


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


POOL = 4096


def batches_of_pass(
    samples: Sequence[Sample], ids: dict[str, int], mix: DataMix, batch_tokens: int, seed: int, number: int
) -> Iterator[Batch]:
    """One pass over the mix: shuffled, then bucketed by length within pools so that little is padding."""
    rng = np.random.default_rng([seed, number])
    index = np.repeat(np.arange(len(samples)), [_copies(s, mix) for s in samples])
    order = rng.permutation(index)
    unknown = ids["<|unk|>"]
    for start in range(0, len(order), POOL):
        rows = []
        for j in order[start : start + POOL]:
            prompt, completion = render(samples[j], mix, rng)
            told, said = ([ids.get(t, unknown) for t in part] for part in (prompt, completion))
            rows.append((told, said, kept_by(samples[j])))
        rows.sort(key=_length)
        cuts = list(_cut(rows, batch_tokens))
        for k in rng.permutation(len(cuts)):
            yield pack(cuts[k])


def _copies(sample: Sample, mix: DataMix) -> int:
    """How often a poem comes in one pass."""
    if sample.own:
        return mix.own
    copies = {"唐": mix.tang, "宋": mix.song}[sample.dynasty]
    kept = kept_by(sample)
    return copies if kept is None or groups()[kept.rhyme].level else copies * mix.oblique


def kept_by(sample: Sample) -> Asked | None:
    """Form, group and pattern of a sample that has them."""
    if sample.rhyme is None or sample.pattern in (None, OLD):
        return None
    return Asked(sample.form, sample.rhyme, sample.pattern)


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
