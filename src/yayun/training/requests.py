"""What GRPO and rejection sampling ask for: requests drawn from the training split, the same for the same seed.

Titles are those of Tang poems of the training split; a title that any held-out poem has is never used, and with it no
benchmark request's (``benchmarks/requests.jsonl`` is drawn from the test split).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np

from yayun.corpus.store import CorpusPoem, read_poems
from yayun.errors import YayunError
from yayun.measures.verse import is_plain_title
from yayun.prompts import instruction, prompt
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.regulated import FORMS, patterns
from yayun.prosody.labels import rhyme_label
from yayun.prosody.readings.lexicon import standardize
from yayun.recipe import Strict
from yayun.retrieval.habits import habits
from yayun.retrieval.imagery import imagery_for
from yayun.retrieval.novelty import fold_line
from yayun.training.traces import Style

Rag = Literal["share", "all", "none"]
_FEWEST = 5  # poems that a group must have to be asked for


class Asking(Strict):
    """Shares of requests: ``oblique`` rhymes, a ``pattern`` asked for, ``imagery`` asked for, retrieved rhyme
    characters and images as composing offers them (``rag_share``, where ``rag`` is share), titles that name a subject
    as people's do (``plain_titles``)."""

    oblique: float = 0.2
    pattern: float = 0.9
    imagery: float = 0.25
    rag: Rag = "share"
    rag_share: float = 0.5
    plain_titles: float = 0.8


@dataclass(frozen=True, slots=True)
class Request:
    """One request. ``title``, ``imagery`` and ``feet`` in traditional script; ``pattern`` None: left open, for the
    embedded model; large ones are always told one (``settled``)."""

    form: str
    rhyme: str
    pattern: str | None
    title: str
    imagery: tuple[str, ...]
    feet: tuple[str, ...]
    settled: Form
    rag: bool
    theme: str | None = None
    acrostic: str = ""
    avoid_words: tuple[str, ...] = ()
    script: str = "traditional"
    book: str = PINGSHUI

    def messages(self, style: Style) -> list[dict[str, str]]:
        """The system and the user's turn, as composing and evaluation render them."""
        if style == "compact":
            told = prompt.Conditions("唐", self.form, self.rhyme, self.pattern, self.title, self.imagery, self.feet)
            return prompt.messages(told)
        found = instruction.retrieve(self, self.settled, self.rhyme) if self.rag else None
        return instruction.messages(self, self.settled, self.rhyme, found)

    def columns(self, style: Style) -> dict[str, Any]:
        """A row of a TRL data set: the prompt and what the rewards read."""
        pattern = self.pattern if style == "compact" else self.settled.variant
        return {
            "prompt": self.messages(style), "form": self.form, "rhyme": self.rhyme, "pattern": pattern or "",
            "title": self.title, "imagery": list(self.imagery), "feet": list(self.feet),
        }  # fmt: skip


def draw(count: int, asking: Asking, seed: int, together: int = 1, style: Style = "compact") -> list[Request]:
    """``count`` requests; each run of ``together`` shares a form, so that a step's completions are about as long.

    Raises YayunError where the corpus is not there.
    """
    rng = np.random.default_rng([seed, 71])
    titles = training_titles()
    if not titles[0] + titles[1]:
        raise YayunError("语料里没有可用的诗题:请先运行 yayun corpus fetch。")
    forms = list(_forms(count, together, rng))
    return [_draw(form, asking, titles, rng, style) for form in forms]


def _forms(count: int, together: int, rng: np.random.Generator) -> Iterator[str]:
    """Every form equally often, in a drawn order."""
    names = list(FORMS)
    for start in range(0, count, together):
        if start // together % len(names) == 0:
            order = rng.permutation(len(names))
        yield from [names[order[start // together % len(names)]]] * min(together, count - start)


def _draw(
    form: str, asking: Asking, titles: tuple[Sequence[str], Sequence[str]], rng: np.random.Generator, style: Style
) -> Request:
    draws = rng.random(5)
    level = bool(draws[0] >= asking.oblique) or not _rhyme_counts(False)
    counts = _rhyme_counts(level)
    rhyme = list(counts)[_pick([n**0.5 for n in counts.values()], rng)]
    options = patterns(form, oblique=not level)
    settled = options[_pick([habits(form, "pattern").get(p.variant, 1) for p in options], rng)]
    plain, other = titles
    pool = (plain if draws[1] < asking.plain_titles else other) or plain or other
    title = pool[int(rng.integers(len(pool)))]
    rag = asking.rag == "all" or (asking.rag == "share" and draws[3] < asking.rag_share)
    offered = rag and style == "compact"
    imagery: tuple[str, ...] = ()
    if (offered or draws[2] < asking.imagery) and (found := [w for w in imagery_for(title, 8) if len(w) == 2]):
        count = 2 if offered else int(rng.integers(1, 3))
        imagery = tuple(standardize(found[i]) for i in sorted(rng.permutation(len(found))[:count]))
    feet = prompt.offered_feet(rhyme, title, form) if offered else ()
    pattern = settled.variant if draws[4] < asking.pattern else None
    return Request(form, rhyme, pattern, title, imagery, feet, settled, rag)


def _pick(weights: Sequence[float], rng: np.random.Generator) -> int:
    shares = np.asarray(weights, float)
    return int(rng.choice(len(shares), p=shares / shares.sum()))


@cache
def _rhyme_counts(level: bool, by: str = PINGSHUI) -> dict[str, int]:
    """Groups of a kind in which Tang poets of the training split rhymed often enough to learn from, with the number of
    poems."""
    counts = Counter(
        rhyme_label(p.lines, by) for p in read_poems() if p.dynasty == "唐" and p.form and p.split == "train"
    )
    return {name: counts[name] for name, g in book(by).groups.items() if g.level == level and counts[name] >= _FEWEST}


@cache
def training_titles() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(titles that name a subject, other titles) of Tang poems of the training split, each once, standard traditional
    characters; none that a held-out poem has."""
    poems = [poem for poem in read_poems() if poem.dynasty == "唐" and poem.form]
    held_out = {fold_line(poem.title) for poem in read_poems() if poem.split != "train"}
    names = dict.fromkeys(standardize(p.title) for p in poems if _usable(p, held_out))
    plain = tuple(name for name in names if is_plain_title(fold_line(name)))
    seen = set(plain)
    return plain, tuple(name for name in names if name not in seen)


def _usable(poem: CorpusPoem, held_out: set[str]) -> bool:
    return poem.split == "train" and bool(poem.title.strip()) and fold_line(poem.title) not in held_out
