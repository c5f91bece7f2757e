"""A plain-language note to a line: what a large model is asked for, and what is taken from its answer.

Nothing of the answer is trusted beyond its shape: words and allusions that the line does not have are dropped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from yayun.errors import YayunError
from yayun.prompts.instruction import Message
from yayun.prosody.meter.finding import ordinal
from yayun.script import to_simplified

SYSTEM = (
    "你给旧体诗作白话注释,读者是初学的人。只依字面与通行的解释来说;没有把握的不说,不编造典故与出处。"
    "只输出一个 JSON 对象。"
)
SHAPE = (
    '{"plain": "整句的白话", "words": [{"word": "句中的词", "meaning": "它的意思"}], '
    '"allusions": [{"word": "句中用典的话", "source": "出处", "meaning": "典故说的是什么,用在这里是什么意思"}]}'
)
PLAIN, MEANING, SOURCE, MOST = 300, 200, 60, 12  # characters, and entries of a list
Entry = TypeVar("Entry")
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Word:
    """A ``word`` of the line and its ``meaning``."""

    word: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Allusion:
    """A ``word`` of the line that alludes to something, its ``source`` ('' where none is named) and what it means."""

    word: str
    source: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Gloss:
    """A line in ``plain`` language, with its ``words`` and ``allusions`` in the order of the answer."""

    plain: str
    words: tuple[Word, ...]
    allusions: tuple[Allusion, ...]


def gloss_messages(lines: Sequence[str], index: int, title: str = "", author: str = "") -> list[Message]:
    """The conversation that asks for a note to line ``index`` (from 0) of a poem."""
    heading = "".join(f"{name}:{value}\n" for name, value in (("题目", title), ("作者", author)) if value)
    verse = "\n".join(lines)
    asked = (
        f"{heading}全诗:\n{verse}\n\n请注第{ordinal(index + 1)}句:「{lines[index]}」。用简体字,照这个样子输出,"
        f"词按句中的次序,没有典故就给空表:\n{SHAPE}"
    )
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": asked}]


def read_gloss(text: str, line: str) -> Gloss:
    """The note in a model's answer. Raises YayunError where there is none."""
    for found in _objects(_THOUGHT.sub("", text)):
        if plain := _said(found.get("plain"), PLAIN):
            words = _entries(
                found.get("words"), line, lambda word, entry: Word(word, _said(entry.get("meaning"), MEANING))
            )
            return Gloss(
                plain,
                tuple(word for word in words if word.meaning),
                _entries(found.get("allusions"), line, _allusion),
            )
    raise YayunError("语言模型的回答读不成注释:请再试一次,或换一个模型。")


def _allusion(word: str, entry: dict[str, Any]) -> Allusion:
    return Allusion(word, _said(entry.get("source"), SOURCE), _said(entry.get("meaning"), MEANING))


def _entries(found: Any, line: str, make: Callable[[str, dict[str, Any]], Entry]) -> tuple[Entry, ...]:
    known = to_simplified(line)
    entries = (entry for entry in found if isinstance(entry, dict)) if isinstance(found, list) else ()
    pairs = ((_said(entry.get("word"), len(line)), entry) for entry in entries)
    return tuple(make(word, entry) for word, entry in pairs if word and to_simplified(word) in known)[:MOST]


def _said(value: Any, most: int) -> str:
    """The text, if that is what it is, within a length."""
    return value.strip()[:most] if isinstance(value, str) else ""


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Every JSON object in a text that is not within another."""
    decoder, at = json.JSONDecoder(), text.find("{")
    while at >= 0:
        try:
            found, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError:
            end = at + 1
        else:
            yield found
        at = text.find("{", end)
