"""Tunes (词牌) and their forms, from the tables in ``forms/data``.

``tunes.tsv`` names every tune of 欽定詞譜 (1715), ``tune_forms.tsv`` has its forms (``scripts/build_tunes.py``),
``tune_habits.tsv`` what Song poets did with each, and forms that the book lacks and poets use
(``scripts/build_tune_habits.py``). A row is taken apart when its tune is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from yayun.prosody import tables
from yayun.prosody.forms.form import Form, Line, RhymeClass, RhymeTone
from yayun.prosody.forms.tunes.notation import Clause, Stanzas, parse

BOOK, CORPUS = "钦定词谱", "宋词"


@dataclass(frozen=True, slots=True)
class Habit:
    """What Song poets did with a form, from one half of the corpus.

    ``uses``: poems of the form. ``level``: for each character the share (0 to 1) that have it level, drawn towards
    what is usual in clauses of the same tones where poems are few. ``rhymed``: for each clause the share that rhyme.
    ``entering``: of the poems with oblique rhyme, the share in 入声.
    """

    uses: int = 0
    level: tuple[float, ...] = ()
    rhymed: tuple[float, ...] = ()
    entering: float = 0.0


@dataclass(frozen=True)
class TuneForm:
    """A form of a tune: ``number`` as the book counts its forms (from 1; those from the corpus go on), ``source``
    钦定词谱 or 宋词, ``stanzas`` of clauses as written there, ``habit`` as learnt."""

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

    @property
    def variant(self) -> str:
        """正体 for the book's first form, else its number, e.g. 格三; 宋人体 for one from the corpus."""
        from yayun.prosody.groups import chinese_number

        if self.source == CORPUS:
            return f"宋人体{chinese_number(self.number)}"
        return "正体" if self.number == 1 else f"格{chinese_number(self.number)}"

    @cached_property
    def form(self) -> Form:
        """The form as a value for checker and decoder: a line a clause."""
        letters = list(dict.fromkeys(clause.rhyme for clause in self.clauses if clause.rhyme))
        classes = tuple(_rhyme_class(letter, letters) for letter in letters)
        lines = []
        for i, clause in enumerate(self.clauses):
            rhyme = letters.index(clause.rhyme) if clause.rhyme else None
            whole = clause.same == len(clause.tones) and len(self.clauses[i - clause.back].tones) == clause.same
            lines.append(Line(clause.tones, rhyme, clause.cut, repeats=i - clause.back if whole else None))
        starts, at = [], 0
        for stanza in self.stanzas:
            starts.append(at)
            at += len(stanza)
        return Form(
            self.tune, tuple(lines), classes or (RhymeClass(),), stanzas=tuple(starts), genre="词",
            variant=self.variant, source=self.source,
        )  # fmt: skip


def _rhyme_class(letter: str, letters: list[str]) -> RhymeClass:
    """仄 is 上去 or 入, one of them throughout a poem; ``kin`` where the same letter is there in the other tone."""
    tone: RhymeTone = "平" if letter.isupper() else "仄"
    other = letter.swapcase()
    return RhymeClass(tone, letters.index(other) if other in letters else None)


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
    return name.translate(tables.folding()).replace("馀", "余").replace("（大曲）", "大曲")


@cache
def tune(name: str) -> Tune:
    """The tune with exactly that name in the book. Raises KeyError where there is none."""
    return Tune(name, names()[name], tuple(_read(row) for row in _forms_by_tune()[name]))


@cache
def _forms_by_tune() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in names()}
    for row in _rows("tune_forms.tsv"):
        found[row[: row.index("\t")]].append(row)
    return found


def _read(row: str) -> TuneForm:
    name, number, text = row.split("\t")
    return TuneForm(name, int(number), BOOK, parse(text))


def _rows(name: str) -> list[str]:
    return (files("yayun.prosody.forms") / "data" / name).read_text(encoding="utf-8").split("\n")[1:-1]
