"""The built-in decoder: the model that ships with the package, or a folder of the same kind (``builtin:PATH``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from yayun.backends.protocol import Backend, Drafted, Ears, Given
from yayun.brief.value import TUNES
from yayun.choosing.rank import judge
from yayun.decoding.decode import Draft
from yayun.decoding.options import Sampling
from yayun.errors import YayunError
from yayun.lazy import lazy
from yayun.mending.hearing import as_read
from yayun.mending.revising import REVISING, Revising
from yayun.mending.standing import stands, turned

if TYPE_CHECKING:
    from yayun.backends import shipped
    from yayun.backends.options import Options
    from yayun.backends.settled import Settled
    from yayun.decoding import embedded
    from yayun.decoding.embedded import EmbeddedWriter
    from yayun.mending import revising
    from yayun.prompts.order import Order
else:
    shipped = lazy("yayun.backends.shipped")
    embedded = lazy("yayun.decoding.embedded")
    revising = lazy("yayun.mending.revising")

ROUNDS = 4  # times unaided writing is repeated where nothing was written


@contextmanager
def open_backend(given: Given) -> Iterator[Backend]:
    """The shipped model; with a target, the model in that folder."""
    if given.base_url or given.model or given.max_calls:
        raise YayunError("--base-url、--model、--max-calls 只用于 --backend openai。")
    if not given.target:
        yield of_package()
        return
    folder = Path(given.target).expanduser()
    if not (folder / "model.onnx").is_file():
        raise YayunError(f"{folder} 里没有 model.onnx:请指向 yayun train export 写出的模型目录。")
    yield Builtin(embedded.EmbeddedWriter(folder, name="builtin"))


def of_package() -> Builtin:
    """The models that ship: what is written without the mask comes from the one that keeps the rules by itself."""
    return Builtin(shipped.default_writer(), shipped.unaided_writer)


class Builtin:
    """A decoder (``EmbeddedWriter`` or one of its kind): all poems are decoded together. ``unaided`` gives the one that
    writes without the mask, where that is another."""

    workers = 0

    def __init__(self, writer: EmbeddedWriter, unaided: Callable[[], EmbeddedWriter] | None = None) -> None:
        self.writer, self.name = writer, writer.name
        self._unaided = unaided or (lambda: writer)

    def prepare(self) -> None:
        """Open the model beside other work."""
        self.writer.prepare()

    def draft(self, poems: Sequence[Settled], options: Options, ears: Ears) -> Iterator[Drafted | YayunError]:
        """Candidates of each poem; in free mode what the bare model writes."""
        if any(s.brief.form == TUNES for s in poems) and not self.writer.knows_tunes:
            return self._without_tunes(poems, options, ears)
        return self._free(poems, options) if options.mode == "free" else self._guided(poems, options, ears, 0)

    def _without_tunes(self, poems: Sequence[Settled], options: Options, ears: Ears) -> Iterator[Drafted | YayunError]:
        """By a model that has read no 词: an error for each of these."""
        others = [s for s in poems if s.brief.form != TUNES]
        drafted = self.draft(others, options, ears)
        for settled in poems:
            if settled.brief.form == TUNES:
                tune = settled.brief.tune
                yield YayunError(
                    f"现在的模型没有读过词,还不会填《{tune}》:可用 yayun tune {tune} 看谱自填,或改写绝句、律诗。"
                )
            else:
                yield next(drafted)

    def mend(
        self, failed: Sequence[tuple[Settled, Drafted]], options: Options, ears: Ears, attempt: int
    ) -> Iterator[Drafted | YayunError]:
        """Other candidates."""
        return self._guided([settled for settled, _ in failed], options, ears, attempt)

    def _guided(
        self, poems: Sequence[Settled], options: Options, ears: Ears, attempt: int
    ) -> Iterator[Drafted | YayunError]:
        rngs = [np.random.default_rng([s.seed, 1, attempt]) for s in poems]

        def score(group: int, drafts: Sequence[Draft]) -> np.ndarray:
            one = poems[group]
            if one.orders[0].mirror is not None:
                return self._both_ways(one, drafts)
            return judge(one.title, one.brief.imagery, drafts, one.orders[0].pattern)

        told = None if ears.watch is None else _telling(ears, poems)
        sampling = Sampling(temperature=options.heat)
        drafted = self.writer.guided([s.orders for s in poems], sampling, rngs, score, told)
        how = REVISING[options.effort]
        for settled, pairs, rng in zip(poems, drafted, rngs, strict=True):
            if settled.orders[0].mirror is not None:
                scores = self._both_ways(settled, [draft for _, draft in pairs])
                yield Drafted(tuple(pairs), scores=tuple(scores.tolist()))
                continue
            revised = [] if how is None else self._revised(settled, pairs, how, sampling, rng, told)
            yield Drafted(tuple(revised or pairs))

    def _both_ways(self, settled: Settled, drafts: Sequence[Draft]) -> np.ndarray:
        """How good drafts, as far as they have come, are when read from either end."""
        mirrored = [replace(order, pattern=order.mirror or order.pattern, mirror=None) for order in settled.orders[:1]]
        turns = [turned(draft.lines) for draft in drafts]
        nats = self.writer.forward(mirrored * len(turns), turns)
        read = [
            as_read(replace(draft, lines=lines), own) for draft, lines, own in zip(drafts, turns, nats, strict=True)
        ]
        form = settled.orders[0].pattern
        found: np.ndarray = judge(settled.title, settled.brief.imagery, drafts, form)
        found += judge(settled.title, (), read, form)
        return found

    def _revised(
        self,
        settled: Settled,
        pairs: Sequence[tuple[Order, Draft]],
        how: Revising,
        sampling: Sampling,
        rng: np.random.Generator,
        told: Callable[[Order, Draft], None] | None,
    ) -> list[tuple[Order, Draft]]:
        """The best drafts, revised; none where the model does not know how, or none may stand."""
        if not (isinstance(self.writer, embedded.EmbeddedWriter) and self.writer.fills_gaps):
            return []
        brief = settled.brief

        def score(drafts: Sequence[Draft]) -> np.ndarray:
            return judge(settled.title, brief.imagery, drafts, settled.orders[0].pattern)

        def passes(order: Order, draft: Draft) -> bool:
            return stands(order, draft, brief)

        return revising.Reviser(self.writer, how, score, passes, sampling, rng, told)(pairs)

    def _free(self, poems: Sequence[Settled], options: Options) -> Iterator[Drafted | YayunError]:
        writer = self._unaided()
        rngs = [np.random.default_rng([s.seed, 2]) for s in poems]
        orders = [s.orders[0] for s in poems]
        sampling = Sampling(temperature=options.heat, top_p=1.0)
        drafts = writer.free(orders, sampling, rngs)
        for _ in range(ROUNDS):
            empty = [i for i, draft in enumerate(drafts) if not draft.lines]
            again = writer.free([orders[i] for i in empty], sampling, [rngs[i] for i in empty])
            for i, draft in zip(empty, again, strict=True):
                drafts[i] = draft
        for order, draft in zip(orders, drafts, strict=True):
            written = Drafted(((order, draft),), final=True)
            yield written if draft.lines else YayunError("模型没有写出诗句:请换一个种子,或用 --mode guided。")


def _telling(ears: Ears, poems: Sequence[Settled]) -> Callable[[Order, Draft], None]:
    """``ears.watch`` as the writer calls it: an order tells whose poem it is."""
    owners = {id(order): settled for settled in poems for order in settled.orders}

    def tell(order: Order, draft: Draft) -> None:
        if ears.watch is not None:
            ears.watch(owners[id(order)], order, draft)

    return tell
