"""How a tokenizer spells single characters, so that verse can be held to the rules character by character.

A tokenizer of a large model has tokens of several hanzi, and spells rarer characters with two or three byte-level
pieces. Verse is written in ``Spelling``'s alphabet alone: each character by the pieces that spell it, tokens of several
hanzi not at all. No spelling begins with another's (they are whole characters in UTF-8), so reading piece by piece is
a walk down a prefix tree in which every leaf is a character.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from yayun.decoding.constraint import Characters
from yayun.decoding.session import read_tokens
from yayun.decoding.weights import weights_dir
from yayun.prosody.readings import lexicon
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.script import to_simplified, to_traditional

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Pieces = tuple[int, ...]
# Spelt after a line break, a character gets neither a leading space nor a merge with what is before it.
_CARRIER = "\n"


class Spelling:
    """The characters of ``chars`` that ``tokenizer`` can spell; the others are left out.

    ``characters`` is the alphabet as the lexicon sees it; ``pieces[i]`` spells its character ``i``, and ``first``
    (alphabet,) holds the ids of the first pieces.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, chars: Iterable[str]) -> None:
        self.tokenizer = tokenizer
        wanted = list(dict.fromkeys(chars))
        spelt = [(char, pieces) for char, pieces in zip(wanted, self._spell(wanted), strict=True) if pieces]
        self.characters = Characters([char for char, _ in spelt])
        self.pieces: tuple[Pieces, ...] = tuple(pieces for _, pieces in spelt)
        self.first = np.array([pieces[0] for pieces in self.pieces], np.int64)
        self.whole: dict[Pieces, int] = {pieces: i for i, pieces in enumerate(self.pieces)}
        self._begun: dict[Pieces, list[int]] = {}
        for i, pieces in enumerate(self.pieces):
            for length in range(1, len(pieces)):
                self._begun.setdefault(pieces[:length], []).append(i)

    def _spell(self, chars: Sequence[str]) -> list[Pieces]:
        """The pieces of each character, () where it can't be spelt."""
        head = self.encode(_CARRIER)
        encoded = self.tokenizer([_CARRIER + char for char in chars], add_special_tokens=False)["input_ids"]
        tails = [tuple(ids[len(head) :]) if tuple(ids[: len(head)]) == head else () for ids in encoded]
        shown = self.tokenizer.batch_decode([list(t) for t in tails], clean_up_tokenization_spaces=False)
        return [tail if text == char else () for char, tail, text in zip(chars, tails, shown, strict=True)]

    def encode(self, text: str) -> Pieces:
        """``text`` as tokens, without any that mark a beginning or an end."""
        return tuple(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def of(self, char: str) -> Pieces:
        """A character's pieces; what can't be spelt gets what the tokenizer makes of it (its unknown token)."""
        i = self.characters.ids.get(char)
        return self.encode(char) if i is None else self.pieces[i]

    def open(self, scores: np.ndarray) -> np.ndarray:
        """Scores of the alphabet (alphabet,) as scores of first pieces, over the model's vocabulary: minus infinity
        for all that begins no open character."""
        return self._spread(self.first, scores)

    def go_on(self, begun: Pieces, scores: np.ndarray, allowed: np.ndarray) -> np.ndarray:
        """The model's ``scores`` (vocabulary,) with all closed but the pieces by which a character begun goes on to an
        ``allowed`` (alphabet,) one."""
        ids = [self.pieces[i][len(begun)] for i in self._begun[begun] if allowed[i]]
        closed = np.full_like(scores, -np.inf)
        closed[ids] = scores[ids]
        return closed

    def _spread(self, ids: np.ndarray, scores: np.ndarray) -> np.ndarray:
        spread = np.full(max(len(self.tokenizer), int(ids.max()) + 1), -np.inf, scores.dtype)
        np.maximum.at(spread, ids, scores)
        return spread


@cache
def verse_characters(script: str) -> tuple[str, ...]:
    """The characters that verse is written in: those of the embedded model's vocabulary, in the script asked for, and
    only such as the rhyme book knows."""
    chars = [token for token in read_tokens(weights_dir()) if len(token) == 1 and is_hanzi(token)]
    if script == "simplified":
        chars = list(dict.fromkeys(map(to_simplified, chars)))
    else:
        chars = [char for char in chars if to_traditional(char) == char]
    return tuple(char for char in chars if lexicon.tones(char))
