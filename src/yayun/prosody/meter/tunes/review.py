"""The review of a 词: which form of which tune it is, and what there is to say of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from yayun.errors import YayunError
from yayun.lazy import lazy
from yayun.prosody.books.shelf import CILIN
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.tunes.tune import TuneForm, fold_name, named, names, tune
from yayun.prosody.meter import rules
from yayun.prosody.meter.finding import Finding, summary
from yayun.prosody.meter.tunes.align import Alignment, align
from yayun.prosody.meter.tunes.customs import custom_findings
from yayun.prosody.meter.tunes.match import by_likelihood, distance, misshape, outline, rhymes
from yayun.prosody.meter.tunes.verdict import Judged, findings, section_name, tone_fault
from yayun.prosody.meter.tunes.verse import Verse

if TYPE_CHECKING:
    from yayun.prosody import render_html, render_tune
else:
    render_html = lazy("yayun.prosody.render_html")
    render_tune = lazy("yayun.prosody.render_tune")

# A text of a form's length that departs from it by more (nats) may be another form with characters lost.
_ASTRAY = 6.0
_NEAR = 6  # characters by which a form may differ from a text
_GUESSED = 14.0  # nats beyond which a text without a title is of no tune


class TuneReview(NamedTuple):
    """What the forms of a tune say of a 词.

    ``lines`` are the text's clauses, ``stanzas`` the first line of each stanza (from 0); ``form`` is 词; ``rhyme`` the
    sections of 词林正韵 in order of their classes, e.g. 第十八部; ``kept`` the shares of tones, rhymes and length.
    """

    lines: tuple[str, ...]
    stanzas: tuple[int, ...]
    tune: str
    variant: str
    rhyme: str | None
    findings: tuple[Finding, ...]
    kept: tuple[float, float, float]
    judged: Judged
    likely: tuple[str, ...] = ()
    form: str = "词"
    book: str = CILIN

    def __repr__(self) -> str:
        name = f"{self.form} {self.tune} {self.rhyme or '无韵'}"
        return f"<TuneReview {summary(self.lines, name, self.findings)}>"

    def _repr_html_(self) -> str:
        """The verdict as notebooks show it."""
        return render_html.text_html(render_tune.render_tune_review(self))

    @property
    def pattern(self) -> None:
        """None: tunes have variants, no patterns."""

    @property
    def as_form(self) -> Form | None:
        """The form that it was judged by, where its lines are those of the form."""
        form = self.judged.form.form
        return form if form.widths == tuple(map(len, self.lines)) else None

    @property
    def passed(self) -> bool:
        """No finding of severity error."""
        return all(finding.severity != "error" for finding in self.findings)

    def to_json(self) -> dict[str, object]:
        """The object ``check --json`` prints; antithesis is not scored in 词."""
        tones, rhymed, length = self.kept
        return {
            "passed": self.passed,
            "form": self.form,
            "tune": self.tune,
            "variant": self.variant,
            "book": self.book,
            "rhyme": self.rhyme,
            "pattern": None,
            "lines": list(self.lines),
            "stanzas": list(self.stanzas),
            "findings": [finding.to_json() for finding in self.findings],
            "scores": {
                "tones": round(tones, 4),
                "rhymes": round(rhymed, 4),
                "antithesis": None,
                "length": round(length, 4),
                "total": round((0.4 * tones + 0.3 * rhymed + 0.1 * length) / 0.8, 4),
            },
        }


def find_tunes(name: str) -> tuple[str, ...]:
    """The tunes a name may mean, the likeliest first. Raises YayunError, naming the nearest, for one of none."""
    folded = fold_name(name).strip(" 《》〈〉")
    if (found := named().get(folded)) is not None:
        return found
    near = get_close_matches(folded, named(), n=3, cutoff=0.3) or [
        other for other in named() if set(folded) & set(other)
    ]
    hint = f"相近的有{'、'.join(near[:3])}" if near else "可用 yayun tune 浣溪沙 之类查词牌"
    raise YayunError(f"没有「{name}」这个词牌,{hint}。")


def review_tune(verse: Verse, tunes: Sequence[str], likely: tuple[str, ...] = ()) -> TuneReview:
    """Judge a text by the nearest form of the tunes it may be of. Raises YayunError where it has no characters."""
    if not verse.text:
        raise YayunError("没有词句可查,请给出汉字写的词。")
    form, alignment = nearest_form([form for name in tunes for form in tune(name).forms], verse)
    if len(verse.clauses) == len(verse.stanzas) and alignment.places == tuple(range(form.length)):
        verse = cut_as(form, verse)
    return _reviewed(Judged(form, verse, alignment), likely)


def _reviewed(judged: Judged, likely: tuple[str, ...], more: Iterable[Finding] = ()) -> TuneReview:
    form, verse = judged.form, judged.verse
    found = sorted([*more, *findings(judged), *custom_findings(judged)], key=lambda f: (f.line or 0, f.column or 0))
    starts, at = [], 0
    for stanza in verse.stanzas:
        starts.append(at)
        at += len(stanza)
    return TuneReview(
        verse.clauses,
        tuple(starts),
        form.tune,
        form.variant,
        _rhyme(judged),
        tuple(found),
        _kept(judged),
        judged,
        likely,
    )


def review_as(form: TuneForm, lines: Sequence[str], imagery: Sequence[str] = ()) -> TuneReview:
    """Judge lines (a clause each) by one form of a tune, cut as it is; ``imagery``: words that must be in them. Raises
    YayunError where there are no characters."""
    verse = Verse((tuple(lines),), (("，",) * (len(lines) - 1) + ("。",),)) if lines else Verse((), ())
    if tuple(map(len, lines)) == form.form.widths:
        verse = cut_as(form, verse)
    if not verse.text:
        raise YayunError("没有词句可查,请给出汉字写的词。")
    return _reviewed(Judged(form, verse, align(form, verse)), (), rules.missing_imagery(lines, imagery))


def nearest_form(forms: Sequence[TuneForm], verse: Verse) -> tuple[TuneForm, Alignment]:
    """The form a text is nearest to, and how it stands against it."""
    length = len(verse.text)
    exact = _kept_whole(by_likelihood(forms, verse), verse)
    if exact:
        form = exact
        if misshape(form, verse) <= _ASTRAY or len(verse.clauses) == len(verse.stanzas):
            return form, align(form, verse)
    near = [form for form in forms if 0 < abs(form.length - length) <= _NEAR]
    if not near and not exact:
        gap = min(abs(form.length - length) for form in forms)
        near = [form for form in forms if abs(form.length - length) == gap]
    found = [(align(form, verse), form) for form in near]
    if exact:
        found.append((align(exact, verse), exact))
    # Of forms equally near the one that poets use most.
    alignment, form = min(found, key=lambda pair: (round(pair[0].cost, 1), -pair[1].habit.uses))
    return form, alignment


def _kept_whole(ranked: Sequence[tuple[TuneForm, float]], verse: Verse) -> TuneForm | None:
    """The likeliest form of the text's length that it keeps without a fault, of those cut and rhymed as it is at the
    least as well as the likeliest one; that one where it keeps none; None where none is as long."""
    if not ranked:
        return None
    likeliest = ranked[0][0]
    shape = misshape(likeliest, verse)
    for form, _ in ranked:
        if misshape(form, verse) <= shape and _without_error(form, verse):
            return form
    return likeliest


def _without_error(form: TuneForm, verse: Verse) -> bool:
    return all(found.severity != "error" for found in findings(Judged(form, verse, align(form, verse))))


def cut_as(form: TuneForm, verse: Verse) -> Verse:
    """Text without punctuation, of the form's length, cut as the form is."""
    stanzas, marks, at = [], [], 0
    for stanza in form.stanzas:
        clauses = []
        for clause in stanza:
            clauses.append(verse.text[at : at + len(clause.tones)])
            at += len(clause.tones)
        stanzas.append(tuple(clauses))
        marks.append(tuple(clause.cut for clause in stanza))
    return Verse(tuple(stanzas), tuple(marks))


@cache
def _by_length() -> dict[int, tuple[TuneForm, ...]]:
    found: dict[int, list[TuneForm]] = {}
    for name in names():
        for form in tune(name).forms:
            found.setdefault(form.length, []).append(form)
    return {length: tuple(forms) for length, forms in found.items()}


def guess_tunes(verse: Verse, count: int = 3) -> tuple[tuple[str, float], ...]:
    """The tunes a text without a title may be of by its shape, the likeliest first, with the share of places that fit;
    empty where none is near."""
    best: dict[str, tuple[float, TuneForm]] = {}
    for form in _by_length().get(len(verse.text), ()):
        shape = misshape(form, verse)
        if shape <= _GUESSED:
            cost = distance(form, verse)
            if form.tune not in best or cost < best[form.tune][0]:
                best[form.tune] = (cost, form)
    ordered = sorted(best.values(), key=lambda pair: (pair[0], -pair[1].habit.uses))[:count]
    return tuple((form.tune, _tone_share(Judged(form, verse, align(form, verse)))) for _, form in ordered)


def _tone_share(judged: Judged) -> float:
    form, verse, (places, _, _) = judged
    bad = [
        j is None or ((fault := tone_fault(form.slots[i], verse.places[j])) is not None and fault.severity != "note")
        for i, j in enumerate(places)
    ]
    return 1 - sum(bad) / len(bad)


def _kept(judged: Judged) -> tuple[float, float, float]:
    """Shares of tones, rhymes and length that are right."""
    form, verse, (places, extra, _) = judged
    here = {j: letter for i, letter in outline(form).feet.items() if (j := places[i]) is not None}
    optional = {places[i] for i in outline(form).optional}
    out = [j for _, missed in rhymes(here, verse).values() for j in missed if j not in optional]
    feet = len(outline(form).feet)
    rhymed = (len(here) - len(out)) / feet if feet else 1.0
    off = len(extra) + sum(j is None for j in places)
    return _tone_share(judged), rhymed, max(0.0, 1 - off / form.length)


def _rhyme(judged: Judged) -> str | None:
    here = {
        j: letter for i, letter in outline(judged.form).feet.items() if (j := judged.alignment.places[i]) is not None
    }
    held = [section for section, _ in rhymes(here, judged.verse).values() if section is not None]
    return "、".join(dict.fromkeys(map(section_name, held))) or None


def reviews(texts: Iterable[tuple[Verse, Sequence[str]]]) -> tuple[TuneReview, ...]:
    """A review for each text with the tunes it may be of."""
    return tuple(review_tune(verse, tunes) for verse, tunes in texts)
