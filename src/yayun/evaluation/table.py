"""The rows there are, and the whole table in one go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from yayun.backends.registry import Choice, opened
from yayun.backends.shipped import default_writer
from yayun.composing.road import compose_with
from yayun.corpus.store import read_all
from yayun.corpus.text import shape_form
from yayun.errors import YayunError
from yayun.evaluation.baseline import random_samples
from yayun.evaluation.bench import Request, ask, read_requests, run_of
from yayun.evaluation.datasets import LONG_VERSE, NAMED, TUNES, load
from yayun.evaluation.published import published_rows
from yayun.evaluation.rows import Row, make_row
from yayun.evaluation.samples import Answer, Run, Sample, read_log, runs
from yayun.home import home
from yayun.measures.association import couplet_association
from yayun.measures.corpus import corpus
from yayun.measures.measures import assess
from yayun.measures.verse import make_verse, rhyme_of
from yayun.progress import bar
from yayun.prosody.forms.regulated import FORMS
from yayun.prosody.review import Profile

if TYPE_CHECKING:
    from yayun.backends.registry import Choice
    from yayun.composing.road import Options
    from yayun.measures.measures import Assessed
    from yayun.measures.verse import Verse

# In the whole table one request in so many is answered so many times, to see how alike the answers are.
SEED_SHARE, SEED_ANSWERS = 28, 8
HUMAN, RANDOM = "人", "随机"
PROFILES: tuple[Profile, ...] = ("paper", "strict")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a row is to hold."""

    profiles: tuple[Profile, ...] = ("strict",)
    quality: bool = False
    limit: int | None = None


def default_log(requests: Path) -> Path:
    """Where the answers to a requests file are kept unless ``--log`` says otherwise."""
    return home() / "evaluation" / f"{requests.stem}-samples.jsonl"


def default_requests() -> Path:
    """The benchmark of the working folder, of the source tree, or of the wheel. Raises YayunError without any."""
    place = Path("benchmarks", "requests.jsonl")
    shipped = Path(__file__).parent / "data" / place.name
    for path in (place, Path(__file__).parents[3] / place, shipped):
        if path.is_file():
            return path
    raise YayunError(f"这里没有 {place}:请在源码目录里运行,或用 --requests 给出请求文件。")


def dataset_rows(name: str, wanted: Wanted) -> Iterator[Row]:
    """A dataset or file, judged as what it is."""
    samples, own = load(name, wanted.limit)
    label = name if own else Path(name).name
    yield from _rows(label, samples, wanted, own=own, kind=HUMAN if own else "")


def random_rows(requests: Sequence[Request], wanted: Wanted) -> Iterator[Row]:
    """The random baseline for the requests."""
    yield from _rows("随机", random_samples(requests), wanted, kind=RANDOM)


def bench_rows(
    requests: Sequence[Request],
    options: Options,
    log: Path,
    wanted: Wanted,
    answers: int = 1,
    repeated: int = 0,
    backend: Choice | None = None,
    of: str = "",
) -> Iterator[Row]:
    """A backend (the embedded model, if None) asked the requests ``answers`` times each, evenly spread ``repeated`` of
    them ``SEED_ANSWERS`` times for the measures of diversity. ``of``: the kind of verse, where the row names one."""
    chosen = backend or Choice()
    run = run_of(chosen, options)
    again: list[Answer] = []
    with opened(chosen, options.rag) as through:
        compose = partial(compose_with, backend=through)
        with bar(f"{run.name}:写诗", len(requests) * answers, passing=True) as step:
            found = ask(requests, options, run, log, compose, range(answers), step)
        if repeated:
            few = [requests[i * len(requests) // repeated] for i in range(min(repeated, len(requests)))]
            with bar(f"{run.name}:同题再写", len(few) * (SEED_ANSWERS - answers), passing=True) as step:
                again = ask(few, options, run, log, compose, range(answers, SEED_ANSWERS), step)
    yield from _answer_rows(run, found, again, wanted, of)


def log_rows(log: Path, wanted: Wanted) -> Iterator[Row]:
    """A row for each run in a log, recomputed. Raises YayunError where there is none."""
    answers = read_log(log)
    if not answers:
        raise YayunError(f"{log} 里没有评测记录。")
    for run, found in runs(answers):
        full = _full_answers(found)
        yield from _answer_rows(
            run, [a for a in found if a.answer < full], [a for a in found if a.answer >= full], wanted
        )


def _full_answers(answers: Sequence[Answer]) -> int:
    """How many answers every request has: those make the row, further ones only show diversity."""
    counts: dict[tuple[int, str], int] = {}
    for answer in answers:
        counts[answer.index, answer.request] = counts.get((answer.index, answer.request), 0) + 1
    return min(counts.values())


def _answer_rows(
    run: Run, found: Sequence[Answer], again: Sequence[Answer], wanted: Wanted, of: str = ""
) -> Iterator[Row]:
    samples, more = [a.sample() for a in found], [a.sample() for a in again]
    yield from _rows(
        f"{run.name} {of}".strip(), samples, wanted, more, kind="内置模型" if run.backend == "embedded" else "大模型"
    )


def _rows(
    name: str,
    samples: Sequence[Sample],
    wanted: Wanted,
    more: Sequence[Sample] = (),
    own: bool = False,
    kind: str = "",
) -> Iterator[Row]:
    for profile in wanted.profiles:
        with bar(f"{name}:评分({profile})", len(samples), passing=True) as step:
            row = make_row(name, samples, profile, own, step, kind)
        if wanted.quality and not own and profile == wanted.profiles[-1]:
            row = replace(row, quality=_quality([*samples, *more]))
        yield row


def _quality(samples: Sequence[Sample]) -> tuple[Assessed, ...]:
    return assess([verse for sample in samples if (verse := verse_of(sample)) is not None], corpus().humans)


def verse_of(sample: Sample) -> Verse | None:
    """A sample as the measures of the verse see it; None where nothing was written, or no form is known or meant."""
    form = sample.form or shape_form(sample.lines)
    if form not in FORMS or not all(sample.lines) or not sample.lines:
        return None
    return make_verse(sample.title, form, sample.rhyme or rhyme_of(sample.lines), sample.lines, sample.key)


def whole_table(options: Options, log: Path | None, limit: int | None = None) -> Iterator[Row]:
    """Every row: quoted, human, random, and the embedded model free and guided, without and with retrieval.

    Needs the corpus and the ``eval`` extra, and asks for them before anything is composed.
    """
    couplet_association()
    path = default_requests()
    requests, log = read_requests(path, limit), log or default_log(path)
    plain, full = Wanted(PROFILES, limit=limit), Wanted(PROFILES, quality=True)
    yield from published_rows()
    for name in NAMED:
        yield from dataset_rows(name, plain)
    yield from random_rows(requests, full)
    for mode in ("free", "guided"):
        for rag in (False, True):
            chosen = replace(options, mode=mode, rag=rag)
            yield from bench_rows(requests, chosen, log, full, repeated=len(requests) // SEED_SHARE)
    yield from _by_genre(options, log, path.parent, limit)


def _by_genre(options: Options, log: Path, folder: Path, limit: int | None) -> Iterator[Row]:
    """排律 and 词, people's beside the built-in model's, as far as there are any."""
    strict = Wanted(("strict",), limit=limit)
    tunes = any(poem.split == "test" for poem in read_all("词", {"宋"}))
    for name, file, kind in ((LONG_VERSE, "longer.jsonl", "排律"), (TUNES, "tunes.jsonl", "词")):
        if name == LONG_VERSE or tunes:
            yield from dataset_rows(name, strict)
        if (folder / file).is_file() and (kind != "词" or default_writer().knows_tunes):
            asked = read_requests(folder / file, limit)
            # A log of its own: recomputed, a log is one row a run.
            beside = log.with_name(f"{log.stem}-{Path(file).stem}{log.suffix}")
            yield from bench_rows(asked, replace(options, mode="guided"), beside, strict, of=kind)
