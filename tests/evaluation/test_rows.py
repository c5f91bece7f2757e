from __future__ import annotations

import pytest

from tests.prosody.realise import realise
from yayun.brief import make_brief
from yayun.evaluation.baseline import random_samples
from yayun.evaluation.bench import Request
from yayun.evaluation.rows import COLUMNS, make_row
from yayun.evaluation.samples import Sample
from yayun.prosody.forms.regulated import regulated

REGULAR = ("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓")
NEW = ("天高雲過嶺", "水遠月隨舟", "故壘三秋裏", "新霜一夜秋")


def test_form_and_group_have_to_be_as_asked() -> None:
    assert make_row("x", [Sample(REGULAR, form="五绝", rhyme="尤")]).values["all_rules"] == 100.0
    assert make_row("x", [Sample(REGULAR, form="五绝", rhyme="东")]).values["all_rules"] == 0.0
    assert make_row("x", [Sample(REGULAR, form="七绝")]).values["all_rules"] == 0.0
    assert make_row("x", [Sample(REGULAR)]).values["all_rules"] == 100.0


def test_shares_are_over_poems_and_in_percent() -> None:
    row = make_row("x", [Sample(REGULAR, seconds=1.0), Sample(NEW[::-1]), Sample(()), Sample(REGULAR, seconds=2.0)])
    assert row.n == 4
    assert row.values["all_rules"] == 50.0
    assert row.values["seconds_per_poem"] == 1.5
    assert row.values["copied_lines"] == pytest.approx(66.67)
    low, high = row.ci95["all_rules"] or (None, None)
    assert low == 0.0
    assert high == 100.0
    assert set(row.to_json()) == {"name", "n", "profile", "ci95", *COLUMNS}


def test_repeated_characters_are_those_an_earlier_line_has() -> None:
    lines = ("春春一一一", "春二三四五", "六七八九十", "百千萬丈高")
    assert make_row("x", [Sample(lines)]).values["repeated_characters"] == 5.0


def test_poems_of_the_corpus_are_not_asked_about_copying() -> None:
    row = make_row("x", [Sample(REGULAR)], own=True)
    assert row.values["copied_lines"] is None
    assert row.ci95["copied_lines"] is None


def test_the_random_baseline_has_the_shape_asked_for_and_nothing_else() -> None:
    texts = [f"写一首{form},押东韵" for form in ("五绝", "七绝", "五律", "七律")] * 10
    requests = [Request(i, text, make_brief(text)) for i, text in enumerate(texts)]
    samples = random_samples(requests, seed=1)
    assert samples == random_samples(requests, seed=1)
    assert samples != random_samples(requests, seed=2)
    row = make_row("随机", samples)
    assert row.values["length"] == 100.0
    assert row.values["all_rules"] == 0.0
    assert row.values["rhymes"] is not None
    assert row.values["rhymes"] < 30.0


def test_a_ci_is_judged_by_its_tune() -> None:
    lines = ("一曲新詞酒一杯", "去年天氣舊亭臺", "夕陽西下幾時回", "無可奈何花落去", "似曾相識燕歸來", "小園香徑獨徘徊")
    stanzas = ("一曲新詞酒一杯，去年天氣舊亭臺。夕陽西下幾時回。", "無可奈何花落去，似曾相識燕歸來。小園香徑獨徘徊。")
    written = make_row("词", [Sample(lines, form="词", tune="浣溪沙", variant="正体")]).values
    found = make_row("词", [Sample(lines, tune="浣溪沙", stanzas=stanzas)], own=True).values
    assert (written["all_rules"], found["all_rules"], found["antithesis"]) == (100.0, 100.0, None)
    broken = ("一曲新詞酒一杯", "去年天氣舊亭夜", *lines[2:])
    assert make_row("词", [Sample(broken, form="词", tune="浣溪沙", variant="正体")]).values["all_rules"] == 0.0


def test_longer_verse_is_judged_in_its_length() -> None:
    lines = tuple(realise(regulated(5, 12)[0].tones))
    row = make_row("排律", [Sample(lines, form="五言排律"), Sample(lines)]).values
    assert row["all_rules"] == 100.0
