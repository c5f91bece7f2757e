from __future__ import annotations

import pytest

from yayun.retrieval.phrases import phrases


@pytest.mark.parametrize("line", ["清泉石上流", "清泉石上流".replace("清", "靑"), "空山新雨后"])
def test_what_ends_lines_is_known_in_any_script(line: str) -> None:
    assert phrases().attested_end(line, 2)


def test_what_poets_never_wrote_is_not_attested() -> None:
    assert not phrases().attested_end("清泉石上龘", 2)
    assert not phrases().attested_end("清泉鬼豆流", 3)
    assert not phrases().attested_end("流", 2)
    assert phrases().attested_words("明月龘鳩鳩") == (True, False, False)


def test_words_tell_more_than_chance_and_what_is_not_one_tells_less() -> None:
    moon, _, _ = phrases().information("明月松間照")
    assert moon > 2.0
    no_word, _, _ = phrases().information("不不人人山")
    assert no_word < 0 < moon


def test_lines_of_any_length_are_read() -> None:
    assert len(phrases().information("明月")) == 1
    assert len(phrases().information("十年磨一劍霜刃")) == 4
    assert len(phrases().information("落霞與孤鶩齊飛")) == 4
    assert phrases().information("月") == ()
