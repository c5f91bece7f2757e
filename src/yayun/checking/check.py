"""A review of the poem, or of every poem, in a text as people have it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

from yayun.checking.tunes import tune_reviews
from yayun.errors import YayunError
from yayun.kinds import wrong_kind
from yayun.lazy import lazy
from yayun.prosody.books.shelf import PINGSHUI, canonical_book
from yayun.prosody.forms.names import exact_shape
from yayun.prosody.meter.by_book import BookReview, review_by_book
from yayun.prosody.meter.tunes.review import TuneReview
from yayun.prosody.review import Profile, Review, review
from yayun.text.poems import one_poem, parse_poems, parse_text
from yayun.text.tables import Entry

if TYPE_CHECKING:
    from yayun.prosody.batch import reviews
else:
    reviews = lazy("yayun.prosody.batch.reviews")

Verdict = Review | TuneReview | BookReview
_MANY = 64  # poems from which reading them all together pays


def check(
    text: str,
    *,
    form: str | None = None,
    rhyme: str | None = None,
    pattern: str | None = None,
    profile: Profile = "strict",
    imagery: Sequence[str] = (),
    tune: str | None = None,
    book: str | None = None,
) -> Verdict:
    """Review the poem in a text. Raises YayunError where there is none, or more than one (see ``check_all``).

    A 词 (by ``tune``, or a title that names one) gives a ``TuneReview``; a ``book`` but 平水韵 a ``BookReview``.
    """
    if not isinstance(text, str):
        raise YayunError(f"要查的诗要是文字,不能是 {type(text).__name__};一列诗请用 check_many。")
    require_kinds(profile, form=form, rhyme=rhyme, pattern=pattern, imagery=imagery, tune=tune, book=book)
    if pattern is None and not imagery and profile == "strict" and (tunes := tune_reviews_of(text, tune, form)):
        if len(tunes) > 1:
            raise YayunError(f"文中有{len(tunes)}首词,请一次给一首。")
        return tunes[0]
    parsed = parse_text(text)
    if not parsed.poems:
        raise no_verse()
    if sum(exact_shape(poem.lines) is not None for poem in parsed.poems) > 1:
        raise YayunError(f"文中有{len(parsed.poems)}首诗,请一次给一首,或用 check_all 逐首查。")
    lines = one_poem(parsed).lines
    if book is not None and (by := canonical_book(book)) != PINGSHUI:
        return review_by_book(lines, by, form=form, rhyme=rhyme)
    return review(lines, form=form, rhyme=rhyme, pattern=pattern, profile=profile, imagery=imagery)


def check_all(
    text: str, *, form: str | None = None, rhyme: str | None = None, profile: Profile = "strict"
) -> tuple[Review, ...]:
    """A review for each poem of a text, in order. Raises YayunError where there is none."""
    poems = parse_poems(text)
    if not poems:
        raise no_verse()
    return review_many([poem.lines for poem in poems], form=form, rhyme=rhyme, profile=profile)


def review_many(
    poems: Sequence[Sequence[str]], *, form: str | None = None, rhyme: str | None = None, profile: Profile = "strict"
) -> tuple[Review, ...]:
    """A review for each of many poems (their lines), in order; read together where that pays."""
    if len(poems) >= _MANY and form is None and rhyme is None and profile == "strict":
        return tuple(reviews.review_all(poems))
    return tuple(review(lines, form=form, rhyme=rhyme, profile=profile) for lines in poems)


def tune_reviews_of(text: str, tune: str | None, form: str | None) -> list[TuneReview]:
    """The 词 of a text, each with its review; see ``checking.tunes``."""
    return [review for _, review in tune_reviews(Entry(None, text), tune, form, guess=False)]


def require_kinds(profile: str, **fields: object) -> None:
    """Raises YayunError for a field of a wrong kind, and for a profile that there is none of."""
    if (wrong := wrong_kind({"profile": profile, **fields})) is not None:
        raise YayunError(wrong)
    if profile not in get_args(Profile):
        raise YayunError(f"没有“{profile}”这种评分口径:profile 请用 {'、'.join(get_args(Profile))}。")


def no_verse() -> YayunError:
    """The error for a text without a poem."""
    return YayunError("没有找到诗句,请给出汉字写的诗。")
