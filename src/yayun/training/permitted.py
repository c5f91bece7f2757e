"""What the rules permit at every token of a sampled completion, and how far the model is from writing within it.

GRPO's reward says of a whole poem how well it kept the rules; the masks of guided decoding (``decoding.constraint``)
say at every place which characters would have. The loss is the divergence from the frozen start model *held to what is
permitted*: the start's own probabilities, those of faulty characters taken away and the rest in their old proportions.
So the model learns to write freely what its start writes when guided, and where the rules leave all open it is asked to
stay as it was. It is distillation on the model's own samples (Agarwal et al., "On-Policy Distillation of Language
Models", 2024) with guided decoding as the teacher, and mends the places that the model comes to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from yayun.decoding.constraint import Characters, Frame, Tracker
from yayun.prompts import vocabulary as v
from yayun.prosody.books.shelf import book
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.regulated import FORMS, patterns
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.tones import LEVEL, OBLIQUE
from yayun.training.samples import Asked
from yayun.training.traces import named_pattern

FREE = 0  # the mask of a place about which the rules say nothing
MOST_FEET = 4  # earlier feet that the last foot of a poem can have


@dataclass(frozen=True, slots=True)
class Mark:
    """One place of a completion: the number of its mask, and the places of earlier feet, which may not come again."""

    mask: int = FREE
    feet: tuple[int, ...] = ()


class Permitted:
    """Marks completions of one vocabulary (tokens in id order); ``masks`` are numbered in the order they came up."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.characters = Characters(tokens)
        self.patterns = {v.pattern_token(p.variant): p.variant for form in FORMS for p in patterns(form)}
        self.masks = [torch.ones(len(tokens), dtype=torch.bool)]
        self._numbers: dict[object, int] = {}

    def marks(self, ids: Sequence[int], asked: Asked) -> list[Mark]:
        """A mark a token of a completion. Where a completion leaves its form nothing more is marked."""
        tokens = [self.characters.tokens[i] for i in ids]
        found = [Mark() for _ in tokens]
        for place, mark in self._walk(tokens, asked):
            if place < len(found):
                found[place] = mark
        return found

    def of_poem(self, ids: Sequence[int], kept: Asked | None) -> list[Mark]:
        """``marks`` of a poem that is known to keep its form, group and pattern, with its plan or without (which of the
        two is left open); none of one that is not."""
        return [] if kept is None else [Mark(), *self.marks(ids, kept)[1:]]

    def table(self) -> Tensor:
        """(masks, vocabulary) boolean: what each mask permits."""
        return torch.stack(self.masks)

    def _walk(self, tokens: Sequence[str], asked: Asked) -> Iterator[tuple[int, Mark]]:
        yield 0, self._only(v.THINK)
        verse = tokens.index(v.ANSWER) if v.ANSWER in tokens else len(tokens)
        name, feet = asked.pattern, tuple[str, ...]()
        if tokens[:1] == [v.THINK] and v.THINK_END in tokens[:verse]:
            end = tokens.index(v.THINK_END)
            named = next((i for i in range(end) if tokens[i] in self.patterns), None)
            if named is not None:
                name = name or self.patterns[tokens[named]]
                yield named, self._no_other_pattern(name)
            pattern = _pattern(asked, name)
            if pattern is not None and v.FEET in tokens[:end]:
                start = tokens.index(v.FEET) + 1
                yield from self._planned(start, end, pattern, asked.rhyme)
                feet = _kept(tokens[start:end], pattern, asked.rhyme, asked.book)
            yield end + 1, self._only(v.ANSWER)
        pattern = _pattern(asked, name)
        if pattern is not None and verse < len(tokens):
            yield from self._verse(tokens, verse + 1, Frame(pattern, asked.rhyme), feet)

    def _planned(self, start: int, end: int, pattern: Form, rhyme: str) -> Iterator[tuple[int, Mark]]:
        """A plan's feet: characters of the group, each once, as many as rhyme."""
        count = len(pattern.rhyming)
        foot = self._number(("foot", rhyme), lambda: torch.from_numpy(self.characters.foot(rhyme)))
        for place in range(start, min(start + count, end + 1)):
            yield place, Mark(foot, tuple(range(start, place)))
        if end >= start + count:
            yield start + count, self._only(v.THINK_END)

    def _verse(
        self, tokens: Sequence[str], start: int, frame: Frame, feet: Sequence[str]
    ) -> Iterator[tuple[int, Mark]]:
        """The poem: tones, feet as planned, no foot again, punctuation and the closing tags."""
        tracker, place = Tracker(frame, self.characters), start
        stood: list[int] = []  # places of the feet so far
        for line, width in enumerate(frame.pattern.widths):
            for _ in range(width):
                yield place, self._character(tracker, feet, stood)
                if place >= len(tokens) or not (len(tokens[place]) == 1 and is_hanzi(tokens[place])):
                    return
                if tracker.at_foot:
                    stood.append(place)
                tracker.push(tokens[place])
                place += 1
            mark = frame.pattern.marks[line]
            yield place, self._only(mark)
            if tokens[place : place + 1] != [mark]:
                return
            place += 1
        yield place, self._only(v.ANSWER_END)
        yield place + 1, self._only(v.END)

    def _character(self, tracker: Tracker, feet: Sequence[str], stood: Sequence[int]) -> Mark:
        tones = tracker.open_tones()
        if not tones:  # an earlier character has broken the couplet
            return Mark()
        if not tracker.at_foot:
            return Mark(self._number(tones, lambda: self._toned(tones)))
        if feet:
            return self._only(feet[len(tracker.feet)])
        rhyme = tracker.frame.group_at(*tracker.at) or tracker.frame.rhyme
        mask = self._number((tones, rhyme), lambda: self._toned(tones) & torch.from_numpy(self.characters.foot(rhyme)))
        return Mark(mask, tuple(stood))

    def _toned(self, tones: frozenset[str]) -> Tensor:
        chars = self.characters
        mask = (chars.level * (LEVEL in tones)) | (chars.oblique * (OBLIQUE in tones))
        return torch.from_numpy(mask)

    def _no_other_pattern(self, name: str) -> Mark:
        """Any token but another pattern's: how much a plan says before it names one is its own affair."""
        token = v.pattern_token(name)

        def others_out() -> Tensor:
            return torch.tensor([t == token or t not in self.patterns for t in self.characters.tokens])

        return Mark(self._number(("pattern", token), others_out))

    def _only(self, token: str) -> Mark:
        def single() -> Tensor:
            mask = torch.zeros(len(self.characters.tokens), dtype=torch.bool)
            mask[self.characters.ids[token]] = True
            return mask

        return Mark(self._number(token, single))

    def _number(self, key: object, make: Callable[[], Tensor]) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self.masks)
            self.masks.append(make())
        return self._numbers[key]


def _pattern(asked: Asked, name: str | None) -> Form | None:
    return named_pattern(asked.form, asked.rhyme, name, asked.book) if name else None


def _kept(feet: Sequence[str], pattern: Form, rhyme: str, by: str) -> tuple[str, ...]:
    """The planned feet, where they can all be kept."""
    groups_of = book(by).groups_of
    fit = len(feet) == len(pattern.rhyming) == len(set(feet)) and all(rhyme in groups_of(foot) for foot in feet)
    return tuple(feet) if fit else ()


def marks_tensor(rows: Sequence[Sequence[Mark]], length: int) -> Tensor:
    """(rows, length, 1 + MOST_FEET) int64: a place's mask and its earlier feet (-1: none); what a row lacks is free."""
    padded = [[*marks, *[Mark()] * length][:length] for marks in rows]
    return torch.tensor([[(m.mask, *m.feet, *[-1] * (MOST_FEET - len(m.feet))) for m in marks] for marks in padded])


def permitted_tokens(ids: Tensor, marks: Tensor, table: Tensor) -> Tensor:
    """(places, vocabulary) what may stand at each place of completions ``ids`` (rows, length), row by row.

    ``marks``: theirs, as from ``marks_tensor``; ``table``: the masks these number. Anything may stand where nothing is
    marked, or nothing would be left.
    """
    allowed = table[marks[..., 0].flatten()]
    row, place, which = (marks[..., 1:] >= 0).nonzero(as_tuple=True)
    allowed[row * ids.shape[1] + place, ids[row, marks[row, place, 1 + which]]] = False
    allowed[~allowed.any(-1)] = True
    return allowed


def distance(logits: Tensor, start: Tensor, allowed: Tensor) -> Tensor:
    """(places,) the divergence, in nats, of the model from the start held to what is ``allowed``, given the logits of
    both (places, vocabulary)."""
    held = start.masked_fill(~allowed, -torch.inf).log_softmax(-1)
    wanted = held.exp()
    return (wanted * (held.masked_fill(~allowed, 0.0) - logits.log_softmax(-1))).sum(-1)
