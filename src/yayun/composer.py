"""Composing: a brief is settled, drafts are written, reviewed and ranked, and the best becomes the poem."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yayun.brief import Brief, make_brief
from yayun.errors import YayunError
from yayun.poem import Poem, punctuate
from yayun.prosody.groups import groups
from yayun.prosody.patterns import FORM_NAMES, Pattern, patterns
from yayun.prosody.review import Review, review
from yayun.retrieval.habits import habits
from yayun.retrieval.imagery import imagery_for
from yayun.retrieval.novelty import is_corpus_line
from yayun.script import to_simplified

if TYPE_CHECKING:
    import numpy as np

    from yayun.repair import Repaired
    from yayun.writers.decode import Draft
    from yayun.writers.embedded import EmbeddedWriter, Order, Watch
    from yayun.writers.openai import OpenAIWriter

CANDIDATES = 12  # drafts a poem is chosen from in guided mode
ROUNDS = 4  # times drafting is repeated when no draft passes
DEFAULT_FORM = "五绝"
TONES_OF_RHYME = {"平": "平", "仄": "上去入", "上": "上", "去": "去", "入": "入"}


@dataclass(frozen=True, slots=True)
class Options:
    """How to write. ``mode`` guided or free; ``temperature`` > 0; ``seed`` None draws one."""

    mode: str = "guided"
    rag: bool = True
    seed: int | None = None
    temperature: float = 0.8
    candidates: int = CANDIDATES


@dataclass(frozen=True, slots=True)
class Settled:
    """A brief with nothing left open. ``orders``: what each candidate draft is to be."""

    brief: Brief
    title: str
    seed: int
    orders: tuple[Order, ...]


def model_dir() -> Path:
    """The embedded model's folder, in Hugging Face layout."""
    return Path(__file__).parent / "model"


@cache
def default_writer() -> EmbeddedWriter:
    """The embedded model that ships with the package."""
    from yayun.writers.embedded import EmbeddedWriter

    return EmbeddedWriter(model_dir())


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

    ``watch`` is told of the verse as it comes, couplet by couplet (guided mode, one poem only).
    """
    writer = writer or default_writer()
    first = draw_seed() if options.seed is None else options.seed
    wanted = [replace(b, count=1) for b in briefs for _ in range(b.count)]
    started = time.perf_counter()
    settled = [settle(b, first + i, options) for i, b in enumerate(wanted)]
    chosen = _free(settled, options, writer) if options.mode == "free" else _guided(settled, options, writer, watch)
    seconds = (time.perf_counter() - started) / max(len(wanted), 1)
    return [
        _poem(s, draft, order, options, writer.name, seconds) for s, (order, draft) in zip(settled, chosen, strict=True)
    ]


def compose_each(
    briefs: Sequence[Brief], options: Options, writer: OpenAIWriter, searcher: EmbeddedWriter | None = None
) -> Iterator[Poem | YayunError]:
    """Every brief's poems through a server, in order, each as soon as it is there; a poem that failed gives its error.

    ``searcher`` mends what the writer leaves (guided mode); free mode is the writer's first draft as it came.
    """
    from yayun.repair import Repaired
    from yayun.verified import Job, draft_of, write_free, write_verified
    from yayun.writers.decode import Sampling

    first = draw_seed() if options.seed is None else options.seed
    wanted = [replace(b, count=1) for b in briefs for _ in range(b.count)]
    settled = [settle(b, first + i, replace(options, candidates=1)) for i, b in enumerate(wanted)]
    jobs = [Job(s.brief, s.title, s.orders[0], s.seed) for s in settled]
    sampling = Sampling(options.temperature, top_p=1.0)
    if options.mode == "free":
        results: Iterator[Draft | Repaired | YayunError] = write_free(writer, jobs, sampling)
    else:
        results = write_verified(writer, jobs, sampling, searcher=searcher)
    started = time.perf_counter()
    for s, result in zip(settled, results, strict=True):
        if isinstance(result, YayunError):
            yield result
        elif not result.lines:
            yield YayunError("模型没有写出诗句:请换一个种子再试。")
        else:
            mended = result.to_json() if isinstance(result, Repaired) else None
            draft = draft_of(result) if isinstance(result, Repaired) else result
            seconds = time.perf_counter() - started
            yield replace(_poem(s, draft, s.orders[0], options, writer.name, seconds), repair=mended)


def draw_seed() -> int:
    """A fresh seed, short enough to type."""
    return secrets.randbelow(1_000_000)


def settle(brief: Brief, seed: int, options: Options) -> Settled:
    """Choose what the brief leaves open, by ``seed``: form, group, opening and title as Tang poets chose them."""
    import numpy as np

    rng = np.random.default_rng([seed, 0])
    form = brief.form or DEFAULT_FORM
    title = brief.title or brief.theme or _title(brief, rng)
    count = 1 if options.mode == "free" else options.candidates
    images = _images(brief, title) if options.rag else []
    first = _order(brief, form, title, images, rng)
    # All candidates rhyme in as many lines as the first, so that they are decoded in step.
    alike = replace(brief, first_line_rhymes=first.pattern.first_line_rhymes)
    orders = (first, *(_order(alike, form, title, images, rng) for _ in range(count - 1)))
    return Settled(brief, title, seed, orders)


def _title(brief: Brief, rng: np.random.Generator) -> str:
    """The first image asked for, or a title that Tang poets often used."""
    if brief.imagery:
        return brief.imagery[0]
    counts = habits("", "title")
    return to_simplified([*counts][_pick([*counts.values()], rng)])


def _order(brief: Brief, form: str, title: str, images: list[str], rng: np.random.Generator) -> Order:
    from yayun.writers.embedded import Order

    rhyme = brief.rhyme or _rhyme(brief, form, rng)
    fixed = tuple(((line, 0), char) for line, char in enumerate(brief.acrostic))
    count = max(0, min(2 - len(brief.imagery), len(images)))
    hints = tuple(images[i] for i in sorted(rng.permutation(len(images))[:count]))
    pattern = _pattern(brief, form, rhyme, fixed, rng)
    return Order(title, pattern, rhyme, brief.imagery, hints, brief.avoid_words, fixed)


def _images(brief: Brief, title: str) -> list[str]:
    """Images that go with the title, best first; each candidate draft is given two of them."""
    return [w for w in imagery_for(title, 8) if len(w) == 2 and w not in brief.avoid_words]


def _pattern(
    brief: Brief, form: str, rhyme: str, fixed: tuple[tuple[tuple[int, int], str], ...], rng: np.random.Generator
) -> Pattern:
    from yayun.writers.constraint import Frame, places_fit

    counts = habits(form, "pattern")
    asked = [
        p
        for p in patterns(form, oblique=not groups()[rhyme].level)
        if brief.pattern in (None, p.opening) and brief.first_line_rhymes in (None, p.first_line_rhymes)
    ]
    fitting = [p for p in asked if places_fit(Frame(p, rhyme, fixed))]
    if not fitting:
        raise YayunError(f"藏头“{brief.acrostic}”与所求的格式平仄不合:请换字,或不限定平起仄起、首句入韵。")
    return fitting[_pick([counts.get(p.name, 1) for p in fitting], rng)]


def _rhyme(brief: Brief, form: str, rng: np.random.Generator) -> str:
    """A group of the tone asked for (level where none is), by how often Tang poets used it."""
    counts = habits(form, "rhyme")
    tones = TONES_OF_RHYME[brief.rhyme_tone or "平"]
    names = [n for n, g in groups().items() if g.tone in tones and n not in brief.avoid_rhymes]
    if not names:
        raise YayunError("不要的韵部太多,没有剩下可用的韵:请少排除几个。")
    return names[_pick([counts.get(n, 0) + 0.1 for n in names], rng)]


def _pick(weights: Sequence[float], rng: np.random.Generator) -> int:
    import numpy as np

    shares = np.asarray(weights, float)
    return int(rng.choice(len(shares), p=shares / shares.sum()))


def _guided(
    settled: Sequence[Settled], options: Options, writer: EmbeddedWriter, watch: Watch | None
) -> list[tuple[Order, Draft]]:
    """The best passing draft of each."""
    import numpy as np

    from yayun.rank import judge
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
            return judge(asked.title, asked.brief.imagery, asked.orders[0].form in ("五律", "七律"), drafts)

        sampling = Sampling(temperature=options.temperature)
        drafted = writer.guided([s.orders for s in left], sampling, rng, score, watch)
        for group, (place, pairs) in enumerate(zip(places, drafted, strict=True)):
            passing = [(o, d) for o, d in pairs if is_new(d) and verdict(o, d, left[group].brief).passed]
            if passing:
                chosen[place] = passing[int(np.argmax(score(group, [d for _, d in passing])))]
    missing = [i for i in range(len(settled)) if i not in chosen]
    if missing:
        title = settled[missing[0]].title
        raise YayunError(f"《{title}》的要求太窄,没能写出合律的诗:请换一个韵部、意象或藏头字再试。")
    return [chosen[i] for i in range(len(settled))]


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


def is_new(draft: Draft) -> bool:
    """Does no line stand in the corpus?"""
    return not any(is_corpus_line(line) for line in draft.lines)


def verdict(order: Order, draft: Draft, brief: Brief) -> Review:
    """The review of a draft as it will be shown, in the script asked for."""
    return review(
        in_script(draft.lines, brief.script),
        form=order.form,
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


def _poem(settled: Settled, draft: Draft, order: Order, options: Options, backend: str, seconds: float) -> Poem:
    brief = settled.brief
    found = verdict(order, draft, brief)
    lines = in_script(draft.lines, brief.script)
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
        text=f"<think>{think}</think><answer>{''.join(punctuate(lines))}</answer>",
        review=found,
        backend=backend,
        mode=options.mode,
        seed=settled.seed,
        seconds=round(seconds, 4),
    )


def describe_plan(title: str, order: Order, draft: Draft) -> str:
    """The reasoning as text: theme, form and pattern, group, images and rhyme feet in order."""
    parts = [f"题目:{title or '无题'}", f"体式:{FORM_NAMES[order.form]},{order.pattern.name}"]
    parts.append(f"韵部:{groups()[order.rhyme].label}")
    if draft.plan_imagery:
        parts.append(f"意象:{'、'.join(draft.plan_imagery)}")
    if draft.plan_feet:
        parts.append(f"韵脚:{'、'.join(draft.plan_feet)}")
    return ";".join(parts) + "。"
