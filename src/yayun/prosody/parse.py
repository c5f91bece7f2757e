"""From text as people have it to lines of verse: titles, authors, punctuation or none, several poems, any script.

Nothing here fails on any Unicode text; text without a Chinese character in it has no poems.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yayun.corpus.text import is_hanzi
from yayun.errors import YayunError
from yayun.prosody.forms.names import exact_shape, nearest_form
from yayun.prosody.review import Profile, Review, review

_SENTENCE = re.compile(r"[，。！？；、,.!?;｡､]")
_BREAK = re.compile(r"[，。！？；：、,.!?;:…｡､/|／｜·—\s]+")
_STOPS = ("。", "！", "？", "；", ".", "!", "?", ";", "｡")
_ANSWER = re.compile(r"<answer>(.*?)(?:</answer>|\Z)", re.DOTALL)
_THINK = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_BRACKETS = {"（": "）", "(": ")", "[": "]", "〔": "〕", "【": "】", "［": "］"}
_LABEL = re.compile(r"^(?:诗题|詩題|题目|題目|标题|標題|题|題|作者|诗人|詩人)\s*[::：]\s*")
_AUTHOR_LABEL = re.compile(r"^(?:作者|诗人|詩人)\s*[::：]")
_EXPLICIT = re.compile(r"^\s*(?:#|《|〈|其[一二三四五六七八九十]+\s*$|(?:诗题|詩題|题目|題目|标题|標題)\s*[::：])")
_DYNASTY = re.compile(r"^[\[（(〔【［]?(?:[初盛中晚]?唐|五代|[北南]?宋|元|明|清)[代朝]?[\]）)〕】］]?[·・.\s:：]*")
_NUMBERING = re.compile(r"^\s*(?:[0-9０-９]{1,3}[.、．)）:：]|[-*•]\s)\s*")
# Widths that unpunctuated verse is run together to.
_RUN_TOGETHER = {10: 5, 14: 7, 20: 5, 28: 7, 40: 5, 56: 7}
_LONGEST_HEADING = 40
# Lines of a poem that may be put together from stanzas; the longest of the Tang have about 200.
_LONGEST_POEM = 400
_MANY = 64  # poems from which reading them all together pays


@dataclass(frozen=True, slots=True)
class ParsedPoem:
    """A poem found in a text: ``title`` and ``author`` ('' where there is none), ``lines`` of bare characters, and the
    rows of the text they come from."""

    title: str
    author: str
    lines: tuple[str, ...]
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    clauses: tuple[str, ...]

    @property
    def punctuated(self) -> bool:
        return _SENTENCE.search(self.text) is not None

    @property
    def heading_like(self) -> bool:
        return not self.punctuated and sum(map(len, self.clauses)) <= _LONGEST_HEADING


def parse_poems(text: str) -> tuple[ParsedPoem, ...]:
    """The poems of a text, in order; empty where there is no Chinese character in it."""
    poems: list[ParsedPoem] = []
    title, author, orphan = "", "", False
    for block in _blocks(_clean(text)):
        poem = _read_block(block)
        if not poem.lines or (_is_heading_block(block) and not orphan):
            title, author, orphan = _read_heading(block)[0], _read_heading(block)[1], True
            continue
        if poems and not orphan and not poem.title and _continues(poems[-1], poem):
            last = poems.pop()
            poem = ParsedPoem(last.title, last.author, last.lines + poem.lines, last.rows + poem.rows)
        elif orphan:
            poem = ParsedPoem(poem.title or title, poem.author or author, poem.lines, poem.rows)
        poems.append(poem)
        title, author, orphan = "", "", False
    if not poems and orphan:  # a lone short row is taken as verse
        poems = [_as_verse(block) for block in _blocks(_clean(text))]
    return tuple(poem for poem in poems if any(map(is_hanzi, "".join(poem.lines))))


def verse_lines(text: str) -> tuple[str, ...]:
    """The lines to judge a text by: of the one poem in it that has a regulated shape, else all of them."""
    poems = parse_poems(text)
    verse = [poem for poem in poems if _off(poem.lines) == 0]
    return verse[0].lines if len(verse) == 1 else tuple(line for poem in poems for line in poem.lines)


def check(
    text: str,
    *,
    form: str | None = None,
    rhyme: str | None = None,
    pattern: str | None = None,
    profile: Profile = "strict",
    imagery: Sequence[str] = (),
) -> Review:
    """Review the poem in a text. Raises YayunError where there is none, or more than one (see ``check_all``)."""
    poems = parse_poems(text)
    if sum(_off(poem.lines) == 0 for poem in poems) > 1:
        raise YayunError(f"文中有{len(poems)}首诗,请一次给一首,或用 check_all 逐首查。")
    if not poems:
        raise _no_verse()
    lines = verse_lines(text)
    return review(lines, form=form, rhyme=rhyme, pattern=pattern, profile=profile, imagery=imagery)


def check_all(
    text: str, *, form: str | None = None, rhyme: str | None = None, profile: Profile = "strict"
) -> tuple[Review, ...]:
    """A review for each poem of a text, in order. Raises YayunError where there is none."""
    poems = parse_poems(text)
    if not poems:
        raise _no_verse()
    if len(poems) >= _MANY and form is None and rhyme is None and profile == "strict":
        from yayun.prosody.bulk import review_all

        return tuple(review_all([poem.lines for poem in poems]))
    return tuple(review(poem.lines, form=form, rhyme=rhyme, profile=profile) for poem in poems)


def _no_verse() -> YayunError:
    return YayunError("没有找到诗句,请给出汉字写的诗。")


def _off(lines: Sequence[str]) -> float:
    """How far lines are from the nearest shape of regulated verse, longer 排律 included."""
    if exact_shape(lines) is not None:
        return 0.0
    return nearest_form(lines)[3] if lines else 9.0


def _clean(text: str) -> str:
    if (answer := _ANSWER.search(text)) is not None:
        text = answer[1]
    text = _THINK.sub("", text)
    text = unicodedata.normalize("NFC", text)
    # Format characters, variation selectors and surrogates are no characters of a line.
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cf", "Cs", "Mn", "Me", "Co"))


def _blocks(text: str) -> Iterator[tuple[_Row, ...]]:
    """Rows between blank rows; a heading among punctuated verse starts a new block."""
    block: list[_Row] = []
    for raw in text.splitlines():
        row = _row(raw)
        if not row.clauses:
            if block:
                yield tuple(block)
            block = []
            continue
        if block and _starts_poem(block, row):
            yield tuple(block)
            block = []
        block.append(row)
    if block:
        yield tuple(block)


def _starts_poem(block: list[_Row], row: _Row) -> bool:
    """Is ``row`` the heading of another poem after the verse in ``block``?"""
    if _EXPLICIT.match(row.text):
        return any(before.punctuated or not before.heading_like for before in block) or len(block) >= 4
    if not row.heading_like or not block[-1].punctuated:
        return False
    # Where every row of verse is a sentence, one that isn't is no verse.
    verse = [before for before in block if not before.heading_like]
    return all(before.text.endswith(_STOPS) for before in verse) or all(len(c) not in (5, 7) for c in row.clauses)


def _row(raw: str) -> _Row:
    text = _NUMBERING.sub("", raw.strip())
    return _Row(text, tuple(clause for part in _BREAK.split(_without_notes(text)) if (clause := _bare(part))))


def _bare(text: str) -> str:
    """The characters that count: ideographs, letters, digits and □ for a lost character."""
    return "".join(c for c in text if is_hanzi(c) or c == "□" or unicodedata.category(c)[0] in "LN")


def _without_notes(text: str) -> str:
    """``text`` without what stands in brackets; brackets that don't match are dropped themselves."""
    kept: list[str] = []
    open_at: list[tuple[str, int]] = []
    for char in text:
        if char in _BRACKETS:
            open_at.append((_BRACKETS[char], len(kept)))
        elif open_at and char == open_at[-1][0]:
            del kept[open_at.pop()[1] :]
        else:
            kept.append(char)
    return "".join(kept)


def _read_block(block: tuple[_Row, ...]) -> ParsedPoem:
    """Split a block into heading and verse where the verse comes nearest to a known shape."""
    best = min(range(min(3, len(block))), key=lambda n: _heading_cost(block, n))
    title, author, _ = _read_heading(block[:best]) if best else ("", "", False)
    return _as_verse(block[best:], title, author)


def _as_verse(rows: tuple[_Row, ...], title: str = "", author: str = "") -> ParsedPoem:
    return ParsedPoem(title, author, _verse(rows), tuple(row.text for row in rows))


def _heading_cost(block: tuple[_Row, ...], headings: int) -> float:
    rows = block[headings:]
    verse = _verse(rows)
    widths = {len(line) for line in verse}
    cost = min(1.0, _off(verse)) + 0.02 * headings
    explicit = bool(_EXPLICIT.match(block[0].text))
    for i, row in enumerate(block[:headings]):
        length = sum(map(len, row.clauses))
        labelled = bool(_LABEL.match(row.text)) or (i == 0 and explicit)
        if not row.heading_like and not labelled:
            return 9.0 + headings
        if {length} == widths and not labelled and (headings > 1 or _off(verse) > 0):
            return 9.0 + headings
        if i == 1 and length > 6 and not labelled:
            return 9.0 + headings
    if explicit and headings == 0:
        return 10.0
    # A heading before punctuated verse shows in its lack of punctuation.
    if headings == 0 and len(block) > 1 and block[0].heading_like and block[-1].punctuated:
        cost += 0.2
    return cost


def _verse(rows: Sequence[_Row]) -> tuple[str, ...]:
    """The lines of rows of verse, unpunctuated verse cut into its lines."""
    clauses = [clause for row in rows for clause in row.clauses]
    widths = {_RUN_TOGETHER.get(len(clause)) for clause in clauses}
    if len(widths) == 1 and (width := widths.pop()) is not None:
        return tuple(clause[i : i + width] for clause in clauses for i in range(0, len(clause), width))
    return tuple(clauses)


def _is_heading_block(block: tuple[_Row, ...]) -> bool:
    """Is a block nothing but a title (and an author)?"""
    if len(block) > 2 or any(row.punctuated for row in block):
        return False
    if _EXPLICIT.match(block[0].text):
        return True
    return _off(_verse(block)) > 0.2 and len(block[0].clauses) <= 2


def _read_heading(block: Sequence[_Row]) -> tuple[str, str, bool]:
    """Title, author of one or two heading rows."""
    texts = [row.text for row in block]
    if len(texts) == 1:
        quoted = re.match(r"^[#\s*]*《([^》]*)》(.*)$", texts[0])
        if quoted is not None:
            return _name(quoted[1]), _person(quoted[2]), True
        parts = texts[0].strip("#* ").split()
        if len(parts) == 2 and 2 <= len(_bare(_DYNASTY.sub("", parts[1]))) <= 4:
            return _name(parts[0]), _person(parts[1]), True
        return _name(texts[0]), "", True
    title, author = texts[0], texts[1]
    if _AUTHOR_LABEL.match(title):
        title, author = author, title
    return _name(title), _person(author), True


def _name(text: str) -> str:
    return _LABEL.sub("", text.strip("#*《》〈〉 \t")).strip("《》〈〉 ")


def _person(text: str) -> str:
    return _bare(_DYNASTY.sub("", _LABEL.sub("", text.strip("#* \t（）()—-·")).strip("（）()")))


def _continues(last: ParsedPoem, poem: ParsedPoem) -> bool:
    """Is a block of a line or two the rest of the poem before it?"""
    widths = {len(last.lines[0]), len(last.lines[-1]), *map(len, poem.lines)}
    return len(widths) == 1 and len(poem.lines) < 4 and len(last.lines) < _LONGEST_POEM
