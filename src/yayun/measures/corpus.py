"""What the measures learn from the corpus, in one reading: human poems, verse in training, and its counts.

Only the training split is learnt from. ``near`` poems, which share lines with held-out ones, are left out altogether.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from yayun.corpus.store import CorpusPoem, read_poems
from yayun.measures.verse import Verse, is_plain_title, rhyme_of
from yayun.prosody.forms.regulated import FORMS
from yayun.retrieval.novelty import fold_line

HELD_OUT = ("valid", "test")


@dataclass(frozen=True, slots=True)
class Human:
    """A Tang poem of one of the four shapes under a plain title: ``source`` has the lines as written."""

    verse: Verse
    source: tuple[str, ...]
    split: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """``humans``: Tang poems to compare with; ``learnt``: (folded title, folded lines) of the training poems of the
    four shapes; ``text``: every training line, folded, poems a blank line apart; ``uses``: characters of the learnt
    verse by count, the commonest first."""

    humans: tuple[Human, ...]
    learnt: tuple[tuple[str, tuple[str, ...]], ...]
    text: str
    uses: tuple[tuple[str, int], ...]


@cache
def corpus() -> Corpus:
    """The local copy as the measures need it. Raises YayunError where there is none."""
    return read_corpus(read_poems())


def read_corpus(poems: Iterable[CorpusPoem]) -> Corpus:
    """Gather a Corpus."""
    humans: list[Human] = []
    learnt: list[tuple[str, tuple[str, ...]]] = []
    text: list[str] = []
    uses: Counter[str] = Counter()
    for poem in poems:
        folded = fold_line("\n".join(poem.lines))
        if poem.split == "train":
            text.append(folded)
        if poem.form is None or poem.split not in ("train", *HELD_OUT):
            continue
        title, lines = fold_line(poem.title), tuple(folded.split("\n"))
        if poem.split == "train":
            learnt.append((title, lines))
            uses.update(folded)
        if poem.dynasty == "唐" and is_plain_title(title):
            humans.append(_human(poem, title, lines))
    del uses["\n"]
    return Corpus(tuple(humans), tuple(learnt), "\n\n".join(text), tuple(uses.most_common()))


def _human(poem: CorpusPoem, title: str, lines: tuple[str, ...]) -> Human:
    assert poem.form in FORMS
    return Human(Verse(title, poem.form, rhyme_of(poem.lines), lines, poem.id), poem.lines, poem.split)
