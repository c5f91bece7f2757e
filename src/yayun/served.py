"""Composing through whichever backend is asked for: the embedded model, a server, or a folder of weights."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from yayun.brief import Brief
from yayun.composer import compose_all, default_writer, make_poem
from yayun.errors import YayunError
from yayun.hub.folder import weights_dir
from yayun.poem import Poem
from yayun.settle import Options, Settled, draw_seed, settle

if TYPE_CHECKING:
    from yayun.verified import Writer
    from yayun.writers.decode import Draft
    from yayun.writers.embedded import EmbeddedWriter
    from yayun.writers.wire import Listener

EMBEDDED, OPENAI, TRANSFORMERS = "embedded", "openai", "transformers"
HEADER = 1 << 16  # bytes of each weights file that tell it from others


class Compose(Protocol):
    """Every brief's poems (``brief.count`` each), in order, each as soon as it is there; a poem that failed gives its
    error. ``listen`` is told what a large model says, where the backend is one."""

    def __call__(
        self, briefs: Sequence[Brief], options: Options, listen: Listener | None = None
    ) -> Iterator[Poem | YayunError]:
        """Compose."""


@dataclass(frozen=True, slots=True)
class Backend:
    """What ``--backend`` and its companions say. ``folder``: of weights, for ``transformers``; the others are for
    ``openai``: ``max_calls`` requests may be sent, retries counted."""

    kind: str = EMBEDDED
    folder: Path | None = None
    base_url: str | None = None
    model: str | None = None
    max_calls: int | None = None


def parse_backend(
    text: str, base_url: str | None = None, model: str | None = None, max_calls: int | None = None
) -> Backend:
    """Read ``embedded``, ``openai`` or ``transformers:PATH``. Raises YayunError for anything else, and where the
    companions don't go with it."""
    kind, colon, path = text.partition(":")
    if kind == OPENAI and not colon:
        if base_url is None:
            raise YayunError("--backend openai 需要 --base-url,如 http://127.0.0.1:8000/v1。")
        return Backend(OPENAI, None, base_url, model, max_calls)
    if (base_url, model, max_calls) != (None, None, None):
        raise YayunError("--base-url、--model、--max-calls 只用于 --backend openai。")
    if kind == TRANSFORMERS:
        if not path:
            raise YayunError("--backend transformers 要带模型目录,如 transformers:/data/Qwen2.5-7B-Instruct。")
        return Backend(TRANSFORMERS, Path(path).expanduser())
    if text != EMBEDDED:
        raise YayunError(f"没有“{text}”这种后端:可用 embedded、openai、transformers:模型目录。")
    return Backend()


@contextmanager
def opened(backend: Backend, rag: bool = True) -> Iterator[Compose]:
    """The backend, ready to compose; a server's connections are closed at the end.

    Raises YayunError when it can't be used at all.
    """
    if backend.kind == OPENAI:
        from yayun.writers.chat import ChatClient, Server
        from yayun.writers.openai import OpenAIWriter

        client = ChatClient(Server(backend.base_url or "", backend.model or "", max_calls=backend.max_calls))
        try:
            yield _talking(OpenAIWriter(client, rag=rag))
        finally:
            client.close()
    elif backend.kind == TRANSFORMERS:
        from yayun.writers.transformers_writer import CompactWriter, open_folder

        assert backend.folder is not None
        writer = open_folder(backend.folder, rag)
        yield _decoding(writer) if isinstance(writer, CompactWriter) else _talking(writer)
    else:
        yield _decoding(None)


def model_name(backend: Backend) -> str:
    """What tells the backend's weights from others': a server's model, twelve hex digits of a folder's."""
    if backend.kind == OPENAI:
        return backend.model or backend.base_url or ""
    return weights_id(backend.folder or weights_dir())


def weights_id(folder: Path) -> str:
    """Twelve hex digits that change when the weights do: of the names, sizes and headers of a folder's weights, and of
    the ends of the files, where training shows first."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.safetensors"), *folder.glob("*.onnx")]):
        size = path.stat().st_size
        digest.update(f"{path.name}:{size}:".encode())
        with path.open("rb") as f:
            digest.update(f.read(HEADER))
            f.seek(max(0, size - HEADER))
            digest.update(f.read())
    return digest.hexdigest()[:12]


def _decoding(writer: EmbeddedWriter | None) -> Compose:
    """Through the embedded model, or another of its kind."""

    def compose(briefs: Sequence[Brief], options: Options, listen: object = None) -> Iterator[Poem | YayunError]:
        return compose_together(briefs, options, writer)

    return compose


def _talking(writer: Writer) -> Compose:
    """Through a model that reads instructions; in guided mode the embedded model mends what it leaves."""

    def compose(
        briefs: Sequence[Brief], options: Options, listen: Listener | None = None
    ) -> Iterator[Poem | YayunError]:
        return compose_each(briefs, options, writer, default_writer() if options.mode == "guided" else None, listen)

    return compose


def compose_together(
    briefs: Sequence[Brief], options: Options, writer: EmbeddedWriter | None = None
) -> Iterator[Poem | YayunError]:
    """Decode all briefs together; where that fails, each by itself, so that one can't spoil the others."""
    try:
        poems = compose_all(briefs, options, writer)
    except YayunError as error:
        if len(briefs) == 1:
            yield from [error] * briefs[0].count
            return
        seed = options.seed
        for brief in briefs:
            yield from compose_together([brief], replace(options, seed=seed), writer)
            seed = None if seed is None else seed + brief.count
        return
    yield from poems


def compose_each(
    briefs: Sequence[Brief],
    options: Options,
    writer: Writer,
    searcher: EmbeddedWriter | None = None,
    listen: Listener | None = None,
) -> Iterator[Poem | YayunError]:
    """Every brief's poems through a model that reads instructions, in order, each as soon as it is there; a poem that
    failed gives its error.

    ``searcher`` mends what the writer leaves (guided mode); free mode is the writer's first draft as it came.
    """
    from yayun.verified import Job, draft_of, write_free, write_verified
    from yayun.writers.decode import Sampling

    first = draw_seed() if options.seed is None else options.seed
    wanted = [replace(b, count=1) for b in briefs for _ in range(b.count)]
    settled = [_settled(b, first + i, replace(options, candidates=1)) for i, b in enumerate(wanted)]
    jobs = [Job(s.brief, s.title, s.orders[0], s.seed) for s in settled if isinstance(s, Settled)]
    sampling = Sampling(options.temperature, top_p=1.0)
    if options.mode == "free":
        results = ((draft, None) for draft in write_free(writer, jobs, sampling, listen))
    else:
        mended = write_verified(writer, jobs, sampling, searcher=searcher, listen=listen)
        results = ((r, None) if isinstance(r, YayunError) else (draft_of(r), r.to_json()) for r in mended)
    started = time.perf_counter()
    for s in settled:
        if isinstance(s, YayunError):
            yield s
            continue
        draft, repair = next(results)
        yield _poem(s, draft, repair, options, writer.name, time.perf_counter() - started)


def _settled(brief: Brief, seed: int, options: Options) -> Settled | YayunError:
    try:
        return settle(brief, seed, options)
    except YayunError as error:
        return error


def _poem(
    settled: Settled,
    draft: Draft | YayunError,
    repair: dict[str, object] | None,
    options: Options,
    name: str,
    seconds: float,
) -> Poem | YayunError:
    if isinstance(draft, YayunError):
        return draft
    if not draft.lines:
        return YayunError("模型没有写出诗句:请换一个种子再试。")
    return replace(make_poem(settled, draft, settled.orders[0], options, name, seconds), repair=repair)
