"""yayun 押韵: regulated Tang verse, written and proved.

Public names load on first use: ``compose``, ``check``, ``model_dir``, ``Poem``, ``Review``, ``YayunError``.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "compose": "yayun.composing.road",
    "model_dir": "yayun.hub.folder",
    "check": "yayun.prosody.parse",
    "Poem": "yayun.composing.poem",
    "Review": "yayun.prosody.review",
    "YayunError": "yayun.errors",
}
__all__ = ["Poem", "Review", "YayunError", "check", "compose", "model_dir"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'yayun' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
