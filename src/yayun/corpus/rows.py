"""Reading what ``yayun corpus add`` is given: JSON lines, one poem each, plain or packed as .xz or .gz.

A row is an object: ``title``, ``author``, ``dynasty`` (texts), ``paragraphs`` (a list of texts: for 诗 usually a
couplet each, for 词 a stanza each, punctuated), and optionally ``id`` (else made from the text) and ``genre`` (诗, 词).
``docs/corpus.md`` documents it.
"""

from __future__ import annotations

import gzip
import json
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from rich.console import Console
from rich.progress import wrap_file

from yayun.errors import YayunError

GENRES = ("诗", "词")
_TEXTS = ("title", "author", "dynasty")
_KNOWN = frozenset({*_TEXTS, "id", "genre", "paragraphs"})
_OPENERS = {".xz": lzma.open, ".gz": gzip.open}


@dataclass(frozen=True, slots=True)
class Row:
    """A row as given; ``id`` and ``genre`` are '' where the file has none."""

    id: str
    dynasty: str
    author: str
    title: str
    paragraphs: tuple[str, ...]
    genre: str


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a file, in order; a progress bar on stderr.

    Raises YayunError with the line's number where one can't be used, and where the file can't be read.
    """
    number = 0
    try:
        with _opened(path) as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _row(line, path, number)
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        where = f"在第 {number} 行之后读不下去" if number else "读不了"
        raise YayunError(f"{path.name} {where}:文件缺损,或不是它后缀所说的格式。") from error


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    console = Console(stderr=True)
    with path.open("rb") as raw:
        size = path.stat().st_size
        with wrap_file(raw, size, description=f"读 {path.name}", console=console, transient=True) as watched:
            opener = _OPENERS.get(path.suffix)
            yield watched if opener is None else opener(watched)  # type: ignore[operator]


def _row(line: bytes, path: Path, number: int) -> Row:
    def unusable(why: str) -> YayunError:
        return YayunError(f"{path.name} 第 {number} 行{why}。什么也没有收入。")

    try:
        found: Any = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError as error:
        raise unusable("不是 UTF-8 文字") from error
    except (ValueError, RecursionError) as error:
        raise unusable("不是 JSON") from error
    if not isinstance(found, dict):
        raise unusable("不是一个 JSON 对象")
    for name in _TEXTS:
        if not isinstance(found.get(name), str):
            raise unusable(f"缺少文字 {name}")
    paragraphs = found.get("paragraphs")
    if not isinstance(paragraphs, list) or not all(isinstance(text, str) for text in paragraphs):
        raise unusable("缺少 paragraphs(文字的列表)")
    if not isinstance(found.get("id", ""), str):
        raise unusable("的 id 不是文字")
    genre = found.get("genre", "")
    if genre not in ("", *GENRES):
        raise unusable("的 genre 只能是 诗 或 词")
    texts = [*(found[name] for name in (*_TEXTS,)), found.get("id", ""), *paragraphs]
    if any("\ud800" <= char <= "\udfff" for text in texts for char in text):
        raise unusable("里有半个字符(孤立的代理码位)")
    return Row(found.get("id", ""), found["dynasty"], found["author"], found["title"], tuple(paragraphs), genre)
