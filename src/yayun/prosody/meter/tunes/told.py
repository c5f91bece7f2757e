"""A tune as programs are told of it: its pattern, how Song poets kept it, its other forms."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from yayun.errors import YayunError
from yayun.prosody.forms.tunes.tune import BOOK, TuneForm, classic, names, tune
from yayun.prosody.meter.tunes.review import find_tunes

LENGTHS = {"小令": (0, 58), "中调": (59, 90), "长调": (91, 999)}  # characters


def forms_called(name: str) -> list[TuneForm]:
    """The forms of the tunes that a name may mean. Raises YayunError, naming the nearest, for one of none."""
    return [form for held in find_tunes(name) for form in tune(held).forms]


def chosen_form(forms: Sequence[TuneForm], variant: str | None = None) -> TuneForm:
    """The variant named, else the form that most Song poems are in. Raises YayunError where there is none such."""
    if variant is None:
        return max(forms, key=lambda form: (form.habit.poems, -form.number))
    held = [form for form in forms if form.variant == variant]
    if not held:
        raise YayunError(f"《{forms[0].tune}》没有「{variant}」,有{'、'.join(form.variant for form in forms)}。")
    return held[0]


def tune_json(name: str, variant: str | None = None) -> dict[str, object]:
    """The object that ``yayun tune --json`` prints. Raises YayunError for an unknown tune or variant."""
    forms = forms_called(name)
    chosen, first = chosen_form(forms, variant), classic(chosen_form(forms, variant).tune)
    return {
        "tune": chosen.tune,
        "names": list(tune(chosen.tune).names),
        "variant": chosen.variant,
        "source": chosen.source,
        "characters": chosen.length,
        "poems": chosen.habit.poems,
        "stanzas": [
            [{"tones": c.tones, "mark": c.cut, "rhyme": c.rhyme or None, "repeats": c.same or None} for c in stanza]
            for stanza in chosen.stanzas
        ],
        "grades": [[slot.tone, slot.grade, round(slot.share, 2)] for slot in chosen.slots],
        "entering": chosen.habit.entering,
        "classic": {"author": first[0], "first": first[1]} if first else None,
        "variants": [
            {
                "tune": form.tune,
                "variant": form.variant,
                "characters": form.length,
                "poems": form.habit.poems,
                "book": form.source == BOOK,
            }
            for form in forms
        ],
        "also": list(find_tunes(name)[1:]),
    }


@cache
def every_tune() -> tuple[dict[str, object], ...]:
    """Each tune in a line: name, other names, characters and Song poems of its usual form, 小令, 中调 or 长调; the
    commonest first."""
    found = []
    for name in names():
        held = tune(name)
        form = chosen_form(held.forms)
        size = next(size for size, (low, high) in LENGTHS.items() if low <= form.length <= high)
        poems = sum(own.habit.poems for own in held.forms)
        found.append({"name": name, "names": list(held.names), "characters": form.length, "poems": poems, "size": size})
    return tuple(sorted(found, key=lambda row: -int(str(row["poems"]))))
