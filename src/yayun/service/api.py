"""``/api``: composing, checking and the rhyme book, for the page and for programs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from yayun.brief import Brief, make_brief
from yayun.brief.fields import parse_rhyme, parse_script, parse_title, rhyme_of
from yayun.checking.check import Verdict
from yayun.checking.entries import check_entries
from yayun.composing.poem import Poem
from yayun.composing.road import Options, default_writer, draw_seed
from yayun.composing.suggest import Candidate, Wanted
from yayun.composing.suggest import suggest as suggest_for
from yayun.errors import YayunError
from yayun.prosody.books.book import Group, RhymeBook
from yayun.prosody.books.shelf import CILIN, PINGSHUI, book, canonical_book
from yayun.prosody.forms.form import COMMA, STOP
from yayun.prosody.forms.names import canonical_form, canonical_pattern, short_form
from yayun.prosody.marks import marks
from yayun.prosody.meter.tunes.review import TuneReview
from yayun.prosody.meter.tunes.told import every_tune, tune_json
from yayun.prosody.readings.lexicon import members
from yayun.prosody.render import verdict
from yayun.retrieval.feet import rhyme_feet
from yayun.service.answers import REFUSALS
from yayun.service.engine import Task
from yayun.service.schemas import CheckAsked, ComposeAsked, Refused, SuggestAsked
from yayun.service.scripts import in_both, in_script
from yayun.service.streams import (
    COMMENT,
    Progress,
    Quiet,
    Writing,
    check_asked,
    eased,
    event,
    in_time,
    poems,
    streaming,
    told,
)
from yayun.service.understood import told_apart, understood
from yayun.text.characters import one_character
from yayun.text.tables import Entry

router = APIRouter(prefix="/api", responses={status: {"model": Refused} for status in REFUSALS})
OPTIONS = frozenset(("mode", "rag", "seed", "temperature", "effort"))
CHECKED = 40  # poems a text to check may hold
FEET = 400  # characters of a group that are ranked by use


@router.post("/compose", response_model=None)
async def compose(asked: ComposeAsked, request: Request, stream: bool = False) -> Response | dict[str, Any]:
    """Write poems; as server-sent events with ``?stream=1`` or ``Accept: text/event-stream``."""
    engine, settings = request.app.state.engine, request.app.state.settings
    engine.check_room()
    brief, options = read_asked(asked)
    if "effort" not in asked.model_fields_set:
        brief, options = eased(brief, options, engine, settings)
    if stream or "text/event-stream" in request.headers.get("accept", ""):
        # The page can take a line back: the drafts need not go on from what was shown.
        writing = Writing(engine, brief, options, settings)
        return streaming(_compose_events(writing, brief))
    found = await poems(engine, brief, options, settings)
    return {"poems": [poem_json(poem) for poem in found], **told_apart(brief)}


@router.post("/read", response_model=None)
def read(asked: ComposeAsked) -> dict[str, Any]:
    """What a request is understood as, and what of it is not taken up; refused as composing refuses it."""
    brief, _ = read_asked(asked)
    return {"understood": understood(brief), **told_apart(brief)}


def read_asked(asked: ComposeAsked) -> tuple[Brief, Options]:
    """The brief and the options. Raises YayunError where they can't be used."""
    fields = asked.model_dump(exclude_none=True, exclude=set(OPTIONS))
    brief = make_brief(fields.pop("request", None), **fields)
    options = Options(**asked.model_dump(include=set(OPTIONS)))
    check_asked(brief, options)
    return brief, options


async def _compose_events(writing: Writing, brief: Brief) -> AsyncIterator[bytes]:
    shown: dict[int, Progress] = {}
    yield COMMENT  # the client sees that it has been let in
    yield event("read", {"understood": understood(brief), **told_apart(brief)})
    try:
        async for step in writing.steps():
            if isinstance(step, Quiet):
                yield COMMENT
            elif isinstance(step, Progress):
                yield _lines(step, shown)
            else:
                for number, poem in enumerate(step):
                    yield _lines(Progress(number, poem.title, poem.think, poem.lines), shown)
                    yield event("poem", poem_json(poem))
    except Exception as error:
        yield event("error", {"message": str(told(error))})
    yield event("done", told_apart(brief))


def _lines(progress: Progress, shown: dict[int, Progress]) -> bytes:
    """The plan and each line, where they are new or others than were shown before: of the drafts the best so far is
    shown, and another may overtake it."""
    before = shown.get(progress.number)
    shown[progress.number] = progress
    plan = {"poem": progress.number, "title": progress.title, "think": progress.think}
    opening = event("plan", plan) if before is None or before.think != progress.think else b""
    return opening + b"".join(
        event("line", {"poem": progress.number, "index": i, "text": line})
        for i, line in enumerate(progress.lines)
        if before is None or before.lines[i : i + 1] != (line,)
    )


def poem_json(poem: Poem) -> dict[str, Any]:
    """A poem with its marks."""
    told = {"stops": stops(poem.review), "marks": marks_json(poem.review), "scripts": in_both(poem.lines)}
    return poem.to_json() | told


def stops(review: Verdict) -> list[str]:
    """The mark after each line."""
    if isinstance(review, TuneReview):
        return [mark for row in review.judged.verse.marks for mark in row]
    form = review.as_form
    marks = form.marks if form is not None else ()
    return [marks[i] if i < len(marks) else (COMMA, STOP)[i % 2] for i in range(len(review.lines))]


def marks_json(review: Verdict) -> list[list[dict[str, object]]]:
    """The marks, a list a line."""
    return [[mark.to_json() for mark in line] for line in marks(review)]


@router.post("/check", response_model=None)
def check(asked: CheckAsked) -> dict[str, Any]:
    """Review every poem of a text, 词 too; ``left_out``: what is no verse, of each poem, and beside them all."""
    by = canonical_book(asked.book) if asked.book else None
    by = None if by == PINGSHUI else by
    if asked.tune and by not in (None, CILIN):
        raise YayunError(f"词按词林正韵查,不能用{by}:请去掉韵书。")
    rhyme = parse_rhyme(asked.rhyme) if asked.rhyme and not (asked.tune or by) else asked.rhyme
    script = parse_script(asked.script) if asked.script else None
    entry = Entry(None, asked.text, asked.title or "", asked.author or "")
    found, beside = check_entries([entry], form=asked.form or None, rhyme=rhyme, tune=asked.tune or None, book=by)
    if len(found) > CHECKED:
        raise YayunError(f"一次最多查 {CHECKED} 首诗,这里有 {len(found)} 首。")
    reviews = []
    for one in found:
        assert one.review is not None  # only a row of a table can't be read
        poem, judged = one.poem, one.review
        heading = {"title": poem.title or asked.title or "", "author": poem.author or asked.author or ""}
        told = judged.to_json() | {"verdict": verdict(judged), "stops": stops(judged), "marks": marks_json(judged)}
        told |= heading | {"scripts": in_both(poem.lines), "left_out": list(poem.notes)}
        reviews.append(in_script(told, script) if script else told)
    return {"reviews": reviews, "left_out": list(beside)}


@router.get("/tunes", response_model=None)
def tunes(
    name: Annotated[str | None, Query(max_length=20)] = None,
    variant: Annotated[str | None, Query(max_length=20)] = None,
) -> dict[str, Any]:
    """All tunes, the commonest first; with ``name`` (and a ``variant``) a tune's pattern."""
    return tune_json(name, variant or None) if name else {"tunes": list(every_tune())}


@router.post("/suggest", response_model=None)
async def suggest(asked: SuggestAsked, request: Request) -> dict[str, Any]:
    """Other wordings of a line or a character, best first."""
    wanted = read_wanted(asked)
    seed = draw_seed() if asked.seed is None else asked.seed

    def work() -> tuple[Candidate, ...]:
        return suggest_for(wanted, default_writer(), asked.count, seed)

    future = asyncio.wrap_future(request.app.state.engine.submit(Task(work)))
    found = await in_time(future, request.app.state.settings)
    return {"candidates": [{"text": c.text, "score": c.score, "note": c.note} for c in found]}


def read_wanted(asked: SuggestAsked) -> Wanted:
    """The place to change. Raises YayunError where it can't be used."""
    return Wanted(
        form=short_form(canonical_form(asked.form)),
        rhyme=parse_rhyme(asked.rhyme),
        lines=tuple(asked.lines),
        line=asked.line - 1,
        column=None if asked.column is None else asked.column - 1,
        title=parse_title(asked.title),
        pattern=canonical_pattern(asked.pattern) if asked.pattern else None,
        script=parse_script(asked.script) if asked.script else "simplified",
    )


@router.get("/rhyme", response_model=None)
def rhyme(
    group: Annotated[str | None, Query(max_length=20)] = None,
    char: Annotated[str | None, Query(max_length=8)] = None,
    theme: Annotated[str | None, Query(max_length=100)] = None,
) -> dict[str, Any]:
    """All groups; with ``group`` its characters, commonest first; with ``char`` a character's readings."""
    held = book(PINGSHUI)
    if char:
        return {"char": char, "readings": _readings(char, held)}
    if group:
        known = held.groups[rhyme_of(group, held.name)]
        return _group(known) | {"group": known.name, "characters": _characters(known.name, theme or "")}
    return {"groups": [_group(known) for known in held.groups.values()]}


def _group(group: Group) -> dict[str, Any]:
    return {"name": group.name, "label": group.label, "tone": group.tone, "level": group.level}


def _characters(group: str, theme: str) -> list[str]:
    """Those that poets rhymed with first, by use (and closeness to a theme), then the rest of the book."""
    common = rhyme_feet(group, theme, limit=FEET)
    return list(dict.fromkeys((*common, *members(group))))


def _readings(char: str, held: RhymeBook) -> list[dict[str, Any]]:
    found = held.readings(one_character(char))
    if not found:
        raise YayunError("韵书里查不到这个字:请换用它的正体再查。")
    return [
        {"group": r.group, "label": held.label(r.group), "tone": r.tone, "level": r.level, "sense": r.sense,
         "gloss": r.gloss, "source": r.source, "rare": r.rare}
        for r in found
    ]  # fmt: skip
