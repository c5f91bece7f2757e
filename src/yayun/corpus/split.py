"""The fixed held-out split: by poem, and by near-duplicate.

Rule (never change it: trained weights depend on it). A poem's ``id`` is hashed with SHA-256; the first eight bytes
modulo 100 give 0-1 "valid", 2-6 "test", else "train". A training poem that shares a line with a held-out poem, one
differing character allowed, becomes "near" and is never trained on. An exact repeat of an earlier poem is "repeat".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

HELD_OUT = ("valid", "test")


def split_by_hash(poem_id: str) -> str:
    """ "valid" (2 %), "test" (5 %) or "train" for a poem id."""
    bucket = int.from_bytes(hashlib.sha256(poem_id.encode()).digest()[:8], "big") % 100
    return "valid" if bucket < 2 else "test" if bucket < 7 else "train"


def line_signatures(line: str) -> Iterator[str]:
    """``line`` with each character blanked in turn: two lines share one iff they differ in at most one place."""
    for i in range(len(line)):
        yield f"{line[:i]}_{line[i + 1 :]}"


def assign_splits(poems: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
    """Splits of (id, script-folded lines) pairs, in order.

    Lines shorter than 5 characters are not compared: they collide by chance.
    """
    poems = list(poems)
    splits, seen = [], set()
    for poem_id, lines in poems:
        whole = "/".join(lines)
        splits.append("repeat" if whole in seen else split_by_hash(poem_id))
        seen.add(whole)
    held = {
        signature
        for (_, lines), split in zip(poems, splits, strict=True)
        if split in HELD_OUT
        for line in lines
        if len(line) >= 5
        for signature in line_signatures(line)
    }
    for i, (_, lines) in enumerate(poems):
        if splits[i] == "train" and any(
            signature in held for line in lines if len(line) >= 5 for signature in line_signatures(line)
        ):
            splits[i] = "near"
    return splits
