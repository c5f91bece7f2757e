"""Taking back what a sentence says: the reading of a request that its author has looked at and changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from yayun.brief.reader import Said
from yayun.errors import YayunError

# What a field's words in a sentence have said.
_SAID = {
    "title": ("title", "firm_title"),
    "theme": ("theme",),
    "imagery": ("imagery",),
    "form": ("shape", "avoid_forms"),
    "rhyme": ("rhyme", "rhyme_tone", "section"),
    "pattern": ("pattern",),
    "first_line_rhymes": ("first_line_rhymes",),
    "acrostic": ("acrostic",),
    "script": ("script", "written_in"),
    "count": ("count",),
    "tune": ("tune",),
    "locked": ("given",),
    "way": ("way",),
    "book": ("book",),
    "avoid_rhymes": ("avoid_rhymes",),
    "avoid_words": ("avoid_words",),
}
FIELDS = tuple(_SAID)


def dropped(sentence: Said, fields: Sequence[str]) -> Said:
    """What the sentence says, without ``fields`` (names of ``FIELDS``).

    Errors: YayunError for another name.
    """
    if unknown := [name for name in fields if name not in _SAID]:
        raise YayunError(f"without 里不认识“{unknown[0][:20]}”,可用的有:{'、'.join(FIELDS)}。")
    nothing = Said()
    return replace(sentence, **{said: getattr(nothing, said) for name in fields for said in _SAID[name]})
