"""Tunes and rhyme books as a terminal shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yayun.errors import YayunError
from yayun.lazy import lazy
from yayun.prosody.books.shelf import TONGYUN, XINYUN, book, canonical_division
from yayun.prosody.forms.tunes.tune import TuneForm, classic, tune
from yayun.prosody.meter.tunes.review import find_tunes
from yayun.prosody.meter.tunes.told import chosen_form, forms_called, tune_json
from yayun.prosody.meter.tunes.verdict import tenths
from yayun.prosody.render_tune import LEGEND, form_signs
from yayun.terminal.console import print_json

if TYPE_CHECKING:
    from yayun import script as yayun_script
    from yayun.brief import fields
    from yayun.prosody import tables as prosody_tables
    from yayun.prosody.readings import lexicon
else:
    fields = lazy("yayun.brief.fields")
    lexicon = lazy("yayun.prosody.readings.lexicon")
    prosody_tables = lazy("yayun.prosody.tables")
    yayun_script = lazy("yayun.script")


def show_tune(name: str, variant: str | None, everything: bool, as_json: bool) -> None:
    """A tune's pattern, uses and names on stdout. Raises YayunError for an unknown tune or variant."""
    if as_json:
        print_json(tune_json(name, variant))
        return
    forms = forms_called(name)
    _show(chosen_form(forms, variant), forms, find_tunes(name), everything)


def _shape(form: TuneForm) -> str:
    rhymes = {clause.rhyme for clause in form.clauses if clause.rhyme}
    level, oblique = any(map(str.isupper, rhymes)), any(map(str.islower, rhymes))
    kind = "平仄韵" if level and oblique else "平韵" if level else "仄韵"
    stanzas = ("单调", "双调", "三片", "四片")[len(form.stanzas) - 1]
    return f"{stanzas}{form.length}字,{kind}{sum(bool(clause.rhyme) for clause in form.clauses)}处"


def _show(chosen: TuneForm, forms: list[TuneForm], found: tuple[str, ...], everything: bool) -> None:
    held = tune(chosen.tune)
    others = f"(又名{'、'.join(held.names)})" if held.names else ""
    print(f"{held.name}{others}")
    print(f"{chosen.variant}:{_shape(chosen)};宋词 {chosen.habit.poems} 首,据{chosen.source}")
    print(form_signs(chosen))
    print(LEGEND)
    if chosen.habit.entering >= 0.5 and chosen.habit.uses >= 10:
        print(f"宋人{tenths(chosen.habit.entering)}押入声。")
    if (first := classic(chosen.tune)) is not None:
        print(f"名作:{first[0]}「{first[1]}」")
    rest = [form for form in forms if form is not chosen]
    shown = rest if everything else [form for form in rest if form.habit.poems][:6]
    for form in shown:
        label = form.variant if form.tune == chosen.tune else f"《{form.tune}》{form.variant}"
        print(f"另:{label},{_shape(form)},宋词 {form.habit.poems} 首")
    if len(rest) > len(shown):
        print(f"还有 {len(rest) - len(shown)} 体(加 --all 列出,加 --variant 看谱)")
    if len(found) > 1:
        print(f"「{found[0]}」之外,也称此名的词牌:{'、'.join(found[1:])}")


def show_division(name: str, rhyme: str, script: str | None) -> None:
    """A rhyme of a book: its characters by tone, those the corpus uses most first. Raises YayunError for none."""
    division = canonical_division(name, rhyme)
    held = book(name)
    traditional = script is not None and fields.parse_script(script) == "traditional"
    groups = [group for group in held.groups.values() if group.division == division]
    print(f"{name} {division}{'' if division.endswith('部') else '韵'}")
    chars: dict[str, list[str]] = {group.name: [] for group in groups}
    for char in prosody_tables.rhymebook():
        for reading in held.readings(char):
            if reading.group in chars and not reading.rare:
                chars[reading.group].append(char)
    for group in groups:
        common = sorted(chars[group.name], key=lambda char: (-lexicon.uses(char), char))
        shown = [
            char if traditional else yayun_script.to_simplified(char) for char in common if lexicon.uses(char) >= 5
        ]
        print(f"{group.tone}声:{''.join(dict.fromkeys(shown))}")


def show_book_char(name: str, char: str) -> None:
    """A character's readings in a book. Raises YayunError where it has none."""
    if len(char) != 1:
        raise YayunError("--char 只能查一个字。")
    found = book(name).readings(char)
    if not found:
        raise YayunError(f"{name}里查不到“{char}”:请换用它的正体再查。")
    groups = book(name).groups
    label = "拼音" if name in (XINYUN, TONGYUN) else "平水韵"
    for reading in found:
        group = groups[reading.group]
        rare = "(少用)" if reading.rare else ""
        end = "" if group.division.endswith("部") else "韵"
        print(f"{group.division}{end}\t{group.tone}声\t{label} {reading.gloss}\t{reading.sense}{rare}")
