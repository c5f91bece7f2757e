from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from yayun.backends.shipped import default_writer
from yayun.choosing.critic import read_critic
from yayun.choosing.rank import judge
from yayun.decoding.decode import Draft
from yayun.decoding.embedded import EmbeddedWriter
from yayun.decoding.weights import weights_dir
from yayun.mending.hearing import heard
from yayun.prompts.order import Order
from yayun.prosody.forms.regulated import patterns

TOWER = Draft(("白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓"), (), ("流", "樓"), -3.0)
ORDER = Order("登鸛雀樓", patterns("五绝")[0], "尤")


def test_the_shipped_critic_prefers_verse_to_its_own_characters_shuffled() -> None:
    writer, critic = default_writer(), read_critic(weights_dir())
    assert critic is not None
    assert writer.session.width == len(critic.hidden)
    shuffled = replace(TOWER, lines=("盡山依日白", "流海入河黃", "目里千窮欲", "樓層一上更"))
    drafts = heard(writer, [(ORDER, TOWER), (ORDER, shuffled)])
    assert all(draft.impression for draft in drafts)
    assert np.argmax(judge(ORDER.title, (), drafts)) == 0


def test_a_model_without_a_critic_reads_all_the_same(tiny_model: Path) -> None:
    writer = EmbeddedWriter(tiny_model, threads=1)
    (draft,) = heard(writer, [(ORDER, TOWER)])
    assert (draft.nats, draft.impression) == (writer.read([ORDER], [TOWER.lines])[0].nats, 0.0)
    assert np.isclose(draft.likelihood, np.mean(draft.nats))
