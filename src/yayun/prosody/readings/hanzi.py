"""What a Chinese character is."""

from __future__ import annotations


def is_hanzi(char: str) -> bool:
    """Is ``char`` a single CJK ideograph (any plane, 〇 included)?"""
    code = ord(char)
    return 0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or 0x20000 <= code <= 0x323AF or char == "〇"
