"""The 219 entries of 唐诗三百首 tagged 绝句 or 律诗: every error is on the reviewed list, with who is to blame."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from yayun.corpus.store import corpus_path, read_poems
from yayun.prosody.meter.rules import RULES
from yayun.prosody.review import review
from yayun.script import to_simplified

TAGS = {"五言绝句", "七言绝句", "五言律诗", "七言律诗"}


def reviewed() -> list[dict[str, str]]:
    with (Path(__file__).parent / "anthology_findings.tsv").open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f, delimiter="\t"))


def test_every_row_says_who_is_to_blame_and_why() -> None:
    rows = reviewed()
    assert len({tuple(row.values()) for row in rows}) == len(rows)
    for row in rows:
        assert row["blame"] in ("poem", "text", "lexicon", "rule")
        assert row["rule"] in {rule.name for rule in RULES}
        assert row["remark"]
    # No false error may come from a rule.
    assert not [row for row in rows if row["blame"] == "rule"]


@pytest.mark.nightly
def test_every_error_reported_is_on_the_list() -> None:
    if not corpus_path().exists():
        pytest.skip("needs the corpus (yayun corpus fetch)")
    poems = [p for p in read_poems() if "唐诗三百首" in p.tags and TAGS & set(p.tags)]
    assert len(poems) == 219
    expected = sorted((row["title"], row["author"], row["rule"], row["line"]) for row in reviewed())
    for convert in (str, to_simplified):
        found = [
            (p.title, p.author, finding.rule, str(finding.line or ""))
            for p in poems
            for finding in review([convert(line) for line in p.lines]).findings
            if finding.severity == "error"
        ]
        assert sorted(found) == expected
