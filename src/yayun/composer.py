"""Composing: a brief is settled, drafts are written, reviewed and ranked, and the best becomes the poem."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from yayun.brief import Brief, make_brief
from yayun.errors import YayunError
from yayun.hub.folder import weights_dir
from yayun.poem import Poem, punctuate
from yayun.prosody.groups import groups
from yayun.prosody.review import Review, review
from yayun.retrieval.novelty import is_corpus_line
from yayun.script import to_simplified
from yayun.settle import Options, Settled, draw_seed, settle

if TYPE_CHECKING:
    import numpy as np

    from yayun.writers.decode import Draft
    from yayun.writers.embedded import EmbeddedWriter, Order

ROUNDS = 4  # times drafting is repeated when no draft passes

# Told of each poem as it comes, couplet by couplet but for the last: its index, and its best draft so far. Where no
# draft of a poem passes in the end it begins again, with its first couplet. Unless ``Options.stands``, another draft
# may come in the place of what was told.
Watch = Callable[[int, Settled, "Order", "Draft"], None]


@cache
def default_writer() -> EmbeddedWriter:
    """The embedded model that ships with the package."""
    from yayun.writers.embedded import EmbeddedWriter

    return EmbeddedWriter(weights_dir())


def compose(request: str | Brief | None = None, **fields: Any) -> Poem:
    """Write one poem.

    ``request`` is a sentence or a Brief; ``fields`` are the names of ``make_brief`` and of ``Options``.
    Raises YayunError when the request can't be used.
    """
    options = Options(**{k: fields.pop(k) for k in list(fields) if k in Options.__dataclass_fields__})
    brief = request if isinstance(request, Brief) else make_brief(request, **fields)
    return compose_all([replace(brief, count=1)], options)[0]


def compose_all(
    briefs: Sequence[Brief],
    options: Options,
    writer: EmbeddedWriter | None = None,
    watch: Watch | None = None,
) -> list[Poem]:
    """Write every brief's poems (``brief.count`` each), in order, decoding them together.

    ``watch`` is told of the verse as it comes (guided mode); what it has seen of a poem will stand, if
    ``options.stands``, for which the drafts have to go on from what was shown. Otherwise they are those that would be
    written unwatched.
    """
    writer = writer or default_writer()
    writer.prepare()
    first = draw_seed() if options.seed is None else options.seed
    wanted = [replace(b, count=1) for b in briefs for _ in range(b.count)]
    started = time.perf_counter()
    settled = [settle(b, first + i, options) for i, b in enumerate(wanted)]
    chosen = _free(settled, options, writer) if options.mode == "free" else _guided(settled, options, writer, watch)
    seconds = (time.perf_counter() - started) / max(len(wanted), 1)
    return [
        make_poem(s, draft, order, options, writer.name, seconds)
        for s, (order, draft) in zip(settled, chosen, strict=True)
    ]


def _guided(
    settled: Sequence[Settled], options: Options, writer: EmbeddedWriter, watch: Watch | None
) -> list[tuple[Order, Draft]]:
    """The best passing draft of each."""
    import numpy as np

    from yayun.choosing.rank import judge
    from yayun.writers.decode import Sampling

    chosen: dict[int, tuple[Order, Draft]] = {}
    for attempt in range(ROUNDS):
        left = [s for i, s in enumerate(settled) if i not in chosen]
        places = [i for i in range(len(settled)) if i not in chosen]
        if not left:
            break
        rng = np.random.default_rng([*(s.seed for s in left), 1, attempt])

        def score(group: int, drafts: Sequence[Draft], left: Sequence[Settled] = left) -> np.ndarray:
            asked = left[group]
            return judge(asked.title, asked.brief.imagery, drafts)

        sampling = Sampling(temperature=options.temperature)
        told = None if watch is None else _telling(watch, left, places)
        drafted = writer.guided([s.orders for s in left], sampling, rng, score, told, options.stands)
        for group, (place, pairs) in enumerate(zip(places, drafted, strict=True)):
            passing = [
                (o, d)
                for o, d in pairs
                if is_new(d, left[group].brief.locked) and verdict(o, d, left[group].brief).passed
            ]
            if passing:
                chosen[place] = passing[int(np.argmax(score(group, [d for _, d in passing])))]
    missing = [i for i in range(len(settled)) if i not in chosen]
    if missing:
        title = settled[missing[0]].title
        raise YayunError(f"《{title}》的要求太窄,没能写出合律的诗:请换一个韵部、意象或藏头字再试。")
    return [chosen[i] for i in range(len(settled))]


def _telling(watch: Watch, settled: Sequence[Settled], places: Sequence[int]) -> Callable[[Order, Draft], None]:
    """``watch`` as the writer calls it: an order tells whose poem it is."""
    owners = {id(order): (place, s) for place, s in zip(places, settled, strict=True) for order in s.orders}

    def tell(order: Order, draft: Draft) -> None:
        watch(*owners[id(order)], order, draft)

    return tell


def _free(settled: Sequence[Settled], options: Options, writer: EmbeddedWriter) -> list[tuple[Order, Draft]]:
    import numpy as np

    from yayun.writers.decode import Sampling

    rng = np.random.default_rng([*(s.seed for s in settled), 2])
    orders = [s.orders[0] for s in settled]
    sampling = Sampling(temperature=options.temperature, top_p=1.0)
    drafts = writer.free(orders, sampling, rng)
    for _ in range(ROUNDS):
        empty = [i for i, draft in enumerate(drafts) if not draft.lines]
        for i, draft in zip(empty, writer.free([orders[i] for i in empty], sampling, rng), strict=True):
            drafts[i] = draft
    if any(not draft.lines for draft in drafts):
        raise YayunError("模型没有写出诗句:请换一个种子,或用 --mode guided。")
    return list(zip(orders, drafts, strict=True))


def is_new(draft: Draft, locked: Sequence[str | None] = ()) -> bool:
    """Does no line stand in the corpus, those that were given aside?"""
    return not any(is_corpus_line(line) for i, line in enumerate(draft.lines) if not any(locked[i : i + 1]))


def verdict(order: Order, draft: Draft, brief: Brief) -> Review:
    """The review of a draft as it will be shown, in the script asked for."""
    return review(
        as_shown(draft.lines, brief),
        form=order.pattern,
        rhyme=order.rhyme,
        pattern=asked_pattern(brief),
        imagery=brief.imagery,
    )


def asked_pattern(brief: Brief) -> str | None:
    """The opening and the first line's rhyme as far as the brief names them, e.g. 仄起首句入韵."""
    first = {None: "", True: "首句入韵", False: "首句不入韵"}[brief.first_line_rhymes]
    return (brief.pattern or "") + first or None


def in_script(lines: Sequence[str], script: str) -> tuple[str, ...]:
    """Lines (traditional) in the script asked for."""
    return tuple(lines) if script == "traditional" else tuple(to_simplified("\n".join(lines)).split("\n"))


def as_shown(lines: Sequence[str], brief: Brief) -> tuple[str, ...]:
    """A draft's lines (traditional) in the script asked for; lines that were given, as they were."""
    shown = in_script(lines, brief.script)
    return (*(kept or line for kept, line in zip(brief.locked, shown, strict=False)), *shown[len(brief.locked) :])


def make_poem(settled: Settled, draft: Draft, order: Order, options: Options, backend: str, seconds: float) -> Poem:
    """The poem as it is returned, reviewed in the script asked for."""
    brief = settled.brief
    found = verdict(order, draft, brief)
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
    )


def describe_plan(title: str, order: Order, draft: Draft) -> str:
    """The reasoning as text: theme, form and pattern, group, images, and rhyme feet in order, the last for they may be
    known only in the end."""
    parts = [f"题目:{title or '无题'}", f"体式:{order.pattern.name},{order.pattern.variant}"]
    parts.append(f"韵部:{groups()[order.rhyme].label}")
    if draft.plan_theme:
        parts.append(f"立意:{draft.plan_theme}")
    if draft.plan_imagery:
        parts.append(f"意象:{'、'.join(draft.plan_imagery)}")
    feet = f"韵脚:{'、'.join(draft.plan_feet)}。" if draft.plan_feet else ""
    return ";".join(parts) + "。" + feet
