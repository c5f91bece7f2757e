"""The poem that composing returns: an immutable value with its review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yayun.prosody.review import Review


@dataclass(frozen=True, slots=True)
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
    review: Review
    backend: str
    mode: str
    seed: int
    seconds: float
    unread: tuple[str, ...] = ()  # words of the request that were not taken up
    notes: tuple[str, ...] = ()  # a sentence on each wish that is kept otherwise than it was said, or not kept
    repair: dict[str, object] | None = None  # how it was mended, where a writer behind a server wrote it

    def __str__(self) -> str:
        return "\n".join(self.couplets())

    def couplets(self) -> tuple[str, ...]:
        """The verse with punctuation, a couplet an entry."""
        return punctuate(self.lines)

    def to_json(self) -> dict[str, Any]:
        """The object that ``yayun compose --json`` prints (see docs/cli.md)."""
        told = {
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
        return told if self.repair is None else told | {"repair": self.repair}


def punctuate(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Couplets with a comma after the upper line and a stop after the lower."""
    marked = [line + ("。" if i % 2 else "，") for i, line in enumerate(lines)]
    return tuple("".join(marked[i : i + 2]) for i in range(0, len(marked), 2))
