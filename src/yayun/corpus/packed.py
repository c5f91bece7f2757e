"""The local corpus's files as they are packed: JSON lines, read as bytes where few of the rows are wanted."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from yayun.corpus.store import added_folder, added_sources, corpus_path
from yayun.errors import YayunError

CHUNK = 1 << 24  # bytes that are unpacked at a time


def packed_files() -> list[Path]:
    """The fetched file and what was added."""
    return [corpus_path(), *(added_folder() / source.file for source in added_sources())]


def chunks(path: Path) -> Iterator[tuple[bytes, int]]:
    """A packed file, some whole lines at a time, and the packed bytes read so far. Raises YayunError where it is
    damaged."""
    try:
        with path.open("rb") as packed, gzip.open(packed) as f:
            while chunk := f.read(CHUNK):
                yield chunk + (b"" if chunk.endswith(b"\n") else f.readline()), packed.tell()
    except (OSError, EOFError, zlib.error) as error:
        raise YayunError(f"本地语料 {path} 已损坏,请重新运行 yayun corpus fetch。") from error
