"""Validate the measures of the verse on human poems: ``python -m yayun.evaluation.validate [--out FILE]``.

Real held-out Tang poems are spoilt in five ways (``quality.altered``); a measure that means something puts the real
ones first. Prints, and with ``--out`` writes, the report kept as docs/quality_validation.md.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from yayun.home import atomic_open
from yayun.measures.altered import (
    bigram_verse,
    characters_exchanged,
    couplet_copied,
    couplet_shared,
    lines_exchanged,
)
from yayun.measures.corpus import HELD_OUT, Corpus, Human, corpus
from yayun.measures.measured import Measure, Measured
from yayun.measures.measures import MEASURES, ROLE_MARKS, human_number
from yayun.measures.reference import is_regulated, match
from yayun.measures.verse import Verse

POEMS = 500
CELL = 4  # poems a form and group must have, so that lines can be exchanged
SEED = 3
KINDS = ("真诗", "句互换", "字互换", "二元文法", "套联", "抄联")


@dataclass(frozen=True, slots=True)
class Validation:
    """A measure's numbers: human poems, then real and spoilt ones in the order of ``KINDS``."""

    measure: Measure
    human: Measured
    values: tuple[Measured, ...]

    def told(self, kind: int) -> bool:
        """Does the measure put real poems before this kind, the 95 % intervals apart?"""
        real, spoilt = self.values[0], self.values[kind]
        if real.ci95 is None or spoilt.ci95 is None:
            return False
        if self.measure.better == "high":
            return spoilt.ci95[1] < real.ci95[0]
        return real.ci95[1] < spoilt.ci95[0]


def held_out_poems(pool: Sequence[Human], count: int, seed: int = SEED) -> list[Verse]:
    """Up to ``count`` regulated held-out poems, of forms and groups that have at least ``CELL`` of them."""
    order = [human for human in pool if human.split in HELD_OUT and human.verse.rhyme is not None]
    random.Random(seed).shuffle(order)
    cells: dict[object, list[Verse]] = defaultdict(list)
    for human in order:
        if sum(map(len, cells.values())) >= count:
            break
        if is_regulated(human.source):
            cells[human.verse.cell].append(human.verse)
    return [verse for members in cells.values() if len(members) >= CELL for verse in members]


def validate(source: Corpus, count: int = POEMS, measures: Sequence[Measure] = MEASURES) -> list[Validation]:
    """Every measure (but ``seed_overlap``, which needs several answers to one request) on real and spoilt poems."""
    chosen = held_out_poems(source.humans, count)
    matched = match(chosen, source.humans, avoid={poem.key for poem in chosen})
    real = list(matched.poems)
    kinds = (
        real, lines_exchanged(real), characters_exchanged(real), bigram_verse(real, source), couplet_shared(real),
        couplet_copied(real, source),
    )  # fmt: skip
    return [
        Validation(
            measure,
            human_number(measure, matched, source.humans),
            tuple(measure.function(kind, matched.human) for kind in kinds),
        )
        for measure in measures
        if measure.name != "seed_overlap"
    ]


def report(rows: Sequence[Validation]) -> str:
    """The report in Markdown."""
    n = rows[0].values[0].n
    out = [
        "# 诗意度量的检验",
        "",
        f"由 `python -m yayun.evaluation.validate` 写出:未参与训练的唐人近体诗 {n} 首为“真诗”,按五种办法弄坏,"
        "体裁、韵部、题目都不变,前三种连平仄也不变。“人”一列是另取的同体同韵唐诗。方括号是按诗重抽样的 95% 区间。",
        "",
        "- 句互换:每句换成同体同韵另一首诗同一位置的句子。",
        "- 字互换:同体同韵的诗之间,同声调类的字互换(韵脚只与韵脚换)。",
        "- 二元文法:按训练用唐诗的前后字频率逐字写,守原诗的平仄与韵部。",
        "- 套联:同体同韵各诗的第二联都换成同一联,看雷同与不同各项。",
        "- 抄联:第一联换成训练用唐诗里的一联,看最长同文。",
        "",
        "| 度量 | 好的方向 | 人 | " + " | ".join(KINDS) + " | 分得出 |",
        "|" + "---|" * (len(KINDS) + 4),
    ]
    directions = {"low": "低", "high": "高", "human": "近人"}
    for row in rows:
        told = [name for i, name in enumerate(KINDS) if i and row.told(i)]
        cells = [row.measure.label + ROLE_MARKS[row.measure.role], directions[row.measure.better], _show(row.human)]
        out.append("| " + " | ".join([*cells, *map(_show, row.values), "、".join(told) or "—"]) + " |")
    out += [
        "",
        "“分得出”:真诗与坏诗的区间不相交,且真诗在好的一边;没有区间的度量(整批算一个数)不作此判断。"
        "† 训练的奖励里有同类的项,‡ 挑选草稿时用了同类的量,都不作凭据。",
        "",
    ]
    return "\n".join(out)


def _show(found: Measured) -> str:
    if found.ci95 is None:
        return f"{found.value:.3f}"
    return f"{found.value:.3f} [{found.ci95[0]:.3f}, {found.ci95[1]:.3f}]"


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="检验诗意的度量")
    parser.add_argument("--poems", type=int, default=POEMS, help="取多少首真诗")
    parser.add_argument("--out", type=Path, help="报告写到哪个文件")
    args = parser.parse_args()
    text = report(validate(corpus(), args.poems))
    if args.out is not None:
        with atomic_open(args.out) as f:
            f.write(text)
    print(text)


if __name__ == "__main__":
    main()
