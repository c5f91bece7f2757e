from pathlib import Path

import pytest

from yayun.corpus.concordance import best_endings, look_up, packed_size
from yayun.corpus.store import CorpusPoem, corpus_path, write_poems
from yayun.errors import YayunError

POEMS = [
    CorpusPoem("1", "宋", "某", "無題", ("春風吹斷腸", "明月照還鄉"), (), "train"),
    CorpusPoem("2", "唐", "王之渙", "登鸛雀樓", ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓"), (), "train"),
    CorpusPoem("3", "唐", "李白", "斷腸", ("江水向東流", "斷腸人未歸"), ("唐诗三百首",), "test"),
    CorpusPoem("4", "唐", "李白", "其二", ("斷腸復斷腸", "江水向東流"), (), "test"),
]


@pytest.fixture
def copy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("YAYUN_HOME", str(tmp_path))
    write_poems(POEMS, corpus_path())


@pytest.mark.usefixtures("copy")
@pytest.mark.parametrize("word", ["断肠", "斷腸", " 断腸 "])
def test_a_word_is_found_in_any_script_in_lines_and_not_in_titles(word: str) -> None:
    found = look_up(word)
    assert (found.lines, found.poems) == (3, 3)
    assert found.authors == (("唐", "李白", 2), ("宋", "某", 1))
    assert [use.line for use in found.uses] == ["斷腸人未歸", "春風吹斷腸", "斷腸復斷腸"]
    assert found.uses[0].answer == "江水向東流"


@pytest.mark.usefixtures("copy")
def test_the_end_of_a_line_is_asked_for() -> None:
    assert [use.line for use in look_up("断肠", at_end=True).uses] == ["斷腸復斷腸", "春風吹斷腸"]
    assert look_up("流水").uses == ()


@pytest.mark.usefixtures("copy")
def test_words_come_with_the_line_that_readers_know_best() -> None:
    assert {word: use.author for word, use in best_endings(["海流", "东流", "西流"]).items()} == {
        "海流": "王之渙",
        "东流": "李白",
    }
    assert best_endings(["东流"])["东流"].known


@pytest.mark.usefixtures("copy")
@pytest.mark.parametrize("word", ["", "hello", "断 肠", "一二三四五六七八九"])
def test_what_is_no_word_is_refused(word: str) -> None:
    with pytest.raises(YayunError, match="要查的词"):
        look_up(word)


def test_without_a_corpus_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("YAYUN_HOME", str(tmp_path))
    with pytest.raises(YayunError, match="yayun corpus fetch"):
        look_up("断肠")


@pytest.mark.usefixtures("copy")
def test_how_far_a_look_has_come_is_told_up_to_the_end() -> None:
    told: list[int] = []
    assert look_up("断肠", told=told.append) == look_up("断肠")
    assert told == sorted(told)
    assert told[-1] == packed_size()
