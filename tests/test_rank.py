from __future__ import annotations

import numpy as np

from yayun.rank import BROKEN, judge, parallelism
from yayun.writers.decode import Draft

PARALLEL = ("明月松間照", "清泉石上流")
LOOSE = ("隨意春芳歇", "王孫自可留")


def draft(*lines: str, likelihood: float = -4.0, broken: bool = False) -> Draft:
    return Draft(lines, (), (), likelihood, broken=broken)


def test_parallelism_counts_an_octaves_middle_and_a_quatrains_better_couplet() -> None:
    octave = ("空山新雨後", "天氣晚來秋", *PARALLEL, "竹喧歸浣女", "蓮動下漁舟", *LOOSE)
    assert parallelism(octave, octave=True) > 0.8
    assert parallelism(octave[:2], octave=True) == 0.0
    assert parallelism((*LOOSE, *LOOSE), octave=True) < parallelism((*LOOSE, *PARALLEL), octave=True)
    assert parallelism((*LOOSE, *PARALLEL), octave=False) > 0.8


def test_the_likelier_the_more_fitting_and_the_whole_draft_is_preferred() -> None:
    plain = [draft(*PARALLEL), draft(*PARALLEL, likelihood=-3.0)]
    assert np.argmax(judge("", (), False, plain)) == 1
    themed = [draft("白日依山盡", "黃河入海流"), draft("春風花草香", "春眠不覺曉")]
    # An octave's first couplet need not be parallel: only the theme differs.
    assert np.argmax(judge("春风", (), True, themed)) == 1
    wished = [draft(*PARALLEL), draft(*LOOSE)]
    assert np.argmax(judge("", ("王孙", "春芳"), False, wished)) == 1
    spoilt = judge("", (), False, [draft(*PARALLEL, likelihood=-1.0, broken=True), draft(*LOOSE)])
    assert np.argmax(spoilt) == 1
    assert spoilt[1] - spoilt[0] > BROKEN / 2


def test_equal_drafts_score_alike() -> None:
    assert np.ptp(judge("山", (), False, [draft(*PARALLEL)] * 3)) == 0.0
