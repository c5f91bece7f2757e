"""A run's samples on disk, memory-mapped: made once, opened at once when the run goes on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import overload

import numpy as np

from yayun.training.samples import Sample

FOLDER = "shelf"
_ROWS, _STARTS = "samples.jsonl", "starts.npy"


class Shelf(Sequence[Sample]):
    """The samples of a folder that ``write`` made; a sample is read when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self._starts = np.load(folder / _STARTS, mmap_mode="r")  # (samples + 1,) int64, bytes
        self._bytes = np.memmap(folder / _ROWS, np.uint8, "r")

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> list[Sample]: ...
    def __getitem__(self, index: int | slice) -> Sample | list[Sample]:
        """The sample at a place, or those of a slice."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return _read(self._bytes[self._starts[index] : self._starts[index + 1]].tobytes())

    def __iter__(self) -> Iterator[Sample]:
        return (self[i] for i in range(len(self)))


def shelve(folder: Path, samples: Iterable[Sample]) -> Shelf:
    """Write ``folder`` whole or not at all, and open it."""
    scratch = folder.parent / f".{folder.name}.new"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    starts = [0]
    with (scratch / _ROWS).open("wb") as f:
        for sample in samples:
            starts.append(starts[-1] + f.write(_written(sample)))
    np.save(scratch / _STARTS, np.array(starts, np.int64))
    scratch.rename(folder)
    return Shelf(folder)


def _written(sample: Sample) -> bytes:
    row = [getattr(sample, name) for name in Sample.__slots__]
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _read(row: bytes) -> Sample:
    values = dict(zip(Sample.__slots__, json.loads(row), strict=True))
    values["lines"] = tuple(values["lines"])
    values["words"] = tuple(map(tuple, values["words"]))
    values["marks"] = values["marks"] and tuple(map(tuple, values["marks"]))
    return Sample(**values)
