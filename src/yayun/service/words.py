"""``/api/words`` and ``/api/corpus``: words that end a line, and who used a word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from yayun.brief.fields import parse_script
from yayun.corpus.concordance import Use, best_endings, look_up
from yayun.retrieval.phrases import phrases
from yayun.service.answers import REFUSALS
from yayun.service.schemas import Refused
from yayun.service.scripts import CONVERTERS
from yayun.text.characters import one_character

router = APIRouter(prefix="/api", responses={status: {"model": Refused} for status in REFUSALS})
SHOWN = 16  # words of an ending that are shown with a line
Word = Annotated[str, Query(max_length=20)]
Script = Annotated[str, Query(max_length=20)]


@router.get("/words", response_model=None)
def words(char: Annotated[str, Query(max_length=8)], script: Script = "simplified") -> dict[str, Any]:
    """Words that end in a character and that poets ended lines with, and about how often they are in verse."""
    convert = CONVERTERS[parse_script(script)]
    return {"char": char, "words": [{"text": convert(word), "count": count} for word, count in _ends(char)]}


@router.get("/words/lines", response_model=None)
def lines(char: Annotated[str, Query(max_length=8)], script: Script = "simplified") -> dict[str, Any]:
    """A line of a poet for the commonest of these words; refused where the corpus was not fetched."""
    convert = CONVERTERS[parse_script(script)]
    found = best_endings(word for word, _ in _ends(char)[:SHOWN])
    return {"char": char, "lines": {convert(word): _use(use, convert) for word, use in found.items()}}


@router.get("/corpus", response_model=None)
def corpus(word: Word, end: bool = False, script: Script = "simplified") -> dict[str, Any]:
    """Who used a word, and in which lines; with ``end`` those that end in it."""
    convert = CONVERTERS[parse_script(script)]
    found = look_up(word, at_end=end)
    authors = [{"author": convert(who), "dynasty": era, "count": times} for era, who, times in found.authors[:12]]
    return {"word": word, "lines": found.lines, "poems": found.poems, "authors": authors,
            "uses": [_use(use, convert) for use in found.uses]}  # fmt: skip


def _ends(char: str) -> list[tuple[str, int]]:
    return phrases().ends_in(one_character(char))


def _use(use: Use, convert: Callable[[str], str]) -> dict[str, Any]:
    told = {name: convert(value) if isinstance(value, str) else value for name, value in asdict(use).items()}
    return told | {"dynasty": use.dynasty, "genre": use.genre}
