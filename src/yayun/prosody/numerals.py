"""Chinese numerals, in which lines, places and rhyme groups are counted."""

from __future__ import annotations

from functools import cache


@cache
def chinese_number(n: int) -> str:
    """Write 1..99 in Chinese numerals, e.g. ``十二``; larger numbers in figures."""
    if n > 99:
        return str(n)
    tens, ones = divmod(n, 10)
    digits = "零一二三四五六七八九"
    if tens == 0:
        return digits[ones]
    return ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")
