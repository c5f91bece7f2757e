import pytest

from yayun.corpus.info import describe, survey
from yayun.corpus.store import CorpusPoem
from yayun.errors import YayunError


def poem(dynasty, lines, split="train"):
    return CorpusPoem("", dynasty, "某", "題", tuple(lines), (), split)


def test_counts_by_dynasty_form_and_split():
    found = survey(
        [
            poem("唐", ["白日依山盡"] * 4),
            poem("唐", ["白日依山盡"] * 8, "test"),
            poem("宋", ["白日依山盡"] * 3, "near"),
        ]
    )
    assert found.count() == 3
    assert found.count("唐") == 2
    assert found.count("唐", "五律") == 1
    assert found.count(split="near") == found.count("宋", "其他") == 1
    assert found.count("宋", "五绝") == 0


def test_unresolved_characters_are_counted_by_use_and_only_hanzi_count():
    found = survey([poem("唐", ["山□山山", "𱁬"])])
    assert found.characters["唐"].total() == 4
    assert found.unresolved("唐", str) == pytest.approx(1 / 4)
    assert found.unresolved("唐", lambda char: "水") == 0
    assert found.unresolved("宋", str) == 0


def test_description_of_a_corpus(small_corpus):
    text = describe()
    assert "唐" in text
    assert "训练" in text
    assert "万分之0.00" in text


def test_no_corpus(tmp_path, monkeypatch):
    monkeypatch.setenv("YAYUN_HOME", str(tmp_path))
    with pytest.raises(YayunError, match="yayun corpus fetch"):
        describe()
