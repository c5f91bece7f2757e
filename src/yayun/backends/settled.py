"""What a backend is asked to write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yayun.brief.value import Brief
    from yayun.prompts.order import Order


@dataclass(frozen=True, slots=True)
class Settled:
    """A brief with nothing left open. ``orders``: what each candidate draft is to be."""

    brief: Brief
    title: str
    seed: int
    orders: tuple[Order, ...]
