"""Kinds of characters that the choice and the measures count, in the folded spelling."""

from __future__ import annotations

from functools import cache

from yayun.retrieval.novelty import fold_line

# Characters that join and tone down and name nothing.
_GLUE = "不無有自何相空更又亦已猶未應須可能欲還多此其於與是為所之而且但只惟皆"
_NUMERALS = "一二三四五六七八九十百千萬兩雙半數"


@cache
def glue() -> frozenset[str]:
    """Glue words."""
    return frozenset(fold_line(_GLUE))


@cache
def numerals() -> frozenset[str]:
    """Number words."""
    return frozenset(fold_line(_NUMERALS))


def share(lines: str, kind: frozenset[str]) -> float:
    """The share (0..1) of a text's characters that are of a kind; the text in any script."""
    return sum(char in kind for char in fold_line(lines)) / len(lines) if lines else 0.0
