"""The classes of the classical 对类 (天文, 时令, 数目 ...): which a character stands in, and which faults two facing
characters have by them. ``data/antithesis_classes.tsv``, built by ``scripts/build_antithesis.py classes``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from yayun.prosody import tables

UNKNOWN = "字类未详"
NOUNS = frozenset((
    "天文", "时令", "地理", "地名", "宫室", "器物", "植物", "动物",
    "人伦", "人名", "形体", "饮食", "文史", "人事", "干支",
))  # fmt: skip
FUNCTION_WORDS = frozenset(("虚字", "代名"))
# What must answer its like: (strict class, classes that may answer it, name of the fault). A character that can also
# stand in another class (上 and 下 are verbs too) is free.
LIKES = (
    ("数目", frozenset(("数目", "约数")), "数目"),
    ("颜色", frozenset(("颜色", "近色")), "颜色"),
    ("方位", frozenset(("方位", "近方位")), "方位"),
)


def fold(text: str) -> str:
    """``text`` in the spelling the tables are kept in."""
    return tables.fold(text)


def classes(char: str) -> frozenset[str]:
    """The classes of the 对类 a character can stand in; empty when unknown."""
    return class_sets().get(char, frozenset())


@cache
def class_sets() -> dict[str, frozenset[str]]:
    """``class_table`` without the order."""
    return {char: frozenset(names) for char, names in class_table().items()}


@cache
def class_table() -> dict[str, tuple[str, ...]]:
    """Folded character -> its classes, hand-set ones first."""
    found: dict[str, dict[str, None]] = {}
    folding = tables.folding()
    for row in tables.read_rows("antithesis_classes.tsv"):
        char, name, _ = row.split("\t")
        found.setdefault(char.translate(folding), {})[name] = None
    return {char: tuple(names) for char, names in found.items()}


def kind(name: str) -> str:
    """实字 (things), 虚字 (function words), or the class itself: 动作, 性状, 数目 ..."""
    if name in NOUNS:
        return "名词"
    return "虚字" if name in FUNCTION_WORDS else name.removeprefix("近").replace("约数", "数目")


def best_classes(a: str, b: str) -> tuple[str, str]:
    """The classes of two characters that suit each other best; 字类未详 where none is known."""
    first, second = class_table().get(a, (UNKNOWN,)), class_table().get(b, (UNKNOWN,))
    pairs = [(x, y) for x in first for y in second]
    return max(pairs, key=lambda pair: (pair[0] == pair[1], kind(pair[0]) == kind(pair[1])))


def faults_of(a: str, b: str) -> Iterator[str]:
    """The faults two facing characters have by themselves, as ``evidence.TERMS`` names them."""
    if not a or not b:
        yield "缺字"
        return
    if a == b:
        yield "相同字"
        return
    first, second = classes(a), classes(b)
    if not first or not second:
        return
    for strict, may_answer, name in LIKES:
        if (strict in first <= may_answer and not may_answer & second) or (
            strict in second <= may_answer and not may_answer & first
        ):
            yield name
    if (first <= FUNCTION_WORDS and second <= NOUNS) or (second <= FUNCTION_WORDS and first <= NOUNS):
        yield "虚实"
