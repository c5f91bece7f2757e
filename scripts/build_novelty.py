"""Build ``retrieval/data/fold.tsv`` and ``retrieval/data/lines.bin`` from the local corpus.

fold.tsv joins the spellings of a character: OpenCC's conversions (PyPI ``opencc``, Apache-2.0) between traditional,
simplified, Taiwan, Hong Kong and Japanese forms, Unicode's compatibility ideographs, and the lexicon's own variants.
lines.bin is a filter of the folded 5- and 7-character lines of every poem, held-out poems included, and of every 词:
Tang and Song (npm chinese-poetry 2.0.1, MIT), and what was added, from the earliest to the Qing
(snowtraces/poetry-source at commit 17c276b, MIT; docs/corpus.md). Needs numpy; takes about two minutes and 3 GB. Run:

    yayun corpus fetch && yayun corpus add FILES && python scripts/build_novelty.py
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from yayun.corpus.store import CorpusPoem, read_all
from yayun.home import atomic_open
from yayun.prosody.readings.hanzi import is_hanzi
from yayun.prosody.readings.lexicon import variants
from yayun.retrieval.novelty import ARITY, FINGERPRINT_BITS, HEADER, LINE_LENGTHS, MAGIC, fold_line, place

DATA = Path(__file__).parents[1] / "src/yayun/retrieval/data"
CONVERSIONS = ("t2s", "s2t", "t2tw", "tw2t", "t2hk", "hk2t", "t2jp", "jp2t")
# Ideographs, and the compatibility ideographs that normalise to them.
BLOCKS = ((0x3400, 0x9FFF), (0xF900, 0xFAD9), (0x20000, 0x2FA1D), (0x30000, 0x323AF))


def spelling_pairs() -> Iterator[tuple[str, str]]:
    """Pairs of spellings of the same character."""
    from opencc import OpenCC

    chars = [chr(code) for first, last in BLOCKS for code in range(first, last + 1)]
    for name in CONVERSIONS:
        # One character a line: no phrase rule can apply.
        converted = OpenCC(name).convert("\n".join(chars)).split("\n")
        yield from ((a, b) for a, b in zip(chars, converted, strict=True) if len(b) == 1)
    yield from ((c, unicodedata.normalize("NFKC", c)) for c in chars)
    yield from variants().items()


def fold_rows(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Character -> the first (by code point) of all the spellings it is linked with; itself is left out."""
    parent: dict[str, str] = {}

    def root(char: str) -> str:
        while (above := parent.get(char, char)) != char:
            char = above
        return char

    for a, b in pairs:
        low, high = sorted((root(a), root(b)))
        if low != high:
            parent[high] = low
    return {char: root(char) for char in sorted(parent)}


def write_fold(rows: dict[str, str]) -> None:
    with atomic_open(DATA / "fold.tsv") as f:
        f.write("char\tspelling\n")
        f.writelines(f"{char}\t{target}\n" for char, target in rows.items())


def folded_lines(poems: Iterable[CorpusPoem]) -> list[str]:
    """The distinct folded lines, sorted, so that the file depends on the corpus alone."""
    return sorted(
        {
            fold_line(line)
            for poem in poems
            for line in poem.lines
            if len(line) in LINE_LENGTHS and all(map(is_hanzi, line))
        }
    )


def build_cells(keys: list[str], seed: int, shift: int, starts: int) -> np.ndarray | None:
    """Fingerprint cells such that each key's four cells xor to its fingerprint; None when this seed doesn't work.

    Peeling: a cell that only one key uses can be set last for that key. Keys are taken off in such an order, all that
    can go at a time, then their cells are set in the reverse order.
    """
    positions = np.empty((len(keys), ARITY), np.int32)
    prints = np.empty(len(keys), np.uint16)
    for i, key in enumerate(keys):
        positions[i], prints[i] = place(key, seed, shift, starts)
    size = (starts + ARITY - 1) << shift
    degree = np.bincount(positions.ravel(), minlength=size).astype(np.int32)
    users = np.zeros(size, np.int64)  # xor of the keys that use a cell: the key itself once only one is left
    np.bitwise_xor.at(users, positions.ravel(), np.repeat(np.arange(len(keys)), ARITY))

    layers: list[tuple[np.ndarray, np.ndarray]] = []
    alone = np.flatnonzero(degree == 1)
    while len(alone):
        taken, first = np.unique(users[alone], return_index=True)
        layers.append((taken, alone[first]))
        where = positions[taken].ravel()
        np.subtract.at(degree, where, 1)
        np.bitwise_xor.at(users, where, np.repeat(taken, ARITY))
        where = np.unique(where)
        alone = where[degree[where] == 1]
    if sum(len(taken) for taken, _ in layers) != len(keys):
        return None

    cells = np.zeros(size, np.uint16)
    for taken, chosen in reversed(layers):  # the chosen cell is still 0, and no other key of its layer uses it
        cells[chosen] = prints[taken] ^ np.bitwise_xor.reduce(cells[positions[taken]], axis=1)
    return cells


def pack_cells(cells: np.ndarray) -> bytes:
    """Little-endian bit stream of the cells' low 11 bits, and 4 spare bytes so that a lookup may read past the end."""
    bits = (cells[:, None] >> np.arange(FINGERPRINT_BITS, dtype=np.uint16)) & 1
    return np.packbits(bits.astype(np.uint8).ravel(), bitorder="little").tobytes() + b"\0" * 4


def geometry(count: int) -> tuple[int, int]:
    """(log2 of the segment length, start segments) for ``count`` keys: the constants of the paper for arity 4."""
    shift = math.floor(math.log(count) / math.log(2.91) - 0.5)
    overhead = max(1.075, 0.77 + 0.305 * math.log(600_000) / math.log(count))
    return shift, math.ceil(count * overhead / (1 << shift)) - ARITY + 1


def main() -> None:
    write_fold(fold_rows(spelling_pairs()))
    keys = folded_lines(read_all())
    shift, starts = geometry(len(keys))
    seed, cells = 0, None
    while (cells := build_cells(keys, seed, shift, starts)) is None:
        seed += 1
    with atomic_open(DATA / "lines.bin", "wb") as f:
        f.write(HEADER.pack(MAGIC, seed, shift, starts, len(keys)))
        f.write(pack_cells(cells))
    size = (DATA / "lines.bin").stat().st_size
    print(f"{len(keys):,} lines, seed {seed}, {size:,} bytes, {8 * size / len(keys):.2f} bits a line")


if __name__ == "__main__":
    main()
