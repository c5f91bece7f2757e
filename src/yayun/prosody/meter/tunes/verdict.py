"""What there is to say of a 词 set against a form of its tune, as findings.

Tones are graded (``TuneForm.slots``): 必 is a fault, 多 worth a word. A stop in a level place (以入代平) is a licence
of Song poets; a reading the lexicon holds back is accepted with a note. Rhymes are judged by 词林正韵, sections that
poets mix (通押) with a note. How clauses are cut inside a rhyme is advice. Nothing is 孤平 in 词.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from yayun.prosody.forms.tunes.tune import Slot, TuneForm, tune
from yayun.prosody.meter.finding import Finding
from yayun.prosody.meter.tunes.align import Alignment
from yayun.prosody.meter.tunes.match import is_kin, outline, rhymes
from yayun.prosody.meter.tunes.verse import Verse
from yayun.prosody.numerals import chinese_number
from yayun.prosody.readings.lexicon import Place
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN

# From these shares of poems in 入声 on, over so many poems, a tune is one for it, or mostly.
_ENTERING, _MOSTLY, _POEMS = 0.8, 0.5, 10


class ToneFault(NamedTuple):
    """A character whose tone is not the slot's: ``rule`` 应平, 应仄, 以入代平 or 两读, and how grave."""

    rule: str
    severity: str


def tone_fault(slot: Slot, place: Place) -> ToneFault | None:
    """What is wrong with a character at a slot; None where nothing is."""
    if OPEN in (slot.tone, place.symbol) or slot.tone == place.symbol:
        return None
    rule = "应平" if slot.tone == LEVEL else "应仄"
    if place.loose in (OPEN, slot.tone):
        return ToneFault("两读", "note")
    if slot.grade == "多":
        return ToneFault(rule, "warning")
    if slot.tone == LEVEL and all(reading.tone == "入" for reading in place.readings):
        return ToneFault("以入代平", "warning")
    return ToneFault(rule, "error")


class Judged(NamedTuple):
    """A text set against a form."""

    form: TuneForm
    verse: Verse
    alignment: Alignment


class Spots:
    """Names of places: by the form's stanzas and sentences for people, by the text's clauses for programs."""

    def __init__(self, judged: Judged) -> None:
        self._form, self._verse = judged.form, judged.verse

    @cached_property
    def _labels(self) -> tuple[tuple[str, int], ...]:
        """(stanza and sentence, place in the sentence from 1) of each character of the form."""
        found = []
        for number, stanza in enumerate(self._form.stanzas):
            name = stanza_name(number, len(self._form.stanzas))
            sentence = place = 0
            begins = True
            for clause in stanza:
                if begins:
                    sentence, place = sentence + 1, 0
                for _ in clause.tones:
                    place += 1
                    found.append((f"{name}第{chinese_number(sentence)}句", place))
                begins = clause.cut != "、"
        return tuple(found)

    def sentence(self, i: int) -> str:
        """Stanza and sentence of the form's place ``i``."""
        return self._labels[i][0]

    def place(self, i: int) -> str:
        """The same with the place: 上片第二句第三字."""
        sentence, place = self._labels[i]
        return f"{sentence}第{chinese_number(place)}字"

    def at(self, j: int) -> tuple[int, int]:
        """(line, column) from 1 of the text's character ``j``."""
        for number, clause in enumerate(self._verse.clauses, start=1):
            if j < len(clause):
                return number, j + 1
            j -= len(clause)
        raise IndexError(j)


def stanza_name(number: int, count: int) -> str:
    """上片 and 下片 of two, 第一片 … of more, nothing of one."""
    if count == 1:
        return ""
    return ("上片", "下片")[number] if count == 2 else f"第{chinese_number(number + 1)}片"


def findings(judged: Judged) -> Iterator[Finding]:
    """Everything there is to say, in no order."""
    spots = Spots(judged)
    yield from _lengths(judged, spots)
    yield from _unresolved(judged, spots)
    yield from _tones(judged, spots)
    yield from _rhymes(judged, spots)
    yield from _repeats(judged, spots)
    yield from _inner(judged, spots)
    yield from _cuts(judged, spots)
    yield from _entering(judged)


def _lengths(judged: Judged, spots: Spots) -> Iterator[Finding]:
    """字数: characters missing or too many, by sentence."""
    verse, (places, extra, _) = judged.verse, judged.alignment
    missing: dict[str, list[int]] = {}
    for i, j in enumerate(places):
        if j is None:
            missing.setdefault(spots.sentence(i), []).append(i)
    for sentence, lost in missing.items():
        near = next((j for j in places[lost[0] :: -1] if j is not None), 0)
        line, column = spots.at(near)
        yield Finding("字数", "error", line, column, f"{sentence}少{chinese_number(len(lost))}字")
    start = 0
    for clause in verse.clauses:
        more = [j for j in extra if start <= j < start + len(clause)]
        if more:
            before = [i for i, j in enumerate(places) if j is not None and j < start + len(clause)] or [0]
            message = f"{spots.sentence(before[-1])}多{chinese_number(len(more))}字"
            yield Finding("字数", "error", *spots.at(more[0]), message)
        start += len(clause)


def _unresolved(judged: Judged, spots: Spots) -> Iterator[Finding]:
    """字音: characters no table knows; accepted in either tone."""
    for j, place in enumerate(judged.verse.places):
        if not place.readings:
            yield Finding("字音", "warning", *spots.at(j), f"「{place.char}」查不到读音,平仄不能判定")


def _tones(judged: Judged, spots: Spots) -> Iterator[Finding]:
    form, verse, (places, _, _) = judged
    feet = outline(form).feet.keys() - outline(form).optional
    for i, j in enumerate(places):
        if j is None or i in feet:
            continue
        slot, place = form.slots[i], verse.places[j]
        fault = tone_fault(slot, place)
        if fault is not None:
            message = _tone_message(fault.rule, slot, place, spots.place(i))
            yield Finding(fault.rule, fault.severity, *spots.at(j), message)  # type: ignore[arg-type]


def _tone_message(rule: str, slot: Slot, place: Place, where: str) -> str:
    other = OBLIQUE if slot.tone == LEVEL else LEVEL
    if rule == "两读":
        return f"{where}「{place.char}」常读{other}声,此处须取其{slot.tone}声一读"
    if rule == "以入代平":
        return f"{where}「{place.char}」是入声,此处应平;宋人偶以入代平"
    return f"{where}「{place.char}」{other}声,应{slot.tone}(宋人{tenths(slot.share)}用{slot.tone})"


def tenths(share: float) -> str:
    """A share in Chinese: 0.9 -> 九成, 0.93 -> 九成三, all but one in fifty and more -> 几乎都."""
    percent = round(100 * share)
    if percent >= 98:
        return "几乎都"
    tens, ones = divmod(percent, 10)
    return f"{chinese_number(tens)}成{chinese_number(ones) if ones else ''}"


def _rhymes(judged: Judged, spots: Spots) -> Iterator[Finding]:
    """失叶 where a foot has another tone, 出韵 where it is of another section, 通押 where poets mix the two, 重韵."""
    form, verse, (places, _, _) = judged
    shape = outline(form)
    feet = {i: letter for i, letter in shape.feet.items() if places[i] is not None}
    here = {places[i]: letter for i, letter in feet.items()}
    found = rhymes(here, verse)  # type: ignore[arg-type]
    for i, letter in feet.items():
        j = places[i]
        assert j is not None
        section, out = found[letter.upper()]
        if j not in out or i in shape.optional:
            continue
        level, char, where = letter.isupper(), verse.text[j], spots.place(i)
        tone = LEVEL if level else OBLIQUE
        sounds = verse.sounds(j)
        line, column = spots.at(j)
        held = "、".join(section_name(number) for number in sorted({n for n, t in sounds if t == level}))
        if not held:
            other = OBLIQUE if level else LEVEL
            message = f"{where}「{char}」{other}声,此处当押{tone}声韵"
            yield Finding("失叶", "error", line, column, message)
        elif section is not None and is_kin(sounds, section, level):
            message = f"{where}「{char}」在{held},与{section_name(section)}通押,宋人有之"
            yield Finding("通押", "note", line, column, message)
        else:
            message = f"{where}「{char}」在{held},不在本词所押的{section_name(section or 0)}"
            yield Finding("出韵", "error", line, column, message)
    yield from _repeated_feet(judged, spots)


def section_name(number: int) -> str:
    """第十八部."""
    return f"第{chinese_number(number)}部"


def _repeated_feet(judged: Judged, spots: Spots) -> Iterator[Finding]:
    """重韵: a rhyme character twice in one class, 叠 apart."""
    form, verse, (places, _, _) = judged
    seen: dict[tuple[str, str], int] = {}
    at = -1
    for clause in form.clauses:
        at += len(clause.tones)
        j = places[at]
        if not clause.rhyme or j is None:
            continue
        key = (clause.rhyme.upper(), verse.text[j])
        if key in seen and not clause.same:
            message = f"{spots.place(at)}韵脚「{verse.text[j]}」与{spots.sentence(seen[key])}重复"
            yield Finding("重韵", "warning", *spots.at(j), message)
        seen.setdefault(key, at)


def _repeats(judged: Judged, spots: Spots) -> Iterator[Finding]:
    """叠句: words that the form says again."""
    form, verse, (places, _, _) = judged
    for end, start, same in outline(form).repeats:
        own = [places[end - k] for k in range(same)]
        first = [places[start - k] for k in range(same)]
        if None in own or None in first:
            continue
        said = "".join(verse.text[j] for j in reversed(first) if j is not None)
        again = "".join(verse.text[j] for j in reversed(own) if j is not None)
        if said != again:
            message = f"{spots.sentence(end)}例叠{spots.sentence(start)}的「{said}」"
            yield Finding("叠句", "warning", *spots.at(own[-1] or 0), message)


def _cuts(judged: Judged, spots: Spots) -> Iterator[Finding]:
    """断句 and 分片: where the text ends a clause or a stanza elsewhere than the form. Advice, one note a rhyme."""
    form, verse, (places, extra, _) = judged
    if extra or None in places or len(verse.clauses) <= len(verse.stanzas):
        return
    cuts, start = outline(form).cuts, 0
    for end, cut in cuts.items():
        if cut != "。":
            continue
        inside = [
            i for i in range(start, end) if (i in cuts and cuts[i] != "、") != (verse.ends.get(i) in ("，", "。"))
        ]
        if inside or end not in verse.ends:
            mine = _widths([i for i in verse.ends if start <= i < end] + [end], start)
            theirs = _widths([i for i in cuts if start <= i <= end], start)
            if mine != theirs:
                message = f"{spots.sentence(end)}一韵断作{mine},谱作{theirs}"
                yield Finding("断句", "note", *spots.at(start), message)
        start = end + 1
    breaks = outline(form).breaks
    if len(verse.stanzas) > 1 and verse.breaks != breaks and len(form.stanzas) > 1:
        at = spots.at(breaks[0])
        yield Finding("分片", "note", *at, f"分片与谱不同:谱在「{verse.text[breaks[0]]}」后分片")


def _inner(judged: Judged, spots: Spots) -> Iterator[Finding]:
    """夹叶: rhymes that another form of the tune has between those of this one, kept by the text."""
    form, verse, (places, extra, _) = judged
    if extra or None in places:
        return
    own = outline(form).feet
    for other in tune(form.tune).forms:
        feet = {i: letter for i, letter in outline(other).feet.items() if i not in own}
        same = other.length == form.length and own.items() <= outline(other).feet.items()
        if not same or len(feet) < 2 or {*map(str.upper, feet.values())} & {*map(str.upper, own.values())}:
            continue
        held = rhymes(feet, verse)
        kept = all(
            section is not None and all(is_kin(verse.sounds(i), section, feet[i] == letter) for i in out)
            for letter, (section, out) in held.items()
        )
        if kept and all(list(map(str.upper, feet.values())).count(letter) > 1 for letter in held):
            words = "、".join(f"「{verse.text[i]}」" for i in feet)
            message = f"{words}之间又相押,同{other.variant}"
            yield Finding("夹叶", "note", *spots.at(min(feet)), message)
            return


def _widths(ends: list[int], start: int) -> str:
    widths, before = [], start - 1
    for end in sorted(ends):
        widths.append(chinese_number(end - before))
        before = end
    return "、".join(widths)


def _entering(judged: Judged) -> Iterator[Finding]:
    """入声: a tune whose oblique rhymes poets keep to the entering tone."""
    form, verse, (places, _, _) = judged
    oblique = [other for other in tune(form.tune).forms if any(c.rhyme.islower() for c in other.clauses)]
    habit = max((other.habit for other in oblique), key=lambda held: held.uses, default=form.habit)
    if habit.entering < _MOSTLY or habit.uses < _POEMS:
        return
    here = {j: letter for i, letter in outline(form).feet.items() if (j := places[i]) is not None}
    held = {section for letter, (section, _) in rhymes(here, verse).items() if letter.lower() in here.values()}
    if any(section is not None and section < 15 for section in held):
        share = tenths(habit.entering)
        if habit.entering >= _ENTERING:
            yield Finding("入声", "warning", None, None, f"此调须押入声(宋人{share}如此),此词押的是上去声")
        else:
            yield Finding("入声", "note", None, None, f"此调多押入声(宋人{share}如此),此词押的是上去声")
