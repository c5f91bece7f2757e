"""排律 of many lengths and second lines of 对联, guided: are all rules kept, is a line copied, how long does it take?

    python benchmarks/longer.py [--poems 200] [--answers 200] [--effort quick]

The first lines that are answered are upper lines of second couplets of the corpus's held-out 律诗. A row each: poems,
of them with all rules kept, lines that stand in the corpus, couplets that owe 对仗 and have it, seconds a poem (median,
and what nine in ten stay within). Progress goes to stderr.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import time
from collections.abc import Iterator

from yayun.brief import make_brief
from yayun.composing.poem import Poem
from yayun.composing.road import Options, compose_all
from yayun.corpus.store import read_poems
from yayun.errors import YayunError
from yayun.prosody.parallelism.couplet import PARALLEL, couplet_parallelism
from yayun.prosody.readings.lexicon import read_line
from yayun.prosody.review import review
from yayun.prosody.tones import OBLIQUE
from yayun.retrieval.novelty import is_corpus_line

LENGTHS = (10, 12, 16, 20, 24, 30, 40, 60, 80, 100)
SUBJECTS = ("秋夜", "春江", "登高", "边塞", "送友人", "山寺", "咏菊", "怀古", "早行", "洞庭湖", "读书", "雪")


def first_lines() -> Iterator[str]:
    """Lines to answer, of five and of seven characters."""
    for poem in read_poems():
        if poem.split == "test" and poem.form in ("五律", "七律") and len(poem.lines) == 8:
            line = poem.lines[2]
            if read_line(line)[-1].symbol == OBLIQUE and len(set(line)) == len(line):
                yield line


def asked(poems: int, answers: int) -> dict[str, list[str]]:
    """The requests of each row."""
    mixed = itertools.islice(itertools.cycle(itertools.product(SUBJECTS, "五七")), poems)
    long = [f"写一首{LENGTHS[i % len(LENGTHS)]}句的{w}言排律,咏{what}" for i, (what, w) in enumerate(mixed)]
    pairs = [f"上联:{line},给一副下联" for line in itertools.islice(first_lines(), 0, 7 * answers, 7)]
    return {"答对": pairs, "排律": long}


def copied(poem: Poem) -> int:
    """Lines of its own that stand in the corpus."""
    given = 1 if poem.form == "对联" else 0
    return sum(map(is_corpus_line, poem.lines[given:]))


def keeps(poem: Poem) -> bool:
    """Does a second look, at the shown lines alone, find no error?"""
    return review(poem.lines, form=poem.form).passed


def owing(poem: Poem) -> list[float]:
    """How parallel the couplets are that owe it."""
    pairs = poem.review.as_form.parallel if poem.review.as_form else ()
    return [couplet_parallelism(poem.lines[i], poem.lines[k]) for i, k in pairs]


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--poems", type=int, default=200)
    parser.add_argument("--answers", type=int, default=200)
    parser.add_argument("--effort", default="quick")
    args = parser.parse_args()
    print("| | 首 | 规矩全守 | 照抄的句 | 该对仗的联而对 | 秒(中位) | 秒(九成在内) |\n|---|---|---|---|---|---|---|")
    for name, requests in asked(args.poems, args.answers).items():
        made: list[Poem] = []
        seconds: list[float] = []
        refused = 0
        for seed, request in enumerate(requests):
            started = time.perf_counter()
            try:
                (poem,) = compose_all([make_brief(request, count=1)], Options(seed=seed, effort=args.effort))
            except YayunError as error:
                refused += 1
                print(request, error, file=sys.stderr)
                continue
            made.append(poem)
            seconds.append(time.perf_counter() - started)
            if not keeps(poem):
                print(request, poem, [f.message for f in poem.review.findings], file=sys.stderr)
            print(f"\r{name} {seed + 1}/{len(requests)}", end="", file=sys.stderr, flush=True)
        pairs = [score for poem in made for score in owing(poem)]
        parallel = sum(score >= PARALLEL for score in pairs) / max(1, len(pairs))
        ninth = statistics.quantiles(seconds, n=10)[-1]
        kept = f"{sum(map(keeps, made))}/{len(requests)}"
        row = (name, len(requests), kept, sum(map(copied, made)), f"{parallel:.1%}")
        print("|", " | ".join(map(str, (*row, f"{statistics.median(seconds):.1f}", f"{ninth:.1f}"))), "|", flush=True)


if __name__ == "__main__":
    main()
