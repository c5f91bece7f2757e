"""What people see in a terminal: poems on stdout, everything about them on stderr."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from yayun.composing.poem import punctuate
from yayun.errors import YayunError

if TYPE_CHECKING:
    from rich.console import Console

    from yayun.brief import Brief
    from yayun.checking.check import Verdict
    from yayun.composing.poem import Poem
    from yayun.composing.road import Options, Settled, Watch
    from yayun.decoding.decode import Draft
    from yayun.prompts.order import Order
    from yayun.servers.wire import Listener


def _console(stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def show_poem(poem: Poem) -> None:
    """The verse on stdout; the plan, pattern and findings on stderr, dimmed."""
    import typer  # loaded already, where rich would take as long as a couplet

    typer.secho(poem.think, dim=True, err=True)
    typer.secho(f"《{poem.heading}》", bold=True)
    typer.echo(str(poem))
    if poem.banner:
        typer.echo(f"横批:{poem.banner}")
    for line, source in zip(poem.lines, poem.sources, strict=False):
        typer.echo(f"{line}  {source.dynasty}·{source.author}《{source.title}》")
    if poem.backwards is not None:
        turned = punctuate(poem.backwards.lines, poem.backwards.as_form)
        typer.echo("倒读:\n" + "\n".join(turned))
    kind = f"{poem.pattern or ''} {poem.rhyme or '无'}韵"
    if poem.book:
        kind = f"{poem.pattern or ''} {poem.book} {poem.rhyme or '无'}韵"
    if poem.tune:
        kind = f"{poem.tune} {poem.variant} {poem.book} {poem.rhyme or ''}"
    facts = f"{poem.form} {kind} 种子 {poem.seed} 用时 {poem.seconds:.2f} 秒"
    typer.secho(facts, dim=True, err=True)
    for finding in poem.review.findings:
        typer.secho(f"{finding.rule}:{finding.message}", dim=True, err=True)


def tell_apart(unread: Sequence[str], notes: Sequence[str]) -> None:
    """What of a request is not taken up, or in another way than it was said, on stderr."""
    for note in notes:
        print(note, file=sys.stderr)
    if left := [words for words in unread if not any(words in note for note in notes)]:
        print(f"没有读懂、已略过:{'、'.join(left)}", file=sys.stderr)


def stream_poems(brief: Brief, options: Options) -> None:
    """Write ``brief.count`` poems; on stderr, dimmed, the best draft so far as it comes, then the poem as always."""
    from yayun.brief.of_way import apart
    from yayun.composing.road import compose_all, draw_seed, is_answer

    aside = _console(stderr=True)
    first = draw_seed() if options.seed is None else options.seed
    for number, one in enumerate([brief] if is_answer(brief) else apart(brief)):
        for poem in compose_all([one], replace(options, seed=first + number), watch=_trying(one, aside)):
            show_poem(poem)
        sys.stdout.flush()


def _trying(brief: Brief, aside: Console) -> Watch:
    """Shows the best draft of one poem so far, what is new of it."""
    from yayun.mending.standing import as_shown

    before: tuple[str, ...] = ()

    def watch(_: int, settled: Settled, order: Order, draft: Draft) -> None:
        nonlocal before
        lines = as_shown(draft.lines, brief)
        grown = lines[: len(before)] == before
        for couplet in punctuate(lines)[len(before) // 2 if grown else 0 :]:
            aside.print(f"试写:{couplet}", style="dim")
        before = lines

    return watch


def listening() -> Listener:
    """Shows what a large model says as it says it, dimmed, on stderr."""
    aside = _console(stderr=True)

    def tell(_: str, piece: str) -> None:
        aside.print(piece, style="dim", end="", markup=False)

    return tell


def show_review(review: Verdict) -> None:
    """A reviewed poem with its signs, findings and verdict, on stdout."""
    from yayun.prosody.meter.by_book import BookReview
    from yayun.prosody.meter.tunes.review import TuneReview
    from yayun.prosody.render import render_review
    from yayun.prosody.render_tune import render_book_review, render_tune_review

    if isinstance(review, TuneReview):
        _console().print(render_tune_review(review))
    elif isinstance(review, BookReview):
        _console().print(render_book_review(review))
    else:
        _console().print(render_review(review))


_COMMON, _KNOWN = 200, 5  # uses in the corpus from which a character is common, and from which it isn't rare


def show_group(name: str, script: str | None = None, everything: bool = False) -> None:
    """A rhyme group's characters by use, commonest first; the rare ones counted, or with ``everything`` shown.

    ``script``: what to show them in, without it that of ``name``.
    """
    from yayun.brief.fields import parse_script, rhyme_of
    from yayun.brief.text import is_traditional
    from yayun.prosody.books.shelf import PINGSHUI, book
    from yayun.prosody.readings.lexicon import members, uses
    from yayun.script import to_simplified

    group = book(PINGSHUI).groups[rhyme_of(name)]
    traditional = is_traditional(name) if script is None else parse_script(script) == "traditional"
    found = [(uses(char), char if traditional else to_simplified(char)) for char in members(group.name)]
    kinds = (
        ("常用", [char for count, char in found if count >= _COMMON]),
        ("少用", [char for count, char in found if _KNOWN <= count < _COMMON]),
        ("生僻", [char for count, char in found if count < _KNOWN]),
    )
    out = _console()
    out.print(f"{group.label}({'平' if group.level else '仄'})", style="bold")
    for kind, chars in kinds:
        unique = "".join(dict.fromkeys(chars))
        if kind == "生僻" and unique and not everything:
            out.print(f"{kind}:{len(unique)} 字(加 --all 列出)", style="dim")
        elif unique:
            out.print(f"{kind}:{unique}")


_SPELLING = re.compile(r"..切[一二三四五六七八九十]*")  # 苦干切, and how many characters share the sound


def readable(gloss: str) -> str:
    """The rhyme book's words without its spelling and count of characters, with a stop after each 也."""
    text = _SPELLING.sub("", re.sub(r"又(?:音.|..切)", "", gloss))
    return re.sub(r"也(?=.)", "也；", text) + "。" * bool(text)


def show_char(char: str) -> None:
    """A character's readings, with group, tone and sense."""
    from yayun.prosody.books.shelf import PINGSHUI, book
    from yayun.prosody.readings.characters import INFERRED
    from yayun.prosody.readings.lexicon import readings
    from yayun.text.characters import one_character

    char = one_character(char)
    found = readings(char)
    if not found:
        raise YayunError(f"韵书里查不到“{char}”:请换用它的正体再查。")
    out = _console()
    for reading in found:
        group = book(PINGSHUI).groups[reading.group]
        said = [reading.sense] if reading.sense else []
        if gloss := readable(reading.gloss):
            said.append(gloss.rstrip("。") if reading.source == INFERRED else f"《广韵》:{gloss}")
        use = "(罕用)" if reading.rare else ""
        out.print(f"{group.label}  {'平' if group.level else '仄'}{use}  {' '.join(said)}  出{reading.source}")
