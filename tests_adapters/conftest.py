from __future__ import annotations

import json
from pathlib import Path

import pytest

# A poem that keeps every rule, a reply that is no verse, and one that has the form but not the group.
GOOD = "<think>登高望远。</think><answer>白日依山尽,黄河入海流。\n欲穷千里目,更上一层楼。</answer>"
NONE = "I cannot write poems."
OTHER = "红豆生南国,春来发几枝。愿君多采撷,此物最相思。"
REQUESTS = (
    {"request": "以'登楼'为题写一首五言绝句,押尤韵"},
    {"title": "春望", "form": "七律", "rhyme": "先", "imagery": ["柳"]},
    {"request": "写一首五绝,押屋韵,题目是“雪夜”"},
)


@pytest.fixture
def requests_file(tmp_path: Path) -> Path:
    path = tmp_path / "requests.jsonl"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in REQUESTS), encoding="utf-8")
    return path
