"""Characters of earlier lines: what a poem seldom says again, and how likely a model is to."""

from __future__ import annotations

import torch
from torch import Tensor

from yayun.decoding.constraint import Characters
from yayun.prompts import vocabulary as v


class Fresh:
    """Marks what has not been said in earlier lines, by the ids of a vocabulary.

    Minus the log probability of these is unlikelihood training (Welleck et al., "Neural Text Generation with
    Unlikelihood Training", 2020) on the characters of earlier lines taken together. Within a line a character may come
    again at once (青青), so its own line counts for nothing.
    """

    def __init__(self, characters: Characters) -> None:
        self._hanzi = torch.from_numpy(characters.hanzi)
        ids = characters.ids
        self._answer = ids[v.ANSWER]
        self._marks = torch.tensor([ids[v.COMMA], ids[v.STOP]])

    def tokens(self, ids: Tensor) -> Tensor:
        """(places, vocabulary) boolean, row by row: False for the characters of lines that ended before a place.

        ``ids``: (rows, length) completions, padded with any negative number.
        """
        rows, length = ids.shape
        said = ids.clamp(min=0)
        verse = (said == self._answer).cumsum(1) > 0
        character = verse & self._hanzi[said] & (ids >= 0)
        ends = torch.isin(ids, self._marks).long()
        line = ends.cumsum(1) - ends
        earlier = character[:, None, :] & verse[:, :, None] & (line[:, None, :] < line[:, :, None])
        fresh = torch.ones(rows * length, len(self._hanzi), dtype=torch.bool)
        row, place, before = earlier.nonzero(as_tuple=True)
        fresh[row * length + place, said[row, before]] = False
        return fresh
