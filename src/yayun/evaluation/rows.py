"""From poems to a row of the table: what the rules say of each, averaged, with bootstrap intervals over poems.

A poem that was not written (the request could not be met) counts as 0 in every score and breaks the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan, nan
from typing import TYPE_CHECKING, Any

from yayun.evaluation.samples import Sample
from yayun.lazy import lazy
from yayun.measures.bootstrap import Interval, mean_intervals
from yayun.measures.measures import Assessed
from yayun.measures.repetition import repeated_share
from yayun.prosody.forms.tunes.tune import tune
from yayun.prosody.meter.tunes.review import find_tunes, review_as, review_tune
from yayun.prosody.meter.tunes.verse import read_verse
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.review import Profile, review
from yayun.retrieval.novelty import fold_line, is_corpus_line

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy("numpy")

SCORES = ("tones", "rhymes", "antithesis", "length", "total")
# all_rules: no error, form and group as asked. copied_lines: of all lines, those that stand in the corpus.
COLUMNS = (*SCORES, "all_rules", "copied_lines", "repeated_characters", "seconds_per_poem")
IN_PERCENT = frozenset(COLUMNS) - {"seconds_per_poem"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row: ``values`` by column (percent; seconds), None where it was not measured, ``ci95`` likewise.

    ``kind`` and ``cold_start`` are the published table's 模型类型 and 是否冷启动; ``source`` is set in published rows.
    """

    name: str
    n: int | None
    profile: Profile
    values: dict[str, float | None]
    ci95: dict[str, Interval | None] = field(default_factory=dict)
    quality: tuple[Assessed, ...] = ()
    kind: str = ""
    cold_start: str = ""
    source: str = ""

    def to_json(self) -> dict[str, Any]:
        """The object ``evaluate --json`` prints."""
        row: dict[str, Any] = {"name": self.name, "n": self.n, "profile": self.profile, **self.values}
        row["ci95"] = {c: None if b is None else list(b) for c, b in self.ci95.items()}
        if self.quality:
            row["quality"] = {found.measure.name: found.to_json() for found in self.quality}
        if self.source:
            row["source"] = self.source
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Row:
        """The row of such an object; what the object may also say is its ``kind``."""
        bounds: dict[str, list[float] | None] = row["ci95"]
        quality: Mapping[str, Mapping[str, Any]] = row.get("quality", {})
        return cls(
            row["name"],
            row["n"],
            row["profile"],
            {column: row[column] for column in COLUMNS if column in row},
            {column: None if b is None else (b[0], b[1]) for column, b in bounds.items()},
            tuple(Assessed.from_json(name, found) for name, found in quality.items()),
            row.get("kind", ""),
            source=row.get("source", ""),
        )


def judge(sample: Sample, profile: Profile, own: bool = False) -> tuple[float, ...]:
    """A poem's numbers by ``COLUMNS``, in 0..1 and seconds; NaN for what has no meaning.

    ``own``: the poem stands in the corpus itself, so copying is not asked about.
    """
    seconds = nan if sample.seconds is None else sample.seconds
    if not any(sample.lines):
        return (0.0,) * (len(SCORES) + 1) + (nan, nan, seconds)
    copied = nan if own else sum(map(is_corpus_line, sample.lines)) / len(sample.lines)
    folded = ["".join(filter(is_hanzi, fold_line(line))) for line in sample.lines]
    if sample.tune:
        return *_of_tune(sample), copied, repeated_share(folded), seconds
    found = review(sample.lines, form=sample.form, rhyme=sample.rhyme, profile=profile)
    scores = found.scores
    return (
        scores.tones, scores.rhymes, scores.antithesis, scores.length, scores.total,
        float(found.passed), copied, repeated_share(folded), seconds,
    )  # fmt: skip


def _of_tune(sample: Sample) -> tuple[float, ...]:
    """The scores of a 词 (antithesis has no meaning), and whether it has no error: by the variant it was written in,
    else by the nearest one of its tune."""
    form = next((form for form in tune(sample.tune).forms if form.variant == sample.variant), None)
    if form is not None:
        found = review_as(form, sample.lines)
    else:
        found = review_tune(read_verse(sample.stanzas), find_tunes(sample.tune))
    tones, rhymed, length = found.kept
    kept = found.passed and (sample.rhyme is None or sample.rhyme in (found.rhyme or ""))
    return tones, rhymed, nan, length, (0.4 * tones + 0.3 * rhymed + 0.1 * length) / 0.8, float(kept)


def make_row(
    name: str,
    samples: Sequence[Sample],
    profile: Profile = "strict",
    own: bool = False,
    progress: Callable[[int], object] = lambda done: None,
    kind: str = "",
) -> Row:
    """Judge samples and average. The same samples give the same row."""
    marks = np.empty((len(samples), len(COLUMNS)))
    for i, sample in enumerate(samples):
        marks[i] = judge(sample, profile, own)
        progress(i + 1)
    means, bounds = _means(marks), mean_intervals(marks)
    return Row(
        name,
        len(samples),
        profile,
        {c: _shown(c, mean) for c, mean in zip(COLUMNS, means, strict=True)},
        {c: _shown_bounds(c, b) for c, b in zip(COLUMNS, bounds, strict=True)},
        kind=kind,
    )


def _means(marks: np.ndarray) -> list[float]:
    known = ~np.isnan(marks)
    return [float(marks[known[:, c], c].mean()) if known[:, c].any() else nan for c in range(marks.shape[1])]


def _shown(column: str, value: float) -> float | None:
    """As the table has it: percent to two places, seconds to four."""
    if isnan(value):
        return None
    return round(100 * value, 2) if column in IN_PERCENT else round(value, 4)


def _shown_bounds(column: str, bounds: Interval) -> Interval | None:
    low, high = (_shown(column, bound) for bound in bounds)
    return None if low is None or high is None else (low, high)
