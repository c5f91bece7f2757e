"""Finished drafts read through: likelihoods without the plan that each was written by, and the critic's impression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from statistics import fmean
from typing import TYPE_CHECKING

from yayun.choosing.critic import read_critic

if TYPE_CHECKING:
    from yayun.decoding.decode import Draft
    from yayun.decoding.embedded import EmbeddedWriter
    from yayun.decoding.scoring import Nats
    from yayun.prompts.order import Order

_critic = cache(read_critic)


def as_read(draft: Draft, nats: Nats) -> Draft:
    """The draft with the likelihoods of a reading, a tuple a line, one a character."""
    return replace(draft, nats=nats, likelihood=fmean(value for line in nats for value in line))


def heard(writer: EmbeddedWriter, pairs: Sequence[tuple[Order, Draft]]) -> list[Draft]:
    """The drafts, of one form, as ``writer`` reads them. The critic was taught on regulated verse: it says nothing of
    other genres, nor where the writer's folder has none."""
    critic = _critic(writer.folder)
    readings = writer.read([order for order, _ in pairs], [draft.lines for _, draft in pairs])
    found = []
    for (order, draft), reading in zip(pairs, readings, strict=True):
        read = as_read(draft, reading.nats)
        if critic is not None and reading.sense is not None and order.pattern.genre == "诗":
            read = replace(read, impression=critic.impression(order.title, read, reading.sense))
        found.append(read)
    return found
