"""The decoder over the weights that ship with the package, one a process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from yayun.decoding.embedded import EmbeddedWriter
from yayun.decoding.weights import weights_dir

if TYPE_CHECKING:
    from yayun.decoding.embedded import EmbeddedWriter


@cache
def default_writer() -> EmbeddedWriter:
    """The embedded model that ships with the package."""
    return EmbeddedWriter(weights_dir())
