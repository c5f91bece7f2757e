# yayun/hub/script.py of yayun, copied by `yayun train export`: change it there.
"""``yayun.script`` without opencc: its characters and phrases from a table, the longest match first, as opencc does.

``data/script.tsv`` (way, from, to) holds OpenCC's rows; ``scripts/build_hub_script.py`` builds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from .yayun_hub_tables import files


def to_simplified(text: str) -> str:
    """``text`` in simplified characters, as opencc's ``t2s`` has it."""
    return convert(text, _table("ts"))


def to_traditional(text: str) -> str:
    """``text`` in traditional characters; opencc's ``s2t`` but for phrases longer than two characters."""
    return convert(text, _table("st"))


def convert(text: str, table: Mapping[str, str]) -> str:
    """``text`` with the longest keys of ``table`` replaced from left to right."""
    longest = max(map(len, table), default=1)
    parts: list[str] = []
    at = 0
    while at < len(text):
        ends = range(min(len(text), at + longest), at, -1)
        end = next((end for end in ends if text[at:end] in table), at + 1)
        parts.append(table.get(text[at:end], text[at:end]))
        at = end
    return "".join(parts)


@cache
def _table(way: str) -> dict[str, str]:
    text = (files("yayun.hub") / "data" / "script.tsv").read_text(encoding="utf-8")
    rows = (row.split("\t") for row in text.splitlines()[1:])
    return {source: target for kind, source, target in rows if kind == way}
