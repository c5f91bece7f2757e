from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from yayun.backends.shipped import default_writer
from yayun.choosing.critic import FILE, Critic, critic_text, read_critic
from yayun.choosing.features import FEATURES
from yayun.choosing.rank import judge
from yayun.decoding.decode import Draft
from yayun.prompts.order import Order
from yayun.prosody.forms.regulated import patterns

TOWER = Draft(("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓"), (), ("流", "樓"), -3.0)
ORDER = Order("登鸛雀樓", patterns("五绝")[0], "尤")


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


def test_the_shipped_critic_prefers_verse_to_its_own_characters_shuffled() -> None:
    writer = default_writer()
    assert writer.critic is not None
    assert writer.session.width == len(writer.critic.hidden)
    shuffled = replace(TOWER, lines=("盡山依日白", "流海入河黃", "目里千窮欲", "樓層一上更"))
    drafts = writer.heard([(ORDER, TOWER), (ORDER, shuffled)])
    assert all(draft.impression for draft in drafts)
    assert np.argmax(judge(ORDER.title, (), drafts)) == 0
