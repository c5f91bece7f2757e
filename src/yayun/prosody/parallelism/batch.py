"""The vectorised path of ``parallelism.couplet``: many couplets at once, the same numbers. Imports numpy.

What is rare (loans, outright faults) is only found here and left to the scalar path.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yayun.prosody import tables
from yayun.prosody.parallelism import couplet
from yayun.prosody.parallelism.classes import FUNCTION_WORDS, LIKES, NOUNS, class_sets, fold
from yayun.prosody.parallelism.evidence import CODE_WIDTH, code_table, halves, sections, weights
from yayun.prosody.parallelism.loans import loans
from yayun.prosody.parallelism.sameness import needed, synonym_table

Points = NDArray[np.uint32]  # code points of folded lines, (n, width)
Floats = NDArray[np.float64]
CHUNK = 4096
# Bits of a character's classes: per kind of LIKES two (strict, may answer), then function word, noun, known; then, for
# each class that loans are taken from, whether it is in it, and whether it is lent to it.
FUNCTION, NOUN, KNOWN = (bit << 2 * len(LIKES) for bit in (1, 2, 4))
IN_LENT, LENDS, LENT = 2 * len(LIKES) + 3, 2 * len(LIKES) + 11, 0xFF


def batch_scores(pairs: Sequence[tuple[str, str]]) -> Floats:
    """``couplet_parallelism`` of every pair, in order: float64 (n,)."""
    found = np.zeros(len(pairs))
    by_width: dict[int, list[int]] = {}
    for i, (upper, lower) in enumerate(pairs):
        if upper and len(upper) == len(lower):
            by_width.setdefault(len(upper), []).append(i)
        else:
            found[i] = couplet.couplet_parallelism(upper, lower)
    for width, members in by_width.items():
        for start in range(0, len(members), CHUNK):
            at = members[start : start + CHUNK]
            first, second = (_points([pairs[i][side] for i in at], width) for side in (0, 1))
            found[at] = _scores(first, second)
    return found


def parallelism(upper: NDArray[np.int64], lower: NDArray[np.int64]) -> Floats:
    """``couplet_parallelism`` of couplets given as code points, (n, width) each: float64 (n,)."""
    found, folding = np.empty(len(upper)), _folding()
    for start in range(0, len(upper), CHUNK):
        first, second = (folding[side[start : start + CHUNK]] for side in (upper, lower))
        found[start : start + CHUNK] = _scores(first, second)
    return found


@cache
def _folding() -> NDArray[np.uint32]:
    """``classes.fold`` by code point."""
    folded = np.arange(0x110000, dtype=np.uint32)
    for code, char in tables.folding().items():
        folded[code] = ord(char)
    return folded


def _points(lines: list[str], width: int) -> Points:
    return np.frombuffer(fold("".join(lines)).encode("utf-32-le", "surrogatepass"), np.uint32).reshape(-1, width)


def _lines(points: Points) -> list[str]:
    return [row.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass") for row in points]


def _scores(upper: Points, lower: Points) -> Floats:
    """Scores of folded lines."""
    masks, table = term_masks(upper, lower), weights()
    evidence = place_evidence(upper, lower, masks)
    bias, *counts = table.couplet[upper.shape[1] > 5]
    logit = bias + summaries(evidence) @ np.array(counts)
    bias, own, whole = table.place
    places = _logistic(bias + own * evidence + whole * logit[:, None])
    strict = np.logical_or.reduce([holds for name, holds in masks.items() if name in couplet.STRICT])
    places = np.where(strict, np.minimum(places, couplet.UNLIKE), places)
    found: Floats = _logistic(logit) * np.minimum(1.0, places / couplet.WHOLE).mean(axis=1)
    rare = np.flatnonzero(_rare(upper, lower))
    for i, first, second in zip(rare.tolist(), _lines(upper[rare]), _lines(lower[rare]), strict=True):
        found[i] = couplet.couplet_parallelism(first, second)
    return found


def summaries(evidence: Floats) -> Floats:
    """``evidence.summary`` of couplets whose places have that evidence, (n, width): (n, measures)."""
    width = evidence.shape[1]
    half, part = (
        np.min([evidence[:, i:j].mean(axis=1) for i, j in spans], axis=0) for spans in (halves(width), sections(width))
    )
    return np.stack([evidence.mean(axis=1), np.sort(evidence, axis=1)[:, :2].mean(axis=1), half, part], axis=1)


def _logistic(x: Floats) -> Floats:
    found: Floats = 1.0 / (1.0 + np.exp(-np.clip(x, -60.0, 60.0)))
    return found


def _rare(upper: Points, lower: Points) -> NDArray[np.bool_]:
    """Couplets that may hold what the vectors leave out, (n,): a loan, 叠字 without answer, 合掌."""
    bits = _lookup()[2]
    first, second = bits[upper], bits[lower]
    lent = ((first >> LENDS & second >> IN_LENT) | (second >> LENDS & first >> IN_LENT)) & LENT > 0
    doubled = ((upper[:, 1:] == upper[:, :-1]) != (lower[:, 1:] == lower[:, :-1])).any(axis=1)
    found: NDArray[np.bool_] = lent.any(axis=1) | doubled
    maybe = np.flatnonzero(_may_say_the_same(upper, lower))
    found[maybe] |= _say_the_same(upper[maybe], lower[maybe])
    return found


def _may_say_the_same(upper: Points, lower: Points) -> NDArray[np.bool_]:
    """Couplets that can't be ruled out as 合掌, (n,): quick, by one of 64 bits a character."""
    index, table = _lookup()[0], _meanings()
    own = [np.uint64(1) << _hashed(line) for line in (upper, lower)]
    any_own = [np.bitwise_or.reduce(bits, axis=1)[:, None] for bits in own]
    words = [table.word_bits[_hashed_word(line[:, :-1], line[:, 1:])] for line in (upper, lower)]
    any_word = [np.bitwise_or.reduce(bits[:, :, 0], axis=1)[:, None] for bits in words]
    again = [
        ((bits | table.bits[index[line]]) & any_own[1 - i] > 0).sum(axis=1)
        + 2 * (words[i][:, :, 1] & any_word[1 - i] > 0).sum(axis=1)
        for i, (line, bits) in enumerate(zip((upper, lower), own, strict=True))
    ]
    found: NDArray[np.bool_] = np.minimum(*again) >= needed(upper.shape[1])
    return found


def _say_the_same(upper: Points, lower: Points) -> NDArray[np.bool_]:
    """``sameness.says_the_same`` of each couplet, (n,)."""
    index, table = _lookup()[0], _meanings()
    keys = [line[:, :-1].astype(np.int64) << 32 | line[:, 1:] for line in (upper, lower)]
    words = [np.minimum(np.searchsorted(table.words, key), len(table.words) - 1) for key in keys]
    words = [np.where(table.words[at] == key, at, -1) for at, key in zip(words, keys, strict=True)]
    again = []
    for line, other, own, others in ((upper, lower, *words), (lower, upper, *words[::-1])):
        said = (line[:, :, None] == other[:, None, :]).any(axis=2)
        for k in range(table.meant.shape[1]):
            said |= (table.meant[index[line], k][:, :, None] == other[:, None, :]).any(axis=2)
        for k in range(table.word_meant.shape[1]):
            meant = np.where(own >= 0, table.word_meant[own, k], -2)
            pair = (meant[:, :, None] == others[:, None, :]).any(axis=2)
            said[:, :-1] |= pair
            said[:, 1:] |= pair
        again.append(said.sum(axis=1))
    found: NDArray[np.bool_] = np.minimum(*again) >= needed(upper.shape[1])
    return found


class _Meanings(NamedTuple):
    """Synonyms as arrays.

    By row of the codes, ``bits``: those of the character's synonyms, and ``meant``: the synonyms (0: none more). By a
    hash of a word of two characters, ``word_bits``: its own bit, its synonyms'. ``words``: the known words of two
    characters as sorted keys; ``word_meant``: the numbers of each one's synonyms (-2: none more)."""

    bits: NDArray[np.uint64]
    meant: Points
    word_bits: NDArray[np.uint64]
    words: NDArray[np.int64]
    word_meant: NDArray[np.int64]


@cache
def _meanings() -> _Meanings:
    index = _lookup()[0]
    rows = int(index.max()) + 1
    pairs = [(word, other) for word, others in sorted(synonym_table().items()) for other in sorted(others)]
    bits, single = np.zeros(rows, dtype=np.uint64), dict[int, list[int]]()
    for word, other in pairs:
        if len(word) == 1:
            bits[index[ord(word)]] |= np.uint64(1) << _hashed(np.array(ord(other), dtype=np.uint32))
            single.setdefault(int(index[ord(word)]), []).append(ord(other))
    double = sorted({word for word, _ in pairs if len(word) == 2})
    number = {word: i for i, word in enumerate(double)}
    meant = np.zeros((rows, max(map(len, single.values()))), dtype=np.uint32)
    for row, others in single.items():
        meant[row, : len(others)] = others
    word_meant = np.full((len(double), max(len(synonym_table()[word]) for word in double)), -2, dtype=np.int64)
    for i, word in enumerate(double):
        numbers = sorted(number[other] for other in synonym_table()[word])
        word_meant[i, : len(numbers)] = numbers
    words = np.array([ord(word[0]) << 32 | ord(word[1]) for word in double], dtype=np.int64)
    word_bits = np.zeros((1 << 16, 2), dtype=np.uint64)
    for i, word in enumerate(double):
        at = _hashed_word(*np.array([[ord(char)] for char in word], dtype=np.uint32))[0]
        word_bits[at, 0] |= np.uint64(1) << np.uint64(i % 64)
        for other in synonym_table()[word]:
            word_bits[at, 1] |= np.uint64(1) << np.uint64(number[other] % 64)
    return _Meanings(bits, meant, word_bits, words, word_meant)


def _hashed_word(first: Points, second: Points) -> NDArray[np.uint32]:
    """One of 65,536 numbers for each word of two characters."""
    found: NDArray[np.uint32] = (first * np.uint32(0x9E3779B1) ^ second * np.uint32(0x85EBCA6B)) >> np.uint32(16)
    return found


def _hashed(points: Points) -> NDArray[np.uint64]:
    """One of 64 numbers for each character."""
    found: NDArray[np.uint64] = (points.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(58)
    return found


# -- evidence ---------------------------------------------------------------------------------------------------------


def place_evidence(upper: Points, lower: Points, masks: dict[str, NDArray[np.bool_]]) -> Floats:
    """Evidence of every place, (n, width), where the terms hold as in ``masks``; loans apart."""
    table = weights()
    evidence: Floats = np.where(upper == lower, 0.0, np.minimum(table.cap, raw_likeness(upper, lower, table.scale)))
    for name, holds in masks.items():
        evidence += table.terms[name] * holds
    return evidence


def raw_likeness(upper: Points, lower: Points, scale: float) -> Floats:
    """``evidence.likeness`` of every place, (n, width)."""
    index, codes, _ = _lookup()
    first, second = codes[index[upper]], codes[index[lower]]
    found: Floats = np.einsum("nwk,nwk->nw", first, second).astype(np.float64) / scale**2
    return found


def term_masks(upper: Points, lower: Points) -> dict[str, NDArray[np.bool_]]:
    """For each term of ``evidence.TERMS`` that lines of equal length can have: where it holds, (n, width)."""
    _, _, bits = _lookup()
    first, second, same = bits[upper], bits[lower], upper == lower
    apart = ~same & (first & second & KNOWN > 0)
    masks = {"相同字": same}
    for k, (_, _, name) in enumerate(LIKES):
        strict, answers = 1 << 2 * k, 2 << 2 * k
        unanswered = (first & strict > 0) & (second & answers == 0)
        masks[name] = apart & (unanswered | ((second & strict > 0) & (first & answers == 0)))
    crossed = ((first & FUNCTION > 0) & (second & NOUN > 0)) | ((second & FUNCTION > 0) & (first & NOUN > 0))
    masks["虚实"] = apart & crossed
    return masks | _echo_masks(upper, lower)


def _echo_masks(upper: Points, lower: Points) -> dict[str, NDArray[np.bool_]]:
    answered, unanswered = np.zeros(upper.shape, bool), np.zeros(upper.shape, bool)
    for j in range(upper.shape[1]):
        for i in range(j):
            first, second = upper[:, i] == upper[:, j], lower[:, i] == lower[:, j]
            for place in (i, j):
                answered[:, place] |= first & second
                unanswered[:, place] |= first ^ second
    return {"叠字不应": unanswered, "叠字相应": answered & ~unanswered}


@cache
def _lookup() -> tuple[NDArray[np.int16], NDArray[np.float32], NDArray[np.int32]]:
    """Code point -> row of the codes; the codes (row 0: none); code point -> class bits."""
    places, flat = code_table()
    codes = np.zeros((len(places) + 1, CODE_WIDTH), dtype=np.float32)
    codes[1:] = np.frombuffer(flat, dtype=np.int8).reshape(-1, CODE_WIDTH)
    index, bits = np.zeros(0x110000, dtype=np.int16), np.zeros(0x110000, dtype=np.int32)
    for char, place in places.items():
        index[ord(char)] = place // CODE_WIDTH + 1
    for char, names in class_sets().items():
        bits[ord(char)] = _bits(names)
    lent = sorted({loan.name for loan in loans().values()})
    for char, names in class_sets().items():
        bits[ord(char)] |= sum(1 << IN_LENT + k for k, name in enumerate(lent) if name in names)
    for char, loan in loans().items():
        bits[ord(char)] |= 1 << LENDS + lent.index(loan.name)
    return index, codes, bits


def _bits(names: frozenset[str]) -> int:
    found = KNOWN
    for k, (strict, may_answer, _) in enumerate(LIKES):
        found |= (1 << 2 * k) * (strict in names <= may_answer) | (2 << 2 * k) * bool(may_answer & names)
    return found | FUNCTION * (names <= FUNCTION_WORDS) | NOUN * (names <= NOUNS)
