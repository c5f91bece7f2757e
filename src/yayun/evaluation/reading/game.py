"""The game 唐人还是机器: some poems of a blind sheet, one after another, each told apart at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from yayun.brief import make_brief
from yayun.composing.road import Options, compose_all
from yayun.corpus.store import corpus_path, read_poems
from yayun.errors import YayunError
from yayun.evaluation.reading.sheet import HUMAN, Verse, human_verse, shuffled
from yayun.evaluation.reading.subjects import Subject, share_out, subjects
from yayun.script import to_simplified

EACH = 3  # poems of either side in a hand
DYNASTY = "唐"


@dataclass(frozen=True, slots=True)
class Dealt:
    """A poem of a hand; ``author`` is "" where the machine wrote it."""

    title: str
    form: str
    lines: tuple[str, ...]
    author: str


def readable() -> tuple[Subject, ...]:
    """What can be dealt: takes some seconds the first time. Raises YayunError where there is no corpus."""
    path = corpus_path()
    if not path.exists():
        raise YayunError("这个游戏要用唐人的诗:请先运行 yayun corpus fetch,再来。")
    return _readable(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _readable(path: Path, _: int) -> tuple[Subject, ...]:
    return tuple(subjects(read_poems(path), DYNASTY))


def deal(found: Sequence[Subject], seed: int) -> list[Dealt]:
    """A hand: as many poems by people as by the embedded model under other such titles, in any order. Of the same seed
    the same hand."""
    people, machine = share_out(found, 2, EACH, seed)
    verses = [*map(human_verse, people), *(_written(subject, seed + i) for i, subject in enumerate(machine))]
    items, origins = shuffled(verses, seed)
    authors = [to_simplified(origin.source.rsplit(" ", 1)[0]) if origin.arm == HUMAN else "" for origin in origins]
    return [Dealt(item.title, item.form, item.lines, author) for item, author in zip(items, authors, strict=True)]


def _written(subject: Subject, seed: int) -> Verse:
    brief = make_brief(title=subject.title, form=subject.form, rhyme=subject.rhyme)
    (poem,) = compose_all([brief], Options(effort="quick", seed=seed))
    return Verse("quick", subject.title, subject.form, poem.lines, str(seed))
