"""What a backend is, to whoever composes through it and to whoever writes one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from yayun.backends.options import Options
    from yayun.backends.settled import Settled
    from yayun.decoding.decode import Draft
    from yayun.errors import YayunError
    from yayun.prompts.order import Order
    from yayun.servers.wire import Listener

# Told of a poem's best draft as it comes, sentence by sentence: whose it is, what it was to be, and how far it is.
Watch = Callable[["Settled", "Order", "Draft"], None]


@dataclass(frozen=True, slots=True)
class Ears:
    """Who follows while poems are written: ``watch`` the verse (decoders call it), ``listen`` what a large model says
    (backends that talk to one do)."""

    watch: Watch | None = None
    listen: Listener | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a backend has written for one poem: ``candidates``, each with the order it fulfils, of which the best that
    keeps the rules becomes the poem. ``final``: the one candidate goes out as it is, whatever the rules say of it;
    ``story`` is then told with the poem. ``scores``: how good the candidates are, where that is not for their own words
    alone to say (a poem that is read backwards too)."""

    candidates: tuple[tuple[Order, Draft], ...]
    final: bool = False
    story: dict[str, object] | None = None
    scores: tuple[float, ...] | None = None


class Backend(Protocol):
    """Drafts poems, and mends what the rules object to.

    ``name`` stands in the poem (``backend`` in JSON). ``workers``: how many poems it wants in hand at a time; 0 takes
    all there are together, as a decoder does.
    """

    name: str
    workers: int

    def prepare(self) -> None:
        """Begin what takes long (opening weights), beside other work."""

    def draft(self, poems: Sequence[Settled], options: Options, ears: Ears) -> Iterator[Drafted | YayunError]:
        """What it writes for each poem, in order; a poem it can't write gives its error."""

    def mend(
        self, failed: Sequence[tuple[Settled, Drafted]], options: Options, ears: Ears, attempt: int
    ) -> Iterator[Drafted | YayunError]:
        """The same for poems of whose candidates none kept the rules; ``attempt`` counts from 1."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a backend is opened with: ``target``, what followed the colon of its name (a path); a server's address,
    model and number of requests that may be sent; whether retrieved characters are put in prompts."""

    target: str = ""
    base_url: str | None = None
    model: str | None = None
    max_calls: int | None = None
    rag: bool = True


# What an entry point of the group ``yayun.backends`` names. Raises YayunError where the backend can't be used at all.
Open = Callable[[Given], AbstractContextManager[Backend]]
