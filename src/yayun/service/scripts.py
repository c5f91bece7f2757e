"""A judged poem shown in the other script: what was judged stays what the text says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from yayun.brief.fields import Script
from yayun.script import to_simplified, to_traditional

CONVERTERS: dict[Script, Callable[[str], str]] = {"simplified": to_simplified, "traditional": to_traditional}


def in_script(told: dict[str, Any], script: Script) -> dict[str, Any]:
    """A review with its ``lines``, ``title``, ``author`` and the marks' ``char`` in ``script``; the findings and the
    readings are those of the characters that were judged."""
    convert = CONVERTERS[script]
    lines = convert("\n".join(told["lines"])).split("\n")  # all at once: phrases tell some characters apart
    marks = [
        [mark | {"char": char} for mark, char in zip(row, line, strict=True)]
        for row, line in zip(told["marks"], lines, strict=True)
    ]
    return told | {
        "lines": lines,
        "marks": marks,
        "title": convert(told["title"]),
        "author": convert(told["author"]),
    }


def in_both(lines: Sequence[str]) -> dict[Script, str]:
    """The verse in either script, without stops: for telling poems apart, and for looking for them."""
    verse = "".join(lines)
    return {script: convert(verse) for script, convert in CONVERTERS.items()}
