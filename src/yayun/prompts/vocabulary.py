"""The embedded model's vocabulary: one token a character, plus control tokens readable as Chinese.

A sequence is the prompt,
``<|begin|>【唐】【五言绝句】【东韵】【仄起首句不入韵】【题目】春風【意象】柳、燕【可用韵脚】東風空…``,
then ``<think>【立意】…【意象】…【仄起首句不入韵】【韵脚】…</think>`` and ``<answer>…，…。</answer><|end|>``.
Verse is in traditional script, variants standardised; control tokens carry canonical simplified names, all of which
``control_tokens`` lists.
"""

from __future__ import annotations

from collections.abc import Sequence

from yayun.prompts.control_tokens import NAMES
from yayun.prosody.forms.form import COMMA as COMMA
from yayun.prosody.forms.form import PAUSE as PAUSE
from yayun.prosody.forms.form import STOP as STOP
from yayun.prosody.forms.regulated import FORM_NAMES

PAD, BEGIN, END, UNKNOWN = "<|pad|>", "<|begin|>", "<|end|>", "<|unk|>"
SPECIAL = (PAD, BEGIN, END, UNKNOWN)

THINK, THINK_END, ANSWER, ANSWER_END = "<think>", "</think>", "<answer>", "</answer>"
TITLE, IMAGERY, FEET, ALLOWED_FEET = "【题目】", "【意象】", "【韵脚】", "【可用韵脚】"
THEME = "【立意】"
ENDINGS = "【韵藻】"  # in a plan in the place of the feet: each rhyming line's last two characters
TUNE = "【词牌】"
KEPT, GAP = "【残篇】", "【缺】"  # a poem with lines missing, and a missing line
BACKWARDS = "【逆写】"  # the characters of each line come last first, so that a line's foot is chosen first
STANZA = "【过片】"  # between the stanzas of a 词
BEFORE_TANG = "【先唐】"
DYNASTIES = {name: f"【{name}】" for name in ("唐", "宋", "元", "明", "清", "近人", "五代", "金")}
OLD_FORMS = {name: f"【{name}】" for name in ("五言排律", "七言排律", "五言古诗", "七言古诗", "杂言")}
CI, COUPLET = "词", "联"
FORM_TOKENS = {form: f"【{name}】" for form, name in FORM_NAMES.items()} | OLD_FORMS | {CI: "【词】", COUPLET: "【联】"}
MIXED_RHYME, OLD_STYLE = "【通韵】", "【古体】"
MARKS = (COMMA, STOP, PAUSE, "；", "？", "！")


def rhyme_token(group: str) -> str:
    """For a group's name, e.g. 东."""
    return f"【{group}韵】"


def pattern_token(name: str) -> str:
    """For a pattern's name, e.g. 仄起首句不入韵."""
    return f"【{name}】"


def token_list(characters: list[str]) -> list[str]:
    """A new vocabulary in id order: special, control, punctuation, then ``characters``."""
    return [*SPECIAL, *NAMES, *MARKS, *characters]


def control_tokens(tokens: Sequence[str]) -> list[str]:
    """Those of a vocabulary (id order) that are spelt with more than a character and are not special."""
    return [token for token in tokens if len(token) > 1 and token not in SPECIAL]
