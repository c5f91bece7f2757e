"""The lines of verse that the local corpus has, with whose they are: what 集句 is made of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from yayun.corpus.packed import chunks, packed_files
from yayun.corpus.store import corpus_path
from yayun.errors import YayunError
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.retrieval.novelty import fold_line

FETCHED = ("唐", "宋")  # the dynasties of the fetched copy; the others are in what was added


class CorpusLine(NamedTuple):
    """A line in the corpus's spelling, and whose: ``poem`` tells poems apart, ``even``: is it the second of its
    couplet?"""

    text: str
    author: str
    title: str
    dynasty: str
    poem: str
    even: bool


@lru_cache(maxsize=2)
def lines_of(width: int, dynasty: str = "", author: str = "") -> tuple[CorpusLine, ...]:
    """The lines of ``width`` characters in 诗 of a dynasty, or of one author (any script); '' is not said: Tang, or, of
    an author, any dynasty. Poems whose lines are not all as long are left out.

    Raises YayunError where nothing was fetched, and for an author of whom there is nothing.
    """
    found = [line for row in _rows(dynasty or ("" if author else "唐"), author) for line in _lines(row, width, author)]
    if author and not found:
        raise YayunError(f"本地语料里没有“{author}”的{width}字句:请写诗人的全名,如杜甫、苏轼,或改集唐人句。")
    if not found:
        raise YayunError(f"本地语料里没有{dynasty}诗:请先用 yayun corpus add 加入,或改集唐人句、宋人句。")
    return tuple(found)


def _lines(row: bytes, width: int, author: str) -> Iterator[CorpusLine]:
    poem = json.loads(row)
    lines = poem["lines"]
    if poem.get("genre", "诗") != "诗" or any(len(line) != width or not all(map(is_hanzi, line)) for line in lines):
        return
    if author and fold_line(poem["author"]) != fold_line(author):
        return
    for i, text in enumerate(lines):
        yield CorpusLine(text, poem["author"], poem["title"], poem["dynasty"], poem["id"], i % 2 == 1)


def _rows(dynasty: str, author: str) -> Iterator[bytes]:
    """The rows that may be of the dynasty: it stands in them as it does in JSON."""
    if not corpus_path().exists():
        raise YayunError("集句要有前人的诗,本地还没有语料:请先运行 yayun corpus fetch。")
    needle = f'"dynasty":"{dynasty}"'.encode() if dynasty else b""
    for path in [corpus_path()] if dynasty in FETCHED else packed_files():
        for chunk, _ in chunks(path):
            yield from (row for row in chunk.splitlines() if needle in row)
