"""词 by every tune, guided: are all rules kept, is a line copied, how long does it take?

    python benchmarks/ci.py [--poems 1000] [--candidates 2] [--effort quick] [--backend builtin:PATH]

Tunes in the order of the book, again and again, each time in another of their forms (of all 2,301); subjects in turn.
A row by length (小令 to 58 characters, 中调 to 90, 长调): poems asked for, of them with all rules of their form kept
(no finding of severity error, and no 叠句 missed), those that `yayun check --tune` passes, judging by whichever form is
nearest, lines of 5 and 7 characters that stand in the corpus, seconds a poem (median, and what nine in ten stay
within). What fails goes to stderr, as does progress.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from yayun.backends.registry import choose_backend, opened
from yayun.brief import make_brief
from yayun.composing.poem import Poem
from yayun.composing.road import Options, compose_with
from yayun.errors import YayunError
from yayun.prosody.forms.tunes.tune import TuneForm, names, tune
from yayun.prosody.meter.tunes.review import review_as, review_tune
from yayun.prosody.meter.tunes.verse import read_verse
from yayun.retrieval.novelty import is_corpus_line

SUBJECTS = ("秋夜", "春景", "登楼", "送别", "咏梅", "中秋", "怀古", "", "舟中", "闺情", "雪", "重阳")
LENGTHS = {"小令": 58, "中调": 90, "长调": 999}


class Made(NamedTuple):
    """A poem (None where none was written) and how long it took."""

    form: TuneForm
    poem: Poem | None
    seconds: float

    @property
    def keeps(self) -> bool:
        """Does the form it was asked for find no error in it, and nothing that is not said again?"""
        found = review_as(self.form, self.poem.lines).findings if self.poem else ()
        return self.poem is not None and all(f.severity != "error" and f.rule != "叠句" for f in found)

    @property
    def passes(self) -> bool:
        """Does a check of the shown text by its tune alone pass it?"""
        if self.poem is None:
            return False
        stanzas = ["".join(stanza) for stanza in self.poem.by_stanza()]
        return review_tune(read_verse(stanzas), (self.form.tune,)).passed


def forms() -> Iterator[TuneForm]:
    """All forms: the first of every tune, the second of those that have one …"""
    held = [tune(name).forms for name in names()]
    for rank in range(max(map(len, held))):
        yield from (own[rank] for own in held if rank < len(own))


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--poems", type=int, default=1000)
    parser.add_argument("--candidates", type=int, default=2)
    parser.add_argument("--effort", default="quick")
    parser.add_argument("--backend", default="embedded")
    args = parser.parse_args()
    found: dict[str, list[Made]] = defaultdict(list)
    wanted = zip(range(args.poems), itertools.cycle(forms()), itertools.cycle(SUBJECTS), strict=False)
    with opened(choose_backend(args.backend), True) as backend:
        for seed, form, subject in wanted:
            brief = make_brief(title=subject or None, tune=form.tune, variant=form.variant)
            started = time.perf_counter()
            (poem,) = compose_with([brief], Options(seed=seed, candidates=args.candidates, effort=args.effort), backend)
            seconds = time.perf_counter() - started
            made = Made(form, None if isinstance(poem, YayunError) else poem, seconds)
            if isinstance(poem, YayunError) or not made.keeps or not made.passes:
                print("\n", form.tune, form.variant, poem, file=sys.stderr)
            found[next(name for name, most in LENGTHS.items() if form.length <= most)].append(made)
            print(f"\r{seed + 1}/{args.poems}", end="", file=sys.stderr, flush=True)
    print("| | 首 | 规矩全守 | 单查亦合 | 照抄的句 | 秒(中位) | 秒(九成在内) |\n|---|---|---|---|---|---|---|")
    for name in LENGTHS:
        rows = found[name]
        if len(rows) < 2:
            continue
        copied = sum(is_corpus_line(line) for made in rows if made.poem for line in made.poem.lines)
        times = [made.seconds for made in rows]
        cells = (name, len(rows), sum(m.keeps for m in rows), sum(m.passes for m in rows), copied)
        ninth = statistics.quantiles(times, n=10)[-1]
        print("|", " | ".join(map(str, (*cells, f"{statistics.median(times):.1f}", f"{ninth:.1f}"))), "|", flush=True)


if __name__ == "__main__":
    main()
