"""A reader's marks: lines of number, sense, craft, taken for human, however they are put."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from yayun.errors import YayunError

_PARTS = re.compile(r"[,，、;；\t|\s]+")
_SAID = {"1": True, "0": False, "人": True, "机": False, "是": True, "否": False, "y": True, "n": False}
KEYS = ("number", "sense", "craft", "human")
CHINESE = {"编号": "number", "通顺": "sense", "技巧": "craft", "像人写": "human"}


@dataclass(frozen=True, slots=True)
class Mark:
    """``sense`` and ``craft`` 1 to 5; ``human``: does the reader think that a person wrote it? None where not said."""

    number: int
    sense: float
    craft: float | None
    human: bool | None


def read_marks(path: Path) -> list[Mark]:
    """The marks of a file: plain text or CSV with a mark a line, or JSON lines with ``number``, ``sense``, ``craft``,
    ``human`` (or the sheet's Chinese heads). Lines that do not begin with a number are passed over.

    Raises YayunError with the line's number where a mark can't be read or is given twice.
    """
    if not path.is_file():
        raise YayunError(f"找不到评分文件 {path}。")
    found: dict[int, Mark] = {}
    for at, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        parts = _parts(line.strip())
        if parts is None:
            continue
        try:
            mark = _mark(parts)
        except (ValueError, KeyError, IndexError) as error:
            raise YayunError(f"{path} 第 {at} 行读不懂:要写成 编号,通顺(1–5),技巧(1–5),像人写(1 或 0)。") from error
        if mark.number in found:
            raise YayunError(f"{path} 第 {at} 行:第 {mark.number} 首评了两次。")
        found[mark.number] = mark
    if not found:
        raise YayunError(f"{path} 里没有评分。")
    return list(found.values())


def _parts(line: str) -> Sequence[str] | None:
    """The fields of a line that is a mark; of a CSV sheet only the first four count, and one left blank is none."""
    if line.startswith("{"):
        row = {CHINESE.get(key, key): value for key, value in json.loads(line).items()}
        return [str(int(v) if isinstance(v, bool) else v) for key in KEYS if (v := row.get(key)) is not None]
    if not line[:1].isdigit():
        return None
    if "," in line:
        fields = [field.strip() for field in line.split(",")][:4]
        return None if len(fields) > 1 and not any(fields[1:]) else [field for field in fields if field]
    return [part for part in _PARTS.split(line) if part][:4]


def _mark(parts: Sequence[str]) -> Mark:
    sense, craft = float(parts[1]), float(parts[2]) if len(parts) > 2 else None
    if not all(1 <= value <= 5 for value in (sense, craft) if value is not None):
        raise ValueError
    return Mark(int(parts[0]), sense, craft, _SAID[parts[3].lower()] if len(parts) > 3 else None)
