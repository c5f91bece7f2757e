# yayun/retrieval/habits.py of yayun, copied by `yayun train export`: change it there.
"""What Tang poets chose where a request leaves it open: ``data/habits.tsv``, counted by ``scripts/build_habits.py``."""

from __future__ import annotations

from functools import cache
from .yayun_hub_tables import files


@cache
def habits(form: str, kind: str) -> dict[str, int]:
    """Counts of rhyme groups (``kind`` "rhyme") or pattern names ("pattern") for a form, or of short titles ("title",
    form ""), commonest first."""
    text = (files("yayun.retrieval") / "data" / "habits.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return {name: int(count) for f, k, name, count in rows if (f, k) == (form, kind)}
