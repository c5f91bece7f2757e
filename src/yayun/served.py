"""Composing through an OpenAI-compatible server, as the command line does it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yayun.brief import Brief
from yayun.composer import Options, compose_each, default_writer
from yayun.errors import YayunError
from yayun.poem import Poem


def compose_served(
    briefs: Sequence[Brief], options: Options, base_url: str | None, model: str | None, max_calls: int | None
) -> Iterator[Poem | YayunError]:
    """Poems in order, each as soon as it is there; in guided mode the embedded model mends what the server leaves.

    Raises YayunError when the server can't be used at all. ``max_calls``: requests that may be sent, retries counted.
    """
    if base_url is None:
        raise YayunError("--backend openai 需要 --base-url,如 http://127.0.0.1:8000/v1。")
    from yayun.writers.chat import ChatClient, Server
    from yayun.writers.openai import OpenAIWriter

    client = ChatClient(Server(base_url, model or "", max_calls=max_calls))
    try:
        searcher = default_writer() if options.mode == "guided" else None
        yield from compose_each(briefs, options, OpenAIWriter(client, rag=options.rag), searcher)
    finally:
        client.close()
