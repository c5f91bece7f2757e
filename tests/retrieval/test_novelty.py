import importlib.util
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from yayun.prosody.readings.lexicon import variants
from yayun.retrieval import novelty
from yayun.retrieval.novelty import LineFilter, fold_line, is_corpus_line

FAMOUS = (
    "白日依山尽 黄河入海流 欲穷千里目 更上一层楼 春眠不觉晓 处处闻啼鸟 "
    "床前看月光 千山鸟飞绝 独钓寒江雪 海上生明月 国破山河在 "
    "朝辞白帝彩云间 千里江陵一日还 两岸猿声啼不尽 轻舟已过万重山 秦时明月汉时关 锦瑟无端五十弦 无边落木萧萧下 "
    # Song, and lines of long old-style poems.
    "横看成岭侧成峰 山重水复疑无路 疏影横斜水清浅 汉皇重色思倾国 浔阳江头夜送客 "
    # Earlier and later verse: 陶渊明, 王冕, 于谦, 龚自珍, 纳兰性德, 元好问 (词).
    "采菊东篱下 悠然见南山 只留清气满乾坤 要留清白在人间 落红不是无情物 人生若只如初见 天南地北双飞客"
)
CLASSICS = FAMOUS.split()
NEW = ["千山鳥飛盡", "白日依山去", "春眠不覺曉寒", "模型今夜自吟詩", "電腦無端五十弦"]


def random_lines(count: int, seed: int) -> list[str]:
    chars = sorted({c for line in CLASSICS for c in line})
    rng = random.Random(seed)
    return ["".join(rng.choices(chars, k=rng.choice((5, 7)))) for _ in range(count)]


@pytest.mark.parametrize("line", CLASSICS)
@pytest.mark.parametrize("conversion", ["t2s", "s2t", "s2tw", "s2hk", "t2jp"])
def test_a_classic_line_hits_in_every_script(line, conversion):
    assert is_corpus_line(OpenCC(conversion).convert(line))


@pytest.mark.parametrize("line", ["兩岸猨聲啼不盡", "踈影橫斜水清淺", "疎影橫斜水清淺", "黃河入海流", "黄河入海流"])
def test_a_variant_spelling_hits(line):
    assert is_corpus_line(line)


@pytest.mark.parametrize("line", [*NEW, "", "白日", "蜀道之难难于上青天", "白日依山尽,", "白日依山□", "hello", "12345"])
def test_what_is_no_line_of_the_corpus_misses(line):
    assert not is_corpus_line(line)


def test_the_variants_the_lexicon_knows_are_folded():
    # A few may have come to the lexicon since the filter was built.
    apart = {v: s for v, s in variants().items() if fold_line(v) != fold_line(s)}
    assert len(apart) <= 0.005 * len(variants()), "run scripts/build_novelty.py again"


@given(st.text(alphabet=sorted({c for line in CLASSICS for c in line} | set(variants())), min_size=5, max_size=7))
def test_folding_is_idempotent_keeps_length_and_decides(line):
    folded = fold_line(line)
    assert fold_line(folded) == folded
    assert len(folded) == len(line)
    assert is_corpus_line(folded) == is_corpus_line(line)


def test_false_positives_are_at_most_one_in_a_thousand():
    # 24 expected of 50,000, standard deviation 5. Random characters make no verse line, so every hit is false.
    lines = random_lines(50_000, seed=1)
    assert sum(map(is_corpus_line, lines)) <= 50


def test_the_filter_holds_the_whole_corpus():
    assert novelty.line_filter().count > 5_000_000
    assert len(novelty.line_filter().cells) < 8_000_000


def test_a_filter_built_from_lines_holds_them_all_and_little_else():
    path = Path(__file__).parents[2] / "scripts/build_novelty.py"
    spec = importlib.util.spec_from_file_location("build_novelty", path)
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)

    keys = sorted(set(random_lines(3000, seed=2)))
    shift, starts = build.geometry(len(keys))
    seed = next(s for s in range(20) if build.build_cells(keys, s, shift, starts) is not None)
    held = LineFilter(seed, shift, starts, len(keys), build.pack_cells(build.build_cells(keys, seed, shift, starts)))
    assert all(key in held for key in keys)
    others = set(random_lines(20_000, seed=3)) - set(keys)
    assert sum(line in held for line in others) < 30  # 10 expected


def test_looking_up_a_line_loads_neither_numpy_nor_opencc():
    code = (
        "import sys; from yayun.retrieval.novelty import is_corpus_line; assert is_corpus_line('白日依山尽');"
        "assert not {'numpy', 'opencc', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
