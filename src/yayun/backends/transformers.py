"""A folder of weights that transformers loads (``transformers:PATH``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from yayun.backends.builtin import Builtin
from yayun.backends.protocol import Backend, Given
from yayun.backends.talking import Talking
from yayun.errors import YayunError
from yayun.lazy import lazy

if TYPE_CHECKING:
    from yayun.backends import transformers_writer
else:
    transformers_writer = lazy("yayun.backends.transformers_writer")


@contextmanager
def open_backend(given: Given) -> Iterator[Backend]:
    """The model: decoded by the rules where it has our vocabulary, else instructed."""
    if not given.target:
        raise YayunError("--backend transformers 要带模型目录,如 transformers:/data/Qwen2.5-7B-Instruct。")
    if given.base_url or given.model or given.max_calls:
        raise YayunError("--base-url、--model、--max-calls 只用于 --backend openai。")

    writer = transformers_writer.open_folder(Path(given.target).expanduser(), given.rag)
    yield Builtin(writer) if isinstance(writer, transformers_writer.CompactWriter) else Talking(writer)
