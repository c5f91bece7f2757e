"""Any server that speaks OpenAI's protocol (``openai``, with ``--base-url``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from yayun.backends.protocol import Backend, Given
from yayun.backends.talking import Talking
from yayun.errors import YayunError
from yayun.lazy import lazy

if TYPE_CHECKING:
    from yayun.backends import openai_writer
    from yayun.servers import chat
else:
    openai_writer = lazy("yayun.backends.openai_writer")
    chat = lazy("yayun.servers.chat")


@contextmanager
def open_backend(given: Given) -> Iterator[Backend]:
    """The server; its connections are closed at the end."""
    if given.base_url is None or given.target:
        raise YayunError("--backend openai 需要 --base-url,如 http://127.0.0.1:8000/v1。")
    client = chat.ChatClient(chat.Server(given.base_url, given.model or "", max_calls=given.max_calls))
    try:
        yield Talking(openai_writer.OpenAIWriter(client, rag=given.rag))
    finally:
        client.close()
