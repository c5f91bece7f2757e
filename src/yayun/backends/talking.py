"""Backends that talk to a model which reads instructions: the draft is asked for, what is wrong is told, and the model
mends it line by line; what it leaves in guided mode, the built-in decoder writes around the good lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from yayun.backends.conversation import Job, draft_of, write_free, write_verified
from yayun.backends.protocol import Drafted, Ears
from yayun.backends.shipped import default_writer
from yayun.decoding.options import Sampling
from yayun.errors import YayunError

if TYPE_CHECKING:
    from yayun.backends.conversation import Writer
    from yayun.backends.options import Options
    from yayun.backends.settled import Settled


class Talking:
    """Any ``Writer`` as a backend."""

    def __init__(self, writer: Writer) -> None:
        self.writer, self.name, self.workers = writer, writer.name, writer.workers

    def prepare(self) -> None:
        """A server is ready, or says so when it is asked."""

    def draft(self, poems: Sequence[Settled], options: Options, ears: Ears) -> Iterator[Drafted | YayunError]:
        """The first drafts: in free mode they are the poems; in guided mode those that need it are mended, by the
        model and then by the decoder, in the same conversation."""
        jobs = [Job(s.brief, s.title, s.orders[0], s.seed) for s in poems]
        sampling = Sampling(options.heat, top_p=1.0)
        if options.mode == "free":
            for s, draft in zip(poems, write_free(self.writer, jobs, sampling, ears.listen), strict=True):
                if isinstance(draft, YayunError):
                    yield draft
                elif not draft.lines:
                    yield YayunError("模型没有写出诗句:请换一个种子再试。")
                else:
                    yield Drafted(((s.orders[0], draft),), final=True)
            return
        mended = write_verified(self.writer, jobs, sampling, searcher=default_writer(), listen=ears.listen)
        for s, result in zip(poems, mended, strict=True):
            if isinstance(result, YayunError):
                yield result
            elif not result.lines:
                yield YayunError("模型没有写出诗句:请换一个种子再试。")
            else:
                yield Drafted(((s.orders[0], draft_of(result)),), final=True, story=result.to_json())

    def mend(
        self, failed: Sequence[tuple[Settled, Drafted]], options: Options, ears: Ears, attempt: int
    ) -> Iterator[Drafted | YayunError]:
        """Nothing is left to mend: a conversation goes on until there is nothing more to say."""
        return self.draft([settled for settled, _ in failed], options, ears)
