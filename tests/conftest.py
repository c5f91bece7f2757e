from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import settings

# Time limits belong to benchmarks/, not to tests.
settings.register_profile("yayun", deadline=None)
settings.load_profile("yayun")

# Five public classics and variations on their shape: enough to run every stage on, too few to learn from.
CLASSICS = (
    ("王之渙", "登鸛雀樓", "白日依山盡，黃河入海流。欲窮千里目，更上一層樓。"),
    ("王維", "相思", "紅豆生南國，春來發幾枝。願君多采擷，此物最相思。"),
    ("李白", "早發白帝城", "朝辭白帝彩雲間，千里江陵一日還。兩岸猿聲啼不住，輕舟已過萬重山。"),
    ("王維", "山居秋暝", "空山新雨後，天氣晚來秋。明月松間照，清泉石上流。"
     "竹喧歸浣女，蓮動下漁舟。隨意春芳歇，王孫自可留。"),
    ("李商隱", "錦瑟", "錦瑟無端五十弦，一弦一柱思華年。莊生曉夢迷蝴蝶，望帝春心託杜鵑。"
     "滄海月明珠有淚，藍田日暖玉生煙。此情可待成追憶，只是當時已惘然。"),
)  # fmt: skip


def write_source(folder: Path, copies: int = 24) -> Path:
    """A folder shaped like the chinese-poetry package: the classics, and copies with two characters changed a line
    (so that they are no near-duplicates of one another)."""
    chars = "天地人山水風雲月星河江湖海花草木春夏秋冬日夜東西南北上下"
    rows = []
    for n in range(copies):
        for author, title, text in CLASSICS:
            shift = n * 7
            lines = text
            if n:
                lines = "".join(
                    chars[(i * 5 + shift + ord(c)) % len(chars)] if c not in "，。" and (i + n) % 3 != 0 else c
                    for i, c in enumerate(text)
                )
            paragraphs = [p + "。" for p in lines.split("。") if p]
            rows.append({"author": author, "title": title, "paragraphs": paragraphs, "id": f"{n}-{author}-{title}"})
    folder.mkdir(parents=True, exist_ok=True)
    half = len(rows) // 2
    for name, part in (("poet.tang.0.json", rows[:half]), ("poet.song.0.json", rows[half:])):
        (folder / name).write_text(json.dumps(part, ensure_ascii=False), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a small corpus in it."""
    from yayun.corpus.fetch import fetch

    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YAYUN_HOME", str(home))
        fetch(write_source(home / "source"))
    return home


@pytest.fixture
def small_corpus(small_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``YAYUN_HOME`` set to the small corpus."""
    monkeypatch.setenv("YAYUN_HOME", str(small_home))
    return small_home


@pytest.fixture(scope="session")
def tiny_run(small_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder with a two-layer model pretrained for a few steps on the small corpus."""
    from yayun.training.pretrain import pretrain

    folder = tmp_path_factory.mktemp("run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YAYUN_HOME", str(small_home))
        pretrain(tiny_recipe(), folder)
    return folder


@pytest.fixture(scope="session")
def tiny_model(tiny_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny run exported as a model folder."""
    from yayun.training.export import export

    return export(tiny_recipe(), tiny_run, tmp_path_factory.mktemp("export") / "model")


def tiny_recipe(**changes: object):
    """A recipe that takes a second or two."""
    from yayun.training.recipe import PretrainRecipe

    values: dict = {
        "name": "tiny",
        "vocabulary_min_count": 1,
        "model": {"hidden": 32, "layers": 2, "heads": 2, "kv_heads": 1, "head_dim": 16, "feed_forward": 48},
        "phases": [{"tokens": 6000, "mix": {"tang": 2, "song": 1}}, {"tokens": 2000, "mix": {"song": 0}}],
        "batch_tokens": 800,
        "evaluate_every": 5,
        "save_every": 4,
        "threads": 1,
    }
    return PretrainRecipe.model_validate(values | changes)
