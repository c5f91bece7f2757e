"""The embedded model's vocabulary: one token a character, plus control tokens readable as Chinese.

A sequence is  ``<|begin|>【唐】【五言绝句】【东韵】【仄起首句不入韵】【题目】春風【意象】柳、燕`` (the prompt), then
``<think>【意象】…【韵脚】…</think>`` (optional) and ``<answer>…，…。</answer><|end|>``.
Verse is in traditional script, variants standardised; control tokens carry canonical simplified names.
"""

from __future__ import annotations

from yayun.prosody.groups import groups
from yayun.prosody.patterns import FORM_NAMES, patterns

PAD, BEGIN, END, UNKNOWN = "<|pad|>", "<|begin|>", "<|end|>", "<|unk|>"
SPECIAL = (PAD, BEGIN, END, UNKNOWN)

THINK, THINK_END, ANSWER, ANSWER_END = "<think>", "</think>", "<answer>", "</answer>"
TITLE, IMAGERY, FEET, ALLOWED_FEET = "【题目】", "【意象】", "【韵脚】", "【可用韵脚】"
DYNASTIES = {"唐": "【唐】", "宋": "【宋】"}
FORM_TOKENS = {form: f"【{name}】" for form, name in FORM_NAMES.items()}
MIXED_RHYME, OLD_STYLE = "【通韵】", "【古体】"
COMMA, STOP, PAUSE = "，", "。", "、"
# Kept for later stages, so that adding a field never changes the embedding's shape.
RESERVED = tuple(f"<|reserved{i}|>" for i in range(24))


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
