from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from yayun.choosing.critic import FILE, Critic, critic_text, read_critic
from yayun.choosing.features import FEATURES
from yayun.choosing.rank import judge
from yayun.decoding.decode import Draft

TOWER = Draft(("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓"), (), ("流", "樓"), -3.0)


def test_a_critic_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_critic(tmp_path) is None
    critic = Critic(np.arange(len(FEATURES)) / 8, np.array([0.5, -0.25, 0.0]))
    (tmp_path / FILE).write_text(critic_text(critic), encoding="utf-8")
    found = read_critic(tmp_path)
    assert found is not None
    np.testing.assert_allclose(found.features, critic.features)
    np.testing.assert_allclose(found.hidden, critic.hidden)


def test_an_impression_is_points_by_features_and_by_what_the_model_makes_of_the_verse() -> None:
    blank = Critic(np.zeros(len(FEATURES)), np.array([2.0, -1.0]))
    assert blank.impression("", TOWER, np.array([0.5, 0.25])) == 0.75
    counting = replace(blank, features=np.array([float(name == "likelihood") for name in FEATURES]))
    assert counting.impression("", TOWER, np.array([0.5, 0.25])) == 0.75 - 3.0


def test_the_impression_is_part_of_a_drafts_worth() -> None:
    plain, liked = judge("", (), [TOWER, replace(TOWER, impression=0.5)])
    assert np.isclose(liked - plain, 0.5)
