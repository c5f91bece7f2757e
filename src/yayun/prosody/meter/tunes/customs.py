"""领字 and 对仗 where a tune customarily has them, as notes (龙榆生《唐宋词格律》)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from yayun.prosody.meter.finding import Finding
from yayun.prosody.meter.tunes.verdict import Judged, Spots


@cache
def _customs() -> dict[str, tuple[tuple[int, str, tuple[int, ...], int], ...]]:
    """Tune -> (length of the form, 领字 or 对仗, the clauses from 0, how many characters lead)."""
    text = (files("yayun.prosody.forms") / "data" / "tune_customs.tsv").read_text(encoding="utf-8")
    found: dict[str, list[tuple[int, str, tuple[int, ...], int]]] = {}
    for row in text.split("\n")[1:-1]:
        name, length, what, clauses, lead = row.split("\t")
        held = tuple(int(number) - 1 for number in clauses.split())
        found.setdefault(name, []).append((int(length), what, held, int(lead)))
    return {name: tuple(rows) for name, rows in found.items()}


def custom_findings(judged: Judged) -> Iterator[Finding]:
    """A note for each clause that customarily leads, or is parallel."""
    form, verse, (places, _, _) = judged
    spots = Spots(judged)
    starts, at = [], 0
    for clause in form.clauses:
        starts.append(at)
        at += len(clause.tones)
    for length, what, clauses, lead in _customs().get(form.tune, ()):
        if length != form.length or max(clauses) >= len(starts):
            continue
        own = [places[i] for i in range(starts[clauses[0]], starts[clauses[0]] + lead)]
        if what == "领字" and None not in own:
            words = "".join(verse.text[j] for j in own if j is not None)
            message = f"{spots.sentence(starts[clauses[0]])}例以「{words}」一类的领字领起"
            yield Finding("领字", "note", *spots.at(own[0] or 0), message)
        elif what == "对仗" and places[starts[clauses[0]]] is not None:
            sentences = "、".join(dict.fromkeys(spots.sentence(starts[number]) for number in clauses))
            yield Finding("对仗", "note", *spots.at(places[starts[clauses[0]]] or 0), f"{sentences}例用对仗")
