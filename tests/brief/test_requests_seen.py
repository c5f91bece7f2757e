"""Requests as people type them, each with every field it should come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from yayun.brief import Brief, read_request
from yayun.errors import YayunError

TABLE = Path(__file__).parents[1] / "requests_seen.tsv"
ROWS = [tuple(line.split("\t")) for line in TABLE.read_text(encoding="utf-8").splitlines()]
LISTS = {"imagery": "imagery", "avoid_rhymes": "avoid_rhymes", "avoid": "avoid_words"}


def expected(request: str, fields: str) -> Brief:
    values: dict[str, object] = {"request": request}
    for field in fields.split(" "):
        name, value = field.split("=")
        if name in LISTS:
            values[LISTS[name]] = tuple(value.split(","))
        elif name == "first":
            values["first_line_rhymes"] = value == "yes"
        elif name == "count":
            values["count"] = int(value)
        else:
            values["rhyme_tone" if name == "tone" else name] = value
    return Brief(**values)  # type: ignore[arg-type]


def test_table_is_large() -> None:
    assert len({request for request, _ in ROWS}) == len(ROWS) >= 150


@pytest.mark.parametrize(("request_text", "fields"), [r for r in ROWS if not r[1].startswith("error=")])
def test_read(request_text: str, fields: str) -> None:
    want = expected(request_text, fields).to_dict()
    got = read_request(request_text).to_dict()
    for name in ("unread", "notes", "occasion"):  # these have tests of their own
        del want[name], got[name]
    assert got == want


@pytest.mark.parametrize(("request_text", "fields"), [r for r in ROWS if r[1].startswith("error=")])
def test_refused(request_text: str, fields: str) -> None:
    with pytest.raises(YayunError) as error:
        read_request(request_text)
    message = str(error.value)
    assert fields.removeprefix("error=") in message
    assert message.endswith("。")
    assert "\n" not in message
