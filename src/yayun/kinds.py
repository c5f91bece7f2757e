"""What kind of value each field takes, and what is said of a field that is none: for callers in Python and rows of a
batch, where nothing has looked at them before."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import Any

from yayun.prosody.forms.form import Form

_TEXT = (str,)
# Field -> the types it takes, and how that is said; every other field takes text. None is always "not said".
_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "imagery": ((str, list, tuple), "文字或文字的列表"),
    "locked": ((list, tuple), "一句一项的列表,要写的那句是 None"),
    "without": ((list, tuple), "文字的列表"),
    "form": ((str, Form), "文字"),
    "count": ((Integral, str), "整数"),
    "first_line_rhymes": ((bool,), " true 或 false"),
    "rag": ((bool,), " True 或 False"),
    "seed": ((Integral,), "整数"),
    "candidates": ((Integral,), "整数"),
    "max_calls": ((Integral,), "整数"),
    "temperature": ((Real,), "数"),
}


def wrong_kind(fields: Mapping[str, Any]) -> str | None:
    """A sentence on the first field that has a value of another kind than it takes."""
    for name, value in fields.items():
        kinds, said = _KINDS.get(name, (_TEXT, "文字"))
        if value is not None and not _fits(value, kinds):
            return f"字段 {name} 要是{said}。"
    return None


def _fits(value: Any, kinds: tuple[type, ...]) -> bool:
    if isinstance(value, bool):
        return kinds == (bool,)
    if isinstance(value, (list, tuple)) and not all(part is None or isinstance(part, str) for part in value):
        return False
    return isinstance(value, kinds)


def unknown_field(name: str, known: Iterable[str]) -> str:
    """A sentence on a field that there is none of, with the nearest that there is."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"不认识的字段:{name}{f',是不是 {near[0]}?' if near else '。'}"
