"""The local copy of the corpus: one gzipped JSON-lines file, one poem a line."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from yayun.corpus.text import shape_form
from yayun.errors import YayunError
from yayun.home import atomic_open, home


@dataclass(frozen=True, slots=True)
class CorpusPoem:
    """A poem as the corpus has it (traditional script).

    ``dynasty`` is 唐 or 宋; ``split`` is train, valid, test, near or repeat (see ``corpus.split``);
    ``tags`` are the source's (唐诗三百首, 五言律诗, ...).
    """

    id: str
    dynasty: str
    author: str
    title: str
    lines: tuple[str, ...]
    tags: tuple[str, ...]
    split: str

    @property
    def form(self) -> str | None:
        """The form by shape (五绝 ...), or None."""
        return shape_form(self.lines)


def corpus_path() -> Path:
    """Where the local copy is kept."""
    return home() / "corpus" / "poems.jsonl.gz"


def write_poems(poems: Iterable[CorpusPoem], path: Path) -> None:
    """Write the local copy, atomically; the bytes depend on the poems alone."""
    with atomic_open(path, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, compresslevel=6) as packed:
        for poem in poems:
            packed.write(json.dumps(asdict(poem), ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def read_poems(path: Path | None = None) -> Iterator[CorpusPoem]:
    """All poems of the local copy, in order.

    Raises YayunError where there is none, or where the file is damaged.
    """
    path = path or corpus_path()
    if not path.exists():
        raise YayunError("本地还没有语料,请先运行 yayun corpus fetch。")
    with gzip.open(path, "rt", encoding="utf-8") as f:
        lines = iter(f)
        while True:
            try:
                poem = _read_poem(next(lines, None))
            except (OSError, EOFError, ValueError, zlib.error) as error:
                raise YayunError(f"本地语料 {path} 已损坏,请重新运行 yayun corpus fetch。") from error
            if poem is None:
                return
            yield poem


def _read_poem(line: str | None) -> CorpusPoem | None:
    if line is None:
        return None
    row = json.loads(line)
    row["lines"], row["tags"] = tuple(row["lines"]), tuple(row["tags"])
    return CorpusPoem(**row)
