"""The decoders over the weights that ship with the package, one of each a process."""

from __future__ import annotations

from functools import cache

from yayun.decoding.embedded import EmbeddedWriter
from yayun.decoding.weights import unaided_weights_dir, weights_dir


@cache
def default_writer() -> EmbeddedWriter:
    """The shipped model that writes within the mask."""
    return EmbeddedWriter(weights_dir())


@cache
def unaided_writer() -> EmbeddedWriter:
    """The shipped model that writes without it."""
    return EmbeddedWriter(unaided_weights_dir())
