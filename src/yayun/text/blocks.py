"""Rows that stand together -> a heading, verse, and what is neither: where verse comes nearest to a known shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yayun.prosody.forms.names import exact_shape, nearest_form
from yayun.text.clauses import RUN_TOGETHER
from yayun.text.headings import (
    Heading,
    is_author,
    is_below,
    is_explicit,
    is_labelled,
    is_part,
    is_signature,
    is_signed,
    read_heading,
)
from yayun.text.rows import Row

Block = tuple[Row, ...]
_STOPS = ("。", "！", "？", "；", ".", "!", "?", ";", "｡", "．")
_HEADINGS = 4  # rows of a heading, at most: title, author, 其一, a bracket
_ABOVE, _BELOW = 12, 8  # rows about verse that a block may have: a preface, a signature


@dataclass(frozen=True, slots=True)
class Read:
    """A block as read: ``left_out`` are its rows that are neither heading nor verse."""

    heading: Heading
    lines: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Has the verse just the shape of a form?"""
        return exact_shape(self.lines) is not None


def blocks_of(rows: Iterator[Row | None]) -> Iterator[Block]:
    """Rows between blank rows; a heading among punctuated verse starts a new block."""
    block: list[Row] = []
    for row in rows:
        if row is None or (block and _starts_poem(block, row)):
            if block:
                yield tuple(block)
            block = []
        if row is not None:
            block.append(row)
    if block:
        yield tuple(block)


def _starts_poem(block: list[Row], row: Row) -> bool:
    """Is ``row`` the heading of another poem after the verse in ``block``?"""
    if is_explicit(row) or is_part(row):
        return any(not before.heading_like for before in block) or len(block) >= 4
    if row.numbered and block[0].numbered and len(block) > 1 and not any(before.numbered for before in block[1:]):
        return exact_shape(verse_of(block)) is not None
    if not row.heading_like or not block[-1].punctuated or is_below(row, punctuated=False):
        return False
    if len(block) == 1 and not _is_like_verse(block[0]):  # a title may have punctuation
        return False
    # Where every row of verse is a sentence, one that isn't is no verse.
    verse = [before for before in block if not before.heading_like]
    return all(before.text.endswith(_STOPS) for before in verse) or all(len(c) not in (5, 7) for c in row.clauses)


def _is_like_verse(row: Row) -> bool:
    return 2 * sum(len(clause) in (5, 7) for clause in row.clauses) > len(row.clauses)


def off(lines: Sequence[str]) -> float:
    """How far lines are from the nearest shape of regulated verse, longer 排律 included."""
    if exact_shape(lines) is not None:
        return 0.0
    return nearest_form(lines)[3] if lines else 9.0


def verse_of(rows: Sequence[Row]) -> tuple[str, ...]:
    """The lines of rows of verse, unpunctuated verse cut into its lines."""
    clauses = [clause for row in rows for clause in row.clauses]
    widths = {RUN_TOGETHER.get(len(clause)) for clause in clauses}
    if len(widths) == 1 and (width := widths.pop()) is not None:
        return tuple(clause[i : i + width] for clause in clauses for i in range(0, len(clause), width))
    return tuple(clauses)


def split_numbered(block: Block) -> tuple[Block, ...]:
    """A block of whole poems, one a row, as one block each; other blocks as they are."""
    if len(block) < 2 or not all(exact_shape(verse_of([row])) for row in block):
        return (block,)
    if exact_shape(verse_of(block)) is not None and not all(row.numbered for row in block):
        return (block,)
    return tuple((row,) for row in block)


def read_block(block: Block) -> Read:
    """Split a block into heading, verse and the rest."""
    first = block[0]
    if first.punctuated and not (first.bracketed or is_explicit(first)) and exact_shape(lines := verse_of(block)):
        return Read(Heading(), lines, _notes(block))
    best, lines = _split_heading(block)
    if exact_shape(lines) is None and (span := _exact_span(block)) is not None:
        return _around(block, *span)
    if exact_shape(lines) is None and len(block) > 1 and is_signed(block[-1]) and not is_signed(block[-2]):
        above = read_block(block[:-1])
        return Read(above.heading, above.lines, (*above.left_out, block[-1].text))
    if all(row.bracketed for row in block[best:]) and best:
        return Read(read_heading(block), (), ())
    heading = read_heading(block[:best]) if best else Heading()
    return Read(heading, lines, _notes(block[best:]))


def _notes(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(note for row in rows for note in row.notes)


def _exact_span(block: Block) -> tuple[int, int] | None:
    """Where a poem of just a known shape stands among other rows: above it what is no verse, below what signs it."""
    count = len(block)
    for extra in range(1, min(count, _ABOVE + _BELOW)):
        for above in range(max(0, extra - _BELOW), min(extra, _ABOVE) + 1):
            start, end = above, count - (extra - above)
            if not block[start].clauses or exact_shape(lines := verse_of(block[start:end])) is None:
                continue
            punctuated = any(row.punctuated for row in block[start:end])
            if all(_is_above(row, len(lines[0]), punctuated) for row in block[:start]) and all(
                is_below(row, punctuated) for row in block[end:]
            ):
                return start, end
    return None


def _is_above(row: Row, width: int, punctuated: bool) -> bool:
    """Can a row not be meant as verse of that width? ``punctuated``: the verse is."""
    if _is_said(row) or is_explicit(row):
        return True
    if not row.punctuated:
        return punctuated or len(row.clauses) != 1 or abs(row.size - width) > 1
    # A couplet with a character too many or too few is a faulty one.
    far = any(abs(len(clause) - width) > 1 for clause in row.clauses)
    return (far or len(row.clauses) > 2) and any(len(clause) != width for clause in row.clauses)


def _around(block: Block, start: int, end: int) -> Read:
    """A block with its verse at ``start:end``: a title may have punctuation, what else is above is a preface."""
    heading: list[Row] = []
    preface: list[Row] = []
    for i, row in enumerate(block[:start]):
        titled = i == 0 and (i + 1 == start or is_author(block[1]) or not block[1].punctuated)
        short = len(row.text) <= 80 and not row.text.endswith("。")
        known = (_is_said(row) and not row.bracketed) or is_explicit(row)
        (heading if known or row.heading_like or (titled and short) else preface).append(row)
    read = read_heading(heading) if heading else Heading()
    signed = next((row for row in block[end:] if is_signature(row)), None)
    if signed is not None and not read.author:
        read = Heading(read.title, read_heading([signed], below=True).author, read.part, read.beside)
    left = (
        *(row.text for row in preface),
        *_notes(block[start:end]),
        *(row.text for row in block[end:] if row != signed),
    )
    return Read(read, verse_of(block[start:end]), left)


def _split_heading(block: Block) -> tuple[int, tuple[str, ...]]:
    """How many rows of a block are its heading, and the verse below: the split that comes nearest to a known shape."""
    splits = list(_splits(block))
    headed = is_explicit(block[0])
    # A heading before punctuated verse shows in its lack of punctuation.
    likely = headed or (len(block) > 1 and block[0].heading_like and block[-1].punctuated)
    for headings, lines in splits:
        if (headings or not likely) and exact_shape(lines) is not None:
            return headings, lines

    def cost(split: tuple[int, tuple[str, ...]]) -> float:
        headings, lines = split
        none = 0.0 if headings or not likely else 10.0 if headed else 0.2
        return min(1.0, off(lines)) + 0.02 * headings + none

    return min(splits, key=cost)


def _splits(block: Block) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The splits that are possible: rows of a heading, and the lines below."""
    for headings in range(min(_HEADINGS, len(block))):
        if headings and not _may_head(block, headings - 1):
            return
        lines = verse_of(block[headings:])
        if headings:
            row = block[headings - 1]
            as_long = {row.size} == {len(line) for line in lines}
            unsaid = not _is_said(row) and not is_explicit(row)
            if as_long and unsaid and (headings > 1 or exact_shape(lines) is None):
                continue
        yield headings, lines


def _may_head(block: Block, at: int) -> bool:
    """May the row at that place be in the heading of its block?"""
    row = block[at]
    if row.heading_like and (at == 0 or (at == 1 and row.size <= 6)):
        return True
    return _is_said(row) or (at == 0 and is_explicit(row))


def _is_said(row: Row) -> bool:
    """Does a row say what it is: an author, 其一, a label, brackets?"""
    return row.bracketed or is_part(row) or is_labelled(row) or is_author(row)


def is_said(block: Block) -> bool:
    """Does each row say what it is?"""
    return all(map(_is_said, block))


def is_heading_block(block: Block) -> bool:
    """Is a block nothing but a title (and an author)?"""
    if len(block) > 3 or any(row.punctuated and not is_labelled(row) for row in block):
        return False
    if is_explicit(block[0]) or is_said(block):
        return True
    return off(verse_of(block)) > 0.2 and (len(block[0].clauses) <= 2 or len(block) == 1)
