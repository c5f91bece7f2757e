"""What the adapters tell a model: the conversation that composing uses (``prompts.instruction``), for a brief.

An instruction names a form, a group and a pattern. Those that a brief leaves open are settled as composing settles
them, always in the same way, so that a task's prompts never change.
"""

from __future__ import annotations

from dataclasses import replace

from yayun.backends.options import Options
from yayun.brief import Brief
from yayun.composing.settle import settle
from yayun.prompts import instruction as told
from yayun.prompts.instruction import SYSTEM, Message

__all__ = ["SYSTEM", "instruction", "messages"]

_SEED = 0


def messages(brief: Brief, *, rag: bool = True) -> list[Message]:
    """The conversation to open with: the system's turn and the user's. ``rag``: with retrieved characters."""
    settled = settle(brief, _SEED, Options(mode="free", rag=False))
    order = settled.orders[0]
    asked = brief if brief.title or brief.theme else replace(brief, title=settled.title)
    found = told.retrieve(asked, order.pattern, order.rhyme) if rag else None
    return told.messages(asked, order.pattern, order.rhyme, found)


def instruction(brief: Brief, *, rag: bool = True) -> str:
    """The user's turn."""
    return messages(brief, rag=rag)[1]["content"]
