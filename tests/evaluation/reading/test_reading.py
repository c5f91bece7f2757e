from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from yayun.corpus.store import CorpusPoem
from yayun.errors import YayunError
from yayun.evaluation.reading.answers import Mark, read_marks
from yayun.evaluation.reading.cli import app
from yayun.evaluation.reading.score import score, table
from yayun.evaluation.reading.sheet import HUMAN, Origin, Verse, read_key, read_verse, shuffled, write_sheet
from yayun.evaluation.reading.subjects import GREAT, Subject, share_out, subjects

MODEL = ("白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼")


def poem(title: str, split: str = "valid", author: str = "小家", lines: tuple[str, ...] = MODEL, dynasty: str = "唐"):
    return CorpusPoem(f"{title}{split}", dynasty, author, title, lines, (), split)


def great() -> list[CorpusPoem]:
    """Poets with more poems than 小家."""
    return [poem(f"诗{i}", "train", f"大家{i % GREAT}") for i in range(GREAT * 20)]


def test_only_regular_held_out_poems_of_minor_poets_with_a_subject_are_read() -> None:
    faulty = ("白日依山尽", "黄河入海天", "欲穷千里目", "更上一层楼")
    poems = [
        *great(),
        poem("登樓"), poem("登樓"), poem("遠山", "test"), poem("江上", "train"), poem("晚望", author="大家1"),
        poem("秋思其二"), poem("春風", lines=faulty), poem("明月", dynasty="明"),
    ]  # fmt: skip
    found = subjects(poems, "唐")
    assert [(s.title, s.form, s.rhyme, s.lines) for s in found] == [("登楼", "五绝", "尤", MODEL)]
    assert found[0].to_request() == {"title": "登楼", "form": "五绝", "rhyme": "尤"}
    assert [s.title for s in subjects([*poems, *(poem(f"诗{i}", "train", f"明人{i % GREAT}", dynasty="明")
            for i in range(GREAT * 20))], "明")] == ["明月"]  # fmt: skip
    with pytest.raises(YayunError, match="清代"):
        subjects(poems, "清")


def _subjects(form: str, count: int) -> list[Subject]:
    return [Subject(f"{form}{i}", form, "东", MODEL, "小家", str(i)) for i in range(count)]


def test_no_title_is_on_two_sides_and_forms_are_even_as_far_as_they_go() -> None:
    found = [s for form, n in (("五绝", 5), ("七绝", 30), ("五律", 30), ("七律", 30)) for s in _subjects(form, n)]
    sides = share_out(found, 3, 16, seed=1)
    assert [len(side) for side in sides] == [16] * 3
    titles = [s.title for side in sides for s in side]
    assert len(set(titles)) == 48
    counts = [[sum(s.form == form for s in side) for form in ("五绝", "七绝", "五律", "七律")] for side in sides]
    assert counts == [[1, 5, 5, 5]] * 3
    assert share_out(found, 3, 16, seed=1) == sides != share_out(found, 3, 16, seed=2)
    with pytest.raises(YayunError, match="只够"):
        share_out(found, 3, 40, seed=1)


def test_the_sheet_says_nothing_of_origins_and_the_key_says_all(tmp_path: Path) -> None:
    verses = [Verse(HUMAN if i % 2 else "normal", f"题{i}", "五绝", MODEL, f"源{i}") for i in range(10)]
    items, key = shuffled(verses, 3)
    write_sheet(tmp_path, items, key)
    for name in ("sheet.txt", "sheet.csv", "sheet.jsonl"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert all(f"题{i}" in text for i in range(10))
        assert "normal" not in text
        assert "源" not in text
    assert [item.title for item in items] != [verse.title for verse in verses]
    found = read_key(tmp_path / "key.jsonl")
    assert {n: found[n].title for n in found} == {item.number: item.title for item in items}
    assert all(found[n].arm == (HUMAN if int(found[n].title[1:]) % 2 else "normal") for n in found)
    with pytest.raises(YayunError, match=r"key\.jsonl"):
        read_key(tmp_path / "sheet.jsonl")


@pytest.mark.parametrize(
    "text",
    [
        "编号,通顺,技巧,像人写\n1,3.5,3,0\n2,5,4,1\n",
        "1 3.5 3 0\n\n2 5 4 1",
        "1、3.5、3、机\n2、5、4、人\n",
        '{"number": 1, "sense": 3.5, "craft": 3, "human": false}\n{"编号": 2, "通顺": 5, "技巧": 4, "像人写": "是"}\n',
        "编号,通顺,技巧,像人写,题目,体裁,诗\n1,3.5,3,0,春,五绝,白日\n2,5,4,1,秋,五绝,白日\n3,,,,冬,五绝,白日\n",
    ],
)
def test_marks_are_read_however_they_are_put(tmp_path: Path, text: str) -> None:
    path = tmp_path / "marks"
    path.write_text(text, encoding="utf-8")
    assert read_marks(path) == [Mark(1, 3.5, 3.0, False), Mark(2, 5.0, 4.0, True)]


@pytest.mark.parametrize("text", ["1,6,3,0", "1,3,3,0\n1,4,4,1", "1,好,3,0", "1", "", "1,3,3,也许"])
def test_marks_that_cannot_be_used_are_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "marks"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(YayunError):
        read_marks(path)


def test_marks_are_averaged_by_arm_and_compared_with_the_human_ones() -> None:
    key = {n: Origin(n, HUMAN if n <= 4 else "normal", "五绝" if n % 2 else "七律", f"题{n}", "") for n in range(1, 9)}
    first = [Mark(n, 5.0 if n <= 4 else 2.0 + (n > 6), 4.0, n <= 5) for n in range(1, 9)]
    second = [Mark(n, 4.0, None, None) for n in range(1, 5)]
    human, ours = score(key, [first, second])
    assert (human.arm, human.n, human.values["sense"], human.values["human"]) == (HUMAN, 4, 4.5, 1.0)
    assert ours.values == {"sense": 2.5, "craft": 4.0, "nonsense": 0.5, "human": 0.25}
    assert ours.of_human == round(2.5 / 4.5, 4)
    assert ours.forms == {"七律": (2.5, 2), "五绝": (2.5, 2)}
    low, high = ours.ci95["sense"]
    assert 2.0 <= low < 2.5 < high <= 3.0
    assert "50% [" in table([human, ours])
    with pytest.raises(YayunError, match="第 9 首"):
        score(key, [[Mark(9, 3.0, 3.0, True)]])


def test_poems_of_others_are_taken_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    row = {"title": "登樓", "form": "五言绝句", "lines": ["白日依山盡", *MODEL[1:]], "seed": 3}
    path.write_text(json.dumps(row, ensure_ascii=False) + '\n{"request": "x", "error": "不能"}\n', encoding="utf-8")
    assert read_verse(path, "别家") == {"登楼": Verse("别家", "登楼", "五绝", MODEL, "3")}
    path.write_text("{}\n", encoding="utf-8")
    with pytest.raises(YayunError, match="第 1 行"):
        read_verse(path, "别家")


def test_a_sheet_is_made_and_scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = "江楼远望春山秋水夜泊晚晴"
    held = [poem(names[i] + names[j]) for i in range(4) for j in range(6, 10)]
    monkeypatch.setattr("yayun.corpus.store.read_poems", lambda: iter([*great(), *held]))
    runner, other = CliRunner(), tmp_path / "other.jsonl"
    listed = runner.invoke(app, ["titles"], catch_exceptions=False).stdout.splitlines()
    assert len(listed) == 16
    rows = [json.loads(line) | {"lines": MODEL} for line in listed]
    other.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    asked = ["make", str(tmp_path / "sheet"), "--arm", f"别家={other}", "--arm", "quick", "-n", "4"]
    runner.invoke(app, asked, catch_exceptions=False)
    key = read_key(tmp_path / "sheet/key.jsonl")
    assert sorted(origin.arm for origin in key.values()) == sorted([HUMAN, "别家", "quick"] * 4)
    assert len({origin.title for origin in key.values()}) == 12
    marks = tmp_path / "marks.txt"
    marks.write_text("".join(f"{n},{5 if key[n].arm == HUMAN else 3},4,1\n" for n in key), encoding="utf-8")
    scored = runner.invoke(app, ["score", str(tmp_path / "sheet/key.jsonl"), str(marks), "--json"])
    found = [json.loads(line) for line in scored.stdout.splitlines()]
    assert (found[0]["arm"], found[0]["sense"], found[0]["of_human"]) == (HUMAN, 5.0, 1.0)
    assert {row["of_human"] for row in found[1:]} == {0.6}
    with pytest.raises(YayunError, match="--arm"):
        runner.invoke(app, ["make", str(tmp_path / "x"), "--arm", "slow"], catch_exceptions=False)
