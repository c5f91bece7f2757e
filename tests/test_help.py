"""The help pages speak Chinese."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

PAGES = ([], ["compose"], ["check"], ["corpus"], ["corpus", "find"], ["evaluate"], ["train", "pretrain"], ["serve"])


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_the_parsers_own_words_are_chinese(page: list[str]) -> None:
    asked = [sys.executable, "-m", "yayun", *page, "--help"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert told.startswith("用法:")
    assert not re.search(r"Usage|Options|Arguments|Commands|Show this|default:|required|TEXT|INTEGER|COMMAND", told)
