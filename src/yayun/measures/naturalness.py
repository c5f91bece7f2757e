"""Naturalness: can a classifier trained on the spot tell the sample from human poems of the same forms and groups?

TF-IDF of character 1- and 2-grams (min_df 2, sublinear), logistic regression with C = 10, 5 folds; the number is the
area under the ROC curve of the held-out folds' scores, 0.5 where nothing tells them apart. A poem and a human one of
the same form and group are kept in one fold: were the folds drawn freely, a fold with more of ours in a group would
leave more of theirs to train on, and equals would come out below 0.5. Lines are joined by a separator, so that the
grams see how lines begin and end. The grams do not see which line follows which: ``linked_naturalness`` also gives the
classifier how strongly each line goes with the next (``quality.links``), which too little and too much betrays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from yayun.errors import YayunError
from yayun.measures.association import NEEDS_EXTRA
from yayun.measures.bootstrap import interval
from yayun.measures.links import Links, links
from yayun.measures.measured import Measured
from yayun.measures.verse import Verse

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

FOLDS = 5
MIN_DF = 2
REGULARISATION = 10.0
SEED = 7
RESAMPLES = 300


def naturalness(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """Cross-validated AUC of the sample against ``human``: 0.5 to 1, lower is better.

    NaN with fewer than ``FOLDS`` poems on a side. Raises YayunError without scikit-learn.
    """
    return _told_apart(poems, human, None)


def linked_naturalness(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """``naturalness`` by a classifier that also sees how lines go together, over the local corpus."""
    return linked_by(links(), poems, human)


def linked_by(learnt: Links, poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """``linked_naturalness`` by given counts."""
    return _told_apart(poems, human, [learnt.strength(poem) for poem in (*poems, *human)])


def _told_apart(poems: Sequence[Verse], human: Sequence[Verse], strengths: Sequence[float] | None) -> Measured:
    if min(len(poems), len(human)) < FOLDS:
        return Measured(float("nan"), None, len(poems))
    texts = [joined(poem.lines) for poem in (*poems, *human)]
    scores = held_out_scores(texts, len(poems), _places(poems, human), strengths)
    ours, theirs = scores[: len(poems)], scores[len(poems) :]
    bounds = interval(lambda s: area_under_curve(s[0], s[1]), [ours, theirs], RESAMPLES)
    return Measured(area_under_curve(ours, theirs), bounds, len(poems))


def held_out_scores(
    texts: Sequence[str], ours: int, places: Sequence[object], strengths: Sequence[float] | None = None
) -> np.ndarray:
    """(texts,) scores of being one of ours, the first ``ours`` texts; each from a model that has not seen the text, nor
    any that has the same place. A fold's log-odds are ranked within the fold (0..1), so that folds can be pooled.
    ``strengths``: a further number a text that the model sees, in units of its standard deviation.
    """
    try:
        from sklearn.linear_model import LogisticRegression
    except ModuleNotFoundError as error:
        raise YayunError(NEEDS_EXTRA) from error

    labels = np.array([1] * ours + [0] * (len(texts) - ours))
    scores = np.zeros(len(texts))
    folds = _folds(places)
    for fold in range(FOLDS):
        train, test = np.flatnonzero(folds != fold).tolist(), np.flatnonzero(folds == fold).tolist()
        vectorizer = grams()
        features = vectorizer.fit_transform([texts[i] for i in train])
        others = vectorizer.transform([texts[i] for i in test])
        if strengths is not None:
            features, others = _with(features, others, np.array(strengths)[train], np.array(strengths)[test])
        model = LogisticRegression(C=REGULARISATION, max_iter=1000).fit(features, labels[train])
        found = model.decision_function(others)
        scores[test] = _ranks(found) / (len(test) + 1)
    return scores


def _with(
    features: csr_matrix, others: csr_matrix, strengths: np.ndarray, of_others: np.ndarray
) -> tuple[csr_matrix, csr_matrix]:
    """Both with columns for the strengths: their distance from the first's mean, and its square, for too strong is as
    telling as too weak."""
    from scipy import sparse

    mean, spread = strengths.mean(), strengths.std() or 1.0

    def widened(side: csr_matrix, values: np.ndarray) -> csr_matrix:
        distance = (values - mean) / spread
        return sparse.hstack([side, np.stack([distance, distance**2 - 1.0], axis=1)], format="csr")

    return widened(features, strengths), widened(others, of_others)


def _places(poems: Sequence[Verse], human: Sequence[Verse]) -> list[object]:
    """A place for each poem, then for each human one. Two of the same form, group and title, one on each side, share
    one; of the rest, two of the same form and group."""
    sides = (poems, human)
    exact = [_numbered([(poem.cell, poem.title) for poem in side]) for side in sides]
    both = set(exact[0]) & set(exact[1])
    found: list[object] = []
    for side, places in zip(sides, exact, strict=True):
        rest = _numbered([None if place in both else poem.cell for poem, place in zip(side, places, strict=True)])
        found += [place if place in both else other for place, other in zip(places, rest, strict=True)]
    return found


def _numbered(values: Sequence[object]) -> list[tuple[object, int]]:
    """Each value with how many equal ones come before it."""
    before: Counter[object] = Counter()
    found = []
    for value in values:
        found.append((value, before[value]))
        before[value] += 1
    return found


def _folds(places: Sequence[object]) -> np.ndarray:
    """(places,) a fold each, the same for the same place."""
    distinct = {place: i for i, place in enumerate(dict.fromkeys(places))}
    dealt = np.random.default_rng(SEED).permutation(len(distinct)) % FOLDS
    return dealt[[distinct[place] for place in places]]


def area_under_curve(positive: np.ndarray, negative: np.ndarray) -> float:
    """The chance that a positive score exceeds a negative one, ties counting half."""
    ranks = _ranks(np.concatenate([positive, negative]))[: len(positive)]
    n, m = len(positive), len(negative)
    return float((ranks.sum() - n * (n + 1) / 2) / (n * m))


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1, ties sharing their mean."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[place]


def grams() -> TfidfVectorizer:
    """What the classifier sees of a text."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=MIN_DF, sublinear_tf=True)


def joined(lines: Sequence[str]) -> str:
    """A poem as the classifier reads it: a separator, so that the grams see how lines begin and end."""
    return "/" + "/".join(lines) + "/"
