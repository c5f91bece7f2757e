"""yayun 押韵: regulated Tang verse, written and proved.

Public names load on first use: ``compose``, ``acompose``, ``check``, ``check_many``, ``model_dir``, ``Brief``,
``make_brief``, ``Poem``, ``Review``, ``YayunError``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yayun.brief import Brief, make_brief
    from yayun.checking.check import check
    from yayun.checking.columns import check_many
    from yayun.composing.api import acompose, compose
    from yayun.composing.poem import Poem
    from yayun.errors import YayunError
    from yayun.hub.folder import model_dir
    from yayun.prosody.review import Review

__version__ = "0.1.0"

_HOMES = {
    "acompose": "yayun.composing.api",
    "compose": "yayun.composing.api",
    "Brief": "yayun.brief",
    "make_brief": "yayun.brief",
    "check_many": "yayun.checking.columns",
    "YayunError": "yayun.errors",
    "model_dir": "yayun.hub.folder",
    "Poem": "yayun.composing.poem",
    "check": "yayun.checking.check",
    "Review": "yayun.prosody.review",
}
__all__ = [
    "Brief", "Poem", "Review", "YayunError", "acompose", "check", "check_many", "compose", "make_brief", "model_dir",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'yayun' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
