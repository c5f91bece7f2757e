"""Quick labels of a clean poem: its rhyme group and its pattern. For whole corpora; verdicts are ``review``'s."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.forms.regulated import patterns
from yayun.prosody.readings.lexicon import readings
from yayun.prosody.tones import LEVEL


def rhyme_label(lines: Sequence[str], by: str = PINGSHUI) -> str | None:
    """The group that most even lines end in, if at least three quarters do (all but one in an octave); else None.

    Where the feet can be read in a level group and in an oblique one (長、忘、藏 in 阳 and 漾), they rhyme in the level
    one, as regular verse does.
    """
    held, feet = book(by), [line[-1] for line in lines[1::2]]
    votes = Counter(group for foot in feet for group in {r.group for r in held.readings(foot)})
    if not votes:
        return None
    (group, count), *_ = sorted(votes.items(), key=lambda item: (-item[1], not held.level(item[0]), item[0]))
    return group if count >= 0.75 * len(feet) else None


def tone_classes(char: str) -> frozenset[bool]:
    """The tone classes (level = True) a character can have; both when unresolved."""
    return frozenset(r.level for r in readings(char)) or frozenset((True, False))


def pattern_label(lines: Sequence[str], form: str) -> str | None:
    """The pattern's name when the poem follows one closely (at most one place in ten off, line ends all right),
    else 古体."""
    classes = [[tone_classes(c) for c in line] for line in lines]
    best, best_misses = None, 1e9
    for pattern in patterns(form):
        misses = 0.0
        for line, tones in zip(classes, pattern.tones, strict=True):
            wrong = [(t == LEVEL) not in c for c, t in zip(line, tones, strict=True)]
            # Odd places are freer than even ones and line ends.
            misses += sum(wrong) + 2 * sum(wrong[1:-1:2]) + 6 * wrong[-1]
        if misses < best_misses:
            best, best_misses = pattern, misses
    assert best is not None
    return best.name if best_misses <= 0.35 * len(lines) * len(lines[0]) else "古体"
