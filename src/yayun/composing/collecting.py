"""集句: a regular poem of lines of the corpus, each of another poem, chosen so that they go on from one another.

A beam search over the places of the pattern: of the lines that fit a place (tones, rhyme), those that name what the
title calls up come first, the model says how well a line follows those before it, beside how likely it is by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from yayun.backends.settled import Settled
from yayun.corpus.lines import CorpusLine, lines_of
from yayun.decoding.constraint import unit_tones
from yayun.decoding.decode import Draft
from yayun.decoding.embedded import ROWS
from yayun.decoding.sampling import log_probability
from yayun.errors import YayunError
from yayun.mending.standing import verdict
from yayun.prompts import vocabulary as v
from yayun.prompts.order import marks_told, written
from yayun.prosody.meter.room import unit_of
from yayun.prosody.parallelism.couplet import couplet_parallelism
from yayun.prosody.readings.lexicon import read_line, rhyme_groups, tones
from yayun.prosody.tones import OBLIQUE
from yayun.retrieval.imagery import imagery_for
from yayun.retrieval.units import title_units

if TYPE_CHECKING:
    from yayun.decoding.embedded import EmbeddedWriter
    from yayun.decoding.session import State
    from yayun.prompts.order import Order

READ = 160  # lines of each kind (rhyming or not) that the model reads by themselves
TRIED = 64  # of those that fit a place, so many are tried after each beginning
BEGINNINGS = {"quick": 3, "normal": 6, "careful": 12}
# What a line's likelihood after those before it counts, of which by itself so much is taken off; a parallel couplet
# where one is owed; a wish that the line names. In nats a character.
ALONE, PARALLEL, WISH = 0.6, 1.5, 0.6
ROUNDS = 6  # patterns and groups that are tried where one can't be filled


@dataclass(frozen=True, slots=True)
class Collected:
    """A poem of others' lines: the order that it fulfils, its draft, and whose each line is."""

    order: Order
    draft: Draft
    sources: tuple[CorpusLine, ...]


@dataclass(frozen=True)
class _Beginning:
    """A poem as far as it has come. ``row``: its row in the model's state."""

    lines: tuple[CorpusLine, ...]
    score: float
    row: int
    tones: int = 0  # what its last unit may still be read as

    @cached_property
    def chars(self) -> frozenset[str]:
        return frozenset("".join(line.text for line in self.lines))


def collect(settled: Settled, writer: EmbeddedWriter, effort: str) -> Collected | YayunError:
    """The poem that is asked for. What can't be had gives the error."""
    brief = settled.brief
    assert brief.way is not None
    width = settled.orders[0].pattern.width
    try:
        every = lines_of(width, brief.way.dynasty, brief.way.author)
    except YayunError as error:
        return error
    rng = np.random.default_rng([settled.seed, 4])
    orders = list({(order.rhyme, order.pattern.variant): order for order in settled.orders}.values())
    for order in orders[:ROUNDS]:
        found = _Search(settled, order, every, writer, BEGINNINGS[effort], rng).run()
        if found is not None:
            return found
    whose = brief.way.author or f"{brief.way.dynasty or '唐'}人"
    return YayunError(f"集{whose}的句子没能凑成《{settled.title}》:请换一个韵部、体裁,或不限哪一家。")


class _Search:
    """One pattern and group."""

    def __init__(
        self,
        settled: Settled,
        order: Order,
        every: Sequence[CorpusLine],
        writer: EmbeddedWriter,
        beginnings: int,
        rng: np.random.Generator,
    ) -> None:
        self.settled, self.order, self.writer, self.beginnings, self.rng = settled, order, writer, beginnings, rng
        self.form = order.pattern
        self.marks = marks_told(self.form, writer.session.ids)
        self.images = self._images()
        rhyming = [line for line in every if order.rhyme in rhyme_groups(line.text[-1])]
        others = [line for line in every if not line.even and tones(line.text[-1]) == {OBLIQUE}]
        self.kinds = {True: self._likeliest(rhyming), False: self._likeliest(others)}

    def run(self) -> Collected | None:
        """The best poem that keeps the rules; None where there is none."""
        prompt = self.writer.session.encode([*self.writer.prompt(replace(self.order, hints=(), feet=())), v.ANSWER])
        state = self.writer.session.start([prompt])
        begun = [_Beginning((), 0.0, 0)]
        for place in range(self.form.count):
            begun, state = self._next(place, begun, state)
            if not begun:
                return None
        for one in begun:
            texts = tuple(written(line.text) for line in one.lines)
            feet = tuple(texts[i][-1] for i in self.form.rhyming)
            draft = Draft(texts, (), feet, one.score)
            if verdict(self.order, draft, self.settled.brief).passed:
                return Collected(self.order, draft, one.lines)
        return None

    def _images(self) -> tuple[str, ...]:
        title = self.settled.title
        return tuple(dict.fromkeys((*self.order.imagery, *title_units(title), *imagery_for(title, 24))))

    def _likeliest(self, lines: Sequence[CorpusLine]) -> list[tuple[CorpusLine, float]]:
        """Some of the lines, those that name an image first, with the likelihood of each by itself."""
        order = self.rng.permutation(len(lines)).tolist()
        named = sorted(order, key=lambda i: -sum(image in lines[i].text for image in self.images))
        taken = [lines[i] for i in named[:READ]]
        taken = [line for line in taken if all(char in self.writer.session.ids for char in written(line.text))]
        untitled = self.writer.prompt(replace(self.order, title="", hints=(), feet=()))
        start = self.writer.session.encode([*untitled, v.ANSWER])
        if not taken:
            return []
        nats = self._read(self.writer.session.start([start]), [(0, line.text) for line in taken])
        return list(zip(taken, nats, strict=True))

    def _read(self, state: State, lines: Sequence[tuple[int, str]]) -> list[float]:
        """The mean log probability of the characters of each line after its row of the state."""
        session, found = self.writer.session, []
        for start in range(0, len(lines), ROWS):
            part = lines[start : start + ROWS]
            ids = np.array([session.encode(written(text)) for _, text in part])
            read, total = state.select([row for row, _ in part]), np.zeros(len(part))
            for i in range(ids.shape[1]):
                total += log_probability(read.logits, ids[:, i])
                if i + 1 < ids.shape[1]:
                    read = session.step(read, ids[:, i : i + 1])
            found += (total / ids.shape[1]).tolist()
        return found

    def _next(self, place: int, begun: Sequence[_Beginning], state: State) -> tuple[list[_Beginning], State]:
        """Every beginning with every line that may follow it, the best of these."""
        kind = self.kinds[self.form.lines[place].rhyme is not None]
        fitting = [(line, alone, bits) for line, alone in kind if (bits := self._bits(place, line.text))]
        first = place == unit_of(self.form, place)[0]
        longer: list[_Beginning] = []
        tried: list[tuple[_Beginning, CorpusLine, float, int]] = []
        for one in begun:
            may = [
                (one, line, alone, bits if first else bits & one.tones)
                for line, alone, bits in fitting
                if (first or bits & one.tones) and self._goes_on(one, line)
            ]
            tried += sorted(may, key=lambda row: -row[2] - self._wished(row[0], row[1]))[:TRIED]
        if not tried:
            return [], state
        for (one, line, alone, bits), likely in zip(
            tried, self._read(state, [(t[0].row, t[1].text) for t in tried]), strict=True
        ):
            gain = likely - ALONE * alone + self._wished(one, line) + self._answers(place, one, line)
            longer.append(_Beginning((*one.lines, line), one.score + gain, one.row, bits))
        kept = _unlike(sorted(longer, key=lambda one: -one.score), self.beginnings)
        session = self.writer.session
        ids = [session.encode([*written(one.lines[-1].text), *self.marks[place]]) for one in kept]
        state = session.step(state.select([one.row for one in kept]), np.array(ids))
        return [replace(one, row=row) for row, one in enumerate(kept)], state

    def _bits(self, place: int, text: str) -> int:
        """What the place's unit may be read as with the line in it."""
        unit = unit_tones(self.form, unit_of(self.form, place))
        state = unit.full
        for column, read in enumerate(read_line(text)):
            state = unit.narrow(state, (place, column), read.tones)
        return state

    def _goes_on(self, one: _Beginning, line: CorpusLine) -> bool:
        """Of another poem (where nobody is named, by another poet), and with none of the characters used before?"""
        alone = not (self.settled.brief.way and self.settled.brief.way.author)
        return (
            one.chars.isdisjoint(line.text)
            and all(line.poem != other.poem for other in one.lines)
            and not (alone and any(line.author == other.author for other in one.lines))
        )

    def _wished(self, one: _Beginning, line: CorpusLine) -> float:
        pending = [w for w in map(written, self.order.imagery) if not any(w in held.text for held in one.lines)]
        return WISH * sum(wish in line.text for wish in pending)

    def _answers(self, place: int, one: _Beginning, line: CorpusLine) -> float:
        above = next((i for i, k in self.form.parallel if k == place), None)
        return 0.0 if above is None else PARALLEL * couplet_parallelism(one.lines[above].text, line.text)


def _unlike(ranked: Sequence[_Beginning], count: int) -> list[_Beginning]:
    """The first ``count``, of which no more than half share their first line."""
    kept: list[_Beginning] = []
    for one in ranked:
        if sum(other.lines[0] == one.lines[0] for other in kept) < max(1, count // 2):
            kept.append(one)
        if len(kept) == count:
            break
    return kept
