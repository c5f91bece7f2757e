"""A first line that is to be answered: 上联:春风化雨千山绿; 以“…”为上联; 对个下联:…."""

from __future__ import annotations

import re

from yayun.brief.finders import Found
from yayun.brief.text import HAN, QUOTE, Text
from yayun.errors import YayunError
from yayun.prosody.forms import facing
from yayun.prosody.forms.form import Form
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.readings.lexicon import read_line
from yayun.prosody.tones import LEVEL

ANSWERS = 5  # second lines that are given where no number is asked for
_CLAUSES = rf"{HAN}{{2,12}}(?:[,;、 ](?![写来给对求要请出帮再]){HAN}{{2,11}}){{0,3}}"
_SIDE = rf"(?P<x>{QUOTE}|{_CLAUSES})(?![^\W\da-z_])"
_ASK, _ONE = "(?:请|帮我|求|来)", "(?:出|一)?(?:个|副|条)?"
_PATTERNS = (
    re.compile(rf"(?:上联|出句|出联)(?:就|便)?(?:[是为:=]+ ?| ){_SIDE}"),
    re.compile(rf"(?:以|用|拿|把)(?P<x>{QUOTE}|{HAN}{{4,12}}?)(?:来?作为|为|作|做|当作?)(?:上联|出句)"),
    re.compile(rf"(?:对|求|续|给|写|配|想){_ONE}(?:下联|对句)(?:[是为:=]+ ?| ){_SIDE}"),
    re.compile(rf"^(?:请|帮我|求|给我)*对[:=]+ ?{_SIDE}"),
    re.compile(rf"(?:下联|对句)?(?:该|要|应该)?怎么对(?:下联|对句)?[呢?]*(?:[是为:=]+ ?| ){_SIDE}"),
    re.compile(rf"(?P<x>{QUOTE})[ ,:]*{_ASK}*(?:对|续|给|配|写|求){_ONE}(?:下联|对句)"),
    re.compile(rf"^(?P<x>{HAN}{{4,12}})[ ,:.!?]+{_ASK}*(?:对|续|给|配|写)?{_ONE}(?:下联|对句)"),
)  # fmt: skip
_REST = re.compile(r"(?:请|帮我|求|来|给我)*(?:对|续|给|配|写)?(?:出|一)?(?:个|副|条)?(?:下联|对句)(?:[是为:?]|$)?")
_MARKS = re.compile(r"[\s,，.。、;；:：!！?？]+")


def find_upper(text: Text) -> Found[str] | None:
    """The first line, as typed, with the marks between its clauses."""
    for pattern in _PATTERNS:
        if (m := pattern.search(text.plain)) is not None:
            rest = [r.span() for r in _REST.finditer(text.plain) if r[0] and not m.start() <= r.start() < m.end()]
            return Found(text.said(*m.span("x")), (m.span(), *rest))
    return None


def side(text: str) -> tuple[str, tuple[int, ...]]:
    """A first line without its marks, and the lengths of its clauses.

    Errors: YayunError for what can't be answered.
    """
    clauses = [clause for clause in _MARKS.split(text) if clause]
    line = "".join(clauses)
    if not all(map(is_hanzi, line)) or not facing.SHORTEST <= len(line) <= facing.LONGEST:
        raise YayunError(
            f"上联要 {facing.SHORTEST} 到 {facing.LONGEST} 个汉字,“{text[:20]}”有 {len(line)} 个:"
            "例如“上联:春风化雨千山绿”。"
        )
    lengths = tuple(map(len, clauses))
    return line, lengths if len(lengths) > 1 else facing.usual_clauses(len(line))


def answered(line: str, clauses: tuple[int, ...]) -> Form:
    """The couplet whose first line this is. Errors: YayunError where it ends level, as second lines do."""
    tones = "".join(place.symbol for place in read_line(line))
    if tones[-1] == LEVEL:
        raise YayunError(f"上联要以仄声字收,“{line}”收在平声“{line[-1]}”:请换末字,或把它当下联另出上联。")
    return facing.answering(tones, clauses)
