"""What people see in a terminal: poems on stdout, everything about them on stderr."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from yayun.errors import YayunError

if TYPE_CHECKING:
    from rich.console import Console

    from yayun.poem import Poem
    from yayun.prosody.review import Review

TEXT_LIMIT = 10_000_000  # bytes of a file to check


def read_text(file: str) -> str:
    """The text of a file or of standard input (``-``), UTF-8 or GB18030.

    Raises YayunError when there is none to read.
    """
    if file == "-":
        raw = sys.stdin.buffer.read(TEXT_LIMIT + 1)
    else:
        path = Path(file)
        if not path.is_file():
            raise YayunError(f"找不到文件 {file}。")
        raw = path.read_bytes()[: TEXT_LIMIT + 1]
    if len(raw) > TEXT_LIMIT:
        raise YayunError(f"文本太长:请分成不超过 {TEXT_LIMIT // 1_000_000} MB 的文件。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise YayunError("认不出文本的编码:请存成 UTF-8 或 GB18030。")


def _console(stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def show_poem(poem: Poem, stream: bool = False) -> None:
    """The verse on stdout; the plan, pattern and findings on stderr, dimmed."""
    aside = _console(stderr=True)
    aside.print(poem.think, style="dim")
    out = _console()
    if poem.title:
        out.print(f"《{poem.title}》", style="bold")
    for couplet in poem.couplets():
        out.print(couplet)
    facts = f"{poem.form} {poem.pattern or ''} {poem.rhyme or '无'}韵 种子 {poem.seed} 用时 {poem.seconds:.2f} 秒"
    aside.print(facts, style="dim")
    for finding in poem.review.findings:
        aside.print(f"{finding.rule}:{finding.message}", style="dim")


def show_review(review: Review) -> None:
    """A reviewed poem with its signs, findings and verdict, on stdout."""
    from yayun.prosody.render import render_review

    _console().print(render_review(review))


def show_group(name: str) -> None:
    """A rhyme group's characters, commonest first."""
    from yayun.brief.fields import parse_rhyme
    from yayun.prosody.groups import groups
    from yayun.prosody.lexicon import members

    group = groups()[parse_rhyme(name)]
    out = _console()
    out.print(f"{group.label}({'平' if group.level else '仄'})", style="bold")
    out.print("".join(members(group.name)))


def show_char(char: str) -> None:
    """A character's readings, with group, tone and sense."""
    from yayun.prosody.groups import groups
    from yayun.prosody.lexicon import readings

    if len(char) != 1:
        raise YayunError("--char 只能查一个字。")
    found = readings(char)
    if not found:
        raise YayunError(f"韵书里查不到“{char}”:请换用它的正体再查。")
    out = _console()
    for reading in found:
        group = groups()[reading.group]
        out.print(f"{group.label}\t{'平' if group.level else '仄'}\t{reading.sense or reading.gloss}\t{reading.source}")
