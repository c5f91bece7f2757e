"""The published rows, quoted as published (``published.tsv``, a source on every row).

``kind`` and ``cold_start`` of a model are read off its name and the paper's description of its training (— where it is
not said); the numbers are the paper's. They were measured on its own requests with its own scorer.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from yayun.evaluation.rows import SCORES, Row


@cache
def published_rows() -> tuple[Row, ...]:
    """The published systems, best total first as the paper lists them, then its human rows and its 7B ablation."""
    head, *rows = (files("yayun.evaluation") / "published.tsv").read_text(encoding="utf-8").splitlines()
    names = head.split("\t")
    return tuple(_row(dict(zip(names, row.split("\t"), strict=True))) for row in rows)


def _row(fields: dict[str, str]) -> Row:
    return Row(
        fields["name"],
        None,
        "paper",
        {column: float(fields[column]) for column in SCORES},
        kind=fields["kind"],
        cold_start=fields["cold_start"],
        source=fields["source"],
    )
