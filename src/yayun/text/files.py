"""Files and standard input: what can be read is read, what can't is refused by name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from yayun.errors import YayunError
from yayun.text.encodings import decode, encoding_of

_HEAD = 16  # rows that tell an encoding: as many as a batch settles together
_WIDE = ("utf-16", "utf-32")
LIMIT = 10_000_000  # bytes of a text to check
STDIN = ("-", "/dev/stdin")
# How files begin that are no text.
_KINDS = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "压缩包或 Office"),
    (b"\xd0\xcf\x11\xe0", "旧版 Office"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "gzip 压缩"),
    (b"\xfd7zXZ\x00", "xz 压缩"),
    (b"BZh", "bzip2 压缩"),
    (b"7z\xbc\xaf", "7z 压缩"),
    (b"Rar!", "RAR 压缩"),
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"SQLite format 3", "SQLite 数据库"),
    (b"PAR1", "Parquet"),
)


def name_of(file: str) -> str:
    """A file as messages name it."""
    return "标准输入" if file in STDIN else Path(file).name or file


def open_bytes(file: str) -> BinaryIO:
    """A file, a pipe (``<(…)``) or standard input (``-``). Raises YayunError where there is none to open."""
    if file in STDIN:
        return sys.stdin.buffer
    path = Path(file)
    if path.is_dir():
        raise YayunError(f"{file} 是文件夹:请给出其中的一个文件。")
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise YayunError(f"找不到文件 {file}。") from error
    except (OSError, ValueError) as error:
        raise YayunError(f"打不开文件 {file}:请查看它的权限。") from error


def read_bytes(file: str, limit: int = LIMIT) -> bytes:
    """What is in a file. Raises YayunError where there is nothing to read, or too much, or no text."""
    stream = open_bytes(file)
    try:
        raw = stream.read(limit + 1)
    except OSError as error:
        raise YayunError(f"读不了 {name_of(file)}。") from error
    finally:
        if file not in STDIN:
            stream.close()
    if len(raw) > limit:
        raise YayunError(f"文本太长:请分成不超过 {limit // 1_000_000} MB 的文件。")
    refuse_other_kinds(raw, file)
    return raw


def refuse_other_kinds(raw: bytes, file: str) -> None:
    """Raises YayunError, with its kind, for a file that is known to be no text."""
    for mark, kind in _KINDS:
        if raw.startswith(mark):
            raise YayunError(f"{name_of(file)} 是 {kind}文件,读不了:请另存为文本、JSON 或 CSV。")


def read_rows(file: str) -> Iterator[tuple[int, str | None]]:
    """The rows of a file, a pipe or standard input as they come, numbered from 1; None for one that is in another
    encoding than the first rows. Raises YayunError where there is nothing to read, or no text."""
    stream = open_bytes(file)
    try:
        head = list(islice(stream, _HEAD))
        start = b"".join(head)
        refuse_other_kinds(start, file)
        encoding = encoding_of(start, name_of(file)) if start else "utf-8"
        if encoding.startswith(_WIDE):  # a line break is several bytes
            text = decode(start + stream.read(), name_of(file))
            yield from enumerate(text.split("\n"), start=1)
            return
        for number, raw in enumerate(chain(head, stream), start=1):
            yield number, _decoded(raw, encoding)
    finally:
        if file not in STDIN:
            stream.close()


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def read_text(file: str) -> str:
    """The text of a file or of standard input. Raises YayunError where there is none."""
    return decode(read_bytes(file), name_of(file))
