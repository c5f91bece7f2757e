"""Tunes (词牌) and their forms, from the tables in ``forms/data``.

``tunes.tsv`` names every tune of 欽定詞譜 (1715), ``tune_forms.tsv`` has its forms (``scripts/build_tunes.py``),
``tune_habits.tsv`` what Song poets did with each, and forms that the book lacks and poets use
(``scripts/build_tune_habits.py``). A row is taken apart when its tune is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from itertools import accumulate
from typing import Literal, NamedTuple

from yayun.prosody import tables
from yayun.prosody.forms.form import Form, Line, RhymeClass, RhymeTone
from yayun.prosody.forms.tunes.notation import Clause, Stanzas, parse
from yayun.prosody.numerals import chinese_number
from yayun.prosody.tones import LEVEL, OBLIQUE, OPEN

BOOK, CORPUS = "钦定词谱", "宋词"
# From these shares on a place binds (必), or is worth a word (多); poems from which a form's own habit is trusted.
BINDING, USUAL, KNOWN = 0.97, 0.9, 20
# A foot that fewer keep may go unrhymed (the shares lie above 0.85 or well below).
RHYMED = 0.82


@dataclass(frozen=True, slots=True)
class Habit:
    """What Song poets did with a form, from one half of the corpus.

    ``uses``: poems of the form. ``level``: for each character the share (0 to 1) that have it level, drawn towards
    what is usual in clauses of the same tones where poems are few. ``rhymed``: for each foot the share that rhyme.
    ``entering``: of the poems with oblique rhyme, the share in 入声. ``poems``: in the whole corpus.
    """

    uses: int = 0
    level: tuple[float, ...] = ()
    rhymed: tuple[float, ...] = ()
    entering: float = 0.0
    poems: int = 0


class Slot(NamedTuple):
    """A place of a form: the ``tone`` it wants (中: either), how strictly, the ``share`` of Song poems that keep it.

    必: the other tone is a fault. 多: the other tone is worth a word. 可: either tone.
    """

    tone: str
    grade: Literal["必", "多", "可"]
    share: float


@dataclass(frozen=True, eq=False)
class TuneForm:
    """A form of a tune, one object for each: ``number`` as the book counts its forms (from 1; those from the corpus go
    on), ``source`` 钦定词谱 or 宋词, ``stanzas`` of clauses as written there, ``habit`` as learnt."""

    tune: str
    number: int
    source: str
    stanzas: Stanzas
    habit: Habit = Habit()

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """All clauses in order."""
        return tuple(clause for stanza in self.stanzas for clause in stanza)

    @cached_property
    def length(self) -> int:
        """Characters in the whole form."""
        return sum(len(clause.tones) for clause in self.clauses)

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """A slot for each character."""
        found, at = [], 0
        for number, clause in enumerate(self.clauses):
            rhymes = clause.rhyme and number not in self.optional
            for i, tone in enumerate(clause.tones):
                level = self.habit.level[at] if self.habit.level else 0.5
                foot = bool(rhymes) and i == len(clause.tones) - 1
                found.append(_slot(tone, level, foot, self.habit.uses))
                at += 1
        return tuple(found)

    @cached_property
    def optional(self) -> frozenset[int]:
        """The clauses (from 0) that the form rhymes and poets often do not; never the last of a stanza."""
        feet = [i for i, clause in enumerate(self.clauses) if clause.rhyme]
        return frozenset(i for i, share in zip(feet, self.habit.rhymed, strict=False) if share < RHYMED)

    @property
    def variant(self) -> str:
        """正体 for the book's first form, else its number, e.g. 格三; 宋人体 for one from the corpus."""
        if self.source == CORPUS:
            return f"宋人体{chinese_number(self.number)}"
        return "正体" if self.number == 1 else f"格{chinese_number(self.number)}"

    @cached_property
    def form(self) -> Form:
        """The form as a value for the decoder: a line a clause, open where Song poets go either way (``usual`` says
        which way most go), oblique rhymes in 入声 or in 上去 where poets keep to one of them."""
        letters = list(dict.fromkeys(clause.rhyme for clause in self.clauses if clause.rhyme))
        classes = tuple(_rhyme_class(letter, letters, self.habit) for letter in letters)
        levels = self.habit.level or (0.5,) * self.length
        lines, at = [], 0
        for i, clause in enumerate(self.clauses):
            start, at = at, at + len(clause.tones)
            slots = self.slots[start:at]
            rhyme = letters.index(clause.rhyme) if clause.rhyme else None
            tones = "".join(slot.tone for slot in slots)
            if rhyme is not None:
                tones = tones[:-1] + clause.tones[-1]
            usual = "".join(map(_usual, tones, levels[start:at]))
            said = i - clause.back if clause.same else None
            lines.append(Line(tones, rhyme, clause.cut, usual, said, clause.same))
        starts = (0, *accumulate(len(stanza) for stanza in self.stanzas[:-1]))
        return Form(
            self.tune, _in_step(lines), classes or (RhymeClass(),), stanzas=starts, genre="词",
            variant=self.variant, source=self.source,
        )  # fmt: skip


def _in_step(lines: list[Line]) -> tuple[Line, ...]:
    """The lines with what is said again in one tone with what it repeats, where only one of the two is settled."""
    slots = [[*line.slots] for line in lines]
    for i, line in enumerate(lines):
        for k in range(1, line.again + 1 if line.repeats is not None else 0):
            own, said = slots[i], slots[line.repeats or 0]
            own[-k] = said[-k] = said[-k] if own[-k] == OPEN else own[-k]
    return tuple(replace(line, slots="".join(held)) for line, held in zip(lines, slots, strict=True))


def _usual(tone: str, level: float) -> str:
    """A place's tone; of an open place the one that two poets in three have, 中 where neither prevails."""
    if tone != OPEN:
        return tone
    return LEVEL if level >= 2 / 3 else OBLIQUE if level <= 1 / 3 else OPEN


def _slot(tone: str, level: float, foot: bool, uses: int) -> Slot:
    """A rhyme's tone always binds. Elsewhere the book's tone does where Song poets nearly always keep it; where the
    book has either, or poets go another way than its example, no more than a word is due."""
    usual, share = (LEVEL, level) if level >= 0.5 else (OBLIQUE, 1 - level)
    if foot:
        return Slot(tone, "必", level if tone == LEVEL else 1 - level)
    if usual == tone and share >= BINDING:
        return Slot(tone, "必", share)
    if share >= USUAL and (usual == tone or uses >= KNOWN):
        return Slot(usual, "多", share)
    return Slot(OPEN, "可", share)


def _rhyme_class(letter: str, letters: list[str], habit: Habit) -> RhymeClass:
    """``kin`` where the same letter is there in the other tone."""
    tone: RhymeTone = "平"
    if letter.islower():
        tone = "入" if habit.entering >= 0.8 and habit.uses >= 10 else "上去" if habit.entering <= 0.2 else "仄"
    other = letter.swapcase()
    return RhymeClass(tone, letters.index(other) if other in letters else None)


def tune_form(form: Form) -> TuneForm:
    """The form of a tune that a form for the decoder was made of. Raises KeyError where it is of no tune."""
    held = (other for other in tune(form.name).forms if other.variant == form.variant)
    if (found := next(held, None)) is None:
        raise KeyError(form.variant)
    return found


@dataclass(frozen=True)
class Tune:
    """A tune: its ``name`` in the book, ``names`` it also goes by, its ``forms`` (the book's first, then others)."""

    name: str
    names: tuple[str, ...]
    forms: tuple[TuneForm, ...]


@cache
def names() -> dict[str, tuple[str, ...]]:
    """Tune -> its other names, in the order of the book."""
    rows = (row.split("\t") for row in _rows("tunes.tsv"))
    return {name: tuple(others.split()) for name, others in rows}


@cache
def named() -> dict[str, tuple[str, ...]]:
    """Folded name -> the tunes that go by it: the tune of that very name first (浪淘沙: 浪淘沙, 浪淘沙令, 浪淘沙慢)."""
    found: dict[str, list[str]] = {}
    for name in names():
        found.setdefault(fold_name(name), []).append(name)
    for name, others in names().items():
        for other in others:
            held = found.setdefault(fold_name(other), [])
            if name not in held:
                held.append(name)
    return {name: tuple(tunes) for name, tunes in found.items()}


def fold_name(name: str) -> str:
    """A tune's name in one spelling: simplified, standard, 余 for 馀, bare of brackets."""
    return tables.fold(name).replace("馀", "余").replace("（", "(").replace("(大曲)", "大曲").replace("(大曲）", "大曲")


@cache
def tune(name: str) -> Tune:
    """The tune with exactly that name in the book. Raises KeyError where there is none."""
    habits = _habits()
    forms = (*book_forms(name), *_forms(name, CORPUS, "tune_variants.tsv"))
    return Tune(name, names()[name], tuple(replace(f, habit=_habit(habits[name, f.number])) for f in forms))


def book_forms(name: str) -> tuple[TuneForm, ...]:
    """The book's forms of a tune, without habits. Raises KeyError for a name that is no tune's in the book."""
    return _forms(name, BOOK, "tune_forms.tsv")


def _forms(name: str, source: str, table: str) -> tuple[TuneForm, ...]:
    rows = (row.split("\t") for row in _by_tune(table).get(name, ()))
    return tuple(TuneForm(name, int(number), source, parse(text)) for _, number, text in rows)


@cache
def _by_tune(table: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in _rows(table):
        found.setdefault(row[: row.index("\t")], []).append(row)
    return found


@cache
def _habits() -> dict[tuple[str, int], str]:
    """(tune, number) -> the rest of its row, undivided."""
    rows = (row.split("\t", 2) for row in _rows("tune_habits.tsv"))
    return {(name, int(number)): rest for name, number, rest in rows}


def _habit(row: str) -> Habit:
    uses, level, rhymed, entering, poems = row.split("\t")
    return Habit(int(uses), _shares(level), _shares(rhymed), float(entering), int(poems))


def _shares(digits: str) -> tuple[float, ...]:
    return tuple(int(digits[i : i + 2]) / 100 for i in range(0, len(digits), 2))


@cache
def _classics() -> dict[str, tuple[str, str]]:
    rows = (row.split("\t") for row in _rows("tune_firsts.tsv"))
    return {name: (author, first) for name, author, first in rows}


def classic(name: str) -> tuple[str, str] | None:
    """(author, first line) of a well-known poem of a tune, where one is listed."""
    return _classics().get(name)


def _rows(name: str) -> list[str]:
    return (files("yayun.prosody.forms") / "data" / name).read_text(encoding="utf-8").split("\n")[1:-1]
