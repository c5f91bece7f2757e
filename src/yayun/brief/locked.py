"""Lines of one's own that a poem has to keep: reading them, and saying why they can't stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from yayun.brief.fields import brief_quote
from yayun.brief.text import clean, plain
from yayun.brief.value import Brief, Locked
from yayun.errors import YayunError
from yayun.prosody.books.shelf import PINGSHUI, book, read_line_by
from yayun.prosody.forms.regulated import FORMS
from yayun.prosody.meter.finding import Finding, ordinal
from yayun.prosody.readings.hanzi import is_hanzi

GAP = "□"  # stands for a character that is still to come
_MARKS = re.compile(r"[\s,，.。、;；!！?？:：]+")
_SHAPES: dict[tuple[int, int], str] = {shape: form for form, shape in FORMS.items()}


def parse_locked(lines: Sequence[str | None]) -> Locked:
    """The lines as typed, punctuation left off; None (or nothing) for a line to be written.

    Raises YayunError where they are the lines of no form.
    """
    found = tuple(_MARKS.sub("", clean(line, "锁定的诗句")) or None if line else None for line in lines)
    kept = [line for line in found if line]
    for line in kept:
        if not all(map(is_hanzi, line)):
            raise YayunError(f"锁定的诗句只能用汉字,“{brief_quote(line)}”不行。")
    if kept and (len({*map(len, kept)}) > 1 or (len(kept[0]), len(found)) not in _SHAPES):
        raise YayunError("锁定诗句要照全诗给出:绝句 4 句、律诗 8 句,每句五字或七字,要重写的一句留空。")
    return found if kept else ()


def form_of(locked: Locked) -> str | None:
    """The form (五绝 ...) the lines belong to; None where there are none."""
    line = next(filter(None, locked), None)
    return None if line is None else _SHAPES[len(line), len(locked)]


def with_locked(brief: Brief, locked: Locked) -> Brief:
    """The brief with lines to keep, and with the group they rhyme in.

    Raises YayunError where a line breaks a rule, or says other than the brief does.
    """
    if not locked:
        return brief
    if brief.form != (form := form_of(locked)):
        raise YayunError(f"所求是{brief.form},锁定的诗句却是{form}的:请只留一处。")
    for i, head in enumerate(brief.acrostic):
        if (line := locked[i]) and plain(line[0]) != plain(head):
            nth = ordinal(i + 1)
            raise YayunError(f"藏头第{nth}字是“{head}”,锁定的第{nth}句却以“{line[0]}”起:请只留一处。")
    asked = replace(brief, locked=locked, rhyme=brief.rhyme or _group(brief, locked))
    if fault := _fault(asked):
        raise YayunError(f"锁定的诗句不合律:{fault.message}。请改好这一句,或不锁定它。")
    return asked


def _group(brief: Brief, locked: Locked) -> str | None:
    """The group that the locked even lines share, of those the brief allows; None where none of them is locked."""
    feet = [frozenset(r.group for r in read_line_by(brief.book, line)[-1].readings) for line in locked[1::2] if line]
    if not feet and locked[0] and brief.rhyme_tone in (None, "平"):
        last = read_line_by(brief.book, locked[0])[-1].readings
        level = [r.group for r in last if r.level]
        feet = [frozenset(level)] if level and len(level) == len(last) else []
    if not feet:
        return None
    wanted = {None: None, "仄": "上去入"}.get(brief.rhyme_tone, brief.rhyme_tone)
    shared = [
        name
        for name, group in book(brief.book).groups.items()
        if all(name in foot for foot in feet)
        and name not in brief.avoid_rhymes
        and (wanted is None or group.tone in wanted)
    ]
    if not shared:
        raise YayunError("锁定的偶数句不能同押一个可用的韵部:请改一句的韵脚,或少锁定几句。")
    return shared[0]  # the book has the level groups first


def _fault(brief: Brief) -> Finding | None:
    """The first error that lies in locked lines alone."""
    from yayun.prosody.review import review  # a model folder brings the reader of requests without the rules

    width = FORMS[brief.form or ""][0]
    lines = [line or GAP * width for line in brief.locked]
    own = {i for i, line in enumerate(brief.locked, start=1) if line}
    if brief.book == PINGSHUI:
        found = review(lines, form=brief.form, rhyme=brief.rhyme).findings
    else:
        from yayun.prosody.meter.by_book import review_by_book

        division = book(brief.book).groups[brief.rhyme].division if brief.rhyme else None
        found = review_by_book(lines, brief.book, form=brief.form, rhyme=division).findings
    for finding in found:
        if finding.severity == "error" and finding.line in own and own.issuperset(finding.lines):
            return finding
    return None
