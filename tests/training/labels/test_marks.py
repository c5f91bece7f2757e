"""Sheets tell a reader nothing of the drafts' origin; marks come back to the drafts they are of."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yayun.errors import YayunError
from yayun.training.labels.ask import ask
from yayun.training.labels.marks import FAULTS, as_sheet, in_sheets, read_drafts, read_marks, to_label

LINES = ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓")


@pytest.fixture
def drafts(tmp_path):
    rows = [
        {"title": title, "form": "五绝", "lines": [*LINES[:3], f"更上{n}層樓"], "way": "backwards"}
        for title in ("登樓", "秋夜", "春曉")
        for n in "一二三四"
    ]
    path = tmp_path / "drafts.jsonl"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    return path


def test_a_sheet_shows_the_verse_by_title_and_nothing_of_its_origin(drafts):
    sheet = as_sheet(read_drafts(drafts, 3))
    assert "backwards" not in sheet
    assert sheet.count("《登楼》 五绝") == 1
    assert "黄河入海流" in sheet


def test_a_title_stays_on_one_sheet(drafts):
    sheets = in_sheets(read_drafts(drafts, 0), 5)
    assert [len(sheet) for sheet in sheets] == [8, 4]
    assert not {d.title for d in sheets[0]} & {d.title for d in sheets[1]}


@given(
    sense=st.integers(2, 10).map(lambda n: n / 2),
    lines=st.tuples(*[st.integers(0, 2)] * 4),
    why=st.sampled_from(FAULTS),
    comma=st.sampled_from(", ，\t;"),
)
def test_a_mark_is_read_as_it_was_meant(sense, lines, why, comma):
    from yayun.training.labels.marks import Drawn

    drawn = Drawn(7, "登樓", "五绝", LINES, {"title": "登樓", "form": "五绝", "seed": 5})
    text = f"好的,评分如下:\n{comma.join(('7', f'{sense:g}', ''.join(map(str, lines)), why))}\n"
    (mark,) = read_marks(text, [drawn]).values()
    label = to_label(drawn, mark, "one")
    assert (label["sense"], label["why"], label["seed"]) == (sense, why, 5)
    assert label["marks"] == "".join(map(str, lines))
    assert label["worst"] == (0 if min(lines) == 2 else lines.index(min(lines)) + 1)


@pytest.mark.parametrize("text", ["99,3,1111,0", "1,3,111,0", "1,3,1111,0\n1,3,1111,0"])
def test_marks_of_another_sheet_or_of_other_lines_are_refused(drafts, text):
    with pytest.raises(YayunError):
        read_marks(text, read_drafts(drafts, 0))


def test_a_damaged_draft_is_named_by_its_line(tmp_path):
    path = tmp_path / "drafts.jsonl"
    path.write_text('{"title": "a", "form": "五绝", "lines": ["b"]}\n{"title": 1}\n', encoding="utf-8")
    with pytest.raises(YayunError, match="第 2 行"):
        read_drafts(path, 0)


class Reader:
    """Marks what it is shown, and forgets a poem where told to; its first answers may be of no use."""

    def __init__(self, useless=0):
        self.useless, self.asked = useless, 0

    def model(self):
        return "reader"

    def complete(self, talk, **_):
        from yayun.servers.wire import Completion

        self.asked += 1
        if self.asked <= self.useless:
            return Completion("999,3,1111,0", "", "stop", 0)
        verse = talk[0]["content"].partition("《")[2]
        numbers = [line.split()[0] for line in verse.splitlines() if line[:1].isdigit()]
        return Completion("\n".join(f"{n},3.5,1121,E" for n in numbers), "", "stop", 0)


def test_a_teacher_is_asked_for_what_is_missing_and_only_for_that(drafts, tmp_path):
    out, drawn = tmp_path / "labels.jsonl", read_drafts(drafts, 0)
    assert ask(drawn[:4], out, Reader(), 1) == 4
    reader = Reader()
    assert ask(drawn, out, reader, 1) == 12
    assert ask(drawn, out, silent := Reader(), 1) == 12
    assert (reader.asked, silent.asked) == (1, 0)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert {row["reader"] for row in rows} == {"reader"}
    assert len({row["lines"] + row["title"] for row in rows}) == 12


def test_an_answer_that_is_of_another_sheet_is_an_error_and_nothing_is_written(drafts, tmp_path):
    out = tmp_path / "labels.jsonl"
    with pytest.raises(YayunError, match="不在这份卷子里"):
        ask(read_drafts(drafts, 0), out, Reader(useless=9), 1)
    assert not out.exists()
