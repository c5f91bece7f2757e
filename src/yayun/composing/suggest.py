"""Other wordings for one line of a poem, or for one character, that keep the rules beside the lines that stand.

The embedded model proposes within the decoder's masks, the review decides what may stand, and what is left is ranked as
drafts are (``choosing``): by the sense a reader would find in the poem with it, and by antithesis where it is owed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from yayun.choosing.rank import judge
from yayun.composing.settle import in_place
from yayun.decoding.constraint import Frame, unit_fits
from yayun.decoding.decode import Draft
from yayun.decoding.guidance import Guide, Task
from yayun.decoding.options import Sampling
from yayun.decoding.sampling import log_probability, sample_rows
from yayun.errors import YayunError
from yayun.prompts import vocabulary as v
from yayun.prompts.order import Fixed, Order
from yayun.prosody.books.shelf import book
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.regulated import FORMS, patterns
from yayun.prosody.meter.finding import Finding, ordinal
from yayun.prosody.parallelism.couplet import couplet_parallelism
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.readings.lexicon import standardize
from yayun.prosody.review import Review, review
from yayun.retrieval.novelty import is_corpus_line
from yayun.script import to_simplified

if TYPE_CHECKING:
    from yayun.decoding.embedded import EmbeddedWriter
    from yayun.decoding.session import State

DRAWN = 48  # lines drawn to choose from
LOOKED_AT = 400  # characters tried at a place, likeliest first
SCORED = 32  # characters that are read on from, to the end of the next line
# In points of a reader's five for the whole poem, as ``choosing`` counts:
PARALLEL = 0.15  # what full antithesis is worth to a couplet that owes it
WARNING = 0.05  # what a warning costs
NOTICED = 0.1  # a difference that shows
SAMPLING = Sampling(temperature=0.75, top_p=0.98)


@dataclass(frozen=True, slots=True)
class Candidate:
    """``text`` in the script asked for; ``score`` 1 for the best, a third for one ``NOTICED`` points worse;
    ``note`` what to know of it ('' for nothing)."""

    text: str
    score: float
    note: str


@dataclass(frozen=True)
class Wanted:
    """A poem and the place to change: ``line`` and ``column`` from 0, None for the whole line. ``form`` 五绝 …,
    ``rhyme`` a canonical group, ``lines`` in either script.

    Raises YayunError where the lines have not the form's shape, or the place is not in them.
    """

    form: str
    rhyme: str
    lines: tuple[str, ...]
    line: int
    column: int | None = None
    title: str = ""
    pattern: str | None = None
    script: str = "simplified"

    def __post_init__(self) -> None:
        width, count = FORMS[self.form]
        if len(self.lines) != count or any(len(line) != width for line in self.lines):
            raise YayunError(f"{self.form}要 {count} 句,每句 {width} 字:请先补足诗句。")
        if not all(is_hanzi(char) for line in self.lines for char in line):
            raise YayunError("诗句里只能有汉字。")
        if self.line >= count or (self.column or 0) >= width:
            raise YayunError("要改的地方不在诗里。")

    @cached_property
    def written(self) -> tuple[str, ...]:
        """The lines as the model writes them."""
        return tuple(map(in_place, self.lines))

    @cached_property
    def judged(self) -> Review:
        """The review of the poem as it is."""
        return self.review_with(self.lines[self.line])

    def review_with(self, text: str) -> Review:
        """The review with another wording of the line."""
        lines = [*self.lines[: self.line], text, *self.lines[self.line + 1 :]]
        return review(lines, form=self.form, rhyme=self.rhyme, pattern=self.pattern)

    def shown(self, text: str) -> str:
        """``text`` (traditional) in the script asked for."""
        return text if self.script == "traditional" else to_simplified(text)


def suggest(wanted: Wanted, writer: EmbeddedWriter, count: int, seed: int) -> tuple[Candidate, ...]:
    """Up to ``count`` candidates, best first; none where nothing else keeps the rules.

    Raises YayunError where the line can't be mended because the other line of its couplet is at fault.
    """
    placed = _Placed(wanted, writer)
    texts = _other_lines(placed, seed) if wanted.column is None else _other_characters(placed)
    kept = [(text, found) for text in texts if (found := _review(wanted, text)) is not None]
    if not kept:
        return ()
    worth = judge(wanted.title, (), placed.drafts([text for text, _ in kept]))
    worth += [PARALLEL * _parallelism(wanted, text) - WARNING * _warnings(wanted, found) for text, found in kept]
    errors = np.array([len(_errors(found)) for _, found in kept])
    order = np.lexsort((-worth, errors))[:count]
    best = worth[order].max()
    return tuple(
        Candidate(
            wanted.shown(kept[i][0] if wanted.column is None else kept[i][0][wanted.column]),
            round(float(np.exp((worth[i] - best) / NOTICED)), 4),
            _note(wanted, *kept[i]),
        )
        for i in order
    )


# -- what may stand ---------------------------------------------------------------------------------------------------


def _review(wanted: Wanted, text: str) -> Review | None:
    """The review with another line (traditional), if it may stand: no error at the place, none more in the poem, and no
    line of the corpus."""
    if text == wanted.written[wanted.line] or is_corpus_line(text):
        return None
    found = wanted.review_with(wanted.shown(text))
    errors = _errors(found)
    return None if len(errors) > len(_errors(wanted.judged)) or any(_is_there(wanted, e) for e in errors) else found


def _errors(found: Review) -> list[Finding]:
    return [finding for finding in found.findings if finding.severity == "error"]


def _is_there(wanted: Wanted, finding: Finding) -> bool:
    """Does a finding lie at the place to change?"""
    return finding.line == wanted.line + 1 and wanted.column in (None, (finding.column or 0) - 1)


def _warnings(wanted: Wanted, found: Review) -> int:
    return sum(f.severity == "warning" and f.line == wanted.line + 1 for f in found.findings)


def _owes_antithesis(wanted: Wanted) -> bool:
    return any(wanted.line in pair for pair in patterns(wanted.form)[0].parallel)


def _parallelism(wanted: Wanted, text: str) -> float:
    if not _owes_antithesis(wanted):
        return 0.0
    other = wanted.written[wanted.line ^ 1]
    return couplet_parallelism(text, other) if wanted.line % 2 == 0 else couplet_parallelism(other, text)


def _note(wanted: Wanted, text: str, found: Review) -> str:
    said = [f.rule for f in found.findings if f.line == wanted.line + 1 and f.severity != "error"]
    if _owes_antithesis(wanted):
        said.insert(0, f"对仗 {_parallelism(wanted, text):.0%}")
    return "、".join(dict.fromkeys(said))


# -- what the model proposes ------------------------------------------------------------------------------------------


class _Placed:
    """The model brought to the beginning of the place."""

    def __init__(self, wanted: Wanted, writer: EmbeddedWriter) -> None:
        self.wanted, self.session, self.characters = wanted, writer.session, writer.characters
        self.frame = Frame(_pattern(wanted), wanted.rhyme, _others(wanted))
        self.prompt = writer.prompt(Order(wanted.title, self.frame.pattern, wanted.rhyme))

    @property
    def before(self) -> str:
        """What of the line stands before the place."""
        return self.wanted.written[self.wanted.line][: self.wanted.column or 0]

    @cached_property
    def state(self) -> State:
        """The model after all that stands before the place."""
        tokens = [*self.prompt, v.ANSWER]
        for i, line in enumerate(self.wanted.written[: self.wanted.line]):
            tokens += [*line, v.STOP if i % 2 else v.COMMA]
        return self.session.start([self.session.encode([*tokens, *self.before])])

    def drafts(self, texts: Sequence[str]) -> list[Draft]:
        """The poem with each wording, as ``choosing`` judges it. Likelihoods before the place, and after the line that
        follows, are the same for all, or nearly: they are left at 0."""
        line, written, start = self.wanted.line, self.wanted.written, len(self.before)
        found = []
        for text, nats in zip(texts, self._likelihoods(texts).tolist(), strict=True):
            rows = [[0.0] * len(other) for other in written]
            rows[line][start:] = nats[: len(text) - start]
            if line + 1 < len(written):
                rows[line + 1] = nats[len(text) - start :]
            lines = (*written[:line], text, *written[line + 1 :])
            mean = sum(nats) / sum(map(len, lines))
            found.append(Draft(lines, (), (), mean, nats=tuple(map(tuple, rows))))
        return found

    def _likelihoods(self, texts: Sequence[str]) -> np.ndarray:
        """Log probabilities, in nats, of the characters of each line from the place on and of the line that follows,
        shape (texts, characters)."""
        line, written = self.wanted.line, self.wanted.written
        following = [] if line + 1 == len(written) else [v.STOP if line % 2 else v.COMMA, *written[line + 1]]
        rows = np.array([self.session.encode([*text[len(self.before) :], *following]) for text in texts])
        counted = [token not in (v.COMMA, v.STOP) for token in [*texts[0][len(self.before) :], *following]]
        state = self.state.select([0] * len(texts))
        found = []
        for i, counts in enumerate(counted):
            if counts:
                found.append(log_probability(state.logits, rows[:, i]))
            if i + 1 < len(counted):
                state = self.session.step(state, rows[:, i : i + 1])
        return np.stack(found, axis=1)


def _pattern(wanted: Wanted) -> Form:
    """The pattern the poem is in; where it is in none, the one that most of its couplets fit."""
    every = patterns(wanted.form, oblique=not book(wanted.judged.book).level(wanted.rhyme))
    asked = [p for p in every if wanted.pattern is None or wanted.pattern in p.variant] or list(every)
    fixed = _others(wanted)
    starts = range(0, len(wanted.lines), 2)

    def worth(pattern: Form) -> tuple[bool, bool, int]:
        frame = Frame(pattern, wanted.rhyme, fixed)
        fits = [unit_fits(frame, start) for start in starts]
        return fits[wanted.line // 2], pattern.variant == wanted.judged.pattern, sum(fits)

    best = max(asked, key=worth)
    if wanted.column is None and not worth(best)[0]:
        other = ordinal((wanted.line ^ 1) + 1)
        raise YayunError(f"第{other}句自身不合律,怎样配第{ordinal(wanted.line + 1)}句都不成:请先改第{other}句。")
    return best


def _others(wanted: Wanted) -> Fixed:
    """The characters of the other lines."""
    return tuple(
        ((i, j), char) for i, line in enumerate(wanted.written) if i != wanted.line for j, char in enumerate(line)
    )


def _other_lines(placed: _Placed, seed: int) -> list[str]:
    """Lines drawn within the masks, each once."""
    guide = Guide(Task(placed.prompt, placed.frame), placed.characters, firmness=1.0)
    for line in placed.wanted.written[: placed.wanted.line]:
        for char in line:
            guide.push(char)
    guides = [guide.copy() for _ in range(DRAWN)]
    state, rng = placed.state.select([0] * DRAWN), np.random.default_rng([seed, 4])
    width = placed.frame.pattern.width
    for column in range(width):
        logits = state.logits.copy()
        for row, each in enumerate(guides):
            each.shape(logits[row])
        chosen = sample_rows(logits, SAMPLING, rng.random(DRAWN))
        for each, i in zip(guides, chosen, strict=True):
            each.push(placed.characters.tokens[i])
        if column + 1 < width:
            state = placed.session.step(state, chosen[:, None])
    return list(dict.fromkeys(each.tracker.lines[placed.wanted.line] for each in guides))


def _other_characters(placed: _Placed) -> list[str]:
    """The line with other characters at the place, those the model finds likeliest first, each in one spelling."""
    wanted, tokens = placed.wanted, placed.characters.tokens
    column = wanted.column or 0
    line = wanted.written[wanted.line]
    used = set("".join(map(standardize, wanted.written)))
    shown: set[str] = set()
    found: list[str] = []
    for i in np.argsort(-placed.state.logits[0])[:LOOKED_AT]:
        if not placed.characters.hanzi[i] or tokens[i] in used or to_simplified(tokens[i]) in shown:
            continue
        text = line[:column] + tokens[i] + line[column + 1 :]
        if _review(wanted, text) is not None:
            found.append(text)
            shown.add(to_simplified(tokens[i]))
            if len(found) == SCORED:
                break
    return found
