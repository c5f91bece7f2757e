"""Rendering a brief and a poem as the embedded model's tokens: one function for training and for composing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yayun.writers import vocabulary as v

TITLE_LIMIT = 16  # characters of a title the model sees


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the model is told. ``form`` 五绝 ...; ``rhyme`` a group name or None (mixed); ``pattern`` a pattern name,
    "古体", or None (not said); ``title`` and ``imagery`` in traditional script."""

    dynasty: str
    form: str
    rhyme: str | None
    pattern: str | None
    title: str
    imagery: tuple[str, ...] = ()


def prompt_tokens(conditions: Conditions) -> list[str]:
    """The prompt, up to and excluding the model's own first token."""
    tokens = [
        v.BEGIN,
        v.DYNASTIES[conditions.dynasty],
        v.FORM_TOKENS[conditions.form],
        v.MIXED_RHYME if conditions.rhyme is None else v.rhyme_token(conditions.rhyme),
    ]
    if conditions.pattern is not None:
        tokens.append(v.OLD_STYLE if conditions.pattern == "古体" else v.pattern_token(conditions.pattern))
    tokens += [v.TITLE, *conditions.title.replace(" ", "")[:TITLE_LIMIT]]
    if conditions.imagery:
        tokens += [v.IMAGERY, *v.PAUSE.join(conditions.imagery)]
    return tokens


def plan_tokens(imagery: Sequence[str], feet: Sequence[str]) -> list[str]:
    """The reasoning: the imagery in order, then the rhyme feet in order."""
    return [v.THINK, v.IMAGERY, *v.PAUSE.join(imagery), v.FEET, *feet, v.THINK_END]


def answer_tokens(lines: Sequence[str]) -> list[str]:
    """The poem, punctuated: a comma after odd lines, a stop after even ones."""
    tokens = [v.ANSWER]
    for i, line in enumerate(lines):
        tokens += [*line, v.STOP if i % 2 else v.COMMA]
    return [*tokens, v.ANSWER_END, v.END]
