"""古体 as forms: so many lines of five or seven characters, the even ones in one rhyme, tones free.

What a poem of old style keeps by every handbook (Wang Li, *Shici gelü*): its rhyme, which may be of any tone. That it
may change its rhyme on the way is for reading, not for composing.
"""

from __future__ import annotations

from functools import cache

from yayun.prosody.forms.form import COMMA, STOP, Form, Line, RhymeClass
from yayun.prosody.tones import OPEN

OLD_FORMS = {"五言古体": 5, "七言古体": 7}
OLD_QUATRAINS = {"五言古绝": 5, "七言古绝": 7}
SHORTEST_OLD, LONGEST_OLD = 4, 100  # lines
USUAL_OLD = 12
# What else people call them.
_NAMES = {"古体", "古诗", "古风", "古体诗"}


@cache
def old_style(width: int, count: int) -> Form:
    """Old-style verse of ``count`` lines, an even number; of four lines 古绝."""
    kinds = OLD_QUATRAINS if count == 4 else OLD_FORMS
    lines = (Line(OPEN * width, 0 if i % 2 else None, STOP if i % 2 else COMMA) for i in range(count))
    name = next(name for name, of_width in kinds.items() if of_width == width)
    return Form(name, tuple(lines), rhymes=(RhymeClass("任"),), short=f"{name[0]}{name[2:]}" if count == 4 else "")


def is_old(form: Form) -> bool:
    """Is it verse of old style?"""
    return form.name in OLD_FORMS or form.name in OLD_QUATRAINS


def old_named(name: str) -> tuple[Form, ...]:
    """五言古体, 五古, 五言古诗, 七言古风, 古体 (of five), 五言古绝 …, in a usual length; none for another name."""
    for full, width in OLD_QUATRAINS.items():
        if name in (full, f"{full[0]}古绝", "古绝"):
            return (old_style(width, 4),)
    for full, width in OLD_FORMS.items():
        if name in (full, f"{full[0]}古") or name in _NAMES or (name[:2] == full[:2] and name[2:] in _NAMES):
            return (old_style(width, USUAL_OLD),)
    return ()
