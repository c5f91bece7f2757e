"""Naturalness: can a classifier trained on the spot tell the sample from human poems of the same forms and groups?

TF-IDF of character 1- and 2-grams (min_df 2, sublinear), logistic regression with C = 10, 5 folds; the number is the
area under the ROC curve of the held-out folds' scores, 0.5 where nothing tells them apart. Poems of one title are in
one fold: else a poem would point at the other side's poem on the same subject, and the area fall below 0.5. Lines are
joined by a separator, so that the grams see how lines begin and end. It does not see which line follows which.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from yayun.errors import YayunError
from yayun.evaluation.bootstrap import interval
from yayun.evaluation.quality.association import NEEDS_EXTRA
from yayun.evaluation.quality.measured import Measured
from yayun.evaluation.quality.verse import Verse

if TYPE_CHECKING:
    import numpy as np

FOLDS = 5
MIN_DF = 2
REGULARISATION = 10.0
SEED = 7
RESAMPLES = 300


def naturalness(poems: Sequence[Verse], human: Sequence[Verse]) -> Measured:
    """Cross-validated AUC of the sample against ``human``: 0.5 to 1, lower is better.

    NaN with fewer than ``FOLDS`` poems on a side, or ``FOLDS`` titles. Raises YayunError without scikit-learn.
    """
    both = [*poems, *human]
    subjects = [poem.title or f"#{i}" for i, poem in enumerate(both)]
    if min(len(poems), len(human), len(set(subjects))) < FOLDS:
        return Measured(float("nan"), None, len(poems))
    scores = held_out_scores([_text(poem) for poem in both], len(poems), subjects)
    ours, theirs = scores[: len(poems)], scores[len(poems) :]
    bounds = interval(lambda s: area_under_curve(s[0], s[1]), [ours, theirs], RESAMPLES)
    return Measured(area_under_curve(ours, theirs), bounds, len(poems))


def held_out_scores(texts: Sequence[str], ours: int, subjects: Sequence[str]) -> np.ndarray:
    """(texts,) scores of being one of ours, the first ``ours`` texts; each from a model that has not seen the text, nor
    any of the same subject. A fold's log-odds are ranked within the fold (0..1), so that folds can be pooled.
    """
    import numpy as np

    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import StratifiedGroupKFold
    except ModuleNotFoundError as error:
        raise YayunError(NEEDS_EXTRA) from error

    labels = np.array([1] * ours + [0] * (len(texts) - ours))
    scores = np.zeros(len(texts))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for train, test in folds.split(labels[:, None], labels, np.unique(subjects, return_inverse=True)[1]):
        vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=MIN_DF, sublinear_tf=True)
        features = vectorizer.fit_transform([texts[i] for i in train])
        model = LogisticRegression(C=REGULARISATION, max_iter=1000).fit(features, labels[train])
        found = model.decision_function(vectorizer.transform([texts[i] for i in test]))
        scores[test] = _ranks(found) / (len(test) + 1)
    return scores


def area_under_curve(positive: np.ndarray, negative: np.ndarray) -> float:
    """The chance that a positive score exceeds a negative one, ties counting half."""
    import numpy as np

    ranks = _ranks(np.concatenate([positive, negative]))[: len(positive)]
    n, m = len(positive), len(negative)
    return float((ranks.sum() - n * (n + 1) / 2) / (n * m))


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1, ties sharing their mean."""
    import numpy as np

    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[place]


def _text(poem: Verse) -> str:
    return "/" + "/".join(poem.lines) + "/"
