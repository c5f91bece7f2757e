"""Quick labels of whole corpora."""

import pytest

from yayun.prosody.labels import rhyme_label


@pytest.mark.parametrize(
    ("feet", "group"),
    [
        ("長忘", "阳"),  # both are read in 漾 too
        ("長光藏忘", "阳"),
        ("曠忘", "漾"),  # 曠 is oblique alone
        ("流樓", "尤"),
        ("東冬", None),
    ],
)
def test_feet_that_can_be_level_rhyme_in_the_level_group(feet: str, group: str | None) -> None:
    lines = [line for foot in feet for line in ("一二三四五", "一二三四" + foot)]
    assert rhyme_label(lines) == group
