from __future__ import annotations

import json
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.backends.chat_server import gone, say, serving, stream

REGULAR = "白日依山尽,黄河入海流。欲穷千里目,更上一层楼。"
FAULTY = "白日依山尽,黄河入海中。欲穷千里目,更上一层楼。"


def yayun(*args: str, stdin: str | bytes = b"") -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "yayun", *args],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env={**os.environ, "PYTHONUTF8": "1", "NO_COLOR": "1"},
        timeout=120,
    )
    return subprocess.CompletedProcess(args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_compose_prints_the_poem_alone_on_stdout() -> None:
    done = yayun("compose", "以'春风'为题写一首五言绝句,押东韵", "--seed", "1")
    assert done.returncode == 0, done.stderr
    title, first, second = done.stdout.splitlines()
    assert title == "《春风》"
    assert len(first) == len(second) == 12
    assert "韵脚" in done.stderr


def test_compose_json_is_one_object_a_poem() -> None:
    done = yayun(
        "compose", "--title", "秋夜", "--form", "七绝", "--rhyme", "上平一东", "-n", "2", "--json", "--seed", "4"
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["rhyme"] for r in rows] == ["东", "东"]
    assert all(r["review"]["passed"] for r in rows)
    assert rows[0]["lines"] != rows[1]["lines"]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["押猫狗韵的五绝"], "韵"),
        ([""], "请求"),
        (["今天天气不错"], "请"),
        (["写" * 40_000], "太长"),
        (["以'春风'为题写一首五绝", "--rhyme", "xyz"], "韵"),
        (["写一首五绝,藏头:春夏秋"], "藏头"),
    ],
)
def test_what_cannot_be_used_gets_one_sentence_and_exit_2(args: list[str], says: str) -> None:
    done = yayun("compose", *args)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert says in done.stderr


def test_the_version() -> None:
    from yayun import __version__

    assert yayun("--version").stdout == f"yayun {__version__}\n"


def test_words_without_quotes_and_standard_input_are_a_request() -> None:
    asked = yayun("compose", "咏竹五绝", "--seed", "3").stdout
    assert yayun("compose", "咏竹", "五绝", "--seed", "3").stdout == asked
    assert yayun("compose", "-", "--seed", "3", stdin="咏竹五绝\n").stdout == asked


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["check", "--nope"], "没有 --nope 这个选项"),
        (["chek"], "没有“chek”这个命令"),
        (["compose", "--seed", "x"], "--seed 要是一个数"),
        (["compose", "-n", "200"], "1<=x<=100"),
        (["compose", "--mode", "y"], "guided, free"),
        (["check", "a", "b"], "多出了“b”"),
        (["compose", "--title"], "--title"),
    ],
)
def test_what_the_parser_refuses_is_said_in_chinese(args: list[str], says: str) -> None:
    done = yayun(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_help_names_the_extra_and_cuts_no_option() -> None:
    assert "yayun[serve]" in yayun("serve", "--help").stdout
    assert "--first-line-rhymes / --no-first-line-rhymes" in yayun("compose", "--help").stdout


def test_check_exit_codes_and_json() -> None:
    assert yayun("check", "-", stdin=REGULAR).returncode == 0
    done = yayun("check", "-", "--rhyme", "尤", "--json", stdin=FAULTY)
    assert done.returncode == 1
    row = json.loads(done.stdout)
    assert {"passed", "findings", "scores", "form", "rhyme", "pattern", "lines"} <= set(row)
    assert not row["passed"]
    assert any(f["rule"] == "出韵" and f["line"] == 2 for f in row["findings"])


def test_check_reads_gb18030_and_refuses_what_is_no_text(tmp_path: Path) -> None:
    poem = tmp_path / "poem.txt"
    poem.write_bytes(REGULAR.encode("gb18030"))
    assert yayun("check", str(poem)).returncode == 0
    assert yayun("check", str(tmp_path / "none.txt")).returncode == 2
    poem.write_bytes(b"\xff\xff\xff")
    assert yayun("check", str(poem)).returncode == 2


def test_rhyme_by_group_and_by_character() -> None:
    group = yayun("rhyme", "东")
    assert group.returncode == 0
    assert "上平一东" in group.stdout
    assert "风" in group.stdout
    assert "生僻:" in group.stdout
    assert "風" in yayun("rhyme", "東").stdout
    assert "風" in yayun("rhyme", "东", "--script", "traditional").stdout
    assert len(yayun("rhyme", "东", "--all").stdout) > len(group.stdout)
    char = yayun("rhyme", "--char", "看")
    assert "寒" in char.stdout
    assert "翰" in char.stdout


def test_batch_keeps_order_goes_on_past_a_bad_line_and_exits_1(tmp_path: Path) -> None:
    batch = tmp_path / "requests.jsonl"
    lines = [
        {"request": "以'春风'为题写一首五言绝句,押东韵"},
        {"request": "你好"},
        {"title": "江雪", "form": "七绝", "rhyme": "侵"},
        {"title": "x", "colour": "red"},
    ]
    text = "\n".join([*(json.dumps(row, ensure_ascii=False) for row in lines), "not json"])
    batch.write_text(text, encoding="utf-8")
    done = yayun("compose", "--batch", str(batch), "--json", "--seed", "1")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1, done.stderr
    assert [("error" in r) for r in rows] == [False, True, False, True, True]
    assert rows[2]["title"] == "江雪"
    assert rows[1]["request"] == "你好"


def test_help_is_chinese_and_quick_to_import() -> None:
    done = yayun("--help")
    assert "写诗" in done.stdout
    code = "import sys, yayun, yayun.cli; print(sorted({'numpy','torch','onnxruntime','opencc'} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_a_server_writes_and_the_result_says_how_it_was_mended() -> None:
    verse = "<think>写登楼。</think><answer>白日依山尽,黄河入海流。欲穷千里目,更上一层楼。</answer>"
    with serving(say(verse)) as server:
        asked = ["compose", "以《登楼》为题写一首五言绝句,押尤韵", "--backend", "openai", "--json", "--seed", "1"]
        done = yayun(*asked, "--base-url", server.url, "--max-calls", "3")
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert row["backend"] == "openai"
    assert row["review"]["passed"]
    assert "repair" in row
    assert len(server.requests) <= 3
    gone = yayun("compose", "以《登楼》为题写一首五言绝句", "--backend", "openai")
    assert gone.returncode == 2
    assert "--base-url" in gone.stderr


def test_stream_shows_the_same_kind_of_poem_couplet_by_couplet() -> None:
    done = yayun("compose", "写两首七律《秋兴》,押东韵", "--stream", "--seed", "3")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith("《")] == ["《秋兴》"] * 2
    assert len(lines) == 10
    assert yayun("check", "-", "--form", "七律", "--rhyme", "东", stdin="\n".join(lines[1:5])).returncode == 0


def test_the_help_page_is_up_to_date() -> None:
    from scripts.build_cli_docs import OUT, page

    assert OUT.read_text(encoding="utf-8") == page()


def test_batch_through_a_server_keeps_order_and_loses_nothing(tmp_path: Path) -> None:
    batch = tmp_path / "requests.jsonl"
    rows = [{"title": "登楼", "form": "五绝", "rhyme": "尤"}, {"request": "你好"}, {"title": "江雪", "form": "五绝"}]
    batch.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    poem = "远岸云初散，平芜雨未收。柳枝春色晚，落日满汀洲。"

    def fails_on_snow(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        (gone() if "江雪" in body["messages"][1]["content"] else say(poem))(handler, body)

    with serving(fails_on_snow) as server:  # the two are asked at once
        asked = ["compose", "--batch", str(batch), "--backend", "openai", "--base-url", server.url, "--json"]
        done = yayun(*asked, "--seed", "1", "--mode", "free", "--model", "tiny", "--max-calls", "3")
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 1, done.stderr
    assert (first["title"], first["backend"], len(first["lines"])) == ("登楼", "openai", 4)
    assert "请" in second["error"]
    assert third["request"] == "江雪"
    assert third["error"].endswith("。")
    assert "Traceback" not in done.stderr


def test_stream_shows_what_a_large_model_says_on_stderr_and_the_poem_on_stdout() -> None:
    poem = "远岸云初散，平芜雨未收。柳枝春色晚，落日满汀洲。"
    with serving(stream([{"reasoning_content": "先想立意。"}, {"content": poem, "finish": "stop"}])) as server:
        asked = ["compose", "以《登楼》为题写一首五言绝句,押尤韵", "--backend", "openai", "--base-url", server.url]
        done = yayun(*asked, "--model", "tiny", "--stream", "--mode", "free", "--seed", "1")
    assert done.stdout == "《登楼》\n远岸云初散，平芜雨未收。\n柳枝春色晚，落日满汀洲。\n"
    assert done.stderr.startswith("先想立意。远岸云初散")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--backend", "transformers:/nowhere"], "config.json"),
        (["--backend", "transformers"], "模型目录"),
        (["--backend", "gpt"], "embedded"),
        (["--model", "x"], "openai"),
    ],
)
def test_backends_that_cannot_be_used(args: list[str], says: str) -> None:
    done = yayun("compose", "以'春风'为题写一首五言绝句", *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1
    assert says in done.stderr


def test_a_folder_of_weights_writes_too() -> None:
    from yayun.hub.folder import model_dir

    asked = ["compose", "以'春风'为题写一首五言绝句,押东韵", "--backend", f"transformers:{model_dir()}"]
    done = yayun(*asked, "--json", "--seed", "1", "--mode", "free")
    row = json.loads(done.stdout)
    assert (row["backend"], row["mode"]) == ("transformers", "free")
    assert row["lines"]


def test_senses_are_punctuated_and_bare_of_spellings() -> None:
    from yayun.terminal.show import readable

    assert readable("經也又過所也釋名曰過所至") == "經也；又過所也；釋名曰過所至。"
    assert readable("視也苦寒切七") == "視也。"
    assert readable("又苦干切") == ""
    assert "視也。" in yayun("rhyme", "--char", "看").stdout


def test_no_colour_is_written_to_a_terminal_that_wants_none() -> None:
    import pty

    command = [sys.executable, "-m", "yayun", "compose", "咏竹五绝", "--seed", "3", "--effort", "quick"]
    shown = {}
    for wish in ("", "1"):
        master, slave = pty.openpty()
        env = {**os.environ, "NO_COLOR": wish, "TERM": "xterm-256color", "PYTHONUTF8": "1"}
        subprocess.run(command, stdout=slave, stderr=slave, env=env, check=True, timeout=120)
        os.close(slave)
        shown[wish] = os.read(master, 65536)
        os.close(master)
    assert b"\x1b[" in shown[""]
    assert b"\x1b[" not in shown["1"]


def test_many_poems_come_one_after_another_and_an_interrupt_keeps_them() -> None:
    import signal

    command = [sys.executable, "-m", "yayun", "compose", "咏竹五绝", "--seed", "3", "-n", "60", "--json"]

    def heard() -> None:  # a job in the background is started deaf to it
        signal.signal(signal.SIGINT, signal.default_int_handler)

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heard) as running:
        assert running.stdout is not None
        first = json.loads(running.stdout.readline())
        running.send_signal(signal.SIGINT)
        rest = running.stdout.read().splitlines()
    assert first["seed"] == 3
    assert len(rest) < 59
    assert all(json.loads(line)["lines"] for line in rest)
    assert running.returncode == 130


def test_a_conversation_goes_on_with_the_poem_before() -> None:
    said = "写一首咏梅的五绝,押东韵\n第三句不好重写\n第九句重写\n换成七绝\n"
    done = yayun("chat", "--seed", "3", "--effort", "quick", stdin=said.encode())
    assert done.returncode == 0, done.stderr
    first, second, third = (poem.splitlines()[1:] for poem in done.stdout.split("《咏梅》")[1:])
    whole, again = "".join(first), "".join(second)
    assert whole[:12] == again[:12]
    assert whole[-6:] == again[-6:]
    assert whole != again
    assert len("".join(third)) == 4 * 8
    assert "没有第 9 句" in done.stderr
    assert "Traceback" not in done.stderr
