"""The embedded writer: turns what was settled about a poem into drafts, guided or free."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import Lock, Thread

import numpy as np

from yayun.decoding.constraint import Characters, Frame, Place, line_by_line
from yayun.decoding.decode import Draft, Filling, GuidedRun, Select, write_free
from yayun.decoding.guidance import Task
from yayun.decoding.options import Sampling, Way
from yayun.decoding.sampling import Lots
from yayun.decoding.scoring import Nats, Reading, Reread, read_poems, score_lines, score_poems
from yayun.decoding.session import Session
from yayun.errors import YayunError
from yayun.prompts import vocabulary as v
from yayun.prompts.order import Order, conditions, marks_told, told_as_tune, written
from yayun.prompts.prompt import Conditions, kept_tokens, prompt_tokens, read_plan
from yayun.prosody.books.shelf import PINGSHUI
from yayun.retrieval.novelty import is_corpus_line

_ANSWER = re.compile(r"<answer>(.*?)(?:</answer>|$)", re.S)
_THINK = re.compile(r"<think>(.*?)(?:</think>|$)", re.S)
_MARKS = re.compile(rf"[{''.join(v.MARKS)}\s]+")
ROWS = 64  # rows decoded at once: past this, a step's time grows faster than its yield
SPREAD = 4  # rows that go on from one good couplet
# What is planned before the verse forces it; a line that is begun with its foot ends in one that it means.
WAY = Way(plan="none", backwards=True)
ALIKE = 4  # of the rows that go on, one in so many may share their first couplet


# Scores of a group's drafts as far as they have come: (group, drafts) -> (drafts,).
Judge = Callable[[int, Sequence[Draft]], np.ndarray]
# Told of the best draft after each couplet but the last.
Watch = Callable[[Order, Draft], None]


class EmbeddedWriter:
    """The model in ``folder``, opened when first needed, and the way it is to write, as far as it knows how."""

    name = "embedded"

    def __init__(self, folder: Path, threads: int = 0, name: str = "", way: Way = WAY) -> None:
        self.folder, self.threads, self.way = folder, threads, way
        self.name = name or self.name
        self._opened: Session | None = None
        self._opening = Lock()
        self._by_book: dict[str, Characters] = {}

    @property
    def session(self) -> Session:
        """The opened model."""
        with self._opening:
            if self._opened is None:
                self._opened = Session(self.folder, self.threads)
            return self._opened

    def prepare(self) -> None:
        """Begin to open the model, beside other work."""
        if self._opened is None:
            Thread(target=self._try_to_open).start()

    def _try_to_open(self) -> None:
        with suppress(YayunError):  # who needs the model next will be told
            _ = self.session

    @cached_property
    def characters(self) -> Characters:
        """The vocabulary as 平水韵 sees it."""
        return Characters(self.session.tokens)

    def characters_by(self, book: str) -> Characters:
        """The vocabulary as a rhyme book sees it."""
        if book == PINGSHUI:
            return self.characters
        if book not in self._by_book:
            self._by_book[book] = Characters(self.session.tokens, book)
        return self._by_book[book]

    @cached_property
    def themed(self) -> bool:
        """Does the model plan a theme first, and know rhyme characters that are offered? It does once it has read whole
        plans; asked of the model itself, for all have the tokens."""
        asked = prompt_tokens(Conditions("唐", "五绝", "东", "仄起首句不入韵", "春風"))
        return self._prefers([*asked, v.THINK], v.THEME, v.IMAGERY)

    @cached_property
    def fills_gaps(self) -> bool:
        """Does the model write lines that are missing from a poem? One that has read such poems closes the rest with
        the beginning of an answer."""
        told = prompt_tokens(Conditions("唐", "五绝", "东", None, "春風"))
        return v.KEPT in self.session.ids and self._prefers(
            [*told, *kept_tokens(("白日依山盡", None, "欲窮千里目", "更上一層樓"))], v.ANSWER, v.ANSWER_END
        )

    @cached_property
    def writes_backwards(self) -> bool:
        """Does the model write lines from their last character to their first? One that does begins a line that rhymes
        with a rhyme foot."""
        if v.BACKWARDS not in self.session.ids:
            return False
        told = Conditions("唐", "五绝", "东", "仄起首句入韵", "春風", backwards=True)
        state = self.session.start([self.session.encode([*prompt_tokens(told), v.ANSWER])])
        return float(np.exp(state.logits[0, self.characters.foot("东")]).sum()) > 0.5

    @property
    def knows_tunes(self) -> bool:
        """Has the model read 词, told by their tunes? Only one that has has a name for these."""
        return v.TUNE in self.session.ids

    def _prefers(self, before: Sequence[str], token: str, other: str) -> bool:
        """Is ``token`` likelier than ``other`` to come next? One that is not in the vocabulary never is."""
        state = self.session.start([self.session.encode(before)])
        first, second = state.logits[0, self.session.encode([token, other])]
        return bool(first > second)

    def prompt(self, order: Order, *, backwards: bool = False) -> tuple[str, ...]:
        """The prompt's tokens."""
        told = replace(conditions(order, self.session.ids), backwards=backwards)
        return tuple(prompt_tokens(told if self.themed else replace(told, feet=())))

    def guided(
        self,
        groups: Sequence[Sequence[Order]],
        sampling: Sampling,
        rngs: Sequence[np.random.Generator],
        judge: Judge,
        watch: Watch | None = None,
    ) -> list[list[tuple[Order, Draft]]]:
        """Drafts of each group of orders (the candidates for one poem), with the order each fulfils.

        A group's orders share form and number of rhyming lines; its drafts depend on its own generator (``rngs``, one a
        group) and on no other group. After each couplet the better rows of a group, by ``judge``, go on in place of the
        others; they stay different in their first couplets. ``watch`` is shown the best so far.
        """
        drafts: list[list[tuple[Order, Draft]]] = [[] for _ in groups]
        watched: set[int] = set()
        for rows in _batches(groups):
            # Of a group that is written in parts the first part is shown.
            show = None if watch is None else _shown(rows, watch, frozenset(watched))
            select = _selection([g for g, _ in rows], judge, show)
            watched |= {g for g, _ in rows}
            backwards = self.way.backwards and self.writes_backwards
            plan = "none" if told_as_tune(rows[0][1].pattern, self.session.ids) else self._plan
            tasks = [self._task(order, backwards=backwards) for _, order in rows]
            lots = Lots([rngs[g] for g, _ in rows])
            chars = self.characters_by(rows[0][1].book)
            run = GuidedRun(self.session, chars, tasks, sampling, lots, is_corpus_line, select, self.themed)
            written_so = run.run(plan != "none", plan == "feet", plan == "endings")
            for (g, _), draft in zip(rows, written_so, strict=True):
                drafts[g].append((rows[draft.origin][1], draft))
        return drafts

    @property
    def _plan(self) -> str:
        """What is planned: images, where the model has no name for endings."""
        return "images" if self.way.plan == "endings" and v.ENDINGS not in self.session.ids else self.way.plan

    def _task(self, order: Order, *, backwards: bool = False) -> Task:
        frame = frame_of(order)
        if backwards:
            frame = replace(frame, order=line_by_line(order.pattern, range(order.pattern.count), backwards=True))
        return Task(
            prompt=self.prompt(order, backwards=backwards),
            frame=frame,
            wishes=tuple(map(written, order.imagery)),
            avoid=tuple(map(written, order.avoid)),
            theme=written(order.theme),
        )

    def fill(self, gaps: Sequence[Gap], sampling: Sampling, rng: np.random.Generator) -> list[Filling]:
        """Each poem with its missing lines written, in the order asked for. Repeat a gap for several wordings; equal
        ones cost little more than one."""
        found: dict[int, Filling] = {}
        kinds = [
            (gap.order.pattern.widths, gap.order.pattern.marks, gap.missing, gap.backwards, gap.order.book)
            for gap in gaps
        ]
        for kind in dict.fromkeys(kinds):
            alike = [i for i, other in enumerate(kinds) if other == kind]
            for part in (alike[start : start + ROWS] for start in range(0, len(alike), ROWS)):
                tasks = [self._gap_task(gaps[i]) for i in part]
                lots = Lots([rng] * len(tasks))
                run = GuidedRun(self.session, self.characters_by(kind[-1]), tasks, sampling, lots, is_corpus_line)
                found |= zip(part, run.fill(), strict=True)
        return [found[i] for i in range(len(gaps))]

    def _gap_task(self, gap: Gap) -> Task:
        order, form = gap.order, gap.order.pattern
        told = self.prompt(replace(order, hints=(), feet=()), backwards=gap.backwards)
        marks = marks_told(form, self.session.ids)
        return Task(
            prompt=(*told, *kept_tokens(gap.shown, marks, backwards=gap.backwards), v.ANSWER),
            frame=replace(
                frame_of(order), fixed=gap.fixed, order=line_by_line(form, gap.missing, backwards=gap.backwards)
            ),
            wishes=tuple(w for w in map(written, order.imagery) if not any(w in line for line in gap.shown if line)),
            avoid=tuple(map(written, order.avoid)),
        )

    def read(self, orders: Sequence[Order], poems: Sequence[Sequence[str]]) -> list[Reading]:
        """Poems (as the model writes) of one form, or their first lines, as the model reads them without a plan:
        comparable among them however each was written."""
        found: list[Reading] = []
        for start in range(0, len(poems), ROWS):
            prompts = [self.prompt(replace(order, hints=(), feet=())) for order in orders[start : start + ROWS]]
            marks = marks_told(orders[0].pattern, self.session.ids)[: len(poems[0])]
            found += read_poems(self.session, prompts, poems[start : start + ROWS], marks=marks)
        return found

    def forward(self, orders: Sequence[Order], poems: Sequence[Sequence[str]]) -> list[Nats]:
        """The log probabilities of these readings."""
        return [reading.nats for reading in self.read(orders, poems)]

    def given_rest(self, orders: Sequence[Order], poems: Sequence[Sequence[str]]) -> list[Nats]:
        """The same of each line given all the others, for a model that ``fills_gaps``."""
        if not orders:
            return []
        prompts = [self.prompt(replace(order, hints=(), feet=())) for order in orders]
        return score_lines(self.session, prompts, poems, marks=marks_told(orders[0].pattern, self.session.ids))

    def reread(self, orders: Sequence[Order], poems: Sequence[Sequence[str]]) -> list[Reread] | None:
        """Poems of one form read in all ways there are; None for a model that does not know them."""
        if not (self.fills_gaps and self.writes_backwards):
            return None
        told = [replace(order, hints=(), feet=()) for order in orders]
        marks = marks_told(orders[0].pattern, self.session.ids)
        backward: list[Nats] = []
        for start in range(0, len(poems), ROWS):
            prompts = [self.prompt(order, backwards=True) for order in told[start : start + ROWS]]
            backward += score_poems(self.session, prompts, poems[start : start + ROWS], marks=marks, backwards=True)
        untitled = self.forward([replace(order, title="") for order in told], poems)
        every = zip(self.forward(told, poems), backward, self.given_rest(told, poems), untitled, strict=True)
        return [Reread(*one) for one in every]

    def free(self, orders: Sequence[Order], sampling: Sampling, rngs: Sequence[np.random.Generator]) -> list[Draft]:
        """One unaided completion an order, by the generator of its own."""
        drafts: list[Draft] = []
        for start in range(0, len(orders), ROWS):
            prompts = [self.prompt(order) for order in orders[start : start + ROWS]]
            for tokens, likelihood in write_free(self.session, prompts, sampling, rngs[start : start + ROWS]):
                drafts.append(parse_completion("".join(tokens), likelihood))
        return drafts


@dataclass(frozen=True, slots=True)
class Gap:
    """A poem (as the model writes) with lines to be written again: the ``missing`` ones, from 0, ascending."""

    order: Order
    lines: tuple[str, ...]
    missing: tuple[int, ...]
    backwards: bool = False

    @property
    def shown(self) -> tuple[str | None, ...]:
        """The lines that stay, None for the others."""
        return tuple(None if i in self.missing else line for i, line in enumerate(self.lines))

    @property
    def fixed(self) -> tuple[tuple[Place, str], ...]:
        """The characters of the lines that stay, and those that the order fixes in the others."""
        asked = [(place, char) for place, char in frame_of(self.order).fixed if place[0] in self.missing]
        kept = [((i, j), char) for i, line in enumerate(self.shown) for j, char in enumerate(line or "")]
        return tuple(sorted(asked + kept))


def frame_of(order: Order) -> Frame:
    """The order's pattern, group and fixed characters as the decoder needs them."""
    fixed = tuple((place, written(char)) for place, char in order.fixed)
    return Frame(
        order.pattern,
        order.rhyme,
        fixed,
        order.more_rhymes,
        mirror=order.mirror,
        mirror_rhyme=order.mirror_rhyme,
        book=order.book,
    )


def parse_completion(text: str, likelihood: float) -> Draft:
    """Read a completion's plan and verse; what is not there stays empty."""
    answer, think = _ANSWER.search(text), _THINK.search(text)
    verse = answer[1] if answer else ""
    lines = tuple(part for part in _MARKS.split(verse) if part)
    plan = read_plan(think[1] if think else "")
    told = think[1] if think else ""
    return Draft(lines, plan.imagery, plan.feet, likelihood, told, plan_theme=plan.theme or "")


def _batches(groups: Sequence[Sequence[Order]]) -> list[list[tuple[int, Order]]]:
    """Rows (group, order) that share form and number of rhyming lines, about ``ROWS`` together; a group larger than
    that is written in parts."""
    shared: dict[object, list[list[tuple[int, Order]]]] = {}
    for g, orders in enumerate(groups):
        form = orders[0].pattern
        kind = (form.genre, form.widths, form.marks, form.rhyming, form.stanzas, orders[0].book)
        alike = shared.setdefault(kind, [])
        for start in range(0, len(orders), ROWS):
            part = [(g, order) for order in orders[start : start + ROWS]]
            if alike and len(alike[-1]) + len(part) <= ROWS:
                alike[-1] += part
            else:
                alike.append(part)
    return [rows for alike in shared.values() for rows in alike]


def _shown(rows: Sequence[tuple[int, Order]], watch: Watch, done: Set[int]) -> Callable[[Draft], None]:
    """Shows a row's draft, unless its group is ``done``."""

    def show(draft: Draft) -> None:
        g, order = rows[draft.origin]
        if g not in done:
            watch(order, draft)

    return show


def _selection(owners: Sequence[int], judge: Judge, show: Callable[[Draft], None] | None) -> Select:
    """Within each group the best ``1 / SPREAD`` of the rows go on, each ``SPREAD`` times. The best is shown: who looks
    on changes nothing."""
    spans = {g: [row for row, owner in enumerate(owners) if owner == g] for g in dict.fromkeys(owners)}

    def select(drafts: Sequence[Draft]) -> list[int]:
        rows: list[int] = []
        for g, span in spans.items():
            order = np.argsort(-judge(g, [drafts[row] for row in span]), kind="stable")
            ranked = [span[i] for i in order]
            best = _different(ranked, drafts, max(1, len(span) // SPREAD))
            if show:
                show(drafts[best[0]])
            rows += [best[i % len(best)] for i in range(len(span))]
        return rows

    return select


def _different(ranked: Sequence[int], drafts: Sequence[Draft], count: int) -> list[int]:
    """The first ``count`` rows of which no more than one in ``ALIKE`` share their first couplet, and none are the same;
    fewer where there are no more."""
    begun: dict[tuple[str, ...], int] = {}
    texts: set[tuple[str, ...]] = set()
    kept: list[int] = []
    for row in ranked:
        lines = drafts[row].lines
        if len(kept) == count:
            break
        if lines not in texts and begun.get(lines[:2], 0) < max(1, count // ALIKE):
            kept.append(row)
            texts.add(lines)
            begun[lines[:2]] = begun.get(lines[:2], 0) + 1
    return kept
