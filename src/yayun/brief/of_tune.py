"""What of a request a 词 can take, and what only regulated verse has."""

from __future__ import annotations

from yayun.brief.given import Given
from yayun.brief.lexicon import tunes
from yayun.brief.reader import Said
from yayun.brief.shape import Shape
from yayun.brief.text import plain
from yayun.brief.tunes import TuneSaid
from yayun.brief.value import Locked
from yayun.errors import YayunError


def refuse_with_tune(said: Said, told: TuneSaid, kept: Locked) -> None:
    """Errors: YayunError, in one sentence, for an unknown tune and for wishes that no 词 can keep."""
    name = f"《{told.tune}》" if told.tune else "词"
    if told.tune and plain(told.tune) not in tunes():
        from yayun.prosody.meter.tunes.review import find_tunes  # the tables: for who names a tune that may be none

        find_tunes(told.tune)
    elif not told.tune and said.variant:
        raise YayunError("--variant 要和 --tune 同用,例如 --tune 浣溪沙 --variant 正体。")
    if said.shape != Shape():
        raise YayunError(f"{name}是词牌,又要写{said.shape.form()},请只留一样。")
    if said.way is not None:
        raise YayunError(f"{said.way.name}只用于诗,不能和{name}同用,请只留一样。")
    if said.acrostic or said.places is not None or said.upper or kept:
        raise YayunError(f"藏头、嵌字、次韵、锁定诗句还只用于诗,不能和{name}同用,请只留一样。")
    if said.pattern is not None or said.first_line_rhymes is not None:
        raise YayunError(f"平起仄起、首句入韵是近体诗的讲究,{name}各句依词谱,请去掉这一项。")
    if said.section and said.rhyme:
        raise YayunError(f"又要押{said.section},又要押{said.rhyme}韵,请只留一处。")


def locked_in(name: str, given: Given | None) -> Locked:
    """Lines that are given, by their place in the tune's usual form. Errors: YayunError where it has fewer lines."""
    if given is None:
        return ()
    if not name:
        raise YayunError("给了词句,还要写明词牌,例如:填一首浣溪沙,首句用“…”。")
    from yayun.prosody.forms.tunes.tune import tune
    from yayun.prosody.meter.tunes.review import find_tunes

    forms = [form for held in find_tunes(name) for form in tune(held).forms]
    count = max(forms, key=lambda form: (form.habit.poems, -form.number)).form.count
    places = given.places(count)
    if len(places) < len(given.lines):
        raise YayunError(f"《{name}》只有{count}句,给的诗句在它之外,请改一改位置。")
    return tuple(places.get(i) for i in range(max(places) + 1))
