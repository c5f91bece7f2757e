"""``importlib.resources.files`` for a model folder: the package's data files, held in this module.

``hub.code`` appends the tables when it copies this module into a folder; here there are none. Transformers fetches
Python files alone, so a model loaded by its hub id has no other place for them.
"""

from __future__ import annotations

from base64 import b85decode
from dataclasses import dataclass

# "package/data/name" -> content; PACKED in base 85.
TEXTS: dict[str, str] = {}
PACKED: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Resource:
    """A place among the tables, with what the package uses of ``importlib.resources.abc.Traversable``."""

    path: str

    def __truediv__(self, name: str) -> Resource:
        return Resource(f"{self.path}/{name}")

    def read_text(self, encoding: str = "utf-8") -> str:
        """The text; ``encoding`` is taken for the sake of the signature. Raises KeyError for a table left out."""
        return TEXTS[self.path]

    def read_bytes(self) -> bytes:
        """The bytes. Raises KeyError for a table left out."""
        return b85decode(PACKED[self.path].replace("\n", ""))


def files(package: str) -> Resource:
    """The tables of ``package``."""
    return Resource(package)
