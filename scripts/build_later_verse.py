"""Turn a checkout of snowtraces/poetry-source into the files that ``yayun corpus add`` reads.

    git clone https://github.com/snowtraces/poetry-source && git -C poetry-source checkout 17c276b
    python scripts/build_later_verse.py poetry-source OUT
    yayun corpus add OUT/*.jsonl.xz

The source (MIT) keeps 诗 and 词 by dynasty, a thousand or so to a JSON file, beside files of the same number with
readings (``.pinyin.json``) and, for most, one without notes (``.base.json``). 诗 of Tang and Song are left out: the
fetched corpus has them in traditional script. Written are ``shi-yuan``, ``shi-ming``, ``shi-qing``, ``shi-other`` and
``ci``.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from yayun.errors import YayunError
from yayun.home import atomic_open

_FILE = re.compile(r"(?:poetry|ci)\.\w+\.(\d+)(\.base)?\.json")
_NAMES = {"元": "shi-yuan", "明": "shi-ming", "清": "shi-qing"}
_FETCHED = ("唐", "宋")


def files_of(folder: Path) -> list[Path]:
    """One file a number, in their order; the one without notes where there is one."""
    found: dict[int, Path] = {}
    for path in sorted(folder.glob("*.json")):  # .base.json sorts before .json
        if (named := _FILE.fullmatch(path.name)) is not None:
            found.setdefault(int(named[1]), path)
    return [found[number] for number in sorted(found)]


def row_of(poem: dict[str, Any], genre: str) -> dict[str, Any]:
    """A row of ``yayun corpus add``'s schema."""
    return {
        "id": poem["id"],
        "genre": genre,
        "dynasty": poem["dynasty"],
        "author": poem["authorName"],
        "title": poem["title"],
        "paragraphs": poem["content"],
    }


def outputs(source: Path) -> Iterator[tuple[str, str, Path]]:
    """(name of the file to write, genre, file to read)."""
    for genre in ("诗", "词"):
        folders = sorted(path for path in (source / "source" / genre).glob("*") if path.is_dir())
        if not folders:
            raise YayunError(f"{source} 里没有 source/{genre}:请指向 snowtraces/poetry-source 的目录。")
        for folder in folders:
            if genre == "诗" and folder.name in _FETCHED:
                continue
            name = "ci" if genre == "词" else _NAMES.get(folder.name, "shi-other")
            yield from ((name, genre, path) for path in files_of(folder))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    plan = list(outputs(arguments.source))
    for name in dict.fromkeys(name for name, _, _ in plan):
        parts = [(genre, path) for other, genre, path in plan if other == name]
        count, out = 0, arguments.out / f"{name}.jsonl.xz"
        with atomic_open(out, "wb") as raw, lzma.open(raw, "wb") as packed:
            for genre, path in track(parts, name, console=Console(stderr=True)):
                for poem in json.loads(path.read_text(encoding="utf-8")):
                    packed.write(json.dumps(row_of(poem, genre), ensure_ascii=False).encode() + b"\n")
                    count += 1
        print(f"{out}: {count:,}")


if __name__ == "__main__":
    main()
