"""Build ``prosody/forms/data/tunes.tsv`` and ``tune_forms.tsv``: every tune of 欽定詞譜 and every form of it.

Source: the transcription of 欽定詞譜 (1715) in hulbji/couyun, commit 1744e87 (MIT), ``cipu.jsonl.xz``; facts only, the
example poems are left out. ``tune_names.tsv`` beside this file has other names of tunes, ``tunes_reviewed.tsv`` what
was mended by hand: forms whose clauses do not parse, stanza breaks the heading miscounts, forms the book does not
have. Run:

    python scripts/build_tunes.py --cipu cipu.jsonl.xz

A form's ``tones`` are the authority; its ``clauses`` give the marks (韵 句 读 叶 叠 换), and the punctuation of its
example where they stand; ``rhyme_classes`` which rhymes belong together; the heading (前段五句四平韵) the stanzas.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from yayun.home import atomic_open
from yayun.prosody.forms.tunes.notation import Clause, Stanzas, parse, render

DATA = Path(__file__).parents[1] / "src/yayun/prosody/forms/data"
HERE = Path(__file__).parent
MARK = re.compile(r"换?[平仄]?[韵叶]|[句读叠重换]")
CUTS = "。，、"
DIGITS = {char: i for i, char in enumerate("零一二三四五六七八九")} | {"两": 2}
HEADING = re.compile(r"(?:单调|双调|[三四]段|[三四]叠)[^，]*[字句]，")
COUNT = r"(两|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])"


def reviewed() -> dict[tuple[str, int], dict[str, str]]:
    """(tune, form from 1) -> what was decided by hand: ``form``, ``breaks`` or ``drop``."""
    found: dict[tuple[str, int], dict[str, str]] = {}
    for row in (HERE / "tunes_reviewed.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        tune, number, what, value, _ = row.split("\t")
        found.setdefault((tune, int(number)), {})[what] = value
    return found


def number_of(text: str) -> int:
    """A Chinese numeral below a hundred."""
    tens, ten, ones = text.rpartition("十") if "十" in text else ("", "", text)
    return (DIGITS[tens] if tens else 1) * 10 * bool(ten) + (DIGITS[ones] if ones else 0)


def marks_of(row: dict) -> tuple[dict[int, str], list[tuple[int, str]]]:
    """(place of a clause's last character -> its mark, [(place, 和声 words that stand before it)]).

    Raises ValueError where the clauses do not agree with the tones.
    """
    tones, text = row["tones"], re.sub(r"\s", "", "".join(row["clauses"]))
    ends = clause_ends(row["example"])
    marks: dict[int, str] = {}
    sung: dict[int, str] = {}
    at = done = 0
    while at < len(text):
        closed = done - 1 not in ends or done - 1 in marks
        if done < len(tones) and text[at] == tones[done] and closed:
            done, at = done + 1, at + 1
        elif done - 1 in ends and (match := MARK.match(text, at)):
            marks[done - 1] = marks.get(done - 1, "") + match[0]
            at = match.end()
        else:
            sung[done] = sung.get(done, "") + text[at]
            at += 1
    if done != len(tones) or set(marks) != set(ends) or any(len(words) > 4 for words in sung.values()):
        raise ValueError(f"clauses and tones disagree: {text}")
    return marks, sorted(sung.items())


def clause_ends(example: str) -> dict[int, str]:
    """Place of a clause's last character -> the punctuation after it."""
    ends, place = {}, 0
    for char in example:
        if char in CUTS:
            ends[place - 1] = char
        else:
            place += 1
    return ends


def classes_of(row: dict, marks: dict[int, str]) -> dict[int, str]:
    """Place -> letter of its rhyme class, small where the place is oblique."""
    label: dict[int, str] = {}
    keyed = {abs(place): key for key, places in row["rhyme_classes"].items() for place in places}
    letters: dict[str, str] = {}
    for place in sorted(end for end, mark in clause_ends(row["example"]).items() if mark == "。"):
        key = keyed.get(place)
        if key is None:  # 叠 is in no class: it has the rhyme of what it repeats
            continue
        letter = letters.setdefault(key, "ABCDEFGHIJKLMNOP"[len(letters)])
        label[place] = letter if row["tones"][place] == "平" else letter.lower()
    return label


def clauses_of(row: dict) -> list[Clause]:
    """The clauses of a form, stanzas undivided."""
    marks, sung = marks_of(row)
    label = classes_of(row, marks)
    words = [part for part in re.split(f"[{CUTS}]", row["example"]) if part]
    found, start = [], 0
    for i, (end, cut) in enumerate(sorted(clause_ends(row["example"]).items())):
        before = tuple((place - start, said) for place, said in sung if start < place <= end + 1)
        same, back = repeated(words, i) if marks[end] in ("叠", "重") else (0, 1)
        rhyme = label.get(end, "")
        if cut == "。" and not rhyme and same:
            rhyme = found[i - back].rhyme
        # A mark 。 that the book itself calls 句 or 叠 of an unrhymed clause is no rhyme.
        found.append(
            Clause(row["tones"][start : end + 1], cut if rhyme or cut != "。" else "，", rhyme, same, back, before)
        )
        start = end + 1
    return found


def repeated(words: list[str], i: int) -> tuple[int, int]:
    """(how many last characters of clause ``i`` repeat an earlier one, how many clauses before that stands)."""
    best = (0, 1)
    for back in range(1, min(i, 8) + 1):
        common = 0
        for one, other in zip(reversed(words[i]), reversed(words[i - back]), strict=False):
            if one != other:
                break
            common += 1
        if common > best[0]:
            best = (common, back)
    return best


def stanza_lengths(heading: str, clauses: list[Clause]) -> list[int] | None:
    """Sentences (韵 and 句, not 读) of each stanza by the heading; None where its count does not come out."""
    total = sum(clause.cut != "、" for clause in clauses)
    if heading.startswith("单调"):
        return [total]
    lengths: list[int] = []
    several = {"前后段各": 2, "前两段各": 2, "后两段各": 2, "后三段各": 3, "、第二段各": 2, "、第四段各": 2}
    pieces = re.findall(r"([^，]*?)" + COUNT + "句", heading.split("，", 1)[1])
    for who, count in pieces:
        times = next((n for words, n in several.items() if who.endswith(words)), 1)
        if who.endswith("每段各"):
            times = DIGITS[heading[0]]
        lengths += [number_of(count)] * times
    return lengths if sum(lengths) == total else None


def rhyme_lengths(heading: str, clauses: list[Clause]) -> list[int] | None:
    """The same by counting rhymes: sentences up to the last rhyme of each stanza."""
    pieces = re.split(r"，(?=[^，]*(?:段|句))", heading.split("，", 1)[1])
    counts = [sum(number_of(n) for n in re.findall(COUNT + r"[平仄叶叠重换]*韵", piece)) for piece in pieces]
    ends = list(accumulate(counts))
    if not ends or ends[-1] != sum(bool(clause.rhyme) for clause in clauses):
        return None
    lengths, sentences, rhymes = [], 0, 0
    for clause in clauses:
        sentences += clause.cut != "、"
        rhymes += bool(clause.rhyme)
        if clause.rhyme and rhymes in ends:
            lengths.append(sentences)
            sentences = 0
    return lengths


def divided(clauses: list[Clause], lengths: list[int]) -> Stanzas:
    """Clauses by stanza."""
    stanzas: list[tuple[Clause, ...]] = []
    held: list[Clause] = []
    sentences = 0
    for clause in clauses:
        held.append(clause)
        sentences += clause.cut != "、"
        if len(stanzas) < len(lengths) and sentences == lengths[len(stanzas)] and clause.cut != "、":
            stanzas.append(tuple(held))
            held, sentences = [], 0
    assert not held, clauses
    return tuple(stanzas)


def forms_of(row: dict, decided: dict[tuple[str, int], dict[str, str]]) -> Iterator[tuple[int, str]]:
    """(number from 1, the form's text) of each form of a tune."""
    headings = [line for line in row["transcription"].split("\n") if HEADING.match(line)]
    assert len(headings) == len(row["forms"]), row["name"]
    for i, form in enumerate(row["forms"]):
        hand = decided.get((row["name"], i + 1), {})
        if "drop" in hand:
            continue
        if "form" in hand:
            assert render(parse(hand["form"])) == hand["form"], hand["form"]
            yield i + 1, hand["form"]
            continue
        clauses = clauses_of(form)
        if "breaks" in hand:
            lengths = list(map(int, hand["breaks"].split()))
        else:
            found = stanza_lengths(headings[i], clauses) or rhyme_lengths(headings[i], clauses)
            if found is None:
                print("no stanzas:", row["name"], i + 1, headings[i], show(clauses))
                continue
            lengths = found
        stanzas = divided(clauses, lengths)
        if any(not stanza[-1].rhyme for stanza in stanzas):
            print("stanza ends unrhymed:", row["name"], i + 1, headings[i], render(stanzas))
        yield i + 1, render(stanzas)


def show(clauses: list[Clause]) -> str:
    """Clauses with the number of sentences up to each rhyme, to decide a break by."""
    text, sentences = "", 0
    for clause in clauses:
        sentences += clause.cut != "、"
        text += f"{len(clause.tones)}{clause.cut}" + (f"[{sentences}]" if clause.rhyme else "")
    return text


def names_of(row: dict) -> list[str]:
    """Other names of a tune: the transcription's and those of the reviewed list."""
    listed = dict(line.split("\t") for line in (HERE / "tune_names.tsv").read_text(encoding="utf-8").splitlines()[1:])
    dropped = {"凤凰", "凤凰台上", "男同久"}  # abbreviations, and a joke, of the transcription
    names = [*row["index"]["names"], *listed.get(row["name"], "").split()]
    return [name for name in dict.fromkeys(names) if name != row["name"] and name not in dropped]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cipu", type=Path, required=True)
    args = parser.parse_args()
    with lzma.open(args.cipu, "rt", encoding="utf-8") as f:
        rows = list(map(json.loads, f))
    decided = reviewed()
    with atomic_open(DATA / "tunes.tsv") as tunes, atomic_open(DATA / "tune_forms.tsv") as forms:
        tunes.write("tune\tnames\n")
        forms.write("tune\tnumber\tform\n")
        for row in rows:
            tunes.write(f"{row['name']}\t{' '.join(names_of(row))}\n")
            forms.writelines(f"{row['name']}\t{number}\t{text}\n" for number, text in forms_of(row, decided))


if __name__ == "__main__":
    main()
