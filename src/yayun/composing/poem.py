"""The poem that composing returns: an immutable value with its review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from yayun.prosody.forms.form import COMMA, PAUSE, STOP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yayun.prosody.forms.form import Form
    from yayun.prosody.meter.by_book import BookReview
    from yayun.prosody.meter.tunes.review import TuneReview
    from yayun.prosody.review import Review


class Source(NamedTuple):
    """Whose a line of 集句 is."""

    dynasty: str
    author: str
    title: str


@dataclass(frozen=True, slots=True, repr=False)
class Poem:
    """A poem, what was asked for, and what the rules say of it.

    ``form``, ``rhyme`` and ``pattern`` are canonical simplified names (五言绝句, 东, 仄起首句不入韵) whatever the
    script; ``title``, ``lines``, ``think`` and ``text`` are in the script asked for. ``seconds`` is wall time.
    """

    request: str | None
    title: str
    theme: str | None
    imagery: tuple[str, ...]
    form: str
    rhyme: str | None
    pattern: str | None
    lines: tuple[str, ...]
    think: str
    text: str
    review: Review | TuneReview | BookReview
    backend: str
    mode: str
    seed: int
    seconds: float
    unread: tuple[str, ...] = ()  # words of the request that were not taken up
    notes: tuple[str, ...] = ()  # a sentence on each wish that is kept otherwise than it was said, or not kept
    banner: str = ""  # 横批 of a couplet, where it has one
    repair: dict[str, object] | None = None  # how it was mended, where a writer behind a server wrote it
    tune: str = ""  # of a 词; with it the variant (正体, 格二 …), the rhyme book and the first line of each stanza
    variant: str = ""
    book: str = ""
    stanzas: tuple[int, ...] = (0,)
    sources: tuple[Source, ...] = ()  # of 集句: whose each line is
    backwards: Review | None = None  # the review of the poem read from its end, where that is verse too (回文)

    def __repr__(self) -> str:
        verdict = "合律" if self.review.passed else "不合律"
        opening = f"{self.lines[0]}…" if self.lines else ""
        return f"<Poem 《{self.title}》{opening} {self.form} {self.rhyme or '无'}韵 {verdict} 种子 {self.seed}>"

    def _repr_html_(self) -> str:
        """The title and the review, as notebooks show it."""
        from yayun.prosody.render_html import poem_html
        from yayun.prosody.review import Review

        if not isinstance(self.review, Review):
            return f"<div><b>《{self.heading}》</b>{self.review._repr_html_()}</div>"
        return poem_html(self.title, self.review, (*self.unread, *self.notes))

    def __str__(self) -> str:
        return "\n\n".join("\n".join(stanza) for stanza in self.by_stanza())

    @property
    def heading(self) -> str:
        """The title as it stands over the verse: of a 词 with its tune before it, 浣溪沙·秋夜."""
        return "·".join(filter(None, (self.tune, self.title)))

    def by_stanza(self) -> tuple[tuple[str, ...], ...]:
        """The verse with punctuation: its stanzas, a sentence an entry."""
        ends = (*self.stanzas[1:], len(self.lines))
        parts = [(start, end) for start, end in zip(self.stanzas, ends, strict=True) if start < end]
        form = self.review.as_form
        if len(parts) < 2 or form is None:
            return (self.couplets(),)
        return tuple(_sentences(self.lines[a:b], form.marks[a:b]) for a, b in parts)

    def couplets(self) -> tuple[str, ...]:
        """The verse with punctuation, a sentence (in regulated verse a couplet) an entry."""
        return punctuate(self.lines, self.review.as_form)

    def to_json(self) -> dict[str, Any]:
        """The object that ``yayun compose --json`` prints (see docs/cli.md)."""
        told: dict[str, Any] = {
            "request": self.request,
            "title": self.title,
            "theme": self.theme,
            "imagery": list(self.imagery),
            "form": self.form,
            "rhyme": self.rhyme,
            "pattern": self.pattern,
            "lines": list(self.lines),
            "think": self.think,
            "text": self.text,
            "review": self.review.to_json(),
            "backend": self.backend,
            "mode": self.mode,
            "seed": self.seed,
            "seconds": self.seconds,
            "unread": list(self.unread),
            "notes": list(self.notes),
        }
        if self.tune:
            told |= {"tune": self.tune, "variant": self.variant, "book": self.book, "stanzas": list(self.stanzas)}
        elif self.book:
            told |= {"book": self.book}
        if self.banner:
            told["banner"] = self.banner
        if self.sources:
            told["sources"] = [source._asdict() for source in self.sources]
        if self.backwards is not None:
            told["backwards"] = self.backwards.to_json()
        return told if self.repair is None else told | {"repair": self.repair}


def punctuate(lines: Sequence[str], form: Form | None = None) -> tuple[str, ...]:
    """The lines with their marks, a sentence an entry: as the form has them, else couplets."""
    marks = [form.marks[i] if form is not None and i < form.count else (COMMA, STOP)[i % 2] for i in range(len(lines))]
    return _sentences(lines, marks)


def _sentences(lines: Sequence[str], marks: Sequence[str]) -> tuple[str, ...]:
    """A sentence an entry."""
    sentences, sentence = [], ""
    for i, (line, mark) in enumerate(zip(lines, marks, strict=True)):
        sentence += line + mark
        if mark not in (COMMA, PAUSE) or i == len(lines) - 1:
            sentences.append(sentence)
            sentence = ""
    return tuple(sentences)
