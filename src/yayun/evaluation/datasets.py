"""Poems to judge as what they are: the anthologies of the corpus, or a file of verse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yayun.brief import make_brief
from yayun.corpus.store import CorpusPoem, read_all, read_poems
from yayun.errors import YayunError
from yayun.evaluation.samples import Sample
from yayun.prosody.forms.regulated import FORM_NAMES
from yayun.prosody.forms.tunes.tune import fold_name, named
from yayun.prosody.review import review
from yayun.text.files import read_text
from yayun.text.poems import parse_poems

ANTHOLOGY, COMPLETE, HELD_OUT = "唐诗三百首", "全唐诗", "唐人近体"
NAMED = (HELD_OUT, ANTHOLOGY, COMPLETE)
LONG_VERSE, TUNES = "唐人排律", "宋词"
BY_GENRE = (LONG_VERSE, TUNES)


def load(name: str, limit: int | None = None) -> tuple[list[Sample], bool]:
    """The poems of a named dataset or of a file, and whether they stand in the corpus themselves.

    唐人近体 are the Tang poems of the four shapes in the test split, 唐人排律 those of it that read as 排律, 宋词 the
    Song 词 of the test split under a tune's name. A file is text with poems in it, or JSON lines
    with ``lines`` or ``text`` and, where known, ``title`` and ``request`` or ``form``/``rhyme`` (as
    ``compose --json`` prints them). ``limit`` of them, evenly spread. Raises YayunError for a file without poems.
    """
    read = {LONG_VERSE: _long_verse, TUNES: _tunes}.get(name)
    samples = read() if read else _named(name) if name in NAMED else _file(Path(name))
    if limit is not None and limit < len(samples):
        samples = [samples[i * len(samples) // limit] for i in range(limit)]
    return samples, name in (*NAMED, *BY_GENRE)


def _long_verse() -> list[Sample]:
    """Tang verse of ten lines and more that is regulated but for faults here and there."""
    held = (poem for poem in read_poems() if poem.dynasty == "唐" and poem.split == "test" and len(poem.lines) >= 10)
    even = (poem for poem in held if len(poem.lines) % 2 == 0 and len({*map(len, poem.lines)}) == 1)
    return [Sample(p.lines, p.title, key=p.id) for p in even if review(p.lines).form.endswith("排律")]


def _tunes() -> list[Sample]:
    found = []
    for poem in read_all("词", {"宋"}):
        name = named().get(fold_name(poem.tune)) if poem.split == "test" else None
        if name and poem.stanzas:
            found.append(Sample(poem.lines, poem.title, key=poem.id, tune=name[0], stanzas=poem.stanzas))
    if not found:
        raise YayunError("本地还没有宋词:请先用 yayun corpus add 加入。")
    return found


def _named(name: str) -> list[Sample]:
    return [Sample(poem.lines, poem.title, key=poem.id) for poem in read_poems() if poem.lines and _is_in(poem, name)]


def _is_in(poem: CorpusPoem, name: str) -> bool:
    if name == ANTHOLOGY:
        return ANTHOLOGY in poem.tags
    if name == COMPLETE:
        return poem.dynasty == "唐"
    return poem.dynasty == "唐" and poem.split == "test" and poem.form is not None


def _file(path: Path) -> list[Sample]:
    if not path.is_file():
        raise YayunError(f"没有“{path}”这个数据集或文件:可用 {'、'.join((*NAMED, *BY_GENRE))},或诗文件的路径。")
    text = read_text(str(path))
    first = next((row for row in text.splitlines() if row.strip()), "")
    if first.lstrip().startswith("{"):
        samples = list(_json_rows(text, path))
    else:
        samples = [Sample(poem.lines, poem.title) for poem in parse_poems(text)]
    if not samples:
        raise YayunError(f"{path.name} 里没有找到诗。")
    return samples


def _json_rows(text: str, path: Path) -> Iterator[Sample]:
    for number, row in enumerate(text.splitlines(), start=1):
        if row.strip():
            try:
                fields = json.loads(row)
                yield _sample(fields)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                message = f"{path.name} 第 {number} 行不是诗:每行应是带 lines 或 text 的 JSON 对象。"
                raise YayunError(message) from error


def _sample(fields: dict[str, Any]) -> Sample:
    lines = fields.get("lines")
    if lines is None and "error" not in fields:
        lines = [line for poem in parse_poems(fields["text"]) for line in poem.lines]
    form, rhyme = _asked(fields)
    return Sample(tuple(lines or ()), fields.get("title") or "", form, rhyme, seconds=fields.get("seconds"))


def _asked(fields: dict[str, Any]) -> tuple[str | None, str | None]:
    """Form and group as the request has them; else as the row names them, if it names regulated ones."""
    if request := fields.get("request"):
        brief = make_brief(request)
        return brief.form, brief.rhyme
    short = {full: name for name, full in FORM_NAMES.items()} | {name: name for name in FORM_NAMES}
    return short.get(fields.get("form") or ""), fields.get("rhyme")
