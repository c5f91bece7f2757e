"""Make ``benchmarks/requests.jsonl``: 4 forms x 25 rhyme groups x 7 held-out Tang titles, in natural phrasings.

Titles come from the corpus's test split, which no training has seen. Deterministic; needs the corpus.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from yayun.corpus.store import read_poems
from yayun.home import atomic_open
from yayun.prosody.books.shelf import PINGSHUI, book
from yayun.prosody.forms.regulated import FORM_NAMES
from yayun.script import to_simplified

OUT = Path(__file__).parents[1] / "benchmarks/requests.jsonl"
LEVEL = "东支微鱼虞灰真文元寒删先萧歌麻阳庚青尤侵"
OBLIQUE = "纸漾月药翰"
A_CELL = 7
PHRASINGS = (
    "以'{title}'为题写一首{form},押{rhyme}韵",
    "请以《{title}》为题创作一首{form},押平水韵{label}",
    "写一首{form},题目是“{title}”,用{rhyme}韵",
    "来一首{label}韵的{form},题为《{title}》",
    "请帮我作一首{form}:《{title}》,韵脚用{rhyme}",
    "题目:{title};体裁:{form};韵部:{label}",
    "我想要一首《{title}》,{form},押{label}",
)
# Serial numbers, replies to named people and the like make poor subjects.
_PLAIN = re.compile(r"^[一-鿿]{2,7}$")
_SERIAL = re.compile(r"其|首|和|韵|韻|奉|酬|答|二|三|四|五|六|七|八|九|十|曲|歌|辞|词|乐|部|句")


def titles() -> list[str]:
    """Distinct plain held-out Tang titles, in an order fixed by hash."""
    found = {
        title
        for poem in read_poems()
        if poem.dynasty == "唐" and poem.split == "test" and poem.form
        if _PLAIN.match(title := to_simplified(poem.title)) and not _SERIAL.search(title)
    }
    return sorted(found, key=lambda t: hashlib.sha256(t.encode()).hexdigest())


def requests() -> Iterator[dict[str, str]]:
    """The requests, a title each, titles used again only when all have been."""
    names = titles()
    n = 0
    for form in FORM_NAMES:
        for group in LEVEL + OBLIQUE:
            for _ in range(A_CELL):
                phrasing = PHRASINGS[n % len(PHRASINGS)]
                label = book(PINGSHUI).label(group)
                yield {
                    "request": phrasing.format(
                        title=names[n % len(names)], form=FORM_NAMES[form], rhyme=group, label=label
                    )
                }
                n += 1


def main() -> None:
    with atomic_open(OUT) as f:
        for row in requests():
            f.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
