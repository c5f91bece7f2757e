"""What marks say of each arm of a sheet: means with bootstrap intervals over poems."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import TYPE_CHECKING, Any

from yayun.errors import YayunError
from yayun.evaluation.reading.answers import Mark
from yayun.evaluation.reading.sheet import HUMAN, Origin
from yayun.lazy import lazy
from yayun.measures.bootstrap import Interval, mean_intervals

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy("numpy")

NONSENSE = 2.0  # a poem of so little sense, or less, is nonsense
COLUMNS = ("sense", "craft", "nonsense", "human")
LABELS = {"sense": "通顺", "craft": "技巧", "nonsense": "不通(≤2)", "human": "当作人写"}


@dataclass(frozen=True)
class ArmScore:
    """``values`` by ``COLUMNS``: points of 5, and shares (0..1) of poems; ``forms``: mean sense and n by form;
    ``of_human``: sense over the human poems' of the same sheet. None where nothing was said."""

    arm: str
    n: int
    values: dict[str, float | None]
    ci95: dict[str, Interval | None]
    forms: dict[str, tuple[float, int]]
    of_human: float | None

    def to_json(self) -> dict[str, Any]:
        """The object that ``score --json`` prints."""
        return {
            "arm": self.arm,
            "n": self.n,
            **self.values,
            "of_human": self.of_human,
            "ci95": {name: None if bounds is None else list(bounds) for name, bounds in self.ci95.items()},
            "forms": {form: {"sense": sense, "n": n} for form, (sense, n) in self.forms.items()},
        }


def score(key: Mapping[int, Origin], readers: Sequence[Sequence[Mark]]) -> list[ArmScore]:
    """A row an arm, the human one first. Of several readers a poem's marks are averaged first.

    Raises YayunError where a mark is of no poem in the key.
    """
    by_poem: dict[int, list[Mark]] = defaultdict(list)
    for marks in readers:
        for mark in marks:
            if mark.number not in key:
                raise YayunError(f"评分里的第 {mark.number} 首不在对照里:这份评分不是这张卷子的。")
            by_poem[mark.number].append(mark)
    arms: dict[str, list[int]] = defaultdict(list)
    for number in sorted(by_poem):
        arms[key[number].arm].append(number)
    rows = {number: _row(marks) for number, marks in by_poem.items()}
    human = float(np.mean([rows[n][0] for n in arms[HUMAN]])) if arms.get(HUMAN) else None
    found = []
    for arm in sorted(filter(arms.get, arms), key=lambda arm: arm != HUMAN):
        numbers = arms[arm]
        found.append(_arm(arm, np.array([rows[n] for n in numbers]), [key[n].form for n in numbers], human))
    return found


def _row(marks: Sequence[Mark]) -> tuple[float, ...]:
    """A poem's marks by ``COLUMNS``, NaN where nobody gave one."""
    senses = [m.sense for m in marks]
    crafts = [m.craft for m in marks if m.craft is not None]
    said = [float(m.human) for m in marks if m.human is not None]
    sense = sum(senses) / len(senses)
    return sense, _mean(crafts), float(sense <= NONSENSE), _mean(said)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else nan


def _arm(arm: str, marks: Any, forms: Sequence[str], human: float | None) -> ArmScore:
    bounds = mean_intervals(marks)
    values: dict[str, float | None] = {}
    for i, name in enumerate(COLUMNS):
        known = [value for value in marks[:, i].tolist() if not isnan(value)]
        values[name] = round(_mean(known), 4) if known else None
    by_form: dict[str, list[float]] = defaultdict(list)
    for form, sense in zip(forms, marks[:, 0].tolist(), strict=True):
        by_form[form].append(sense)
    return ArmScore(
        arm,
        len(marks),
        values,
        {
            name: None if isnan(low) else (round(low, 4), round(high, 4))
            for name, (low, high) in zip(COLUMNS, bounds, strict=True)
        },
        {form: (round(_mean(senses), 4), len(senses)) for form, senses in sorted(by_form.items())},
        None if human is None else round(float(marks[:, 0].mean()) / human, 4),
    )


def table(scores: Sequence[ArmScore]) -> str:
    """As Markdown."""
    forms = sorted({form for row in scores for form in row.forms})
    head = ["谁写的", "n", *(LABELS[c] for c in COLUMNS), "通顺/人", *forms]
    body = [
        [row.arm, str(row.n), *(_shown(row, c) for c in COLUMNS), _plain(row.of_human)]
        + [f"{row.forms[f][0]:.2f} ({row.forms[f][1]})" if f in row.forms else "—" for f in forms]
        for row in scores
    ]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *body]) + "\n"


def _shown(row: ArmScore, column: str) -> str:
    value, bounds = row.values[column], row.ci95[column]
    if value is None or bounds is None:
        return "—"
    if column in ("nonsense", "human"):
        return f"{value:.0%} [{bounds[0]:.0%}, {bounds[1]:.0%}]"
    return f"{value:.2f} [{bounds[0]:.2f}, {bounds[1]:.2f}]"


def _plain(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"
