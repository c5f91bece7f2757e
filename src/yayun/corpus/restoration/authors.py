"""Names of authors in traditional script: a surname is what it looks like, 余 and not 餘."""

from __future__ import annotations

from yayun.prosody.lexicon import standardize
from yayun.script import opencc_traditional

# Surnames that OpenCC takes for another character.
_SURNAMES = {char: char for char in "余于范沈岳郁姜卜曲后种丘仇舍朴涂谷征布"} | {"钟": "鍾", "沉": "沈"}


def traditional_author(name: str) -> str:
    """An author's name in traditional script. Example: 余怀 -> 余懷, 钟惺 -> 鍾惺."""
    converted = standardize(opencc_traditional(name))
    return _SURNAMES[name[0]] + converted[1:] if name and name[0] in _SURNAMES else converted
