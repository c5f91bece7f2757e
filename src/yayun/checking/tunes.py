"""词 among what is checked, and poems that one rhyme book fails and another passes."""

from __future__ import annotations

from collections.abc import Sequence

from yayun.errors import YayunError
from yayun.prosody.books.shelf import CILIN, TONGYUN, XINYUN, canonical_division
from yayun.prosody.forms.names import exact_shape
from yayun.prosody.forms.tunes.titles import tunes_in
from yayun.prosody.meter.by_book import review_by_book
from yayun.prosody.meter.finding import Finding
from yayun.prosody.meter.tunes.review import TuneReview, find_tunes, guess_tunes, review_tune
from yayun.prosody.meter.tunes.text import TuneText, find_tune_texts, stanzas_of
from yayun.prosody.review import Review
from yayun.prosody.review import review as regulated_review
from yayun.text.poems import ParsedPoem, parse_text
from yayun.text.tables import Entry

_FEW = 64  # poems up to which a failing one is tried by other books
# A text without a title is called a 词 where so many of its places fit a tune that so many Song poems are of, and
# nothing but tones is wrong beyond so much (nats).
_ALIKE, _POEMS, _ASTRAY = 0.95, 10, 3.0
# A title names a tune by chance (昭君怨 over a 诗) where the text is further from it, in nats a character.
_FAR = 0.3


def tune_reviews(
    entry: Entry, tune: str | None, form: str | None, rhyme: str | None = None, *, guess: bool = True
) -> list[tuple[ParsedPoem, TuneReview]]:
    """The 词 of an entry, each with its review: those whose titles name a tune, or all of it as the ``tune`` asked for;
    a text that is no regulated verse where its shape is a tune's. Empty where there is none. ``guess``: try the shape.

    Raises YayunError for an unknown tune, and for a tune asked for together with a form of 诗.
    """
    if tune is not None and form is not None:
        raise YayunError(f"词牌「{tune}」与诗的体裁「{form}」不能同时要求:查词只用 --tune,查诗只用 --form。")
    if form is not None:
        return []
    if tune is not None:
        asked = find_tunes(tune)
        held = find_tune_texts(entry.text)
        texts = [TuneText(one.title, asked, one.verse) for one in held] or [TuneText("", asked, stanzas_of(entry.text))]
    elif tunes := tunes_in(entry.title) if entry.title else ():
        texts = [TuneText(entry.title, tunes, stanzas_of(entry.text))]
    else:
        texts = list(find_tune_texts(entry.text))
    found = [(text, _in_rhyme(review_tune(text.verse, text.tunes), rhyme)) for text in texts]
    if found and (tune is not None or any(_is_of_tune(text, review) for text, review in found)):
        return [(_poem(text), review) for text, review in found]
    return _guessed(entry.text) if guess and not found else []


def _is_of_tune(text: TuneText, review: TuneReview) -> bool:
    """Is the text a 词 of the tune that its title names? Regulated verse under such a title is 诗 where it is right as
    诗 (杨柳枝), or wrong as 词; other verse where it is far from the tune."""
    if "·" in text.title or "・" in text.title:
        return True
    lines = text.verse.clauses
    if exact_shape(lines) is not None:
        return review.passed and not regulated_review(lines).passed
    return review.judged.alignment.cost <= _FAR * review.judged.form.length


def _in_rhyme(review: TuneReview, rhyme: str | None) -> TuneReview:
    """The review, with a fault where another section was asked for."""
    if rhyme is None:
        return review
    asked = canonical_division(CILIN, rhyme)
    if review.rhyme is None or review.rhyme.split("、")[0] == asked:
        return review
    fault = Finding("出韵", "error", None, None, f"所求押{asked},此词押{review.rhyme}")
    return review._replace(findings=(fault, *review.findings))


def _poem(text: TuneText) -> ParsedPoem:
    return ParsedPoem(text.title, "", text.verse.clauses)


def _guessed(text: str) -> list[tuple[ParsedPoem, TuneReview]]:
    """A text without a tune's name that has no regulated shape, as the tune it is likest, the others named."""
    poems = parse_text(text).poems
    if len(poems) != 1 or exact_shape(poems[0].lines) is not None or len(poems[0].lines) < 3:
        return []
    verse = stanzas_of(text)
    if sum(map(len, poems[0].lines)) != len(verse.text):
        return []
    likely = [(name, share) for name, share in guess_tunes(verse) if share >= _ALIKE]
    if not likely:
        return []
    review = review_tune(verse, (likely[0][0],), tuple(name for name, _ in likely))
    form, cost = review.judged.form, review.judged.alignment.cost
    if not review.passed or form.habit.poems < _POEMS or cost > _ASTRAY:
        return []
    names = "、".join(f"《{name}》(合 {share:.0%})" for name, share in likely)
    note = Finding("词牌", "note", None, None, f"没有写明词牌,依字数与句法最像{names}")
    return [(poems[0], review._replace(findings=(note, *review.findings)))]


def told_by_other_books(reviews: Sequence[Review], form: str | None) -> list[Review]:
    """The reviews by 平水韵; one that fails and that another book passes says so."""
    if len(reviews) > _FEW:
        return list(reviews)
    return [review if review.passed or review.profile != "strict" else _tried(review, form) for review in reviews]


def _tried(review: Review, form: str | None) -> Review:
    if len(review.lines) not in (4, 8) or any(len(line) not in (5, 7) for line in review.lines):
        return review
    passed = [name for name in (XINYUN, TONGYUN) if review_by_book(review.lines, name, form=form).passed]
    if not passed:
        return review
    only_rhyme = all(finding.rule == "出韵" for finding in review.findings if finding.severity == "error")
    fails = "出韵" if only_rhyme else "不合律"
    message = f"按平水韵{fails};按{'、'.join(passed)}合律(可加 --book {passed[0]} 再查)"
    return review._replace(findings=(Finding("韵书", "note", None, None, message), *review.findings))
