"""Cleaning poem text: notes out, punctuation to line breaks, shapes recognised."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from yayun.prosody.forms.regulated import FORMS
from yayun.prosody.readings.hanzi import is_hanzi

# Editors' notes, e.g. （一作春） or [一]; they are not verse.
_NOTE = re.compile(r"（[^（）]*）|\([^()]*\)|\[[^\[\]]*\]|〔[^〔〕]*〕|【[^【】]*】")
_BREAK = re.compile(r"[，。？！；、：,.?!;:…\s]+")
_QUOTES = re.compile(r"[「」『』“”‘’《》〈〉\"'〖〗]")

_FORM_BY_SHAPE: dict[tuple[int, int], str] = {shape: form for form, shape in FORMS.items()}


def split_lines(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """Verse lines of raw paragraphs, without notes, quotes or punctuation."""
    text = without_notes(unicodedata.normalize("NFC", "\n".join(paragraphs)))
    return tuple(line for line in _BREAK.split(_QUOTES.sub("", text)) if line)


def without_notes(text: str) -> str:
    """``text`` without what stands in brackets."""
    previous = None
    while previous != text:  # notes nest
        previous, text = text, _NOTE.sub("", text)
    return text


def clean_title(title: str) -> str:
    """A title without notes, with runs of white space folded to one space."""
    text = unicodedata.normalize("NFC", title)
    return re.sub(r"\s+", " ", _NOTE.sub("", text)).strip()


def shape_form(lines: Sequence[str]) -> str | None:
    """五绝, 七绝, 五律 or 七律 by shape alone (clean characters only), else None."""
    if len(lines) not in (4, 8):
        return None
    width = len(lines[0])
    if (form := _FORM_BY_SHAPE.get((width, len(lines)))) is None:
        return None
    if all(len(line) == width and all(map(is_hanzi, line)) for line in lines):
        return form
    return None
