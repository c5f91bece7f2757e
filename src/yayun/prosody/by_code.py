"""A map from characters to characters, kept by code point in one row of numbers.

A dict takes four reads of memory a character, each of them somewhere else; a text looks up a hundred characters in
half a dozen maps, and on a busy machine most of that is waiting. Here a character is four bytes beside its neighbours.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from functools import cached_property

_END = 0x32400  # behind the last ideograph
_NEW = re.compile("[\0\U00032400-\U0010ffff]")


class ByCode:
    """``learn`` says what a character becomes (one character too); it is asked once for each."""

    def __init__(self, learn: Callable[[str], str]) -> None:
        self._learn = learn

    @cached_property
    def _table(self) -> array[int]:
        """By code point what it becomes; 0: not asked yet."""
        return array("I", bytes(array("I").itemsize * _END))

    def __call__(self, text: str) -> str:
        """``text`` with each character put through the map."""
        found = text.translate(self._table)
        return found if _NEW.search(found) is None else self._learning(text)

    def _learning(self, text: str) -> str:
        found = []
        for char in text:
            found.append(self._learn(char))
            if ord(char) < _END:
                self._table[ord(char)] = ord(found[-1])
        return "".join(found)
