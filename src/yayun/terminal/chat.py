"""A conversation in the terminal: a request, then wishes on the poem it gave (再来一首, 换个韵, 第三句不好重写)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from yayun.brief.conversation import Written, follow
from yayun.composing.road import compose_with, draw_seed
from yayun.errors import YayunError
from yayun.terminal.show import show_poem, tell_apart

if TYPE_CHECKING:
    from yayun.backends.options import Options
    from yayun.backends.protocol import Backend
    from yayun.brief import Brief

INVITES = "说要什么诗;有了诗,再说“再来一首”“换个韵”“换成七律”“第三句不好重写”。空行或 Ctrl-D 结束。"
PROMPT = "> "


def chat(options: Options, backend: Backend, first: str | None = None) -> None:
    """Talk until the input ends. What can't be used is said, and the conversation goes on with what was before.

    Of one seed another poem comes after every sentence, the same when the same is said again.
    """
    sentences: list[str] = []
    poems: list[Written] = []
    seed = draw_seed() if options.seed is None else options.seed
    for sentence in _said(first):
        try:
            brief, _ = follow([*sentences, sentence], poems)
            written = _write(brief, replace(options, seed=seed), backend)
        except YayunError as error:
            print(error, file=sys.stderr)
            continue
        seed += brief.count
        sentences.append(sentence)
        poems.append(written)


def _write(brief: Brief, options: Options, backend: Backend) -> Written:
    """Show the poems of a brief; the last is the one that is spoken of next."""
    tell_apart(brief.unread, brief.notes)
    written = Written()
    for poem in compose_with([brief], options, backend):
        if isinstance(poem, YayunError):
            raise poem
        show_poem(poem)
        sys.stdout.flush()
        written = Written(poem.lines, poem.rhyme)
    return written


def _said(first: str | None) -> Iterator[str]:
    """The sentences, as long as they come; people are asked for them, a file or a pipe is only read."""
    asks = sys.stdin.isatty()
    if first:
        yield first
    elif asks:
        print(INVITES, file=sys.stderr)
    while True:
        if asks:
            print(PROMPT, end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line or (asks and not line.strip()):
            return
        if line.strip():
            yield line.strip()
