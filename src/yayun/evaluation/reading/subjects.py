"""Held-out human poems to read beside ours: regular verse by minor poets, under titles that name a subject."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yayun.corpus.store import CorpusPoem
from yayun.errors import YayunError
from yayun.prosody.forms.regulated import FORMS
from yayun.prosody.review import review
from yayun.script import to_simplified

SPLIT = "valid"  # never the test split: what is steered by must not be what is reported
GREAT = 20  # so many poets of a dynasty, those with most poems, are too well known to be read blind
ANTHOLOGY = "唐诗三百首"
# Two to sixteen characters, and no poem of a series: what is not the first can't be understood alone.
_SERIES = "其[一二三四五六七八九十]|[二三四五六七八九十]首"
_TITLE = re.compile(rf"(?!.*(?:{_SERIES}))[\u3400-\u9fff\U00020000-\U000323af]{{2,16}}")


@dataclass(frozen=True, slots=True)
class Subject:
    """A human poem, and with it what another is to be written under: title and lines in simplified script."""

    title: str
    form: str
    rhyme: str
    lines: tuple[str, ...]
    author: str
    id: str

    def to_request(self) -> dict[str, str]:
        """A line of a file for ``yayun compose --batch``."""
        return {"title": self.title, "form": self.form, "rhyme": self.rhyme}


def subjects(poems: Iterable[CorpusPoem], dynasty: str) -> list[Subject]:
    """All that can be read of a dynasty, each title once, in the corpus's order.

    Raises YayunError where there is none.
    """
    uses: Counter[str] = Counter()
    held: list[CorpusPoem] = []
    for poem in poems:
        if poem.dynasty == dynasty:
            uses[poem.author] += 1
            if poem.split == SPLIT and poem.form in FORMS:
                held.append(poem)
    great = {author for author, _ in uses.most_common(GREAT)}
    found: dict[str, Subject] = {}
    for poem in held:
        subject = None if poem.author in great or ANTHOLOGY in poem.tags else _subject(poem)
        if subject is not None:
            found.setdefault(subject.title, subject)
    if not found:
        raise YayunError(f"语料里没有{dynasty}代可供评读的诗:请换一个朝代,或先用 yayun corpus add 添进来。")
    return list(found.values())


def _subject(poem: CorpusPoem) -> Subject | None:
    """The poem as a subject; None where its title is no subject, or the rules find a fault."""
    if poem.form is None or _TITLE.fullmatch(poem.title) is None:
        return None
    judged = review(poem.lines)
    if not judged.passed or judged.rhyme is None:
        return None
    lines = tuple(map(to_simplified, poem.lines))
    return Subject(to_simplified(poem.title), poem.form, judged.rhyme, lines, poem.author, poem.id)


def share_out(found: Sequence[Subject], sides: int, count: int, seed: int) -> list[list[Subject]]:
    """``count`` subjects a side, no title on two of them, of every form as many as far as there are.

    Raises YayunError where there are too few.
    """
    by_form = {form: [subject for subject in found if subject.form == form] for form in FORMS}
    room = {form: len(subjects) // sides for form, subjects in by_form.items()}
    if sum(room.values()) < count:
        raise YayunError(f"可读的诗只够 {sides} 方各 {sum(room.values())} 首:--count 请不超过它。")
    quota = dict.fromkeys(FORMS, 0)
    for _ in range(count):
        quota[min((form for form in FORMS if quota[form] < room[form]), key=quota.__getitem__)] += 1
    rng = random.Random(seed)
    shared: list[list[Subject]] = [[] for _ in range(sides)]
    for form, each in quota.items():
        drawn = rng.sample(by_form[form], sides * each)
        for side in range(sides):
            shared[side] += drawn[side::sides]
    return shared
