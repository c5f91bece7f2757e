import gzip

import pytest

from yayun.corpus.store import CorpusPoem, corpus_path, read_poems, write_poems
from yayun.errors import YayunError

POEMS = [
    CorpusPoem("1", "唐", "某", "題", ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓"), ("五言",), "train"),
    CorpusPoem("2", "宋", "某", "無題", ("一", "𠮷/二"), (), "test"),
]


def test_what_is_written_is_read(tmp_path):
    write_poems(POEMS, tmp_path / "deep" / "poems.gz")
    assert list(read_poems(tmp_path / "deep" / "poems.gz")) == POEMS


def test_the_form_is_read_from_the_shape():
    assert [poem.form for poem in POEMS] == ["五绝", None]


def test_the_same_poems_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_poems(iter(POEMS), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_copy_is_in_the_home(monkeypatch, tmp_path):
    monkeypatch.setenv("YAYUN_HOME", str(tmp_path))
    assert corpus_path().is_relative_to(tmp_path)
    with pytest.raises(YayunError, match="yayun corpus fetch"):
        next(read_poems())


def test_a_write_that_fails_leaves_the_old_copy_alone(tmp_path):
    path = tmp_path / "poems.gz"
    write_poems(POEMS, path)
    before = path.read_bytes()

    def breaking():
        yield POEMS[0]
        raise RuntimeError("broken off")

    with pytest.raises(RuntimeError, match="broken off"):
        write_poems(breaking(), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("damage", ["cut", "no gzip", "no json", "bits"])
def test_a_damaged_copy_is_one_clear_sentence(tmp_path, damage):
    path = tmp_path / "poems.gz"
    write_poems(POEMS * 50, path)
    data = bytearray(path.read_bytes())
    if damage == "cut":
        data = data[: len(data) // 2]
    elif damage == "no gzip":
        data = bytearray(b"poems")
    elif damage == "no json":
        data = bytearray(gzip.compress(b"{not json\n"))
    else:
        data[20:40] = bytes(20)
    path.write_bytes(data)
    with pytest.raises(YayunError, match=r"已损坏.*yayun corpus fetch"):
        list(read_poems(path))
