"""A folder of weights that transformers loads (``transformers:PATH``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yayun.backends.builtin import Builtin
from yayun.backends.protocol import Backend, Given
from yayun.backends.talking import Talking
from yayun.errors import YayunError


@contextmanager
def open_backend(given: Given) -> Iterator[Backend]:
    """The model: decoded by the rules where it has our vocabulary, else instructed."""
    if not given.target:
        raise YayunError("--backend transformers 要带模型目录,如 transformers:/data/Qwen2.5-7B-Instruct。")
    if given.base_url or given.model or given.max_calls:
        raise YayunError("--base-url、--model、--max-calls 只用于 --backend openai。")
    from yayun.backends.transformers_writer import CompactWriter, open_folder  # torch: an extra

    writer = open_folder(Path(given.target).expanduser(), given.rag)
    yield Builtin(writer) if isinstance(writer, CompactWriter) else Talking(writer)
