"""``yayun corpus add``: later verse, from JSON lines in any script, into the local copy.

The rows are read (``rows``), cleaned (``cleaning``), restored to traditional script (``restoration``), rid of what the
corpus has already, and split as the fetched poems are (``split``). The files of one command come in together or not
at all: what is kept counts from the moment that ``added/sources.json`` names it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from yayun.corpus.cleaning import Dropped, Verse, clean
from yayun.corpus.fetch import alone, say
from yayun.corpus.overlaps import hash_poems, repeats
from yayun.corpus.restoration.authors import traditional_authors
from yayun.corpus.restoration.restorer import Restorer, train_restorer
from yayun.corpus.rows import Row, read_rows
from yayun.corpus.split import HELD_OUT, split_by_hash
from yayun.corpus.store import (
    AddedSource,
    CorpusPoem,
    added_folder,
    added_sources,
    read_added,
    read_poems,
    write_poems,
    write_sources,
)
from yayun.errors import YayunError
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.retrieval.novelty import fold_line

# Of 诗, nearly every title is another; of 词, the titles of a thousand are a few dozen tunes.
_TUNES_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class _Batch:
    """A file's contents on the way in."""

    path: Path
    sha256: str
    rows: int
    verses: tuple[Verse, ...]
    dropped: Counter[str]

    @property
    def name(self) -> str:
        return self.path.name.split(".")[0]


def add(paths: Sequence[Path], genre: str | None = None) -> tuple[AddedSource, ...]:
    """Add files; returns what was added, in the order of ``paths``. Progress goes to stderr.

    ``genre`` (诗 or 词) is that of rows that don't say; None: by the file's titles. A file that is there already,
    by its contents, is left alone; another of the same name takes the old one's place.
    Raises YayunError where a file can't be used; nothing has changed then.
    """
    with alone():
        _sweep()
        there = {source.sha256: source for source in added_sources()}
        digests = [_digest(path) for path in paths]
        if len({path.name.split(".")[0] for path in paths}) < len(paths):
            raise YayunError("有两个文件同名:请改名,或分次收入。")
        batches = [
            _read(path, digest, genre) for path, digest in zip(paths, digests, strict=True) if digest not in there
        ]
        for path, digest in zip(paths, digests, strict=True):
            if digest in there:
                say(f"{path.name} 已经收过,不再收。")
        if batches:
            _keep(batches)
        now = {source.sha256: source for source in added_sources()}
        return tuple(now[digest] for digest in digests)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest()
    except OSError as error:
        raise YayunError(f"读不了 {path}:请看文件在不在、能不能读。") from error


def _read(path: Path, digest: str, genre: str | None) -> _Batch:
    rows = list(read_rows(path))
    if not rows:
        raise YayunError(f"{path.name} 里一首诗也没有。")
    verses: list[Verse] = []
    dropped: Counter[str] = Counter()
    default = genre or _likely_genre(rows)
    for row in rows:
        for found in clean(row, default):
            if isinstance(found, Dropped):
                dropped[found.value] += 1
            else:
                verses.append(found)
    return _Batch(path, digest, len(rows), tuple(verses), dropped)


def _likely_genre(rows: Sequence[Row]) -> str:
    """诗 or 词, where the rows don't say: the titles of 词 are tunes, and a tune is used again and again."""
    heads = {row.title.split("·")[0] for row in rows}
    return "词" if len(rows) >= 40 and len(heads) < _TUNES_SHARE * len(rows) else "诗"


def _keep(batches: Sequence[_Batch]) -> None:
    fetched = list(read_poems())
    others = [source for source in added_sources() if source.name not in {batch.name for batch in batches}]
    earlier = [*fetched, *read_added(others)]
    say("学简繁之别…")
    restorer = train_restorer(poem for poem in fetched if poem.split not in HELD_OUT)
    say("还原繁体…")
    poems = [poem for batch in batches for poem in _restored(batch.verses, restorer)]
    say(f"去重、划分({len(poems):,} 首)…")
    splits = split_added(earlier, poems)
    added, start = [], 0
    for batch in batches:
        end = start + len(batch.verses)
        pairs = zip(poems[start:end], splits[start:end], strict=True)
        added.append(_write(batch, [replace(poem, split=split) for poem, split in pairs]))
        start = end
    write_sources([*others, *added])
    _sweep()


def _restored(verses: Sequence[Verse], restorer: Restorer) -> Iterator[CorpusPoem]:
    restored = restorer.restore([(verse.title, verse.lines) for verse in verses])
    tunes = restorer.restore([(verse.tune, ()) for verse in verses])
    authors = traditional_authors([verse.author for verse in verses], restorer)
    for verse, author, (title, lines), (tune, _) in zip(verses, authors, restored, tunes, strict=True):
        yield CorpusPoem(
            id=verse.id,
            dynasty=verse.dynasty,
            author=author,
            title=title,
            lines=lines,
            tags=() if verse.source_dynasty == verse.dynasty else (verse.source_dynasty,),
            split="train",
            genre=verse.genre,
            tune=tune,
            stanzas=tuple(_spelled(verse.stanzas, "".join(lines))),
        )


def _spelled(stanzas: Sequence[str], text: str) -> Iterator[str]:
    """The stanzas with the hanzi of ``text`` in their places."""
    chars = iter(text)
    for stanza in stanzas:
        yield "".join(next(chars) if is_hanzi(char) else char for char in stanza)


def split_added(earlier: Sequence[CorpusPoem], poems: Sequence[CorpusPoem]) -> list[str]:
    """The splits of ``poems``, by the rule of ``corpus.split`` over them and all that was there before.

    What was there before keeps its split: trained weights depend on it. So a poem that the rule holds out, but a
    training poem there before is near to, can't be held out any more; it is "near". A poem that repeats one before it,
    by more than half of its lines, is a "repeat".
    """
    every = [*earlier, *poems]
    hashed = hash_poems([fold_line("\n".join(poem.lines)).split("\n") for poem in every])
    first = len(earlier)
    splits = np.array([poem.split for poem in earlier] + [split_by_hash(poem.id) for poem in poems], "<U6")
    splits[repeats(hashed, first)] = "repeat"
    new = np.arange(len(every)) >= first
    held = np.isin(splits, HELD_OUT)
    splits[hashed.near_to(new & held, ~new & (splits == "train"))] = "near"
    held = np.isin(splits, HELD_OUT)
    splits[hashed.near_to(new & (splits == "train"), held)] = "near"
    found: list[str] = splits[first:].tolist()
    return found


def _write(batch: _Batch, poems: Sequence[CorpusPoem]) -> AddedSource:
    kept = [poem for poem in poems if poem.split != "repeat"]
    dropped = batch.dropped + Counter({Dropped.REPEAT.value: len(poems) - len(kept)})
    file = f"{batch.name}-{batch.sha256[:12]}.jsonl.gz"
    write_poems(kept, added_folder() / file)
    return AddedSource(batch.name, batch.sha256, file, batch.rows, len(kept), dict(dropped.most_common()))


def _sweep() -> None:
    """Remove what no list names: left by a killed addition, or replaced by a newer one."""
    named = {source.file for source in added_sources()} | {"sources.json"}
    for path in added_folder().glob("*"):
        if path.name not in named:
            path.unlink()
