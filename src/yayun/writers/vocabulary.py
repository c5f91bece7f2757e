"""The embedded model's vocabulary: one token a character, plus control tokens readable as Chinese.

A sequence is the prompt,
``<|begin|>【唐】【五言绝句】【东韵】【仄起首句不入韵】【题目】春風【意象】柳、燕【可用韵脚】東風空…``,
then ``<think>【立意】…【意象】…【仄起首句不入韵】【韵脚】…</think>`` and ``<answer>…，…。</answer><|end|>``.
Verse is in traditional script, variants standardised; control tokens carry canonical simplified names.
"""

from __future__ import annotations

from collections.abc import Sequence

from yayun.prosody.forms.regulated import FORM_NAMES, patterns
from yayun.prosody.groups import groups

PAD, BEGIN, END, UNKNOWN = "<|pad|>", "<|begin|>", "<|end|>", "<|unk|>"
SPECIAL = (PAD, BEGIN, END, UNKNOWN)

THINK, THINK_END, ANSWER, ANSWER_END = "<think>", "</think>", "<answer>", "</answer>"
TITLE, IMAGERY, FEET, ALLOWED_FEET = "【题目】", "【意象】", "【韵脚】", "【可用韵脚】"
DYNASTIES = {"唐": "【唐】", "宋": "【宋】"}
FORM_TOKENS = {form: f"【{name}】" for form, name in FORM_NAMES.items()}
MIXED_RHYME, OLD_STYLE = "【通韵】", "【古体】"
COMMA, STOP, PAUSE = "，", "。", "、"
THEME = "【立意】"
# Kept for later stages, so that adding a field never changes the embedding's shape: a new field takes the first slot
# that is left, and its embedding, untrained so far, with it.
RESERVED = (THEME, *(f"<|reserved{i}|>" for i in range(1, 24)))


def rhyme_token(group: str) -> str:
    """For a group's name, e.g. 东."""
    return f"【{group}韵】"


def pattern_token(name: str) -> str:
    """For a pattern's name, e.g. 仄起首句不入韵."""
    return f"【{name}】"


def control_tokens() -> tuple[str, ...]:
    """All multi-character tokens that are added but not *special*, in their fixed order."""
    names = sorted({p.name for form in FORM_NAMES for p in patterns(form)})
    return (
        THINK, THINK_END, ANSWER, ANSWER_END, TITLE, IMAGERY, FEET, ALLOWED_FEET,
        *DYNASTIES.values(), *FORM_TOKENS.values(), *map(rhyme_token, groups()), MIXED_RHYME,
        *map(pattern_token, names), OLD_STYLE, *RESERVED,
    )  # fmt: skip


def token_list(characters: list[str]) -> list[str]:
    """The whole vocabulary in id order: special, control, punctuation, then ``characters``."""
    return [*SPECIAL, *control_tokens(), COMMA, STOP, PAUSE, *characters]


def current_names(tokens: Sequence[str]) -> list[str]:
    """A stored vocabulary (id order) with its control tokens under today's names: slots that were reserved when it was
    written may have been given a meaning since. Its characters keep their ids."""
    named = token_list([])
    assert len(tokens) >= len(named), "not a vocabulary of this layout"
    assert all(old == new or old.startswith("<|reserved") for old, new in zip(tokens, named, strict=False)), tokens[:80]
    return [*named, *tokens[len(named) :]]
