"""The adversarial reward: a classifier of human verse against the model's own, fitted anew on fresh samples.

The same kind of classifier as the naturalness measure's (``measures.naturalness``): TF-IDF of character
1- and 2-grams, logistic regression. Because it is refitted every few steps, a mannerism stops paying soon after the
model takes it up. A sample is always scored by a classifier that has not seen it. A model trained on this reward
can't be judged by that measure alone.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from yayun.corpus.store import read_poems
from yayun.home import atomic_open
from yayun.measures.naturalness import MIN_DF, REGULARISATION, grams, joined
from yayun.prosody.labels import rhyme_label
from yayun.retrieval.novelty import fold_line
from yayun.training.rewards import Completions, Poem, Prompts, poems_of

CLIP = 2.0  # nats: a poem the classifier is sure of is worth no more than one it is nearly sure of
STATE = "naturalness.json"


@dataclass(frozen=True, slots=True)
class HumanPoem:
    """A human poem to tell samples from; lines in the folded spelling."""

    form: str
    rhyme: str | None
    lines: tuple[str, ...]


def human_poems(limit: int = 0, seed: int = 0) -> list[HumanPoem]:
    """Regular-shaped Tang poems of the training split; ``limit`` of them drawn by ``seed``, 0 for all."""
    poems = [p for p in read_poems() if p.dynasty == "唐" and p.form and p.split == "train"]
    if 0 < limit < len(poems):
        poems = [poems[i] for i in np.random.default_rng([seed, 17]).permutation(len(poems))[:limit]]
    return [HumanPoem(str(p.form), rhyme_label(p.lines), tuple(map(fold_line, p.lines))) for p in poems]


@dataclass
class Naturalness:
    """The reward, -1..1: the log-odds of being human by the latest classifier, clipped and scaled; 0 before the first
    fit. ``human``: poems of the training split. ``every`` steps it is fitted anew on the samples since ``window``
    steps, against human poems of the same forms and groups.

    Called once a step; the step number comes from TRL's ``trainer_state``.
    """

    human: Sequence[HumanPoem]
    every: int = 10
    window: int = 15
    seed: int = 0
    fitted_at: int = -1
    fresh: deque[tuple[int, str, str | None, tuple[str, ...]]] = field(default_factory=deque)
    __name__ = "naturalness"

    def __post_init__(self) -> None:
        self._by_cell: dict[tuple[str, str | None], list[HumanPoem]] = {}
        for poem in self.human:
            self._by_cell.setdefault((poem.form, poem.rhyme), []).append(poem)
            self._by_cell.setdefault((poem.form, None), []).append(poem)
        self._judge: _Judge | None = None

    def __call__(self, prompts: Prompts, completions: Completions, trainer_state: Any, **columns: Any) -> list[float]:
        """Score a step's completions, then keep them for the next fit."""
        poems = poems_of(completions, columns)
        step = int(trainer_state.global_step)
        if self.fitted_at < 0 and not self.fresh:
            self.fitted_at = step
        if step - self.fitted_at >= self.every:
            self._fit(step)
        found = self._score(poems)
        self.fresh.extend((step, p.form, p.rhyme, tuple(p.folded)) for p in poems if p.lines)
        while self.fresh and self.fresh[0][0] <= step - self.window:
            self.fresh.popleft()
        return found

    def _score(self, poems: Sequence[Poem]) -> list[float]:
        if self._judge is None:
            return [0.0] * len(poems)
        odds = self._judge.log_odds([joined(p.folded) for p in poems])
        scaled = np.clip(odds, -CLIP, CLIP) / CLIP
        return [float(value) if poem.lines else -1.0 for poem, value in zip(poems, scaled, strict=True)]

    def _fit(self, step: int) -> None:
        samples = list(self.fresh)
        human = self._alike(Counter((form, rhyme) for _, form, rhyme, _ in samples), step)
        self._judge = _Judge.fit([joined(lines) for *_, lines in samples], [joined(p.lines) for p in human])
        self.fitted_at = step

    def _alike(self, cells: Counter[tuple[str, str | None]], step: int) -> list[HumanPoem]:
        """As many human poems of each form and group, where there are so many; else of the form."""
        rng = np.random.default_rng([self.seed, step])
        found: list[HumanPoem] = []
        for (form, rhyme), count in sorted(cells.items(), key=str):
            pool = self._by_cell.get((form, rhyme), [])
            if len(pool) < count:
                pool = self._by_cell.get((form, None), [])
            if pool:
                found += [pool[i] for i in rng.choice(len(pool), size=min(count, len(pool)), replace=False)]
        return found

    def save(self, folder: Path) -> None:
        """Keep what a resumed run needs to go on with the very same classifier."""
        judge = None if self._judge is None else self._judge.texts
        with atomic_open(folder / STATE) as f:
            json.dump({"fitted_at": self.fitted_at, "fresh": list(self.fresh), "judge": judge}, f, ensure_ascii=False)

    def load(self, folder: Path) -> None:
        """Restore what ``save`` kept."""
        state = json.loads((folder / STATE).read_text(encoding="utf-8"))
        self.fitted_at = state["fitted_at"]
        self.fresh = deque((step, form, rhyme, tuple(lines)) for step, form, rhyme, lines in state["fresh"])
        self._judge = None if state["judge"] is None else _Judge.fit(*state["judge"])


@dataclass(frozen=True, slots=True)
class _Judge:
    """A fitted classifier, with the texts (ours, human) that it can be fitted from again."""

    texts: tuple[list[str], list[str]]
    vectorizer: Any
    model: Any

    @classmethod
    def fit(cls, ours: list[str], human: list[str]) -> _Judge | None:
        """None where one side is too small to learn from."""
        from sklearn.linear_model import LogisticRegression

        if min(len(ours), len(human)) < MIN_DF * 8:
            return None
        vectorizer = grams()
        features = vectorizer.fit_transform([*ours, *human])
        labels = [0] * len(ours) + [1] * len(human)
        model = LogisticRegression(C=REGULARISATION, max_iter=300, class_weight="balanced").fit(features, labels)
        return cls((ours, human), vectorizer, model)

    def log_odds(self, texts: list[str]) -> np.ndarray:
        """(texts,) nats; above 0 for what looks human."""
        found: np.ndarray = self.model.decision_function(self.vectorizer.transform(texts))
        return found
