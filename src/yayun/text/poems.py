"""From text as people have it to poems: titles, authors, notes, punctuation or none, one or several, any script.

Nothing here fails on any Unicode text, and nothing Chinese is lost: it is in a poem's lines, in a heading, or among
what was left out. Text without a Chinese character in it has no poems.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from yayun.prosody.forms.names import exact_shape
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.text.blocks import (
    Block,
    Read,
    blocks_of,
    is_heading_block,
    is_said,
    off,
    read_block,
    split_numbered,
    verse_of,
)
from yayun.text.headings import Heading, is_comment, is_explicit, is_original, is_part, is_preface, read_heading
from yayun.text.rows import rows_of

# Lines of a poem that may be put together from stanzas; the longest of the Tang have about 200.
_LONGEST_POEM = 400
_LONGEST_CLAUSE = 9  # of verse; prose has longer ones
_FAR = 0.35  # from any shape: no draft of a regulated poem


@dataclass(frozen=True, slots=True)
class ParsedPoem:
    """A poem found in a text: ``title`` and ``author`` ('' where there is none), ``lines`` of bare characters, and the
    ``notes`` that stood with it."""

    title: str
    author: str
    lines: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """The poems of a text, in order, and ``beside``, what of its Chinese belongs to no poem: comments, translations."""

    poems: tuple[ParsedPoem, ...]
    beside: tuple[str, ...] = ()

    @property
    def left_out(self) -> tuple[str, ...]:
        """All that is no line, title or author."""
        return (*self.beside, *(note for poem in self.poems for note in poem.notes))


def parse_poems(text: str) -> tuple[ParsedPoem, ...]:
    """The poems of a text, in order; empty where there is no Chinese character in it."""
    return parse_text(text).poems


def parse_text(text: str) -> Parsed:
    """The poems of a text and what was left out of them."""
    blocks = tuple(blocks_of(rows_of(text)))
    found = _read(blocks, sections=True)
    if not found.poems:  # a poem may be called 注释
        found = _read(blocks, sections=False)
    if not any(_has_hanzi(poem.lines) for poem in found.poems):  # a lone short row is taken as verse
        lines = [verse_of(block) for block in blocks]
        notes = tuple(note for block in blocks for row in block for note in row.notes)
        return Parsed(tuple(ParsedPoem("", "", verse) for verse in lines if _has_hanzi(verse)), notes)
    return found.parsed()


def one_poem(parsed: Parsed) -> ParsedPoem:
    """What a text with one poem in it is to be judged by: the one of a regulated shape, else all of its lines."""
    exact = [poem for poem in parsed.poems if exact_shape(poem.lines) is not None]
    if len(exact) == 1 or len(parsed.poems) == 1:
        return (exact or parsed.poems)[0]
    first = parsed.poems[0]
    return replace(first, lines=tuple(line for poem in parsed.poems for line in poem.lines))


def _read(blocks: Sequence[Block], sections: bool) -> _Reading:
    reading = _Reading()
    for block in blocks:
        for part in split_numbered(block):
            if sections:
                reading.read_page(part)
            else:
                reading.read_verse(part)
    reading.close()
    return reading


class _Reading:
    """The poems read so far, what was left out, and the heading that still waits for its verse."""

    def __init__(self) -> None:
        self.poems: list[ParsedPoem] = []
        self._beside: list[str] = []
        self._waiting: Heading | None = None
        self._series: Heading | None = None
        self._comment = ""  # the row that opened a section of comments

    def read_page(self, block: Block) -> None:
        """A block of a page that may have sections of comments."""
        start = 0
        for i, row in enumerate(block):
            if self._comment:
                if not self._verse_resumes(block[i:]):
                    self._beside.append(row.text)
                    start = i + 1
                    continue
                self._comment = ""
                start = i
            if is_comment(row) or (is_preface(row) and (i > 0 or self._waiting is not None)):
                self._read_some(block[start:i])
                self._comment = row.text
                self._beside.append(row.text)
                start = i + 1
            elif is_original(row):
                self._read_some(block[start:i])
                start = i + 1
        self._read_some(block[start:])

    def _verse_resumes(self, rows: Block) -> bool:
        """Do these rows end a section of comments?"""
        first = rows[0]
        if is_comment(first):
            return False
        if is_original(first) or is_part(first) or (is_explicit(first) and not first.punctuated and first.size <= 30):
            return True
        if first.punctuated and not all(len(clause) in (5, 7) for clause in first.clauses):
            return False
        read = read_block(rows)
        translated = "译" in self._comment or "譯" in self._comment
        return read.exact and not read.left_out and (bool(read.heading.title) or not translated)

    def _read_some(self, rows: Block) -> None:
        if rows:
            self.read_verse(rows)

    def read_verse(self, block: Block) -> None:
        """A block that is a poem, a stanza of one, or a heading."""
        read = read_block(block)
        if not read.lines or (not read.exact and is_heading_block(block) and (self._waiting is None or is_said(block))):
            self._wait(read_heading(block))
            return
        if self._waiting is None and not read.heading.title and not read.heading.part and self._continues(read.lines):
            last = self.poems.pop()
            self.poems.append(replace(last, lines=last.lines + read.lines, notes=last.notes + read.left_out))
            return
        self._add(read)

    def _wait(self, heading: Heading) -> None:
        if (before := self._waiting) is not None:
            heading = Heading(
                before.title or heading.title,
                heading.author or before.author,
                heading.part or before.part,
                before.beside + heading.beside + ((heading.title,) if before.title and heading.title else ()),
            )
        self._waiting = heading

    def _add(self, read: Read) -> None:
        own, before = read.heading, self._waiting or Heading()
        heading = Heading(
            own.title or before.title, own.author or before.author, own.part or before.part, before.beside + own.beside
        )
        given = tuple(
            text for text in (before.title, before.author) if text and text not in (heading.title, heading.author)
        )
        if heading.part and not heading.title and self._series is not None:
            heading = replace(heading, title=self._series.title, author=heading.author or self._series.author)
        self._series = heading if heading.part else None
        title = " ".join(filter(None, (heading.title, heading.part)))
        self.poems.append(ParsedPoem(title, heading.author, read.lines, (*given, *heading.beside, *read.left_out)))
        self._waiting = None

    def _continues(self, lines: Sequence[str]) -> bool:
        """Is a block of a line or two the rest of the poem before it?"""
        if not self.poems or len(lines) >= 4 or len(last := self.poems[-1].lines) >= _LONGEST_POEM:
            return False
        return len({len(last[0]), len(last[-1]), *map(len, lines)}) == 1

    def close(self) -> None:
        """Nothing follows: a heading without verse is left out."""
        if self._waiting is not None:
            heading, last = self._waiting, self.poems[-1] if self.poems else None
            if last is not None and not last.author and _is_name(heading):
                self.poems[-1] = replace(last, author=heading.title)
                heading = replace(heading, title="")
            self._beside += filter(None, (heading.title, heading.author, heading.part, *heading.beside))
            self._waiting = None

    def parsed(self) -> Parsed:
        """The poems; among verse of a known shape, prose is left out, and what is there a second time."""
        poems = [poem for poem in self.poems if _has_hanzi(poem.lines)]
        exact = any(exact_shape(poem.lines) is not None for poem in poems)
        kept: list[ParsedPoem] = []
        beside = list(self._beside)
        for poem in poems:
            if exact and _is_prose(poem.lines):
                beside.append("，".join(filter(None, (poem.title, poem.author, *poem.lines, *poem.notes))))
            else:
                kept.append(poem)
        return Parsed(tuple(kept), tuple(beside))


def _is_name(heading: Heading) -> bool:
    """May a heading without verse be the name under the verse before it?"""
    return 2 <= len(heading.title) <= 3 and not heading.author and not heading.part


def _has_hanzi(lines: Sequence[str]) -> bool:
    return any(map(is_hanzi, "".join(lines)))


def _is_prose(lines: Sequence[str]) -> bool:
    """Words around verse rather than a poem of another kind?"""
    if off(lines) <= _FAR or len({len(line) for line in lines} - {5, 7}) == 0:
        return False
    return len(lines) < 4 or max(map(len, lines)) > _LONGEST_CLAUSE


def verse_lines(text: str) -> tuple[str, ...]:
    """The lines to judge a text by: of the one poem in it that has a regulated shape, else all of them."""
    parsed = parse_text(text)
    return one_poem(parsed).lines if parsed.poems else ()
