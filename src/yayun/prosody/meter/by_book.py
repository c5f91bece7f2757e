"""近体 judged by a rhyme book other than 平水韵: the same rules of tone, shape and antithesis over that book's
readings, and its rhymes. Books of Mandarin have no neighbours: a first line that ends level rhymes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from yayun.lazy import lazy
from yayun.prosody.books.book import RhymeBook
from yayun.prosody.books.shelf import book, canonical_division, read_line_by
from yayun.prosody.forms.names import canonical_form
from yayun.prosody.meter import rules
from yayun.prosody.meter.analysis import Analysis, Shape, find_shape
from yayun.prosody.meter.finding import Finding, summary
from yayun.prosody.meter.judgement import Silent, judge, pattern_name
from yayun.prosody.meter.rhymes import Rhyme
from yayun.prosody.meter.second_look import scan_twice
from yayun.prosody.numerals import chinese_number as ordinal
from yayun.prosody.readings.lexicon import standardize
from yayun.prosody.readings.line import Place
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN

if TYPE_CHECKING:
    from yayun.prosody import render_html, render_tune
else:
    render_html = lazy("yayun.prosody.render_html")
    render_tune = lazy("yayun.prosody.render_tune")

_KEPT_RHYMES = Silent(rhymes=True)


class BookReview(NamedTuple):
    """What the rules say of a poem by ``book``. ``rhyme`` is the book's own name of it (麻, 第三部), None where no two
    feet agree; ``tones`` as read; ``score``: shares of tones and rhymes that are right."""

    lines: tuple[str, ...]
    form: str
    book: str
    rhyme: str | None
    pattern: str | None
    findings: tuple[Finding, ...]
    tones: tuple[str, ...]
    score: tuple[float, float]

    def __repr__(self) -> str:
        name = f"{self.form} {self.book} {self.rhyme or '无韵'}"
        return f"<BookReview {summary(self.lines, name, self.findings)}>"

    def _repr_html_(self) -> str:
        """The verdict as notebooks show it."""
        return render_html.text_html(render_tune.render_book_review(self))

    @property
    def as_form(self) -> None:
        """None: its lines are marked as couplets are."""

    @property
    def passed(self) -> bool:
        """No finding of severity error."""
        return all(finding.severity != "error" for finding in self.findings)

    def to_json(self) -> dict[str, object]:
        """The object ``check --json`` prints."""
        return {
            "passed": self.passed,
            "form": self.form,
            "book": self.book,
            "rhyme": self.rhyme,
            "pattern": self.pattern,
            "lines": list(self.lines),
            "findings": [finding.to_json() for finding in self.findings],
            "scores": {"tones": round(self.score[0], 4), "rhymes": round(self.score[1], 4)},
        }


def review_by_book(
    lines: Sequence[str],
    name: str,
    *,
    form: str | None = None,
    rhyme: str | None = None,
    imagery: Sequence[str] = (),
) -> BookReview:
    """Judge a poem by 词林正韵, 中华新韵 or 中华通韵; ``imagery``: words that must be in it. Raises YayunError for a
    form or a rhyme that is none."""
    lines = tuple(filter(None, lines))
    asked_form = canonical_form(form) if form else None
    asked = canonical_division(name, rhyme) if rhyme else None
    shape = find_shape(lines, asked_form)
    places = [read_line_by(name, line) for line in lines[: shape.count]]
    division, level = _rhyme_of(places, name, asked)
    analysis = _analysis(
        book(name), lines, shape, places, division is not None and _foot_in(places[0], name, division, level)
    )
    judged = judge(analysis, asked_form, None, _KEPT_RHYMES)
    found = list(judged.findings)
    wrong = 0
    if judged.regulated:
        rhymed = list(_rhymes(places, name, division, level))
        wrong = len({finding.line for finding in rhymed if finding.rule == "出韵"})
        feet = {finding.line for finding in rhymed}
        found = [finding for finding in found if finding.rule != "句脚" or finding.line not in feet] + rhymed
    found += rules.missing_imagery(lines, imagery) if imagery else []
    cost = sum(finding.severity == "error" for finding in judged.findings) / (shape.count * 2)
    return BookReview(
        lines,
        judged.form,
        name,
        division,
        pattern_name(analysis) if judged.regulated else None,
        tuple(sorted(found, key=lambda finding: (finding.line or 0, finding.column or 0))),
        tuple("".join(place.symbol for place in line) for line in places),
        (max(0.0, 1 - cost), 1 - wrong / max(1, shape.count // 2)),
    )


def _analysis(
    held: RhymeBook, lines: tuple[str, ...], shape: Shape, places: Sequence[tuple[Place, ...]], first: bool
) -> Analysis:
    """The engine's analysis, over the readings of ``places``."""
    fitting = [len(line) == shape.width for line in lines[: shape.count]]
    exact = len(lines) == shape.count and False not in fitting
    symbols, loose = [OPEN * shape.width] * shape.count, [OPEN * shape.width] * shape.count
    for i, fits in enumerate(fitting):
        if fits:
            symbols[i] = "".join(place.symbol for place in places[i])
            loose[i] = "".join(place.loose for place in places[i])
    step = shape.width + 1
    decided = [(i * step + j + 1, place) for i, line in enumerate(places) for j, place in enumerate(line)]
    unresolved = any(not place.readings for line in places for place in line)
    scansion, _ = scan_twice(symbols, loose, first_rhymes=first, oblique=False)
    chars = standardize("".join(line[-1] for line in lines))
    rhyme = Rhyme(held, None, lines, [None] * len(lines), chars)
    return Analysis(lines, shape, exact, fitting, symbols[0][-1] == LEVEL, unresolved, decided, rhyme, scansion)


def _sounds(place: Place, name: str) -> set[tuple[str, bool]]:
    """(division, level) of every reading the book has of a foot."""
    groups = book(name).groups
    return {(groups[r.group].division, groups[r.group].level) for r in (*place.readings, *place.alternatives)}


def _foot_in(line: Sequence[Place], name: str, division: str, level: bool) -> bool:
    return (division, level) in _sounds(line[-1], name)


def _rhyme_of(places: Sequence[tuple[Place, ...]], name: str, asked: str | None) -> tuple[str | None, bool]:
    """The rhyme that most even lines have, and whether it is level: the commoner, level ones first."""
    votes = Counter(sound for line in places[1::2] for sound in _sounds(line[-1], name))
    if asked is not None:
        return asked, votes[asked, True] >= votes[asked, False]
    if not votes:
        return None, True
    order = list(dict.fromkeys(group.division for group in book(name).groups.values()))
    division, level = min(votes, key=lambda sound: (-votes[sound], not sound[1], order.index(sound[0])))
    return division, level


def _rhymes(places: Sequence[tuple[Place, ...]], name: str, division: str | None, level: bool) -> Iterator[Finding]:
    """出韵 and 重韵."""
    seen: dict[str, int] = {}
    for i, line in enumerate(places):
        place, number, column = line[-1], i + 1, len(line)
        own = _sounds(place, name)
        rhymes = i % 2 == 1 or (i == 0 and division is not None and (division, level) in own)
        if not rhymes and not (i == 0 and own and all(tone == level for _, tone in own) and level):
            continue
        if own and (division, level) not in own:
            tone = LEVEL if level else OBLIQUE
            held = "、".join(f"{found}韵({LEVEL if is_level else OBLIQUE})" for found, is_level in sorted(own))
            message = f"第{ordinal(number)}句韵脚「{place.char}」在{name}{held},不在{division}韵({tone})"
            yield Finding("出韵", "error", number, column, message)
        char = standardize(place.char)
        if char in seen:
            message = f"第{ordinal(number)}句韵脚「{place.char}」与第{ordinal(seen[char])}句重复"
            yield Finding("重韵", "error", number, column, message, lines=(seen[char], number))
        seen.setdefault(char, number)
