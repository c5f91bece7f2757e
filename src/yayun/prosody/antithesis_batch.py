"""The vectorised path of ``yayun.prosody.antithesis``: many couplets at once, the same numbers. Imports numpy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from yayun.prosody import antithesis, tables
from yayun.prosody.antithesis import CODE_WIDTH, FUNCTION_WORDS, LIKES, NOUNS

CHUNK = 4096
# Bits of a character's classes: per kind of LIKES two (strict, may answer), then function word, noun, known.
FUNCTION, NOUN, KNOWN = 1 << 2 * len(LIKES), 2 << 2 * len(LIKES), 4 << 2 * len(LIKES)


def batch_scores(pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
    """``couplet_parallelism`` of every pair, in order: float64 (n,)."""
    found = np.zeros(len(pairs))
    by_width: dict[int, list[int]] = {}
    for i, (upper, lower) in enumerate(pairs):
        if upper and len(upper) == len(lower):
            by_width.setdefault(len(upper), []).append(i)
        else:
            found[i] = antithesis.couplet_parallelism(upper, lower)
    for width, members in by_width.items():
        for start in range(0, len(members), CHUNK):
            at = members[start : start + CHUNK]
            first, second = (_points([pairs[i][side] for i in at], width) for side in (0, 1))
            found[at] = _couplets(position_evidence(first, second))
    return found


def parallelism(upper: NDArray[np.int64], lower: NDArray[np.int64]) -> NDArray[np.float64]:
    """``couplet_parallelism`` of couplets given as code points, (n, width) each: float64 (n,)."""
    found, folding = np.empty(len(upper)), _folding()
    for start in range(0, len(upper), CHUNK):
        first, second = (folding[side[start : start + CHUNK]] for side in (upper, lower))
        found[start : start + CHUNK] = _couplets(position_evidence(first, second))
    return found


@cache
def _folding() -> NDArray[np.uint32]:
    """``antithesis.fold`` by code point."""
    folded = np.arange(0x110000, dtype=np.uint32)
    for code, char in tables.folding().items():
        folded[code] = ord(char)
    return folded


def _points(lines: list[str], width: int) -> NDArray[np.uint32]:
    """Code points of folded lines, (n, width)."""
    text = antithesis.fold("".join(lines))
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).reshape(len(lines), width)


def _couplets(evidence: NDArray[np.float64]) -> NDArray[np.float64]:
    bias, of_mean, of_weak = antithesis.weights().couplet[evidence.shape[1] > 5]
    weak = np.sort(evidence, axis=1)[:, :2].mean(axis=1)
    logits = np.clip(bias + of_mean * evidence.mean(axis=1) + of_weak * weak, -60.0, 60.0)
    found: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-logits))
    return found


def position_evidence(upper: NDArray[np.uint32], lower: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Evidence of every position, (n, width), of folded lines given as code points."""
    table = antithesis.weights()
    evidence: NDArray[np.float64] = np.where(upper == lower, 0.0, np.minimum(table.cap, raw_likeness(upper, lower)))
    for name, holds in term_masks(upper, lower).items():
        evidence += table.terms[name] * holds
    return evidence


def raw_likeness(upper: NDArray[np.uint32], lower: NDArray[np.uint32]) -> NDArray[np.float64]:
    """``antithesis.likeness`` of every position, (n, width)."""
    index, codes, _ = _lookup()
    dots = np.einsum("nwk,nwk->nw", codes[index[upper]], codes[index[lower]])
    found: NDArray[np.float64] = dots.astype(np.float64) / antithesis.weights().scale ** 2
    return found


def term_masks(upper: NDArray[np.uint32], lower: NDArray[np.uint32]) -> dict[str, NDArray[np.bool_]]:
    """For each term of ``antithesis.TERMS`` that lines of equal length can have: where it holds, (n, width)."""
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


def _echo_masks(upper: NDArray[np.uint32], lower: NDArray[np.uint32]) -> dict[str, NDArray[np.bool_]]:
    answered, unanswered = np.zeros(upper.shape, bool), np.zeros(upper.shape, bool)
    for j in range(upper.shape[1]):
        for i in range(j):
            first, second = upper[:, i] == upper[:, j], lower[:, i] == lower[:, j]
            for place in (i, j):
                answered[:, place] |= first & second
                unanswered[:, place] |= first ^ second
    return {"叠字不应": unanswered, "叠字相应": answered & ~unanswered}


@cache
def _lookup() -> tuple[NDArray[np.int16], NDArray[np.float32], NDArray[np.int16]]:
    """Code point -> row of the codes; the codes (row 0: none); code point -> class bits."""
    places, flat = antithesis.code_table()
    codes = np.zeros((len(places) + 1, CODE_WIDTH), dtype=np.float32)
    codes[1:] = np.frombuffer(flat, dtype=np.int8).reshape(-1, CODE_WIDTH)
    index, bits = np.zeros(0x110000, dtype=np.int16), np.zeros(0x110000, dtype=np.int16)
    for char, place in places.items():
        index[ord(char)] = place // CODE_WIDTH + 1
    for char, names in antithesis.class_sets().items():
        bits[ord(char)] = _bits(names)
    return index, codes, bits


def _bits(names: frozenset[str]) -> int:
    found = KNOWN
    for k, (strict, may_answer, _) in enumerate(LIKES):
        found |= (1 << 2 * k) * (strict in names <= may_answer) | (2 << 2 * k) * bool(may_answer & names)
    return found | FUNCTION * (names <= FUNCTION_WORDS) | NOUN * (names <= NOUNS)
