"""How well requests are understood: ``asked.jsonl``, read and compared with what their writer means.

    python benchmarks/asked.py [FILE] [--held-out | --seen] [--all]

A row holds a request and what it asks for; a key that is missing is not asked for:

    form, rhyme, tone, pattern, first, count, script, acrostic, imagery, avoid, occasion    as in a ``Brief``
    book      the rhyme book, 平水韵 where none is said
    title     the titles that would do ("" for none)
    about     words of which the title, the theme or what the writer is told must hold one
    way       辘轳体, 集句 or 回文
    lines     lines given, by their number (from 1)
    aloud     words of which ``unread`` or ``notes`` must hold one: wishes that can't be kept yet
    refused   words of which the refusal must hold one; [""] for any refusal
    move      what is to become of the poem before (``brief.conversation``): again, rhyme, form, line, title …

Printed are the accuracy of each field, the share of requests with every field right, of those that are wrong but said
aloud (a refusal, or the words in ``unread`` and ``notes``), of silent misreadings, and every miss. Rows marked
``held_out`` were put aside until the reader was done.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yayun.brief import Brief, read_request
from yayun.brief.conversation import read_move
from yayun.brief.kin import in_poets_words
from yayun.brief.text import plain
from yayun.errors import YayunError
from yayun.prosody.books.shelf import PINGSHUI

ASKED = Path(__file__).parent / "asked.jsonl"
FIELDS = (
    "form",
    "rhyme",
    "tone",
    "pattern",
    "first",
    "count",
    "script",
    "acrostic",
    "imagery",
    "avoid",
    "occasion",
    "way",
)
NAMES = {"tone": "rhyme_tone", "first": "first_line_rhymes", "avoid": "avoid_words"}
NOT_SAID = {"count": 1, "script": "simplified", "acrostic": "", "imagery": [], "avoid": []}


@dataclass(frozen=True, slots=True)
class Reading:
    """How a request was read: the fields that are wrong, with what was read; ``aloud``: the user is told."""

    row: dict[str, Any]
    checked: tuple[str, ...]
    wrong: dict[str, str]
    aloud: bool


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=ASKED)
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--held-out", action="store_true", help="only the rows put aside")
    part.add_argument("--seen", action="store_true", help="only the others")
    asked = parser.parse_args()
    rows = [json.loads(line) for line in asked.file.read_text(encoding="utf-8").splitlines()]
    if asked.held_out or asked.seen:
        rows = [row for row in rows if bool(row.get("held_out")) == asked.held_out]
    report([read(row) for row in rows])


def read(row: dict[str, Any]) -> Reading:
    """Read one row's request and compare."""
    if "move" in row:
        return _compare_move(row)
    try:
        brief = read_request(row["request"])
    except YayunError as error:
        if "refused" in row:
            wrong = {} if _holds(str(error), row["refused"]) else {"refused": str(error)}
            return Reading(row, ("refused",), wrong, aloud=True)
        return Reading(row, ("understood",), {"understood": str(error)}, aloud=True)
    if "refused" in row:
        return Reading(row, ("refused",), {"refused": f"not refused: {_shown(brief)}"}, aloud=False)
    return _compare(row, brief)


def _compare(row: dict[str, Any], brief: Brief) -> Reading:
    told = plain("".join((*brief.unread, *brief.notes)))
    read_as = brief.to_dict() | {"way": brief.way and brief.way.name}
    wrong: dict[str, str] = {}
    checked: list[str] = []
    for name in FIELDS:
        want, got = row.get(name, NOT_SAID.get(name)), read_as[NAMES.get(name, name)]
        if name in ("form", "rhyme", "script", "occasion") and name not in row and _follows(row, name):
            continue
        checked.append(name)
        if want != got:
            wrong[name] = f"{want!r} read as {got!r}"
    checked.append("book")
    if (book := row.get("book", PINGSHUI)) != brief.book:
        wrong["book"] = f"{book} read as {brief.book}"
    checked.append("subject")
    if fault := _subject_fault(row, brief):
        wrong["subject"] = fault
    for number, line in row.get("lines", {}).items():
        checked.append("lines")
        if brief.locked[int(number) - 1 : int(number)] != (line,):
            wrong["lines"] = f"line {number} of {brief.locked}"
    if "aloud" in row:
        checked.append("aloud")
        if not _holds(told, map(plain, row["aloud"])):
            wrong["aloud"] = f"{row['aloud']} not told in {told!r}"
    return Reading(row, tuple(checked), wrong, aloud=bool(wrong) and "aloud" not in wrong and _told(row, wrong, told))


def _follows(row: dict[str, Any], name: str) -> bool:
    """May the field follow from others: the form and group from lines given, the form from an acrostic?"""
    return name in ("occasion", "script") or bool(row.get("lines") or (name == "form" and row.get("acrostic")))


def _subject_fault(row: dict[str, Any], brief: Brief) -> str | None:
    told = in_poets_words(brief.title, brief.occasion)
    said = f"《{brief.title}》 theme {brief.theme}, told {told}"
    if "title" in row and brief.title not in row["title"]:
        return f"title {row['title']} read as {said}"
    if "about" in row and not _holds(plain(f"{brief.title} {brief.theme} {told}"), map(plain, row["about"])):
        return f"{row['about']} read as {said}"
    if "title" not in row and "about" not in row and (brief.title or brief.theme):
        return f"none read as {said}"
    if len(brief.title) > 12 and "title" not in row:
        return f"no poet's title: {said}"
    return None


def _told(row: dict[str, Any], wrong: dict[str, str], told: str) -> bool:
    """Does what the user is told hold the words of every wish that was missed?"""
    wishes = [*row.get("about", ())[:1], *row.get("imagery", ()), *row.get("avoid", ()), row.get("acrostic") or ""]
    return (
        bool(told)
        and any(plain(wish) in told for wish in wishes if wish)
        and set(wrong) <= {"subject", "imagery", "avoid", "acrostic"}
    )


def _compare_move(row: dict[str, Any]) -> Reading:
    move = read_move(row["request"])
    if move is None:
        return Reading(row, ("move",), {"move": f"{row['move']} not seen"}, aloud=False)
    wrong = {} if row["move"] in move.kinds else {"move": f"{row['move']} read as {move}"}
    if "line" in row and row["line"] - 1 not in {n % 4 if n < 0 else n for n in move.lines}:
        wrong["line"] = f"{row['line']} read as {move.lines}"
    said = {"form": move.form, "rhyme": move.rhyme, "title": move.title, "pattern": move.pattern}
    for name, got in said.items():
        want = row.get(name)
        if want is not None and got not in (want if isinstance(want, list) else [want]):
            wrong[name] = f"{want} read as {got}"
    return Reading(row, ("move",), wrong, aloud=False)


def _holds(text: str, words: Any) -> bool:
    return any(word in text for word in words)


def _shown(brief: Brief) -> dict[str, Any]:
    return {k: v for k, v in brief.to_dict().items() if v and k not in ("request", "script", "count")}


def report(readings: list[Reading]) -> None:
    """Print figures and misses."""
    seen: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for reading in readings:
        seen.update(set(reading.checked))
        missed.update(set(reading.wrong))
    print(f"{'field':<12}{'n':>5}  right")
    for name in sorted(seen, key=lambda name: -seen[name]):
        print(f"{name:<12}{seen[name]:>5}  {1 - missed[name] / seen[name]:.1%}")
    total = len(readings)
    right = sum(not r.wrong for r in readings)
    aloud = sum(bool(r.wrong) and r.aloud for r in readings)
    silent = total - right - aloud
    print(f"\n{total} requests: every field right {right / total:.1%}, right or told {(right + aloud) / total:.1%},"
          f" silent misreadings {silent / total:.1%} ({silent})\n")  # fmt: skip
    for reading in readings:
        for name, fault in reading.wrong.items():
            print(f"{'aloud ' if reading.aloud else 'SILENT'} {reading.row['request']} | {name}: {fault}")


if __name__ == "__main__":
    main()
