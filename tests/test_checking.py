"""``yayun check`` over files of every kind, and any console."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"
BAD = "白日依山尽，黄河入海中。欲穷千里目，更上一层楼。"


def yayun(*args: str, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "yayun", *args],
        input=stdin,
        capture_output=True,
        env={**os.environ, "PYTHONUTF8": "1", "NO_COLOR": "1", **env},
        timeout=120,
    )


def rows_of(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_a_table_gives_a_verdict_a_row(tmp_path: Path) -> None:
    table = tmp_path / "poems.csv"
    table.write_text(f'id,text,title\n7,"{GOOD}",登楼\n8,,空\n9,"{BAD}",\n', encoding="utf-8-sig")
    done = yayun("check", str(table), "--column", "text", "--json")
    rows = rows_of(done)
    assert done.returncode == 1
    assert [row["row"] for row in rows] == [1, 2, 3]
    assert [row.get("passed") for row in rows] == [True, None, False]
    assert (rows[0]["title"], rows[1]["error"]) == ("登楼", "这一行的“text”是空的。")
    shown = yayun("check", str(table))
    assert "第 1 行 《登楼》" in shown.stdout.decode()
    assert "第 2 行:" in shown.stderr.decode()


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    table = tmp_path / "poems.csv"
    table.write_text("id,poem_text\n1,x\n", encoding="utf-8")
    for args in ((), ("--column", "text")):
        done = yayun("check", str(table), *args)
        assert done.returncode == 2
        assert "poem_text" in done.stderr.decode()
        assert len(done.stderr.decode().splitlines()) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_poetry_json_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "poet.tang.0.json"
    poem = {"author": "王之涣", "title": "登鹳雀楼", "paragraphs": [GOOD[:12], GOOD[12:]]}
    file.write_bytes(json.dumps([poem, poem], ensure_ascii=False, indent=2).encode(encoding))
    done = yayun("check", str(file), "--json")
    assert [(row["row"], row["passed"], row["author"]) for row in rows_of(done)] == [
        (1, True, "王之涣"),
        (2, True, "王之涣"),
    ]


@pytest.mark.parametrize(
    ("name", "raw"),
    [("诗.pdf", b"%PDF-1.7\n"), ("诗.docx", b"PK\x03\x04"), ("诗.doc", b"\xd0\xcf\x11\xe0"), ("x", b"\x89PNG")],
)
def test_what_is_no_text_is_refused_by_name(tmp_path: Path, name: str, raw: bytes) -> None:
    (tmp_path / name).write_bytes(raw)
    done = yayun("check", str(tmp_path / name))
    assert done.returncode == 2
    assert name in done.stderr.decode()
    assert yayun("check", str(tmp_path)).returncode == 2


def test_standard_input_and_pipes(tmp_path: Path) -> None:
    assert yayun("check", "-", stdin=GOOD.encode()).returncode == 0
    assert yayun("check", "/dev/stdin", stdin=GOOD.encode("gb18030")).returncode == 0
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["sh", "-c", f"printf %s '{GOOD}' > {pipe}"]):
        assert yayun("check", str(pipe)).returncode == 0


def test_what_was_left_out_is_told() -> None:
    done = yayun("check", "-", stdin=f"登鹳雀楼\n{GOOD}（一作高）\n\n译文\n太阳落山了。".encode())
    assert done.returncode == 0
    assert "一作高" in done.stderr.decode()
    assert "太阳落山了" in done.stderr.decode()


@pytest.mark.parametrize(
    ("encoding", "args"),
    [
        ("cp1252", ["--help"]), ("cp1252", ["check", "-"]), ("gbk", ["check", "--help"]), ("ascii", ["rhyme", "东"]),
        ("cp950", ["--help"]), ("ascii", ["check", "-"]),
        ("gbk", ["rhyme", "--char", "看"]), ("latin-1", ["rhyme", "--help"]),
        ("utf-16", ["check", "-"]),
    ],
)  # fmt: skip
def test_no_console_ends_in_a_traceback(encoding: str, args: list[str]) -> None:
    done = yayun(*args, stdin=GOOD.encode(), PYTHONUTF8="0", PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stdout.decode(encoding)


def test_the_c_locale() -> None:
    done = yayun("check", "-", stdin=GOOD.encode(), PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", LC_ALL="C")
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)


def test_json_stays_json_on_any_console() -> None:
    done = yayun("check", "-", "--json", stdin=GOOD.encode(), PYTHONUTF8="0", PYTHONIOENCODING="cp1252")
    assert json.loads(done.stdout)["lines"][0] == "白日依山尽"


def test_a_big5_console_shows_traditional_characters() -> None:
    done = yayun("check", "-", stdin=GOOD.encode(), PYTHONUTF8="0", PYTHONIOENCODING="cp950")
    assert "黃河入海流" in done.stdout.decode("cp950")


def test_one_character_is_cleaned_like_any_text() -> None:
    assert yayun("rhyme", "--char", "⼭").stdout == yayun("rhyme", "--char", "山").stdout
    assert yayun("rhyme", "--char", "\ue000").returncode == 2
