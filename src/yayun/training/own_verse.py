"""The embedded model's own verse, written within the rules: what it is to write when nothing holds it.

Composing keeps every rule by its masks and chooses among drafts; a model that learns from what was so written comes to
write it freely. Above all it sees the forms that Tang poets left few examples of (oblique rhymes) as often as others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from yayun.backends.builtin import Builtin
from yayun.backends.options import Options
from yayun.brief import Brief
from yayun.composing.road import compose_with
from yayun.corpus.store import CorpusPoem, read_poems
from yayun.decoding.embedded import EmbeddedWriter
from yayun.decoding.weights import weights_dir
from yayun.errors import YayunError
from yayun.journal import read_rows, whole_lines, write_in_batches
from yayun.recipe import Strict
from yayun.training.requests import Asking, Request, draw
from yayun.training.samples import Sample, relabelled, to_sample, word_salience

if TYPE_CHECKING:
    from yayun.composing.poem import Poem

POEMS = "poems.jsonl"  # a row a request, in order: the poem, or null where none could be written
TOGETHER = 64


class Guided(Strict):
    """``model``: a model folder ("": the one that ships); requests drawn by ``asking``, all with retrieval;
    ``temperature`` and ``candidates`` as in composing."""

    model: str = ""
    asking: Asking = Asking()
    temperature: Annotated[float, Field(gt=0)] = 1.0
    candidates: Annotated[int, Field(gt=0)] = 4
    threads: int = 0


def write_verse(guided: Guided, size: int, seed: int, folder: Path) -> list[Sample]:
    """``size`` requests' poems, written or read from ``folder``; called again it goes on where it was stopped."""
    path = folder / POEMS
    if len(whole_lines(path)) < size:
        writer = EmbeddedWriter(Path(guided.model) if guided.model else weights_dir(), guided.threads)

        def write(start: int, part: Sequence[Request]) -> Iterator[dict[str, Any]]:
            options = Options(seed=start, temperature=guided.temperature, candidates=guided.candidates)
            poems = compose_with([_brief(one) for one in part], options, Builtin(writer))
            for i, (request, poem) in enumerate(zip(part, poems, strict=True), start):
                yield {"request": i, "poem": _row(request, poem)}

        write_in_batches(path, draw(size, guided.asking, seed, TOGETHER), TOGETHER, write, "guided")
    return read_verse([folder])


def read_verse(folders: Sequence[Path]) -> list[Sample]:
    """Samples of what was written in ``folders``, with the verifier's labels.

    Raises YayunError where a folder has none.
    """
    found: list[CorpusPoem] = []
    for folder in folders:
        rows = [row["poem"] for row in read_rows(folder / POEMS) if row["poem"]]
        if not rows:
            raise YayunError(f"{folder} 里没有写好的诗:请先运行 yayun train distill(source: guided)。")
        found += [_poem(row) for row in rows]
    salience = word_salience([p for p in read_poems() if p.split == "train" and p.form])
    return [replace(sample, own=True) for sample in relabelled([to_sample(poem, salience) for poem in found])]


def _brief(request: Request) -> Brief:
    name = request.settled.variant
    return Brief(
        title=request.title,
        imagery=request.imagery,
        form=request.form,
        rhyme=request.rhyme,
        pattern="平起" if name.startswith("平") else "仄起",
        first_line_rhymes=name.endswith("首句入韵"),
        script="traditional",
    )


def _row(request: Request, poem: Poem | YayunError) -> dict[str, Any] | None:
    """None where the request was too narrow, or the poem has anything worse than a note."""
    if isinstance(poem, YayunError) or any(found.severity != "note" for found in poem.review.findings):
        return None
    return {"title": request.title, "lines": list(poem.lines)}


def _poem(row: dict[str, Any]) -> CorpusPoem:
    digest = hashlib.sha256("".join(row["lines"]).encode()).hexdigest()[:16]
    return CorpusPoem(f"own-{digest}", "唐", "", row["title"], tuple(row["lines"]), (), "train")
