"""Modules that are loaded when they are first used: what is slow to load, or comes with an extra only.

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy("numpy")
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any


class _Lazy(ModuleType):
    """Stands for a module; what is asked of it is the module's."""

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


def lazy(name: str) -> Any:
    """The module ``name``, not loaded yet. Raises ImportError at its first use where it is not there."""
    return _Lazy(name)
