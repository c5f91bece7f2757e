"""What people see in a terminal: poems on stdout, everything about them on stderr."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from yayun.composing.poem import punctuate
from yayun.errors import YayunError
from yayun.lazy import lazy
from yayun.prosody.readings.characters import INFERRED

if TYPE_CHECKING:
    import rich.console as rich_console
    from rich.console import Console

    from yayun import script as yayun_script
    from yayun.brief import Brief, fields, of_way
    from yayun.brief import text as brief_text
    from yayun.checking.check import Verdict
    from yayun.composing import road
    from yayun.composing.poem import Poem
    from yayun.composing.road import Options, Settled, Watch
    from yayun.decoding.decode import Draft
    from yayun.mending import standing
    from yayun.prompts.order import Order
    from yayun.prosody import render, render_tune
    from yayun.prosody.books import shelf
    from yayun.prosody.meter import by_book
    from yayun.prosody.meter.tunes import review as tunes_review
    from yayun.prosody.readings import lexicon
    from yayun.servers.wire import Listener
    from yayun.text import characters
else:
    rich_console = lazy("rich.console")
    fields = lazy("yayun.brief.fields")
    of_way = lazy("yayun.brief.of_way")
    brief_text = lazy("yayun.brief.text")
    road = lazy("yayun.composing.road")
    standing = lazy("yayun.mending.standing")
    shelf = lazy("yayun.prosody.books.shelf")
    by_book = lazy("yayun.prosody.meter.by_book")
    tunes_review = lazy("yayun.prosody.meter.tunes.review")
    lexicon = lazy("yayun.prosody.readings.lexicon")
    render = lazy("yayun.prosody.render")
    render_tune = lazy("yayun.prosody.render_tune")
    yayun_script = lazy("yayun.script")
    characters = lazy("yayun.text.characters")


def _console(stderr: bool = False) -> rich_console.Console:
    return rich_console.Console(stderr=stderr, highlight=False, soft_wrap=True)


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
    aside = _console(stderr=True)
    first = road.draw_seed() if options.seed is None else options.seed
    for number, one in enumerate([brief] if road.is_answer(brief) else of_way.apart(brief)):
        for poem in road.compose_all([one], replace(options, seed=first + number), watch=_trying(one, aside)):
            show_poem(poem)
        sys.stdout.flush()


def _trying(brief: Brief, aside: Console) -> Watch:
    """Shows the best draft of one poem so far, what is new of it."""
    before: tuple[str, ...] = ()

    def watch(_: int, settled: Settled, order: Order, draft: Draft) -> None:
        nonlocal before
        lines = standing.as_shown(draft.lines, brief)
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
    if isinstance(review, tunes_review.TuneReview):
        _console().print(render_tune.render_tune_review(review))
    elif isinstance(review, by_book.BookReview):
        _console().print(render_tune.render_book_review(review))
    else:
        _console().print(render.render_review(review))


_COMMON, _KNOWN = 200, 5  # uses in the corpus from which a character is common, and from which it isn't rare


def show_group(name: str, script: str | None = None, everything: bool = False) -> None:
    """A rhyme group's characters by use, commonest first; the rare ones counted, or with ``everything`` shown.

    ``script``: what to show them in, without it that of ``name``.
    """
    group = shelf.book(shelf.PINGSHUI).groups[fields.rhyme_of(name)]
    traditional = brief_text.is_traditional(name) if script is None else fields.parse_script(script) == "traditional"
    found = [
        (lexicon.uses(char), char if traditional else yayun_script.to_simplified(char))
        for char in lexicon.members(group.name)
    ]
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
    """A character's readings in 平水韵, with group, tone and sense."""
    char, held = characters.one_character(char), shelf.book(shelf.PINGSHUI)
    found = held.readings(char)
    if not found:
        raise YayunError(f"韵书里查不到“{char}”:请换用它的正体再查。")
    out = _console()
    for reading in found:
        group = held.groups[reading.group]
        said = [reading.sense] if reading.sense else []
        if gloss := readable(reading.gloss):
            said.append(gloss.rstrip("。") if reading.source == INFERRED else f"《广韵》:{gloss}")
        use = "(罕用)" if reading.rare else ""
        out.print(f"{group.label}  {'平' if group.level else '仄'}{use}  {' '.join(said)}  出{reading.source}")
