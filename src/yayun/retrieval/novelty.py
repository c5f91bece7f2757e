"""Is this line in the corpus? A compact filter of every 5- and 7-character line of all dynasties.

The filter is a binary fuse filter (Graf and Lemire, "Binary Fuse Filters: Fast and Smaller Than Xor Filters", 2022)
of arity 4 with 11-bit fingerprints: no false negatives, one false positive in 2**11 other lines. Lines are folded to
one spelling first, so traditional, simplified and variant spellings of a line all hit.

Tables: ``data/lines.bin`` (the filter) and ``data/fold.tsv`` (character, the spelling it is folded to); both are
built by ``scripts/build_novelty.py``, and belong together.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from yayun.prosody.readings.hanzi import is_hanzi

LINE_LENGTHS = (5, 7)
ARITY = 4
FINGERPRINT_BITS = 11
_FINGERPRINT_MASK = (1 << FINGERPRINT_BITS) - 1
# Magic, seed, log2 of the segment length, start segments, distinct lines.
HEADER = struct.Struct("<8sIIII")
MAGIC = b"yylines1"


def is_corpus_line(line: str) -> bool:
    """Does ``line`` (5 or 7 hanzi, any script, no punctuation) stand in verse of any dynasty, 词 too?

    Always true for a line that does, whatever its spelling; true for about 1 in 2,000 other lines. False for
    anything that isn't 5 or 7 hanzi: nothing else is in the filter.
    """
    return len(line) in LINE_LENGTHS and all(map(is_hanzi, line)) and fold_line(line) in line_filter()


def fold_line(line: str) -> str:
    """``line`` with each character replaced by the one spelling its variants share."""
    return line.translate(_fold_table())


@dataclass(frozen=True, slots=True)
class LineFilter:
    """The filter as stored: ``cells`` is an array of 11-bit numbers, little-endian bits, with 4 spare bytes."""

    seed: int
    shift: int
    starts: int
    count: int
    cells: bytes

    def __contains__(self, folded: str) -> bool:
        positions, fingerprint = place(folded, self.seed, self.shift, self.starts)
        for position in positions:
            bit = position * FINGERPRINT_BITS
            at = bit >> 3
            fingerprint ^= int.from_bytes(self.cells[at : at + 3], "little") >> (bit & 7)
        return not fingerprint & _FINGERPRINT_MASK


def place(folded: str, seed: int, shift: int, starts: int) -> tuple[list[int], int]:
    """The cells a folded line belongs to, one in each of 4 neighbouring segments, and its fingerprint.

    ``2**shift`` cells make a segment (at most ``2**16``); ``starts`` is how many segments may be the first. Of the
    128 bits of BLAKE2b the
    upper half picks the first segment and, at its lower end, the fingerprint; the lower half picks the cells.
    """
    digest = hashlib.blake2b(folded.encode(), digest_size=16, salt=seed.to_bytes(4, "little")).digest()
    upper = int.from_bytes(digest[:8], "little")
    lower = int.from_bytes(digest[8:], "little")
    first = (upper * starts >> 64) << shift
    mask = (1 << shift) - 1
    positions = [first + (i << shift) + (lower >> 16 * i & mask) for i in range(ARITY)]
    return positions, upper & _FINGERPRINT_MASK


@cache
def line_filter() -> LineFilter:
    """The shipped filter, read on first use."""
    data = (files("yayun.retrieval") / "data" / "lines.bin").read_bytes()
    magic, seed, shift, starts, count = HEADER.unpack_from(data)
    assert magic == MAGIC
    return LineFilter(seed, shift, starts, count, data[HEADER.size :])


def spellings(char: str) -> tuple[str, ...]:
    """Every character that is folded to the same as ``char``, in the order of their codes; itself among them."""
    return _spellings().get(fold_line(char), (char,))


@cache
def _spellings() -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for code, folded in _fold_table().items():
        found.setdefault(folded, {folded}).add(chr(code))
    return {folded: tuple(sorted(chars)) for folded, chars in found.items()}


def shown(folded: str) -> str:
    """A folded text in the simplified characters of everyday use, for people to read."""
    return folded.translate(_shown_table())


@cache
def _shown_table() -> dict[int, str]:
    return {ord(spelling): chr(char) for char, spelling in _fold_table().items() if _everyday(chr(char))} | {
        ord(spelling): spelling for spelling in _fold_table().values() if _everyday(spelling)
    }


def _everyday(char: str) -> bool:
    return char.encode("gb2312", "ignore") != b""


@cache
def _fold_table() -> dict[int, str]:
    text = (files("yayun.retrieval") / "data" / "fold.tsv").read_text(encoding="utf-8")
    return {ord(char): target for char, target in (row.split("\t") for row in text.splitlines()[1:])}
