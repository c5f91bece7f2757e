"""How the ``paper`` profile was fitted: prints what was tried beside the published human rows, then what was chosen.

    python scripts/fit_paper.py            # measures that were tried on a sample of the Tang poems (a minute)
    python scripts/fit_paper.py --all      # the chosen profile on all of them, and on Song poems, by form

Needs the corpus (``yayun corpus fetch``). The note is ``docs/paper_profile.md``.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from yayun.corpus.store import CorpusPoem, read_poems
from yayun.prosody.batch.paper import paper_rows
from yayun.prosody.forms.regulated import FORMS, line_tones
from yayun.prosody.paper import RHYMES_STRICTNESS, TONES_STRICTNESS
from yayun.prosody.parallelism.couplet import couplet_parallelism
from yayun.prosody.readings.lexicon import read_line

COLUMNS = ("tones", "rhymes", "antithesis", "length", "total")
PUBLISHED = {
    "唐诗三百首": np.array([72.99, 87.20, 93.72, 98.13, 83.91]),
    "全唐诗": np.array([71.57, 85.96, 93.18, 97.62, 82.81]),
}
TOLERANCE = 1.5
Lines = Sequence[str]
Measure = Callable[[Lines], float]


# -- what was tried ---------------------------------------------------------------------------------------------------


def width_of(lines: Lines) -> int:
    lengths = Counter(map(len, lines))
    return 7 if lengths[7] > lengths[5] else 5


def template_lines(lines: Lines, *, mirrors: bool) -> list[list[str]]:
    """The standard tones of each line in every template, continued to the poem's length."""
    width, found = width_of(lines), []
    for opening, rest in (("aB", "bAaB"), ("AB", "bAaB"), ("bA", "aBbA"), ("BA", "aBbA")):
        types = (opening + rest * (len(lines) // 4 + 1))[: len(lines)]
        for order in (types, types.swapcase()) if mirrors else (types,):
            found.append([line_tones(t, width) for t in order])
    return found


def tone_share(lines: Lines, *, ruled: bool, line_power: float = 1.0, mirrors: bool = True) -> float:
    """Share of characters that fit the best template; ``ruled``: places 2, 4 (6) and the last only."""
    if not lines:
        return 0.0
    width = width_of(lines)
    symbols = ["".join([place.symbol for place in read_line(line)]) if len(line) == width else "" for line in lines]
    places = [*range(1, width - 1, 2), width - 1] if ruled else list(range(width))
    best = 0.0
    for wanted in template_lines(lines, mirrors=mirrors):
        shares = [
            sum(s[i] in (w[i], "中") for i in places) / len(places) if s else 0.0
            for s, w in zip(symbols, wanted, strict=True)
        ]
        best = max(best, sum(share**line_power for share in shares) / len(lines))
    return best


def rhyme_share(lines: Lines, *, alone: bool) -> float:
    """Share of even lines in the commonest group; ``alone``: a single foot rhymes with itself."""
    feet = [read_line(line)[-1].groups for line in lines[1::2] if line]
    votes = Counter(group for foot in feet for group in foot)
    most = max(votes.values(), default=0)
    return most / len(feet) if most > 1 or (alone and most) else 0.0


def parallelism(lines: Lines, *, kind: str) -> float:
    found = [couplet_parallelism(a, b) for a, b in zip(lines[::2], lines[1::2], strict=False)]
    if not found:
        return 0.0
    if kind == "中间各联" and len(found) > 3:
        found = found[1:-1]
    elif kind != "各联平均":
        found = sorted(found, reverse=True)[: 2 if kind == "最工两联" and len(found) > 3 else 1]
    return float(np.mean(found))


def length_share(lines: Lines, *, exact: bool, least: int = 0, slope: float = 1.0) -> float:
    if not lines:
        return 0.0
    count = max(least, len(lines))
    return max(
        sum(float(len(x) == w) if exact else max(0.0, 1 - slope * abs(len(x) - w) / w) for x in lines) / count
        for w in (5, 7)
    )


def floor(measure: Measure, least: float) -> Measure:
    return lambda lines: least + (1 - least) * measure(lines) if len(lines) > 1 else 0.0


def power(measure: Measure, exponent: float) -> Measure:
    return lambda lines: measure(lines) ** exponent


def candidates() -> list[tuple[int, str, Measure]]:
    plain, ruled = partial(tone_share, ruled=False), partial(tone_share, ruled=True)
    share, lone = partial(rhyme_share, alone=True), partial(rhyme_share, alone=False)
    rows: list[tuple[int, str, Measure]] = [
        (0, "每字对四式(平韵)最合者", partial(tone_share, ruled=False, mirrors=False)),
        (0, "每字,兼四式之仄韵镜像", plain),
        (0, "同上,^1.3", power(plain, 1.3)),
        (0, "只论二四六与句脚", ruled),
        (0, "同上,^3", power(ruled, 3)),
        (0, "同上,整句全合才算", partial(tone_share, ruled=True, line_power=99)),
        (1, "偶句入最多一韵的比例", share),
        (1, "同上,^2", power(share, 2)),
        (1, "孤脚不算押韵", lone),
        (1, "同上,^2", power(lone, 2)),
        (1, "同上,^3", power(lone, 3)),
    ]
    for kind in ("各联平均", "中间各联", "最工一联", "最工两联"):
        measure = partial(parallelism, kind=kind)
        rows += [(2, f"{kind},不设底分", measure), (2, f"{kind},底分 0.8", floor(measure, 0.8))]
    rows += [
        (3, "恰为五、七言的句数比例", partial(length_share, exact=True)),
        (3, "每句按差字给分", partial(length_share, exact=False)),
        (3, "同上,差字加倍", partial(length_share, exact=False, slope=2)),
        (3, "每句按差字,不足四句作缺句", partial(length_share, exact=False, least=4)),
    ]
    return rows


def show_tried(sets: dict[str, list[Lines]]) -> None:
    for column, name, measure in candidates():
        means = [100 * float(np.mean([measure(lines) for lines in poems])) for poems in sets.values()]
        wanted = [row[column] for row in PUBLISHED.values()]
        cells = "  ".join(f"{mean:6.2f}({mean - want:+6.2f})" for mean, want in zip(means, wanted, strict=True))
        fits = all(abs(mean - want) <= TOLERANCE for mean, want in zip(means, wanted, strict=True))
        print(f"{COLUMNS[column]:10} {cells} {'在内' if fits else '    '} {name}", flush=True)


# -- what was chosen --------------------------------------------------------------------------------------------------


def show_exponents(tables: dict[str, np.ndarray]) -> None:
    tones, rhymes = (1, 2, 3, 3.5, 4, 4.5, 5), (1, 2, 2.5, 3, 3.5, 4)
    for column, fitted, tried in ((0, TONES_STRICTNESS, tones), (1, RHYMES_STRICTNESS, rhymes)):
        for exponent in tried:
            cells = []
            for name, table in tables.items():
                mean = 100 * float(np.mean(table[:, column] ** (exponent / fitted)))
                cells.append(f"{name} {mean:6.2f}({mean - PUBLISHED[name][column]:+6.2f})")
            chosen = "  ← 所取" if exponent == fitted else ""
            print(f"{COLUMNS[column]:10} 指数 {exponent:<4} {'  '.join(cells)}{chosen}")


def show_rows(tables: dict[str, np.ndarray]) -> None:
    print(f"{'':22}" + "".join(f"{c:>12}" for c in COLUMNS))
    for name, table in tables.items():
        means = 100 * table.mean(axis=0)
        print(f"{name:14} n={len(table):<6}" + "".join(f"{x:12.2f}" for x in means))
        if name in PUBLISHED:
            off = means - PUBLISHED[name]
            print(f"{'  公布':14} {'':8}" + "".join(f"{x:12.2f}" for x in PUBLISHED[name]))
            verdict = "各列都在 1.5 分以内" if np.abs(off).max() <= TOLERANCE else "有的列超出 1.5 分"
            print(f"{'  相差':14} {'':8}" + "".join(f"{x:+12.2f}" for x in off) + f"  {verdict}")


def by_form(dynasty: str, poems: list[CorpusPoem]) -> dict[str, np.ndarray]:
    tables = {}
    for form in (*FORMS, None):
        lines = [p.lines for p in poems if p.form == form and p.lines]
        tables[f"{dynasty} {form or '其他'}"] = paper_rows(lines)
    return tables


def random_verse(poems: list[CorpusPoem], rng: random.Random, n: int = 500) -> dict[str, np.ndarray]:
    """Characters of the corpus, as often as it has them, in the right shape: the chance level."""
    chars = "".join(line for p in poems for line in p.lines)
    return {
        f"随机 {form}": paper_rows([["".join(rng.choices(chars, k=w)) for _ in range(count)] for _ in range(n)])
        for form, (w, count) in FORMS.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="all Tang poems, and Song ones")
    parser.add_argument("--sample", type=int, default=3000)
    options = parser.parse_args()
    rng = random.Random(20)
    every = list(read_poems())
    tang = [p for p in every if p.dynasty == "唐"]
    anthology = [p.lines for p in every if "唐诗三百首" in p.tags]
    if options.all:
        tables = {"唐诗三百首": paper_rows(anthology), "全唐诗": paper_rows([p.lines for p in tang])}
        show_exponents(tables)
        print()
        song = rng.sample([p for p in every if p.dynasty == "宋"], 20000)
        some = rng.sample(tang, 1000)
        show_rows(tables | by_form("唐", tang) | by_form("宋", song) | random_verse(some, rng))
        return
    sample = rng.sample(tang, options.sample)
    sets: dict[str, list[Lines]] = {"唐诗三百首": list(anthology), "全唐诗": [p.lines for p in sample]}
    print(f"括号内是与公布值之差;左为唐诗三百首({len(anthology)} 首),右为全唐诗抽样({options.sample} 首)")
    show_tried(sets)
    print()
    show_rows({name: paper_rows(poems) for name, poems in sets.items()})


if __name__ == "__main__":
    main()
