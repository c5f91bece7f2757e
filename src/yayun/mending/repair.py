"""Verify and repair: rule-perfect verse from a writer that can't be masked.

A draft is reviewed; the findings, the retrieved characters for exactly those places and the lines to mend go back to
the writer; of what it returns only the faulty lines are taken, and only where they are no worse. This goes on until
the review passes, the rounds are over, or no call is left; then a search (the embedded model, decoding around the
good lines) may mend the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from yayun.brief.text import is_traditional
from yayun.errors import YayunError
from yayun.mending.diagnosis import Diagnosis, Slots, Task, align, diagnose
from yayun.mending.request import mending_messages
from yayun.prompts.answer import Answer, labelled_lines, read_answer, split_completion
from yayun.prompts.instruction import messages
from yayun.prosody.meter.finding import Finding
from yayun.prosody.review import Review
from yayun.script import to_simplified, to_traditional
from yayun.servers.wire import Completion

if TYPE_CHECKING:
    from yayun.prompts.instruction import Message

ROUNDS = 4

# One completion of a conversation; may raise YayunError (no call left, server gone).
Converse = Callable[[Sequence["Message"]], Completion]


class Search(Protocol):
    """Mends what the writer could not."""

    def __call__(self, diagnosis: Diagnosis) -> tuple[str, ...] | None:
        """The whole poem with the faulty lines written anew, the others as they are; None where there is no way."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A poem after repair.

    ``slots`` has a line a place, None where none was ever written; ``think`` is the draft's reasoning. ``rounds``
    counts the mendings asked for after the draft, ``calls`` the completions had. ``mended`` are the lines (from 1) the
    writer mended, ``searched`` those the search wrote. ``remains`` are the errors left; ``stopped`` is the sentence
    that ended it early, where one did.
    """

    slots: Slots
    think: str
    diagnosis: Diagnosis
    rounds: int
    calls: int
    mended: tuple[int, ...] = ()
    searched: tuple[int, ...] = ()
    stopped: str | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines there are."""
        return tuple(filter(None, self.slots))

    @property
    def passed(self) -> bool:
        """Is every line there, and has the review no error?"""
        return self.diagnosis.passed

    @property
    def review(self) -> Review:
        """The last review, of the poem with □ for what was never written."""
        return self.diagnosis.review

    @property
    def remains(self) -> tuple[Finding, ...]:
        """The errors left."""
        return self.diagnosis.errors

    def to_json(self) -> dict[str, object]:
        """For the result object of ``compose --json``."""
        return {
            "rounds": self.rounds,
            "calls": self.calls,
            "mended": list(self.mended),
            "searched": list(self.searched),
            "remains": [finding.to_json() for finding in self.remains],
            "stopped": self.stopped,
        }


@dataclass(slots=True)
class _Calls:
    """Counts completions."""

    converse: Converse
    made: int = field(default=0)

    def __call__(self, talk: Sequence[Message]) -> Completion:
        completion = self.converse(talk)
        self.made += 1
        return completion


def compose_verified(
    converse: Converse,
    task: Task,
    *,
    draft: Callable[[], Completion] | None = None,
    rounds: int = ROUNDS,
    search: Search | None = None,
) -> Repaired:
    """Draft, review, repair. ``draft`` writes the first draft, where that is not simply asked for.

    Raises YayunError when there is no draft to begin with: a poem all of our own making would not be the writer's. What
    stops it later is told in ``stopped``, and the poem as far as it has come is kept.
    """
    ask = _Calls(converse)
    if draft is None:
        first = ask(messages(task.asked, task.pattern, task.rhyme, task.retrieved))
    else:
        first = draft()
        ask.made += 1
    return repair(ask, task, read_draft(first, task), rounds=rounds, search=search)


def repair(
    converse: Converse, task: Task, draft: Answer, *, rounds: int = ROUNDS, search: Search | None = None
) -> Repaired:
    """Mend a draft that is already there, the writer's or anybody's. ``calls`` counts those of ``converse``."""
    ask = converse if isinstance(converse, _Calls) else _Calls(converse)
    slots = align(draft.lines, task)
    state = Repaired(slots, draft.think, diagnose(slots, task), 0, ask.made)
    while state.diagnosis.faulty and state.rounds < rounds:
        try:
            reply = ask(mending_messages(state.diagnosis))
        except YayunError as error:
            state = replace(state, stopped=str(error))
            break
        state = _mended(state, reply, ask.made)
    return state if state.passed or search is None else _searched(state, search)


def read_draft(completion: Completion, task: Task) -> Answer:
    """A completion's reasoning and lines, in the script asked for."""
    answer = read_answer(completion.text, task.pattern.width, task.pattern.count, completion.reasoning)
    return replace(answer, lines=tuple(_in_script(line, task) for line in answer.lines))


def _in_script(text: str, task: Task) -> str:
    """``text`` in the script asked for; what is in it already is left alone."""
    if task.asked.script == "simplified":
        return to_simplified(text)
    return text if is_traditional(text) else to_traditional(text)


def _mended(state: Repaired, reply: Completion, calls: int) -> Repaired:
    """The state after the writer's reply: each faulty line is replaced where that makes nothing worse."""
    found = state.diagnosis
    slots, taken = state.slots, set(state.mended)
    for place, line in sorted(_proposals(reply, found).items()):
        tried = (*slots[:place], line, *slots[place + 1 :])
        after = diagnose(tried, found.task)
        if after.weight < found.weight:
            slots, found = tried, after
            taken.add(place + 1)
    think = state.think or read_draft(reply, found.task).think
    return replace(
        state,
        slots=slots,
        think=think,
        diagnosis=found,
        rounds=state.rounds + 1,
        calls=calls,
        mended=tuple(sorted(taken)),
    )


def _proposals(reply: Completion, found: Diagnosis) -> dict[int, str]:
    """The lines a reply offers for the faulty places: by their labels, as many as there are faults, or out of a whole
    poem."""
    task, faulty = found.task, found.faulty
    width, count = task.pattern.width, task.pattern.count
    _, body, _ = split_completion(reply.text)
    offered: dict[int, str] = labelled_lines(body)
    if not offered:
        lines = read_draft(reply, task).lines
        if len(lines) == len(faulty):
            offered = dict(zip(faulty, lines, strict=True))
        elif len(lines) == count:
            offered = dict(enumerate(lines))
        else:
            offered = {i: line for i, line in enumerate(align(lines, task, faulty)) if line is not None}
    return {i: _in_script(line, task) for i, line in offered.items() if i in faulty and len(line) == width}


def _searched(state: Repaired, search: Search) -> Repaired:
    """The state after the search, where it finds a poem that passes."""
    lines = search(state.diagnosis)
    if lines is None:
        return state
    after = diagnose(lines, state.diagnosis.task)
    if after.weight > state.diagnosis.weight:
        return state
    changed = [i + 1 for i, line in enumerate(lines) if line != state.slots[i]]
    kept = tuple(n for n in state.mended if n not in changed)
    return replace(state, slots=lines, diagnosis=after, mended=kept, searched=tuple(changed))
