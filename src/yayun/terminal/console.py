"""Output that every console takes: what its encoding lacks is written another way, never a traceback."""

from __future__ import annotations

import codecs
import io
import json
import sys
from typing import Any

from yayun.prosody.tables import origins

_HANDLER = "yayun-legible"
_SIGNS = {"○": "o", "●": "*", "◐": "+", "△": "^", "·": ".", "…": "...", "—": "-", "–": "-", "“": '"', "”": '"'}


def prepare() -> None:
    """Let standard output and error take any character, whatever their encoding."""
    codecs.register_error(_HANDLER, _legible)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def _legible(error: UnicodeError) -> tuple[str, int]:
    """What stands for characters that an encoding lacks: their traditional form (Big5), a plainer sign, or ``\\u…``."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    shown = [_substitute(char, error.encoding) for char in error.object[error.start : error.end]]
    return "".join(shown), error.end


def _substitute(char: str, encoding: str) -> str:
    for other in (origins().get(char, "")[:1], _SIGNS.get(char, "")):
        if other and _has(encoding, other):
            return other
    return char.encode("ascii", "backslashreplace").decode("ascii")


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def print_json(value: Any) -> None:
    """One object on one line, at once; with escapes where the console lacks one of its characters."""
    line = json.dumps(value, ensure_ascii=False)
    if not _has(sys.stdout.encoding or "ascii", line):
        line = json.dumps(value)
    print(line, flush=True)
