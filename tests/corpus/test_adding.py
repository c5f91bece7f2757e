import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.conftest import write_source

from yayun.corpus import adding
from yayun.corpus.adding import add
from yayun.corpus.fetch import fetch
from yayun.corpus.info import describe
from yayun.corpus.split import HELD_OUT, split_by_hash
from yayun.corpus.store import added_folder, added_sources, corpus_path, read_added, read_all, read_poems
from yayun.errors import YayunError


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("YAYUN_HOME", str(tmp_path / "home"))
    fetch(write_source(tmp_path / "source", copies=2))
    return tmp_path / "home"


def an_id(split, start=0):
    return next(name for name in (f"id{n}" for n in range(start, 5000)) if split_by_hash(name) == split)


TRAIN, TRAIN2 = an_id("train"), an_id("train", 50)
VALID = an_id("valid")
NEW = ["平芜远树碧芊芊，一带寒烟古渡边。", "野老不知沧海事，自将流水灌新田。"]
OTHER = ["雨过前村麦正秋，数声啼鸟在沙洲。", "何人解得渔翁意，独把长竿坐小舟。"]


def row(row_id, paragraphs, **more):
    return {"id": row_id, "dynasty": "明", "author": "某", "title": "题", "paragraphs": paragraphs} | more


def write(path: Path, *rows) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    return path


def test_poems_come_restored_beside_the_fetched_ones(home, tmp_path, capsys):
    before = corpus_path().read_bytes()
    fetched = list(read_poems())
    (source,) = add([write(tmp_path / "a.jsonl", row(TRAIN, NEW), row("x", ["□"]))])
    assert (source.name, source.rows, source.poems) == ("a", 2, 1)
    assert source.dropped == {"缺字": 1}
    (poem,) = read_added()
    assert poem.lines == ("平蕪遠樹碧芊芊", "一帶寒煙古渡邊", "野老不知滄海事", "自將流水灌新田")
    assert (poem.id, poem.dynasty, poem.form, poem.genre, poem.split) == (TRAIN, "明", "七绝", "诗", "train")
    assert list(read_all()) == [*fetched, poem]
    assert list(read_all(dynasties=["明"])) == list(read_all(dynasties={"明"})) == [poem]
    assert corpus_path().read_bytes() == before
    assert capsys.readouterr().out == ""
    assert "a:2 行,收 1 首(未收:缺字 1)" in describe()


def test_songs_keep_tune_and_stanzas(home, tmp_path):
    text = ["一阳光启。戊室盘旋离合体。", "深连巨海。踊出神鳌飞五彩。"]
    add([write(tmp_path / "c.jsonl", row("c", text, title="减字木兰花", genre="词"))])
    (poem,) = read_all(genre="词")
    assert (poem.tune, poem.title, poem.form) == ("減字木蘭花", "", None)
    assert poem.stanzas == ("一陽光啟。戊室盤旋離合體。", "深連巨海。踊出神鰲飛五彩。")
    assert all(p.genre == "诗" for p in read_all(genre="诗"))


def test_a_file_of_tunes_is_taken_for_songs(home, tmp_path):
    chars = "天地人山水风云雷电江河湖海花草木春夏秋冬日夜东西南北上下左右前后"
    rows = []
    for n in range(60):
        a, b, c = chars[n % 32], chars[n * 7 % 31], chars[n * 5 % 29]
        rows.append(row(f"c{n}", [f"{a}{b}无人。{c}在孤村{a}里。"], title="浣溪沙"))
    add([write(tmp_path / "c.jsonl", *rows)])
    assert {poem.genre for poem in read_added()} == {"词"}


def test_the_same_file_twice_is_there_once(home, tmp_path, capsys):
    path = write(tmp_path / "a.jsonl", row(TRAIN, NEW))
    first = add([path])
    files = {p.name: p.read_bytes() for p in added_folder().iterdir()}
    assert add([path]) == first
    assert "已经收过" in capsys.readouterr().err
    assert {p.name: p.read_bytes() for p in added_folder().iterdir()} == files


def test_another_file_of_the_same_name_takes_its_place(home, tmp_path):
    add([write(tmp_path / "a.jsonl", row(TRAIN, NEW))])
    add([write(tmp_path / "a.jsonl", row(TRAIN2, OTHER))])
    assert [poem.id for poem in read_added()] == [TRAIN2]
    assert len(list(added_folder().iterdir())) == 2


def test_what_is_there_already_is_a_repeat_in_any_script(home, tmp_path):
    classic = ["白日依山尽，黄河入海流。", "欲穷千里目，更上一层楼。"]
    (source,) = add([write(tmp_path / "a.jsonl", row("p", classic), row("q", NEW), row("r", NEW, author="又"))])
    assert source.dropped == {"与别处的诗相同": 2}
    assert [poem.id for poem in read_added()] == ["q"]


def test_a_held_out_poem_has_no_near_one_among_the_trained(home, tmp_path):
    near = [NEW[0].replace("平芜", "平沙"), OTHER[1]]
    add([write(tmp_path / "a.jsonl", row(VALID, NEW), row(TRAIN, near), row(TRAIN2, OTHER))])
    assert [poem.split for poem in read_added()] == ["valid", "near", "train"]


def test_what_was_trained_on_before_is_never_held_out_after(home, tmp_path):
    add([write(tmp_path / "a.jsonl", row(TRAIN, NEW))])
    add([write(tmp_path / "b.jsonl", row(VALID, [NEW[0].replace("平芜", "平沙"), OTHER[1]]))])
    assert [poem.split for poem in read_added()] == ["train", "near"]


@pytest.mark.parametrize("bad", ["{\n", '{"title": 3}\n', "\xff\n"])
def test_a_bad_line_and_nothing_comes_in(home, tmp_path, bad):
    good = write(tmp_path / "good.jsonl", row(TRAIN, NEW))
    path = write(tmp_path / "bad.jsonl", row(TRAIN2, OTHER))
    path.write_bytes(path.read_bytes() + bad.encode("latin-1"))
    with pytest.raises(YayunError, match=r"bad\.jsonl 第 2 行"):
        add([good, path])
    assert added_sources() == ()
    assert not list(added_folder().glob("*"))


def test_files_that_can_not_be_used(home, tmp_path):
    with pytest.raises(YayunError, match="一首诗也没有"):
        add([write(tmp_path / "a.jsonl")])
    with pytest.raises(YayunError, match="读不了"):
        add([tmp_path / "nowhere.jsonl"])
    (tmp_path / "other").mkdir()
    with pytest.raises(YayunError, match="同名"):
        add([write(tmp_path / "a.jsonl", row(TRAIN, NEW)), write(tmp_path / "other/a.jsonl", row(TRAIN2, OTHER))])


def test_no_corpus(tmp_path, monkeypatch):
    monkeypatch.setenv("YAYUN_HOME", str(tmp_path / "empty"))
    with pytest.raises(YayunError, match="yayun corpus fetch"):
        add([write(tmp_path / "a.jsonl", row(TRAIN, NEW))])


def test_a_damaged_list_or_file_is_one_sentence(home, tmp_path):
    (source,) = add([write(tmp_path / "a.jsonl", row(TRAIN, NEW))])
    (added_folder() / source.file).write_bytes(b"half")
    with pytest.raises(YayunError, match="yayun corpus add"):
        list(read_all())
    (added_folder() / source.file).unlink()
    with pytest.raises(YayunError, match="yayun corpus add"):
        list(read_all())
    (added_folder() / "sources.json").write_text("{")
    with pytest.raises(YayunError, match="已损坏"):
        list(read_added())


def test_broken_off_while_writing_leaves_what_was_there(home, tmp_path, monkeypatch):
    first = add([write(tmp_path / "a.jsonl", row(TRAIN, NEW))])
    poems = list(read_all())

    def stop(sources):
        raise KeyboardInterrupt

    path = write(tmp_path / "b.jsonl", row(TRAIN2, OTHER))
    monkeypatch.setattr(adding, "write_sources", stop)
    with pytest.raises(KeyboardInterrupt):
        add([path])
    monkeypatch.undo()
    monkeypatch.setenv("YAYUN_HOME", str(home))
    assert added_sources() == first
    assert list(read_all()) == poems
    add([path])
    assert [poem.id for poem in read_added()] == [TRAIN, TRAIN2]
    assert len(list(added_folder().iterdir())) == 3


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_killed_in_the_middle(home, tmp_path):
    path = write(tmp_path / "a.jsonl", row(TRAIN, NEW))
    written = tmp_path / "written"
    code = (
        "import time, pathlib; from yayun.corpus import adding;"
        f"adding.write_sources = lambda sources: (pathlib.Path({str(written)!r}).touch(), time.sleep(60));"
        f"adding.add([pathlib.Path({str(path)!r})])"
    )
    run = subprocess.Popen([sys.executable, "-c", code])
    try:
        deadline = time.monotonic() + 120
        while not written.exists():
            assert run.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        with pytest.raises(YayunError, match="正在运行"):
            add([path])
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    assert list(read_added()) == []
    add([path])
    assert [poem.id for poem in read_added()] == [TRAIN]
    assert len(list(added_folder().iterdir())) == 2


def test_the_held_out_fetched_poems_stay_held_out(home, tmp_path):
    held = [(poem.id, poem.split) for poem in read_poems() if poem.split in HELD_OUT]
    add([write(tmp_path / "a.jsonl", row(TRAIN, NEW))])
    assert [(p.id, p.split) for p in read_all(dynasties=("唐", "宋")) if p.split in HELD_OUT] == held
