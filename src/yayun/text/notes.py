"""Notes among verse: what stands in brackets, raised figures and marks."""

from __future__ import annotations

import re
from collections.abc import Callable

from yayun.prosody.readings.hanzi import is_hanzi
from yayun.text.characters import LOST

# Brackets of one kind may close one another, whatever their width: （一作春).
_KINDS = (
    ("(（﹙❨⸨⦅｟", ")）﹚❩⸩⦆｠"),
    ("[［〔【〖﹝❲", "]］〕】〗﹞❳"),
    ("{｛﹛❴", "}｝﹜❵"),
    ("<＜〈⟨❬﹤", ">＞〉⟩❭﹥"),
)
_OPENERS = {char: kind for kind, (opening, _) in enumerate(_KINDS) for char in opening}
_CLOSERS = {char: kind for kind, (_, closing) in enumerate(_KINDS) for char in closing}
BRACKETS = frozenset(_OPENERS.keys() | _CLOSERS.keys())
# A character put together from its parts, as digital editions of old books write it: [木*奈], [(工*刀)/言].
_COMPOSED = re.compile(r"\[[^\[\]\s]{0,12}[^\[\]\s()*/@+\-?][*/@+\-][^\[\]\s]{0,12}[^\[\]\s*/@+\-]\]")
_COMPOSED_PARTS = "()*/@+-?"
# Rows that one bracket may run over.
_ROWS = 3


def without_composed(text: str) -> str:
    """□ for each character that is described by its parts in square brackets."""
    if "[" not in text:
        return text
    return _COMPOSED.sub(lambda m: LOST if _is_composed(m[0][1:-1]) else m[0], text)


def _is_composed(parts: str) -> bool:
    return all(is_hanzi(char) or char in _COMPOSED_PARTS for char in parts) and sum(map(is_hanzi, parts)) <= 6


def without_notes(row: str) -> tuple[str, list[str]]:
    """``row`` without what stands in brackets, and those notes. Brackets that don't match are dropped themselves."""
    if BRACKETS.isdisjoint(row):
        return row, []
    kept: list[str] = []
    notes: list[str] = []
    open_at: list[tuple[int, int]] = []  # (kind, where what is inside begins)
    for char in row:
        if char in _OPENERS:
            open_at.append((_OPENERS[char], len(kept)))
        elif char in _CLOSERS:
            if open_at:
                start = _opened(open_at, _CLOSERS[char])
                if note := "".join(kept[start:]).strip():
                    notes.append(note)
                del kept[start:]
        else:
            kept.append(char)
    return "".join(kept), notes


def _opened(open_at: list[tuple[int, int]], kind: int) -> int:
    """Take off the bracket that one of ``kind`` closes: the last of its kind, else (mixed brackets) the last."""
    at = next((i for i in range(len(open_at) - 1, -1, -1) if open_at[i][0] == kind), len(open_at) - 1)
    start = open_at[at][1]
    del open_at[at:]
    return start


def joined_rows(rows: list[str], is_verse: Callable[[str], bool]) -> list[str]:
    """Rows, those put together that one bracketed note runs over (three at most, and no verse among them)."""
    if not any(map(_unclosed, rows)):
        return rows
    found: list[str] = []
    at = 0
    while at < len(rows):
        end = _note_end(rows, at, is_verse)
        found.append(" ".join(rows[at:end]))
        at = end
    return found


def _note_end(rows: list[str], at: int, is_verse: Callable[[str], bool]) -> int:
    if _unclosed(rows[at]):
        for end in range(at + 2, min(at + _ROWS, len(rows)) + 1):
            if not rows[end - 1].strip():
                break
            if not _unclosed(" ".join(rows[at:end])):
                _, notes = without_notes(" ".join(rows[at:end]))
                return at + 1 if any(map(is_verse, notes)) else end
    return at + 1


def _unclosed(row: str) -> bool:
    """Does a bracket stay open at the end of ``row``?"""
    if BRACKETS.isdisjoint(row):
        return False
    opened: list[tuple[int, int]] = []
    for at, char in enumerate(row):
        if char in _OPENERS:
            opened.append((_OPENERS[char], at))
        elif char in _CLOSERS and opened:
            _opened(opened, _CLOSERS[char])
    return bool(opened)
