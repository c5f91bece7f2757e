"""Composing, one road for every request: a brief is settled, a backend drafts, the best draft that keeps the rules is
chosen (or mended, where none does), and what was reviewed becomes the poem."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import eq
from typing import TYPE_CHECKING, Any

from yayun.backends.options import Options, draw_seed
from yayun.backends.protocol import Backend, Drafted, Ears
from yayun.backends.settled import Settled
from yayun.backends.shipped import default_writer
from yayun.brief import Brief
from yayun.brief.banner import banner
from yayun.brief.of_way import apart
from yayun.choosing.rank import judge
from yayun.composing.poem import Poem, Source, punctuate
from yayun.composing.settle import settle
from yayun.errors import YayunError
from yayun.lazy import lazy
from yayun.mending.standing import as_shown, in_script, stands, turned_verdict, verdict
from yayun.prosody.books.shelf import book
from yayun.prosody.meter.by_book import BookReview
from yayun.prosody.meter.finding import ordinal
from yayun.prosody.meter.tunes.review import TuneReview
from yayun.prosody.review import Review
from yayun.script import to_simplified

if TYPE_CHECKING:
    from yayun.backends import builtin
    from yayun.composing import collecting
    from yayun.corpus.lines import CorpusLine
    from yayun.decoding import embedded
    from yayun.decoding.decode import Change, Draft
    from yayun.decoding.embedded import EmbeddedWriter
    from yayun.prompts.order import Order
    from yayun.servers.wire import Listener
else:
    builtin = lazy("yayun.backends.builtin")
    collecting = lazy("yayun.composing.collecting")
    embedded = lazy("yayun.decoding.embedded")

__all__ = ["Options", "Settled", "compose_all", "compose_with", "default_writer", "draw_seed", "settle"]

ROUNDS = 4  # times drafting is tried when no draft passes
TOGETHER = 64  # drafts that a decoder has in hand at a time: enough to fill it, few enough to show poems early

# Told of each poem as it comes, couplet by couplet but for the last: its index, and its best draft so far. Another may
# overtake it in the end: what is told doesn't stand before the poem is there.
Watch = Callable[[int, Settled, "Order", "Draft"], None]


def compose_all(
    briefs: Sequence[Brief],
    options: Options,
    writer: EmbeddedWriter | None = None,
    watch: Watch | None = None,
) -> list[Poem]:
    """Write every brief's poems (``brief.count`` each), in order, decoding them together.

    A poem's seed decides it, whatever is decoded beside it, and whoever looks on: ``watch`` is told of the best draft
    so far (guided mode). Raises the first poem's error where one can't be written.
    """
    poems = []
    for poem in compose_with(briefs, options, builtin.Builtin(writer) if writer else builtin.of_package(), watch=watch):
        if isinstance(poem, YayunError):
            raise poem
        poems.append(poem)
    return poems


def compose_with(
    briefs: Sequence[Brief],
    options: Options,
    backend: Backend,
    *,
    watch: Watch | None = None,
    listen: Listener | None = None,
    seeds: Sequence[int | None] | None = None,
) -> Iterator[Poem | YayunError]:
    """Every brief's poems (``brief.count`` each) through a backend, in order, each as soon as it is there; a poem that
    can't be written gives its error. ``listen`` is told what a large model says, where the backend is one. ``seeds``:
    each brief's first, where it is not to go on from the one before."""
    backend.prepare()
    first = draw_seed() if options.seed is None else options.seed
    wanted = [([b] if is_answer(b) else apart(b)) for b in briefs]
    if seeds is None:
        numbered = list(enumerate((one for each in wanted for one in each), start=first))
    else:
        own = [draw_seed() if seed is None else seed for seed in seeds]
        numbered = [(seed + i, one) for seed, each in zip(own, wanted, strict=True) for i, one in enumerate(each)]
    settled = [_settled(b, seed, options) for seed, b in numbered]
    size = backend.workers or max(1, TOGETHER // options.drafts)
    for start in range(0, len(settled), 1 if listen else size):
        part = settled[start : start + (1 if listen else size)]
        yield from _compose(part, options, backend, Ears(_watching(watch, settled), listen))


def _settled(brief: Brief, seed: int, options: Options) -> Settled | YayunError:
    try:
        return settle(brief, seed, options)
    except YayunError as error:
        return error


def _watching(watch: Watch | None, settled: Sequence[Settled | YayunError]) -> Callable[..., None] | None:
    """``watch``, told a poem's place by what was settled of it."""
    if watch is None:
        return None
    places = {id(one): i for i, one in enumerate(settled)}
    return lambda one, order, draft: watch(places[id(one)], one, order, draft)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The draft that becomes the poem, with the order it fulfils and its review."""

    order: Order
    draft: Draft
    review: Review | TuneReview | BookReview
    story: dict[str, object] | None = None
    sources: tuple[CorpusLine, ...] = ()
    others: tuple[_Chosen, ...] = ()  # the next best, where several were asked for of one first line


def is_answer(brief: Brief) -> bool:
    """Is it a couplet whose first line is given? Its several second lines are chosen from the same candidates."""
    return bool(brief.locked) and brief.as_form is not None and brief.as_form.genre == "联"


def _compose(
    part: Sequence[Settled | YayunError], options: Options, backend: Backend, ears: Ears
) -> Iterator[Poem | YayunError]:
    """The poems of what is worked on together."""
    started = time.perf_counter()
    poems = [one for one in part if isinstance(one, Settled)]
    chosen = _chosen(poems, options, backend, ears)
    seconds = (time.perf_counter() - started) / max(len(poems), 1)
    for one in part:
        if isinstance(one, YayunError):
            yield one
            continue
        found = chosen[id(one)]
        if isinstance(found, YayunError):
            yield found
            continue
        for taken in (found, *found.others):
            yield _poem(one, taken, options, backend.name, seconds)


def _chosen(
    poems: Sequence[Settled], options: Options, backend: Backend, ears: Ears
) -> dict[int, _Chosen | YayunError]:
    """What becomes of each poem (by its ``id``): drafted, and mended while none of its candidates keeps the rules."""
    found: dict[int, _Chosen | YayunError] = {}
    if not poems:
        return found
    own = [one for one in poems if not _collects(one)]
    for one in poems:
        if _collects(one):
            found[id(one)] = _collected(one, options, backend)
    left = list(zip(own, backend.draft(own, options, ears), strict=True)) if own else []
    for attempt in range(1, ROUNDS + 1):
        failed: list[tuple[Settled, Drafted]] = []
        for settled, drafted in left:
            taken = drafted if isinstance(drafted, YayunError) else _choose(settled, drafted)
            if taken is not None:
                found[id(settled)] = taken
            elif isinstance(drafted, Drafted):
                failed.append((settled, drafted))
        if not failed or attempt == ROUNDS:
            break
        mended = backend.mend(failed, options, ears, attempt)
        left = list(zip([settled for settled, _ in failed], mended, strict=True))
    for settled in poems:
        narrow = f"《{settled.title}》的要求太窄,没能写出合律的诗:请换一个韵部、意象或藏头字再试。"
        found.setdefault(id(settled), YayunError(narrow))
    return found


def _collects(settled: Settled) -> bool:
    return settled.brief.way is not None and settled.brief.way.name == "集句"


def _collected(settled: Settled, options: Options, backend: Backend) -> _Chosen | YayunError:
    """A poem of others' lines, chosen by the built-in model, or the one that the backend is."""
    writer = getattr(backend, "writer", None)
    found = collecting.collect(
        settled, writer if isinstance(writer, embedded.EmbeddedWriter) else default_writer(), options.effort
    )
    if isinstance(found, YayunError):
        return found
    told = verdict(found.order, found.draft, settled.brief)
    return _Chosen(found.order, found.draft, told, sources=found.sources)


def _choose(settled: Settled, drafted: Drafted) -> _Chosen | None:
    """The best of the candidates that keep the rules and copy nothing; None where none does."""
    brief = settled.brief
    if drafted.final:
        ((order, draft),) = drafted.candidates
        return _Chosen(order, draft, verdict(order, draft, brief), drafted.story)
    passing = [
        _Chosen(order, draft, verdict(order, draft, brief))
        for order, draft in drafted.candidates
        if stands(order, draft, brief)
    ]
    if not passing:
        return None
    if drafted.scores is not None:
        scored = {id(draft): score for (_, draft), score in zip(drafted.candidates, drafted.scores, strict=True)}
        return max(passing, key=lambda one: scored[id(one.draft)])

    pattern = settled.orders[0].pattern
    scores = judge(settled.title, brief.imagery, [one.draft for one in passing], pattern)
    if not is_answer(brief):
        return passing[int(scores.argmax())]
    ranked = {one.draft.lines: one for one in (passing[i] for i in scores.argsort()[::-1])}
    best, *others = _unlike(list(ranked.values()), brief.count)
    return replace(best, others=tuple(others))


def _unlike(ranked: Sequence[_Chosen], count: int) -> list[_Chosen]:
    """The first ``count`` whose last lines share fewer than half of their places; others where these are too few."""
    kept: list[_Chosen] = []
    for one in ranked:
        line = one.draft.lines[-1]
        shared = [sum(map(eq, line, other.draft.lines[-1])) for other in kept]
        if len(kept) < count and all(2 * same < len(line) for same in shared):
            kept.append(one)
    return (kept + [one for one in ranked if one not in kept])[:count]


def _poem(settled: Settled, chosen: _Chosen, options: Options, backend: str, seconds: float) -> Poem:
    """The poem as it is returned."""
    brief, order, draft, found = settled.brief, chosen.order, chosen.draft, chosen.review
    lines = as_shown(draft.lines, brief)
    think = draft.think or describe_plan(settled.title, order, draft)
    if brief.script == "simplified":
        think = to_simplified(think)
    return Poem(
        request=brief.request,
        title=settled.title,
        theme=brief.theme,
        imagery=brief.imagery,
        form=found.form,
        rhyme=found.rhyme,
        pattern=found.pattern,
        lines=lines,
        think=think,
        text=f"<think>{think}</think><answer>{''.join(punctuate(lines, order.pattern))}</answer>",
        review=found,
        backend=backend,
        mode=options.mode,
        seed=settled.seed,
        seconds=round(seconds, 4),
        unread=brief.unread,
        notes=brief.notes,
        banner=_banner(brief, lines, settled.seed),
        repair=chosen.story,
        backwards=turned_verdict(order, draft, brief),
        sources=tuple(
            Source(line.dynasty, *in_script((line.author, line.title), brief.script)) for line in chosen.sources
        ),
        **_of_tune(found),
    )


def _of_tune(found: Review | TuneReview | BookReview) -> dict[str, Any]:
    """What a 词 says of itself beside what every poem says."""
    if isinstance(found, BookReview):
        return {"book": found.book}
    if not isinstance(found, TuneReview):
        return {}
    return {"tune": found.tune, "variant": found.variant, "book": found.book, "stanzas": found.stanzas}


def _banner(brief: Brief, lines: Sequence[str], seed: int) -> str:
    """The 横批 of a couplet that has one, in the script asked for."""
    if brief.as_form is None or brief.as_form.genre != "联" or brief.locked:
        return ""
    return "".join(in_script([banner(brief, lines, seed)], brief.script))


def describe_plan(title: str, order: Order, draft: Draft) -> str:
    """The reasoning as text: theme, form and pattern, group, images, and rhyme feet in order, the last for they may be
    known only in the end; then the lines that were written again."""
    parts = [f"题目:{title or '无题'}", f"体式:{order.pattern.name},{order.pattern.variant}"]
    if order.pattern.rhymes:
        names = dict.fromkeys(_rhyme_label(order.book, name) for name in (order.rhyme, *order.more_rhymes))
        parts.append(f"韵部:{'、'.join(names)}")
    if draft.plan_theme:
        parts.append(f"立意:{draft.plan_theme}")
    if draft.plan_imagery:
        parts.append(f"意象:{'、'.join(draft.plan_imagery)}")
    feet = f"韵脚:{'、'.join(draft.plan_feet)}。" if draft.plan_feet else ""
    return ";".join(parts) + "。" + feet + "".join(f"{told}。" for told in map(describe_change, draft.changes))


def _rhyme_label(by: str, name: str) -> str:
    """A group's label in its book; a rhyme of 词林正韵 by its name."""
    return book(by).label(name) if name in book(by).groups else name


def describe_change(change: Change) -> str:
    """A line that was written again, as text."""
    return f"推敲第{ordinal(change.line + 1)}句:「{change.before}」改作「{change.after}」"
