"""Rendering a brief and a poem as the embedded model's tokens: one place for training, evaluation and composing.

``prompt_tokens`` is what the model reads. ``messages`` is the same as a conversation, which the tokenizer's own chat
template turns back into those very tokens (``CHAT_TEMPLATE``), so that stock training and serving code sees what
composing sees.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from yayun.prompts import vocabulary as v
from yayun.prompts.instruction import SYSTEM, Message
from yayun.prosody.readings.lexicon import standardize
from yayun.retrieval.feet import rhyme_feet

TITLE_LIMIT = 16  # characters of a title the model sees
OFFERED = 12  # rhyme characters offered when composing; training offers 8 to 12

# The brackets of control tokens: a title that spells one must not become one.
_BRACKETS = str.maketrans("", "", " 【】<>|")
_PATTERN = re.compile(r"【([^】]*首句[^】]*)】")

# The system turn and all turns before the last request are for large models; an answer is closed by the end token.
CHAT_TEMPLATE = (
    "{%- set last = namespace(index=0) -%}"
    "{%- for message in messages -%}"
    "{%- if message['role'] == 'user' -%}{%- set last.index = loop.index0 -%}{%- endif -%}"
    "{%- endfor -%}"
    "{%- for message in messages[last.index:] -%}"
    "{%- if message['role'] == 'user' -%}{{- bos_token + message['content'] -}}"
    "{%- elif message['role'] == 'assistant' -%}"
    "{%- generation -%}{{- message['content'] + eos_token -}}{%- endgeneration -%}"
    "{%- endif -%}"
    "{%- endfor -%}"
)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the model is told. ``form`` 五绝 ... or another key of ``vocabulary.FORM_TOKENS``; ``rhyme`` a group name or
    None (mixed; not said of a 词 or a couplet); ``pattern`` a pattern name, "古体", or None (not said); ``title`` (may
    be empty), ``imagery``, ``feet`` and ``tune`` in traditional script. ``feet``: characters to rhyme with, as
    retrieved; none without retrieval. ``backwards``: each line is written from its last character to its first."""

    dynasty: str
    form: str
    rhyme: str | None
    pattern: str | None
    title: str
    imagery: tuple[str, ...] = ()
    feet: tuple[str, ...] = ()
    tune: str = ""
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The reasoning, as far as there is any: a theme, an image a couplet in order, the pattern's name, the rhyme feet
    in order."""

    theme: str | None = None
    imagery: tuple[str, ...] = ()
    pattern: str | None = None
    feet: tuple[str, ...] = ()


def prompt_tokens(conditions: Conditions) -> list[str]:
    """The prompt, up to and excluding the model's own first token."""
    tokens = [v.BEGIN, v.DYNASTIES.get(conditions.dynasty, v.BEFORE_TANG), v.FORM_TOKENS[conditions.form]]
    if conditions.rhyme is not None:
        tokens.append(v.rhyme_token(conditions.rhyme))
    elif conditions.form not in (v.CI, v.COUPLET):
        tokens.append(v.MIXED_RHYME)
    if conditions.tune:
        tokens += [v.TUNE, *conditions.tune]
    if conditions.pattern is not None:
        tokens.append(v.OLD_STYLE if conditions.pattern == "古体" else v.pattern_token(conditions.pattern))
    if conditions.title:
        tokens += [v.TITLE, *conditions.title.translate(_BRACKETS)[:TITLE_LIMIT]]
    if conditions.imagery:
        tokens += [v.IMAGERY, *v.PAUSE.join(conditions.imagery).translate(_BRACKETS)]
    if conditions.feet:
        tokens += [v.ALLOWED_FEET, *conditions.feet]
    return [*tokens, v.BACKWARDS] if conditions.backwards else tokens


def messages(conditions: Conditions) -> list[Message]:
    """The system and the user's turn; the chat template renders them as ``prompt_tokens`` does."""
    return [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": "".join(prompt_tokens(conditions)[1:])},
    ]


@lru_cache(maxsize=256)
def offered_feet(rhyme: str | None, title: str, form: str, limit: int = OFFERED) -> tuple[str, ...]:
    """Retrieved characters of the group ``rhyme`` for ``Conditions.feet``, the likeliest for the title first; none
    where the rhyme is mixed."""
    return () if rhyme is None else tuple(dict.fromkeys(map(standardize, rhyme_feet(rhyme, title, form, limit))))


def plan_tokens(
    imagery: Sequence[str],
    feet: Sequence[str],
    theme: str | None = None,
    pattern: str | None = None,
    endings: Sequence[str] = (),
) -> list[str]:
    """The reasoning: the theme, the imagery in order, the pattern, the rhyme feet in order; or the ``endings`` of the
    rhyming lines, the feet among them, in the feet's place.

    Theme and pattern are left out where they are None: pretraining's plans are of imagery and feet alone.
    """
    tokens = [v.THINK]
    if theme is not None:
        tokens += [v.THEME, *theme]
    tokens += [v.IMAGERY, *v.PAUSE.join(imagery)]
    if pattern is not None:
        tokens.append(v.pattern_token(pattern))
    rhymes = [v.ENDINGS, *v.PAUSE.join(endings)] if endings else [v.FEET, *feet]
    return [*tokens, *rhymes, v.THINK_END]


def read_plan(think: str) -> Plan:
    """The plan in a completion's reasoning (the text between the tags); what is not there stays empty."""
    head, _, feet = think.partition(v.FEET)
    pattern = _PATTERN.search(head)
    before, _, imagery = (head[: pattern.start()] if pattern else head).partition(v.IMAGERY)
    return Plan(
        theme=before.removeprefix(v.THEME) or None,
        imagery=tuple(word for word in imagery.split(v.PAUSE) if word),
        pattern=pattern[1] if pattern else None,
        feet=tuple(feet),
    )


def line_marks(lines: int) -> tuple[tuple[str, ...], ...]:
    """The punctuation of regulated verse: a comma after odd lines, a stop after even ones."""
    return tuple((v.STOP,) if i % 2 else (v.COMMA,) for i in range(lines))


def answer_tokens(
    lines: Sequence[str], marks: Sequence[Sequence[str]] | None = None, *, backwards: bool = False
) -> list[str]:
    """The poem, each line with its ``marks`` (None: as regulated verse has them) behind it in either direction."""
    tokens = [v.ANSWER]
    for line, mark in zip(lines, marks or line_marks(len(lines)), strict=True):
        tokens += [*_directed(line, backwards), *mark]
    return [*tokens, v.ANSWER_END, v.END]


def kept_tokens(
    lines: Sequence[str | None], marks: Sequence[Sequence[str]] | None = None, *, backwards: bool = False
) -> list[str]:
    """A poem with lines missing (None), which follows the prompt; ``answer_tokens`` of the missing ones comes next."""
    tokens = [v.KEPT]
    for line, mark in zip(lines, marks or line_marks(len(lines)), strict=True):
        tokens += [*([v.GAP] if line is None else _directed(line, backwards)), *mark]
    return tokens


def _directed(line: str, backwards: bool) -> str:
    return line[::-1] if backwards else line
