from __future__ import annotations

import json
from pathlib import Path

import pytest

from yayun.evaluation.cli import save
from yayun.evaluation.published import published_rows
from yayun.evaluation.render import markdown
from yayun.evaluation.rows import SCORES, Row
from yayun.measures.measured import Measured
from yayun.measures.measures import MEASURES, Assessed
from yayun.prosody.scores import WEIGHTS


def test_the_published_rows_are_complete_and_add_up() -> None:
    rows = {row.name: row for row in published_rows()}
    assert len(rows) == 17
    assert [rows["Xunzi-Yayun-R1-32B+RAG"].values[c] for c in SCORES] == [75.63, 91.23, 94.20, 98.76, 86.34]
    assert [rows["唐诗三百首"].values[c] for c in SCORES] == [72.99, 87.20, 93.72, 98.13, 83.91]
    for row in rows.values():
        assert row.source
        assert row.profile == "paper"
        parts = [row.values[c] or 0.0 for c in SCORES[:-1]]
        weighted = sum(w * part for w, part in zip(WEIGHTS, parts, strict=True))
        assert row.values["total"] == pytest.approx(weighted, abs=0.011), row.name


def ours() -> Row:
    values = dict.fromkeys(SCORES, 90.0) | {
        "all_rules": 80.0, "copied_lines": 0.0, "repeated_characters": 1.0, "seconds_per_poem": 0.5,
    }  # fmt: skip
    quality = tuple(Assessed(m, Measured(0.6, (0.55, 0.65), 9), Measured(0.5, None, 9)) for m in MEASURES)
    return Row("embedded", 9, "strict", values, {"all_rules": (70.0, 90.0)}, quality)


def test_markdown_has_all_three_parts_with_their_notes() -> None:
    text = markdown([*published_rows(), ours()])
    rows = text.splitlines()
    assert rows[0].startswith("| 模型类型 | 是否冷启动 | 模型名称 |")
    assert "Xunzi-Yayun-R1-32B+RAG (引)" in rows[2]  # best total first
    assert any("80.00 [70.00, 90.00]" in row for row in rows)
    assert any("0.600 (0.500)" in row for row in rows)
    for words in ("试题", "拟合", "不作凭据", "切题‡", "重字†"):
        assert words in text
    widths = {row.count("|") for row in rows if row.startswith("|") and "embedded" not in row and "引" in row}
    assert widths == {rows[0].count("|")}


def test_the_table_is_saved_as_markdown_json_and_plot(tmp_path: Path) -> None:
    rows = [*published_rows(), ours()]
    save(rows, tmp_path)
    assert (tmp_path / "table.md").read_text(encoding="utf-8") == markdown(rows)
    stored = json.loads((tmp_path / "table.json").read_text(encoding="utf-8"))
    assert [row["name"] for row in stored] == [row.name for row in rows]
    assert stored[-1]["quality"]["naturalness"] == {
        "value": 0.6, "ci95": [0.55, 0.65], "n": 9, "human": 0.5, "human_n": 9, "better": "low", "role": "evidence",
    }  # fmt: skip
    again = [Row.from_json(row) for row in stored]
    assert [row.to_json() for row in again] == stored
    assert [row.quality for row in again] == [row.quality for row in rows]
    assert "<svg" in (tmp_path / "table.svg").read_text(encoding="utf-8")
