"""From corpus poems to samples: a poem with what the model can be told of it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Literal

import numpy as np

from yayun.corpus.store import CorpusPoem, read_all, read_poems
from yayun.prompts import vocabulary as v
from yayun.prosody.batch.reviews import review_all
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.forms.regulated import FORMS
from yayun.prosody.labels import pattern_label, rhyme_label, tone_classes
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.readings.lexicon import standardize

Labels = Literal["quick", "reviewed"]
OLD = "古体"  # the pattern label of a poem that keeps none
_TOGETHER = 4096  # poems reviewed at once
_LONGEST = 20  # lines of a sample
_ALTERNATING = 0.8  # of the lines of 排律 the characters at the even places alternate between level and oblique
_CLAUSE = re.compile(f"([^{''.join(v.MARKS)}]+)([{''.join(v.MARKS)}])")


@dataclass(frozen=True, slots=True)
class Sample:
    """A clean poem with what the model can be told of it.

    ``form``: a key of ``vocabulary.FORM_TOKENS``; ``marks``: the tokens after each line, None as regulated verse has
    them; ``words``: candidate imagery of each couplet; ``own``: the model's own verse, no poet's; ``book``: the rhyme
    book that ``rhyme`` is a group of.
    """

    id: str
    dynasty: str
    form: str
    title: str
    lines: tuple[str, ...]
    rhyme: str | None
    pattern: str | None
    words: tuple[tuple[str, ...], ...]
    own: bool = False
    tune: str = ""
    marks: tuple[tuple[str, ...], ...] | None = None
    book: str = PINGSHUI


def load_samples(split: str, limit: int = 0, labels: Labels = "quick") -> list[Sample]:
    """Samples of the regular shapes of Tang and Song of one split, in corpus order (0 = no limit)."""
    poems = [p for p in read_poems() if p.split == split and p.form]
    poems = poems[:limit] if limit else poems
    salience = word_salience(poems)
    samples = [to_sample(p, salience) for p in poems]
    return samples if labels == "quick" else list(relabelled(samples))


def training_samples(corpus: Literal["regular", "all"], limit: int = 0, labels: Labels = "quick") -> Iterable[Sample]:
    """What a run reads: the four forms of Tang and Song, or (labels reviewed) all that the local corpus has."""
    if corpus == "regular":
        return load_samples("train", limit, labels)
    poems = [p for p in read_all() if p.split == "train"]
    poems = poems[:limit] if limit else poems
    salience = word_salience(p for p in poems if p.form)
    return relabelled(sample for poem in poems for sample in samples_of(poem, salience))


def samples_of(poem: CorpusPoem, salience: dict[str, float]) -> Iterator[Sample]:
    """A poem of any form, a long one in parts of ``_LONGEST`` lines; none where characters are missing. Its pattern is
    left to the verifier."""
    lines = tuple(standardize(line) for line in poem.lines)
    title = standardize(poem.title)
    if poem.genre == "词":
        clauses, marks = clauses_of(poem.stanzas)
        yield Sample(poem.id, poem.dynasty, v.CI, title, clauses, None, None, (), False, standardize(poem.tune), marks)
    elif poem.form:
        words = couplet_words(lines, salience)
        yield Sample(poem.id, poem.dynasty, poem.form, title, lines, rhyme_label(lines), None, words)
    elif len(lines) > 1 and all(is_hanzi(char) for line in lines for char in line):
        rhyme, form = rhyme_label(lines), other_form(lines)
        for start in range(0, len(lines), _LONGEST):
            if len(part := lines[start : start + _LONGEST]) > 1:
                yield Sample(f"{poem.id}-{start}", poem.dynasty, form, title, part, rhyme, None, ())


def clauses_of(stanzas: Sequence[str]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The clauses of a 词 and the tokens after each: its mark, and the stanza token at the end of all stanzas but the
    last."""
    clauses: list[str] = []
    marks: list[tuple[str, ...]] = []
    for i, stanza in enumerate(map(standardize, stanzas)):
        if i:
            marks[-1] = (*marks[-1], v.STANZA)
        for clause, mark in _CLAUSE.findall(stanza):
            clauses.append(clause)
            marks.append((mark,))
    return tuple(clauses), tuple(marks)


def other_form(lines: Sequence[str], by: str = PINGSHUI) -> str:
    """五言排律 ... 杂言: by width, number of lines and, roughly, tones (a name for the model, no verdict)."""
    width = len(lines[0])
    if width not in (5, 7) or any(len(line) != width for line in lines):
        return "杂言"
    name = {5: "五言", 7: "七言"}[width]
    rhyme = rhyme_label(lines, by)
    regular = len(lines) >= 10 and len(lines) % 2 == 0 and rhyme is not None and book(by).level(rhyme)
    if regular:
        beats = [line[1:6:2] if width == 7 else line[1:4:2] for line in lines]
        alternating = sum(all(tone_classes(a) != tone_classes(b) for a, b in pairwise(beat)) for beat in beats)
        regular = alternating >= _ALTERNATING * len(lines)
    return f"{name}{'排律' if regular else '古诗'}"


def relabelled(samples: Iterable[Sample]) -> Iterator[Sample]:
    """The samples with the verifier's labels: a poem without an error has its pattern, any other is 古体.

    What a pattern's name promises then holds for every poem that the model sees it with. Other forms than the four
    stay as they are.
    """
    rest = iter(samples)
    while part := list(islice(rest, _TOGETHER)):
        regular = [s for s in part if s.form in FORMS]
        found = iter(review_all([s.lines for s in regular]))
        for sample in part:
            if sample.form not in FORMS:
                yield sample
                continue
            verdict = next(found)
            if verdict.passed and verdict.pattern:
                yield replace(sample, rhyme=verdict.rhyme, pattern=verdict.pattern)
            else:
                yield replace(sample, pattern=OLD)


def to_sample(poem: CorpusPoem, salience: dict[str, float]) -> Sample:
    """A clean poem (``poem.form`` set) with its labels; ``salience`` as from ``word_salience``."""
    lines = tuple(standardize(line) for line in poem.lines)
    assert poem.form is not None
    return Sample(
        id=poem.id,
        dynasty=poem.dynasty,
        form=poem.form,
        title=standardize(poem.title),
        lines=lines,
        rhyme=rhyme_label(lines),
        pattern=pattern_label(lines, poem.form),
        words=couplet_words(lines, salience),
    )


def couplet_words(lines: Sequence[str], salience: dict[str, float]) -> tuple[tuple[str, ...], ...]:
    """Candidate imagery of each couplet, most salient first."""
    return tuple(tuple(rank_words(lines[i : i + 2], salience)) for i in range(0, len(lines), 2))


def line_words(line: str) -> Iterator[str]:
    """Two-character units at the places where verse has its word boundaries (2+3 or 2+2+3)."""
    starts = (0, 2, 3) if len(line) == 5 else (0, 2, 4, 5)
    for i in starts:
        yield line[i : i + 2]


def word_salience(poems: Iterable[CorpusPoem]) -> dict[str, float]:
    """Two-character words that belong together (pointwise mutual information above 3 nats, seen 10 times or more)."""
    words: Counter[str] = Counter()
    chars: Counter[str] = Counter()
    for poem in poems:
        for line in poem.lines:
            text = standardize(line)
            words.update(line_words(text))
            chars.update(text)
    total_words, total_chars = words.total(), chars.total()
    found = {}
    for word, count in words.items():
        if count < 10 or len(word) < 2:
            continue
        expected = chars[word[0]] * chars[word[1]] / total_chars**2
        pmi = math.log(count / total_words / expected)
        if pmi > 3:
            found[word] = pmi
    return found


def rank_words(couplet: Sequence[str], salience: dict[str, float]) -> list[str]:
    """The couplet's words, most salient first, at most four."""
    words = {w for line in couplet for w in line_words(line) if w in salience}
    return sorted(words, key=lambda w: (-salience[w], w))[:4]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a completion was asked for: ``pattern`` None where it is left open."""

    form: str
    rhyme: str
    pattern: str | None
    book: str = PINGSHUI


def kept_by(sample: Sample) -> Asked | None:
    """Form, group and pattern of a sample that has them."""
    if sample.rhyme is None or sample.pattern in (None, OLD):
        return None
    return Asked(sample.form, sample.rhyme, sample.pattern, sample.book)


def rhyme_feet(sample: Sample) -> list[str]:
    """The characters that rhyme, in order: even lines, and the first where its pattern rhymes."""
    return [line[-1] for line in rhyming_lines(sample)]


def rhyming_lines(sample: Sample) -> list[str]:
    """Even lines, and the first where its pattern rhymes."""
    first = [sample.lines[0]] if sample.pattern and sample.pattern.endswith("首句入韵") else []
    return [*first, *sample.lines[1::2]]


def shuffled_samples(seed: int, limit: int = 0) -> dict[str, Iterator[Sample]]:
    """Tang poems of the training split by form, in an order drawn by the seed; labelled as they are taken. ``limit``:
    how many poems are looked at, 0 for all."""
    poems = [p for p in read_poems() if p.split == "train" and p.form]
    poems = poems[:limit] if limit else poems
    salience = word_salience(poems)
    rng = np.random.default_rng([seed, 5])
    found: dict[str, Iterator[Sample]] = {}
    for form in FORMS:
        of_form = [p for p in poems if p.form == form and p.dynasty == "唐"]
        order = [of_form[i] for i in rng.permutation(len(of_form))]
        found[form] = (to_sample(poem, salience) for poem in order)
    return found
