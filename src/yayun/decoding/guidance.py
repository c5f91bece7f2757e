"""One row's guidance: of the characters that the rules leave open, which may come next, and which are wished for."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from yayun.decoding.constraint import Characters, Frame, Place, Tracker
from yayun.prompts import vocabulary as v
from yayun.prosody.parallelism.classes import fold
from yayun.prosody.parallelism.evidence import answering
from yayun.prosody.readings.lexicon import standardize
from yayun.retrieval.novelty import fold_line
from yayun.retrieval.phrases import phrases

# How far behind the likeliest character, in nats, a doubling may lie.
DOUBLING = 0.7
# Characters that are weighed by how they answer the one they face, and what a unit of that evidence (in nats) is worth.
ANSWERS_WEIGHED, ANSWERING = 64, 0.5
# The same of a word that two characters make when the verse is read from its end.
BONDS_WEIGHED, BOND = 256, 1.0
NEAR = 20  # lines within which no character comes twice; in a longer poem poets repeat some


@cache
def word_starts(width: int) -> frozenset[int]:
    """Columns (from 0) at which a word may begin: lines are read by twos, what is left at the end of an odd one as 2+1
    or 1+2."""
    starts = set(range(0, width - 1, 2))
    return frozenset(starts | {width - 2} if width % 2 else starts)


@cache
def word_ends(width: int) -> frozenset[int]:
    """Columns at which a word of two may end, so that its second character may double the first (叠字)."""
    ends = range(1, width - 3 if width % 2 else width, 2)
    return frozenset({*ends, width - 1})


def is_backwards(order: Sequence[Place]) -> bool:
    """Are lines written from their last character to their first?"""
    return any(line == other and column > next_column for (line, column), (other, next_column) in pairwise(order))


@dataclass(frozen=True, slots=True)
class Task:
    """One poem to write: the prompt's tokens, its frame, the words wished for and to be avoided, and the theme its plan
    is to name, if any (traditional script)."""

    prompt: tuple[str, ...]
    frame: Frame
    wishes: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    theme: str = ""


class Guide:
    """Follows one poem and shapes the model's logits for its next character.

    ``firmness``: how strongly wishes are brought in: the odds of one that can begin in the poem's last place.
    """

    def __init__(self, task: Task, characters: Characters, firmness: float) -> None:
        self.task, self.characters, self.firmness = task, characters, firmness
        self.tracker = Tracker(task.frame, characters)
        self.backwards = is_backwards(task.frame.order)
        self.feet: tuple[str, ...] = ()  # the planned rhyme feet, in order
        self.used = set(map(standardize, self.tracker.standing))  # the characters so far, variants standardised

    def copy(self) -> Guide:
        """An independent guide at the same place."""
        twin = copy(self)
        twin.tracker, twin.used = self.tracker.copy(), {*self.used}
        return twin

    def push(self, token: str) -> None:
        """Take the chosen token. A fixed character may lie outside the vocabulary; its token is the unknown one."""
        char = self.tracker.forced or token
        self.tracker.push(char)
        self.used.add(standardize(char))

    def shape(self, logits: np.ndarray) -> None:
        """Close, in place, all that may not come next in ``logits`` (vocabulary,), and favour what is wished for."""
        tracker = self.tracker
        allowed = tracker.allowed()
        if tracker.forced is not None:
            if not allowed.any():
                allowed[self.characters.ids[v.UNKNOWN]] = True
            logits[~allowed] = -np.inf
            return
        chosen = self._planned_foot(allowed)
        wished = self._wished(allowed)
        if chosen is None:
            chosen = allowed.copy()
            chosen[self._ids(self._barred() - self._doubled(logits, allowed))] = False
            if not chosen.any():  # a very small group or vocabulary: repeat rather than stop
                chosen = allowed
        if self.task.frame.pattern.short == "" and (facing := self._facing()) is not None:
            self._favour_answers(logits, chosen, facing)
        if self.task.frame.mirror is not None and (before := self._ends_word_backwards()):
            self._favour_bonds(logits, chosen, before)
        raised = self._raised(logits, wished, chosen) if wished else {}
        logits[~chosen] = -np.inf
        for i, value in raised.items():
            logits[i] = value

    def known(self, token: str) -> str:
        """The line that ``token`` would complete."""
        return self.tracker.line + token + self.tracker.after

    def _facing(self) -> str | None:
        """The character that the next one is to answer (对仗), where that stands already."""
        line, column = self.tracker.at
        above = next((i for i, k in self.task.frame.pattern.parallel if k == line), None)
        lines = self.tracker.lines
        return lines[above][column : column + 1] if above is not None and above < len(lines) else None

    def _favour_answers(self, logits: np.ndarray, chosen: np.ndarray, facing: str) -> None:
        """Raise, of the likeliest characters, those that answer the one they face."""
        likeliest = np.argsort(np.where(chosen, -logits, np.inf))[:ANSWERS_WEIGHED]
        above = fold(facing)
        for i in likeliest[chosen[likeliest]]:
            logits[i] += ANSWERING * answering(above, fold(self.characters.tokens[i]))

    def _ends_word_backwards(self) -> str:
        """The character before the next one, where the two are a word of the line read from its end; '' elsewhere."""
        column, width = self.tracker.at[1], self.tracker.width
        return self.tracker.line[-1:] if column and width - 1 - column in word_starts(width) else ""

    def _favour_bonds(self, logits: np.ndarray, chosen: np.ndarray, before: str) -> None:
        """Raise, of the likeliest characters, those that make a word of the poets with ``before`` when it comes
        second."""
        likeliest = np.argsort(np.where(chosen, -logits, np.inf))[:BONDS_WEIGHED]
        likeliest = likeliest[chosen[likeliest]]
        second = fold_line(before)
        logits[likeliest] += BOND * phrases().bonds([fold_line(self.characters.tokens[i]) + second for i in likeliest])

    def _ids(self, chars: set[str]) -> list[int]:
        return [self.characters.ids[c] for c in chars if c in self.characters.ids]

    def _pending(self) -> tuple[str, ...]:
        """Wishes that have not come yet."""
        so_far = (*self.tracker.lines, self.tracker.line, self.tracker.after)
        return tuple(w for w in self.task.wishes if not any(w in line for line in so_far))

    def _planned_foot(self, allowed: np.ndarray) -> np.ndarray | None:
        """Only the planned foot, where one is due and can stand."""
        tracker = self.tracker
        if not (tracker.at_foot and self.feet):
            return None
        foot = self.feet[len(tracker.feet)]
        i = self.characters.ids[foot]
        if not allowed[i] or foot in self.used:
            return None
        only = np.zeros_like(allowed)
        only[i] = True
        return only

    def _barred(self) -> set[str]:
        """Characters used before, kept for later places or wishes, or ending a word to avoid."""
        tracker = self.tracker
        kept = set(self.feet) | {c for place, c in self.task.frame.fixed if tracker.is_free(place)}
        kept |= set("".join(self._pending()))
        before, after = tracker.line, tracker.after
        ended = {
            word[k]
            for word in self.task.avoid
            for k in range(len(word))
            if before.endswith(word[:k]) and after.startswith(word[k + 1 :])
        }
        return self._used_near() | kept | ended

    def _used_near(self) -> set[str]:
        """Characters used before; of a long poem its feet and those of the lines nearest to the next one."""
        lines = self.tracker.lines
        if len(lines) <= NEAR:
            return self.used
        return set(standardize("".join([*lines[-NEAR:], self.tracker.line, *self.tracker.feet])))

    def _doubled(self, logits: np.ndarray, allowed: np.ndarray) -> set[str]:
        """The last character, where it may be doubled (叠字): a word of two ends here (where lines are written
        backwards: begins), it is new to the poem, and the model means it, for a doubling drawn from the tail of its
        choices is seldom one that poets use."""
        tracker = self.tracker
        beside = self._beside()
        if not beside or tracker.at_foot or tracker.standing.count(beside) > 1:
            return set()
        i = self.characters.ids.get(beside)
        meant = i is not None and allowed[i] and logits[i] > logits[allowed].max() - DOUBLING
        return {beside} if meant else set()

    def _beside(self) -> str:
        """The other character of the word of two that is completed here; '' where there is none."""
        tracker = self.tracker
        ends, column = word_ends(tracker.width), tracker.at[1]
        if column in ends and tracker.line:
            return tracker.line[-1]
        doubles_foot = tracker.frame.group_at(tracker.at[0], column + 1) is not None
        return tracker.after[0] if column + 1 in ends and tracker.after and not doubles_foot else ""

    def _wished(self, allowed: np.ndarray) -> dict[int, bool]:
        """Ids that would begin (False) or go on with (True) a pending wish here."""
        tracker = self.tracker
        found: dict[int, bool] = {}
        for wish in self._pending():
            begun, left = self._begun(wish)
            char = left[-1] if self.backwards else left[0]
            i = self.characters.ids.get(char)
            # Where the rest of the wish begins: here, or as far before as it has other characters.
            start = tracker.at[1] - (len(left) - 1 if self.backwards else 0)
            if i is None or not allowed[i] or set(left) & self.used or not tracker.has_room(left, start):
                continue
            if begun or start in word_starts(tracker.width):
                found[i] = begun
        return found

    def _begun(self, wish: str) -> tuple[bool, str]:
        """Whether a part of the wish stands right beside the next character, and what is left of it."""
        line, after = self.tracker.line, self.tracker.after
        for k in range(len(wish) - 1, 0, -1):
            if not self.backwards and line.endswith(wish[:k]):
                return True, wish[k:]
            if self.backwards and after.startswith(wish[-k:]):
                return True, wish[:-k]
        return False, wish

    def _raised(self, logits: np.ndarray, wished: dict[int, bool], chosen: np.ndarray) -> dict[int, float]:
        """Logits of wished characters beside the ``chosen`` others: at least a share of the whole that grows as the
        poem runs out, and nearly all of it for a word begun."""
        peak = logits[chosen].max()
        total = float(peak + np.log(np.exp(logits[chosen] - peak).sum()))
        share = float(np.log(self.firmness * self.tracker.share + 1e-9))
        return {i: total + 5.0 if begun else max(float(logits[i]) + 1.0, total + share) for i, begun in wished.items()}
