"""The local copy of the corpus: one gzipped JSON-lines file, one poem a line."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import MISSING, asdict, dataclass, fields
from itertools import chain
from pathlib import Path

from yayun.corpus.text import shape_form
from yayun.errors import YayunError
from yayun.home import atomic_open, home


@dataclass(frozen=True, slots=True)
class CorpusPoem:
    """A poem as the corpus has it (traditional script).

    ``dynasty`` is one of ``corpus.dynasties.DYNASTIES``; ``split`` is train, valid, test, near or repeat (see
    ``corpus.split``); ``tags`` are the source's (唐诗三百首, 五言律诗, ...), of added poems
    its own name of the dynasty.
    ``genre`` is 诗 or 词. A 词 has its ``tune`` (浣溪沙), a title that may be empty, and its ``stanzas``: the text with
    。，、；？！ after each clause, of which ``lines`` are the bare clauses.
    """

    id: str
    dynasty: str
    author: str
    title: str
    lines: tuple[str, ...]
    tags: tuple[str, ...]
    split: str
    genre: str = "诗"
    tune: str = ""
    stanzas: tuple[str, ...] = ()

    @property
    def form(self) -> str | None:
        """The form by shape (五绝 ...), or None."""
        return shape_form(self.lines) if self.genre == "诗" else None


_DEFAULTS = {field.name: field.default for field in fields(CorpusPoem) if field.default is not MISSING}
_SOURCES = "sources.json"


def corpus_path() -> Path:
    """Where the local copy is kept."""
    return home() / "corpus" / "poems.jsonl.gz"


def added_folder() -> Path:
    """Where what ``yayun corpus add`` brought is kept: ``sources.json`` names the files that count."""
    return home() / "corpus" / "added"


def write_poems(poems: Iterable[CorpusPoem], path: Path) -> None:
    """Write poems, atomically; the bytes depend on the poems alone. Fields at their defaults are left out."""
    with atomic_open(path, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, compresslevel=6) as packed:
        for poem in poems:
            row = {name: value for name, value in asdict(poem).items() if _DEFAULTS.get(name) != value}
            packed.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def read_poems(path: Path | None = None) -> Iterator[CorpusPoem]:
    """All poems of the fetched copy (Tang and Song), in order.

    Raises YayunError where there is none, or where the file is damaged.
    """
    path = path or corpus_path()
    if not path.exists():
        raise YayunError("本地还没有语料,请先运行 yayun corpus fetch。")
    yield from _read_file(path, "yayun corpus fetch")


def read_all(genre: str | None = None, dynasties: Collection[str] | None = None) -> Iterator[CorpusPoem]:
    """The fetched poems, then the added ones, in the order they were added; of one genre and of some dynasties alone.

    Raises YayunError where nothing was fetched, or where a file is damaged.
    """
    for poem in chain(read_poems(), read_added()):
        if genre in (None, poem.genre) and (dynasties is None or poem.dynasty in dynasties):
            yield poem


def read_added(sources: Iterable[AddedSource] | None = None) -> Iterator[CorpusPoem]:
    """The poems of added sources (None: of all), in the order they were added; none where nothing was."""
    for source in added_sources() if sources is None else sources:
        yield from _read_file(added_folder() / source.file, "yayun corpus add")


@dataclass(frozen=True, slots=True)
class AddedSource:
    """A file that was added: its ``name``, the SHA-256 of its contents, the ``file`` its poems are kept in, how many
    ``rows`` it had and ``poems`` came of it, and why the others were left out."""

    name: str
    sha256: str
    file: str
    rows: int
    poems: int
    dropped: dict[str, int]


def added_sources() -> tuple[AddedSource, ...]:
    """What has been added. Raises YayunError where the list is damaged."""
    path = added_folder() / _SOURCES
    if not path.exists():
        return ()
    try:
        return tuple(AddedSource(**row) for row in json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise YayunError(f"{path} 已损坏:请删去它,再运行 yayun corpus add。") from error


def write_sources(sources: Iterable[AddedSource]) -> None:
    """Say which added files count: with this, and not before, an addition is done."""
    with atomic_open(added_folder() / _SOURCES) as f:
        json.dump([asdict(source) for source in sources], f, ensure_ascii=False, indent=1)


def _read_file(path: Path, remedy: str) -> Iterator[CorpusPoem]:
    damaged = YayunError(f"本地语料 {path} 已损坏,请重新运行 {remedy}。")
    try:
        with gzip.open(path, "rt", encoding="utf-8") as f:
            lines = iter(f)
            while True:
                try:
                    poem = _read_poem(next(lines, None))
                except (OSError, EOFError, ValueError, zlib.error) as error:
                    raise damaged from error
                if poem is None:
                    return
                yield poem
    except FileNotFoundError as error:
        raise damaged from error


def _read_poem(line: str | None) -> CorpusPoem | None:
    if line is None:
        return None
    row = json.loads(line)
    for name in ("lines", "tags", "stanzas"):
        row[name] = tuple(row.get(name, ()))
    return CorpusPoem(**row)
