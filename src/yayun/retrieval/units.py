"""What titles and verse are counted in: characters and two-character units, in the folded spelling.

The tables of this package are keyed by ``yayun.retrieval.novelty.fold_line``'s spelling, so that titles and verse in
any script find them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from yayun.prosody.readings.hanzi import is_hanzi
from yayun.retrieval.novelty import fold_line

# Where verse has its word boundaries: 2+2+1 or 2+1+2, with 2 more in front of a seven.
_WORD_STARTS = {5: (0, 2, 3), 7: (0, 2, 4, 5)}

_NUMERALS = "一二三四五六七八九十百廿卅〇○"
# Numbers of a series: 其一, 三十首其十八, 二绝.
_ORDINAL = re.compile(f"(其?第?[{_NUMERALS}]+[首章篇解]?(其?[{_NUMERALS}]+)?|[{_NUMERALS}]+[绝絕絶])$")
_BOUND_ORDINAL = re.compile(f"([{_NUMERALS}]+[首绝絕絶章篇解](其?[{_NUMERALS}]+)?|其[{_NUMERALS}]+)$")
_NOT_HANZI = re.compile(r"[^\u3400-\u9fff〇\U00020000-\U000323af]+")


def title_units(title: str) -> tuple[str, ...]:
    """The characters of a title and its adjacent pairs, folded, each once; numbers of a series are left out."""
    pieces = [_BOUND_ORDINAL.sub("", piece) for piece in _NOT_HANZI.split(title) if not _ORDINAL.fullmatch(piece)]
    folded = [fold_line(piece) for piece in pieces if piece]
    chars = (char for piece in folded for char in piece)
    pairs = (piece[i : i + 2] for piece in folded for i in range(len(piece) - 1))
    return tuple(dict.fromkeys([*chars, *pairs]))


def word_starts(length: int) -> Sequence[int]:
    """Where the two-character units of a line of so many characters begin: at its word boundaries in a five or seven,
    else everywhere."""
    return _WORD_STARTS.get(length, range(length - 1))


def line_words(line: str) -> Iterator[str]:
    """Two-character units of a line, where ``word_starts`` says."""
    for i in word_starts(len(line)):
        yield line[i : i + 2]


def verse_units(text: str) -> tuple[str, ...]:
    """The characters and words of a line or a poem (any punctuation), folded, each once."""
    found: list[str] = []
    for line in _NOT_HANZI.split(text):
        folded = fold_line(line)
        found += [*folded, *line_words(folded)]
    return tuple(dict.fromkeys(found))


def is_title_unit(unit: str) -> bool:
    """Is ``unit`` worth counting: hanzi, and no pair with a numeral in it?"""
    return all(map(is_hanzi, unit)) and not (len(unit) == 2 and any(char in _NUMERALS for char in unit))
