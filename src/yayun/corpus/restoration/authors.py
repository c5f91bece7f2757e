"""Names of authors in traditional script: a surname is what it looks like, 余 and not 餘."""

from __future__ import annotations

from collections.abc import Sequence

from yayun.corpus.restoration.restorer import Restorer

# Surnames that are other characters elsewhere.
_SURNAMES = {char: char for char in "余于范沈岳郁姜卜曲后种丘仇舍朴涂谷征布"} | {"钟": "鍾", "沉": "沈"}


def traditional_authors(names: Sequence[str], restorer: Restorer) -> list[str]:
    """Names of authors in traditional script. Example: 余怀 -> 余懷, 钟惺 -> 鍾惺."""
    restored = [name for name, _ in restorer.restore([(name, ()) for name in names])]
    return [_SURNAMES.get(name[:1], other[:1]) + other[1:] for name, other in zip(names, restored, strict=True)]
