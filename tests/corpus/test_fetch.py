import base64
import hashlib
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest
from tests.conftest import CLASSICS, write_source

from yayun.corpus import fetch as module
from yayun.corpus.fetch import fetch, find_poem_files
from yayun.corpus.store import corpus_path, read_poems
from yayun.errors import YayunError


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("YAYUN_HOME", str(folder))
    return folder


@pytest.fixture
def source(tmp_path) -> Path:
    return write_source(tmp_path / "source", copies=2)


def kept(home: Path) -> set[str]:
    """All files of the data directory."""
    return {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()} - {"fetch.lock"}


WHOLE = {"corpus/poems.jsonl.gz"}


class TestFromFolder:
    def test_poems_come_in_order_cleaned_and_split(self, home, source, capsys):
        assert fetch(source) == corpus_path() == home / "corpus/poems.jsonl.gz"
        poems = list(read_poems())
        assert [poem.title for poem in poems[:5]] == [title for _, title, _ in CLASSICS]
        assert poems[0].lines == ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓")
        assert {poem.dynasty for poem in poems} == {"唐", "宋"}
        assert kept(home) == WHOLE
        output = capsys.readouterr()
        assert output.out == ""
        assert "划分" in output.err

    def test_again_gives_the_same_bytes(self, home, source):
        first = fetch(source).read_bytes()
        assert fetch(source).read_bytes() == first

    def test_files_are_ordered_by_number_tang_first_and_copies_are_left_out(self, tmp_path):
        for name in ("poet.song.0.json", "poet.tang.9000.json", "poet.tang.10000.json", "a/poet.tang.0.json",
                     "error/poet.tang.1.json", "rank/poet/poet.tang.2.json", "strains/json/poet.tang.3.json",
                     "poet.tang.rank.0.json", "poet.yuan.0.json", "authors.tang.json"):  # fmt: skip
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("[]")
        assert [path.name for path in find_poem_files(tmp_path)] == [
            "poet.tang.0.json", "poet.tang.9000.json", "poet.tang.10000.json", "poet.song.0.json",
        ]  # fmt: skip

    def test_the_anthology_gives_its_tags_and_a_missing_id_is_made_from_the_text(self, home, tmp_path):
        row = {"author": "王維", "title": "相思", "paragraphs": ["紅豆生南國，春來發幾枝。"]}
        rows = [row | {"id": "x", "tags": ["舊"]}, row | {"title": "無號", "paragraphs": ["願君多采擷，此物最相思。"]}]
        (tmp_path / "poet.tang.0.json").write_text(json.dumps(rows))
        (tmp_path / "唐诗三百首.json").write_text(json.dumps([{"id": "x", "tags": ["唐诗三百首", "五言绝句"]}]))
        fetch(tmp_path)
        tagged, nameless = read_poems()
        assert tagged.tags == ("唐诗三百首", "五言绝句")
        assert nameless.tags == ()
        first = nameless.id
        fetch(tmp_path)
        assert [poem.id for poem in read_poems()] == ["x", first]

    @pytest.mark.parametrize("text", ["[{", '{"a": 1}', '[{"title": "x"}]', "[3]", '[{"paragraphs": null}]'])
    def test_a_damaged_file_is_named_and_the_old_copy_stays(self, home, source, text):
        before = fetch(source).read_bytes()
        (source / "poet.song.0.json").write_text(text)
        with pytest.raises(YayunError, match=r"poet\.song\.0\.json"):
            fetch(source)
        assert corpus_path().read_bytes() == before
        assert kept(home) == WHOLE

    @pytest.mark.parametrize("name", ["empty", "nowhere"])
    def test_a_folder_without_poems(self, home, tmp_path, name):
        (tmp_path / "empty").mkdir()
        with pytest.raises(YayunError, match=r"chinese-poetry 的目录"):
            fetch(tmp_path / name)
        assert kept(home) == set()


def digest(path: Path) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


@pytest.fixture
def package(source, tmp_path, monkeypatch) -> Path:
    """A package file like npm's, its digest the expected one."""
    path = tmp_path / "chinese-poetry.tgz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(source, "package/dist/quantangshi")
        archive.add(source / "poet.tang.0.json", "package/dist/quantangshi/error/poet.tang.0.json")
    monkeypatch.setattr(module, "INTEGRITY", digest(path))
    return path


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """Put a shell script in npm's place; ``$to`` is the folder it is asked to put the package in."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def put(script: str) -> None:
        path = folder / "npm"
        path.write_text(f'#!/bin/sh\nwhile [ "$1" != --pack-destination ]; do shift; done\nto="$2"\n{script}\n')
        path.chmod(0o755)

    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return put


class TestFromNpm:
    def test_the_package_is_built_from_and_removed(self, home, package, npm, source, capsys):
        npm(f'cp "{package}" "$to/"')
        fetch()
        from_npm = corpus_path().read_bytes()
        assert kept(home) == WHOLE
        assert capsys.readouterr().out == ""
        assert fetch(source).read_bytes() == from_npm

    def test_no_npm(self, home, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(YayunError, match=r"找不到 npm.*--source"):
            fetch()
        assert kept(home) == set()

    @pytest.mark.parametrize(
        "script",
        [
            "exit 1",
            "exit 0",  # says it is fine, and brings nothing
            'head -c 100 "{package}" > "$to/a.tgz"; exit 1',
            'head -c 100 "{package}" > "$to/a.tgz"; kill -9 $$',
            'cp "{package}" "$to/a.tgz"; cp "{package}" "$to/b.tgz"',
        ],
    )
    def test_npm_fails(self, home, package, npm, script):
        npm(script.format(package=package))
        with pytest.raises(YayunError, match="npm 没能取到"):
            fetch()
        assert kept(home) == set()
        npm(f'cp "{package}" "$to/"')
        fetch()
        assert kept(home) == WHOLE

    @pytest.mark.parametrize("damage", ['head -c 100 "{package}"', 'cat "{package}"; echo', "true"])
    def test_a_damaged_package_is_refused_and_the_old_copy_stays(self, home, package, npm, source, damage):
        before = fetch(source).read_bytes()
        npm(f'({damage.format(package=package)}) > "$to/a.tgz"')
        with pytest.raises(YayunError, match="校验值不符"):
            fetch()
        assert corpus_path().read_bytes() == before
        assert kept(home) == WHOLE

    def test_nothing_of_the_package_lands_outside(self, home, tmp_path, npm, source, monkeypatch):
        path = tmp_path / "evil.tgz"
        with tarfile.open(path, "w:gz") as archive:
            archive.add(source / "poet.tang.0.json", "../../poet.tang.0.json")
        monkeypatch.setattr(module, "INTEGRITY", digest(path))
        npm(f'cp "{path}" "$to/"')
        with pytest.raises(tarfile.OutsideDestinationError):
            fetch()
        assert kept(home) == set()

    @pytest.mark.skipif(os.name != "posix", reason="signals and locks of POSIX")
    def test_a_killed_fetch_leaves_nothing_that_hinders_the_next(self, home, package, npm, tmp_path):
        started = tmp_path / "started"
        npm(f'head -c 100 "{package}" > "$to/half.tgz"; touch "{started}"; exec sleep 60')
        run = subprocess.Popen(
            [sys.executable, "-c", "from yayun.corpus.fetch import fetch; fetch()"], start_new_session=True
        )
        try:
            deadline = time.monotonic() + 60
            while not started.exists():
                assert run.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            # While it runs, a second fetch is told so and touches nothing.
            with pytest.raises(YayunError, match="正在运行"):
                fetch()
            assert any(path.endswith("half.tgz") for path in kept(home))
        finally:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
        assert not corpus_path().exists()
        # As a fetch killed while it writes its copy leaves it.
        corpus_path().parent.mkdir(exist_ok=True)
        (corpus_path().parent / f".{corpus_path().name}.abc").write_bytes(b"half")
        npm(f'cp "{package}" "$to/"')
        fetch()
        assert kept(home) == WHOLE
