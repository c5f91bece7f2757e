"""Settling what is left open of a 词: the tune and its form, the rhymes, by a seed, as poets chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from yayun.backends.settled import Settled
from yayun.brief.value import Brief
from yayun.errors import YayunError
from yayun.lazy import lazy
from yayun.prompts.order import Order, written
from yayun.prosody.books.cilin import ENTERING, Sound, rhyme_name, sections_of_group, sounds_of
from yayun.prosody.books.pingshui import pingshui
from yayun.prosody.forms.form import RhymeClass
from yayun.prosody.forms.tunes.tune import TuneForm, tune
from yayun.prosody.meter.finding import ordinal
from yayun.prosody.meter.tunes.review import find_tunes
from yayun.prosody.numerals import chinese_number
from yayun.prosody.readings.lexicon import read_line, rhyme_groups
from yayun.retrieval.habits import habits

if TYPE_CHECKING:
    import numpy as np

    from yayun.prompts.order import Fixed
else:
    np = lazy("numpy")

# Characters of a form that is decoded in as many drafts as regulated verse; a longer one in fewer, never below these.
USUAL, FEWEST = 56, 8
# Tunes to choose from where none is named, and the lengths (characters) by which they are asked for.
COMMON = (
    "浣溪沙", "鹧鸪天", "菩萨蛮", "蝶恋花", "临江仙", "西江月", "清平乐", "点绛唇", "减字木兰花", "虞美人", "卜算子",
    "如梦令", "渔家傲", "踏莎行", "水调歌头", "念奴娇", "满江红", "贺新郎", "沁园春", "满庭芳", "水龙吟", "木兰花慢",
)  # fmt: skip
SIZES = {"": (0, 999), "小令": (0, 58), "中调": (59, 90), "长调": (91, 999)}


def settle_tune(brief: Brief, seed: int, drafts: int, avoid: tuple[str, ...], fixed: Fixed) -> Settled:
    """A 词 with nothing left open. Raises YayunError where the tune can't be had as it is asked for."""
    rng = np.random.default_rng([seed, 0])
    form = choose_form(brief, fixed, rng)
    title = brief.title or brief.theme or (brief.imagery[0] if brief.imagery else "")
    there = written("\n".join(filter(None, brief.locked)))
    imagery = tuple(image for image in brief.imagery if written(image) not in there)
    count = max(FEWEST, drafts * USUAL // form.length) if drafts > 1 and form.length > USUAL else drafts
    orders = []
    for _ in range(count):
        first, *more = _rhymes(brief, form, fixed, rng)
        orders.append(Order(title, form.form, first, imagery, avoid=avoid, fixed=fixed, more_rhymes=tuple(more)))
    return Settled(replace(brief, tune=form.tune, variant=form.variant), title, seed, tuple(orders))


def choose_form(brief: Brief, fixed: Fixed, rng: np.random.Generator) -> TuneForm:
    """The form asked for; where several will do, the one that most Song poems are in. Raises YayunError where there is
    none such."""
    forms = _forms(brief, rng)
    name = forms[0].tune
    if brief.variant:
        held = [form for form in forms if form.variant == brief.variant]
        if not held:
            every = "、".join(dict.fromkeys(form.variant for form in forms))
            raise YayunError(f"《{name}》没有「{brief.variant}」,有{every}。")
        forms = [form for form in held if form.tune == held[0].tune]  # the tune of that very name comes first
    if brief.rhyme or brief.rhyme_tone:
        suited = [form for form in forms if _suits(form, brief)]
        if not suited:
            own = "、".join(dict.fromkeys(_TOLD[form.form.rhymes[0].tone] for form in forms))
            asked = brief.rhyme if brief.rhyme else f"{brief.rhyme_tone}声"
            raise YayunError(f"《{name}》押{own}韵,不能押{asked}韵:请换一个韵部或词牌。")
        forms = suited
    if fixed:
        forms = _with_lines(name, forms, brief)
    return max(forms, key=lambda form: (form.habit.poems, -form.number))


_TOLD = {"平": "平声", "仄": "仄声", "上去": "上去声", "入": "入声", "通": "平仄通叶的", "任": "任何"}


def _forms(brief: Brief, rng: np.random.Generator) -> list[TuneForm]:
    if brief.tune:
        return [form for held in find_tunes(brief.tune) for form in tune(held).forms]
    low, high = SIZES[brief.size]
    fitting = [name for name in COMMON if low <= _usual_form(name).length <= high]
    fitting = [name for name in fitting if not (brief.rhyme or brief.rhyme_tone) or _suits(_usual_form(name), brief)]
    fitting = fitting or ["浣溪沙"]
    weights = np_weights([_usual_form(name).habit.poems for name in fitting])
    return [*tune(fitting[int(rng.choice(len(fitting), p=weights))]).forms]


@cache
def _usual_form(name: str) -> TuneForm:
    return max(tune(name).forms, key=lambda form: (form.habit.poems, -form.number))


def _suits(form: TuneForm, brief: Brief) -> bool:
    """May the form's first rhyme be the one asked for?"""
    first = form.form.rhymes[0]
    if brief.rhyme:
        return bool(_asked_sounds(brief.rhyme) & {*_sounds(first)})
    return {"平": "平", "仄": "上去入"}.get(brief.rhyme_tone or "", brief.rhyme_tone or "") in (
        first.tones, *first.tones
    ) or (brief.rhyme_tone == "仄" and not first.level)  # fmt: skip


def _asked_sounds(rhyme: str) -> frozenset[Sound]:
    """The rhymes that 第三部, or a Pingshui group (东), can mean."""
    if rhyme in pingshui().groups:
        level = pingshui().groups[rhyme].level
        return frozenset((number, level) for number in sections_of_group(rhyme))
    numbers = [n for n in range(1, ENTERING + 5) if rhyme == f"第{chinese_number(n)}部"]
    return frozenset((n, level) for n in numbers for level in (True, False) if not level or n < ENTERING)


@cache
def _sounds(held: RhymeClass) -> tuple[Sound, ...]:
    """The rhymes that a class may have."""
    tones = held.tones
    found = [(n, True) for n in range(1, ENTERING)] if "平" in tones else []
    if "上" in tones:
        found += [(n, False) for n in range(1, ENTERING)]
    if "入" in tones:
        found += [(n, False) for n in range(ENTERING, ENTERING + 5)]
    return tuple(found)


@cache
def _uses(sound: Sound) -> float:
    """How often poets rhymed so, as the Pingshui groups in it were used."""
    counts = habits("七绝", "rhyme")
    shares = [
        (counts.get(name, 0) + 20.0) / len(sections_of_group(name))
        for name, group in pingshui().groups.items()
        if group.level == sound[1] and sound[0] in sections_of_group(name)
    ]
    return sum(shares)


def _rhymes(brief: Brief, form: TuneForm, fixed: Fixed, rng: np.random.Generator) -> list[str]:
    """A rhyme for each class: that asked for and those of fixed feet, in another tone of one class the same section,
    in another class another."""
    chosen: list[Sound] = []
    letters = form.form.rhymes
    for number, held in enumerate(letters):
        every = [s for s in _sounds(held) if _enough(s, form, number)] or [*_sounds(held)]
        if number == 0 and brief.rhyme:
            every = [s for s in _sounds(held) if s in _asked_sounds(brief.rhyme)]
        answers = [_sounds(other) for other in letters[number + 1 :] if other.kin == number]
        every = [s for s in every if all(any(t[0] == s[0] for t in told) for told in answers)] or every
        if held.kin is not None and held.kin < len(chosen):
            every = [s for s in _sounds(held) if s[0] == chosen[held.kin][0]]
        else:
            taken = {section for section, _ in chosen}
            every = [s for s in every if s[0] not in taken] or every
        for (line, column), char in fixed:
            if form.form.lines[line].rhyme == number and column == form.form.widths[line] - 1:
                every = [s for s in every if s in sounds_of(char, rhyme_groups(char))] or every
        weights = np_weights([_uses(sound) for sound in every])
        chosen.append(every[int(rng.choice(len(every), p=weights))])
    return [rhyme_name(sound) for sound in chosen]


# Sections so small that no long run of feet can be had of them.
_SMALL, _MANY = {(5, False), (13, False), (14, False), (19, False), (9, False), (13, True), (14, True)}, 5


def _enough(sound: Sound, form: TuneForm, number: int) -> bool:
    return sound not in _SMALL or len(form.form.rhyming_in(number)) <= _MANY


def np_weights(values: Sequence[float]) -> list[float]:
    """Shares that sum to 1, a little for each."""
    total = sum(value + 0.1 for value in values)
    return [(value + 0.1) / total for value in values]


def _with_lines(name: str, forms: list[TuneForm], brief: Brief) -> list[TuneForm]:
    """The forms that a given line can stand in. Raises YayunError, naming what is in its way, where there is none."""
    from yayun.decoding.constraint import Frame, places_fit

    kept = [(i, line) for i, line in enumerate(brief.locked) if line]
    shaped = [f for f in forms if all(i < f.form.count and f.form.widths[i] == len(line) for i, line in kept)]
    if not shaped:
        i, line = next((i, line) for i, line in kept if all(f.form.widths[i : i + 1] != (len(line),) for f in forms))
        widths = sorted({f.form.widths[i] for f in forms if i < f.form.count})
        raise YayunError(
            f"《{name}》第{ordinal(i + 1)}句是{'或'.join(map(chinese_number, widths))}字,"
            f"给的「{line}」有{chinese_number(len(line))}字:请换一句。"
        )
    cells = tuple(((i, k), char) for i, line in kept for k, char in enumerate(line))
    fitting = [f for f in shaped if places_fit(Frame(f.form, "", cells))]
    if not fitting:
        form = max(shaped, key=lambda f: (f.habit.poems, -f.number)).form
        i, line = kept[0]
        tones = "".join(place.symbol for place in read_line(line))
        raise YayunError(f"《{name}》第{ordinal(i + 1)}句的平仄是{form.tones[i]},给的「{line}」是{tones}:请换一句。")
    return fitting
