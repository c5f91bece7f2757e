"""The verifier against pingshui-rhyme 0.20 on the same poems in the same run: what is accepted, and how fast.

``review`` (a poem at a time) and ``review_all`` (many at once) make the same findings with their sentences of
explanation; ``review_all`` has verdicts and scores first and writes a poem's findings when they are asked for, so it is
timed both ways; the other checker answers with the first fault it meets. Prints a table: the 219 entries of 唐诗三百首
tagged 绝句 or 律诗 and the regular shapes of 全唐诗; for each checker the poems accepted, the characters it does not
know, and poems a second of processor time on one core (antithesis aside for the reviews and the scores, since the other
has none). Then what random characters of the right shape score, drawn as often as 全唐诗 has them: the chance level of
the continuous scores; and 全唐诗 as a whole, scored in one go with cold tables. Needs ``yayun corpus fetch`` and, for
its rows, ``pip install pingshui-rhyme``:

    python benchmarks/prosody.py [--poems 5000]
    python benchmarks/prosody.py --markdown > docs/speed_prosody.md
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import random
import sys
import time
import types
from collections.abc import Callable
from importlib.resources import files

import numpy as np

from yayun.checking import check as parse
from yayun.corpus.store import read_poems
from yayun.prosody.batch import scores as batch
from yayun.prosody.batch.reviews import review_all
from yayun.prosody.forms.regulated import FORM_NAMES, FORMS
from yayun.prosody.parallelism import batch as many_couplets
from yayun.prosody.parallelism import couplet as one_couplet
from yayun.prosody.readings.lexicon import readings
from yayun.prosody.review import review

TAGS = {"五言绝句", "七言绝句", "五言律诗", "七言律诗"}
Poems = list[tuple[str, ...]]


HEADING = """# 查验与评分的速度

由 `python benchmarks/prosody.py --markdown` 写出。每秒首数按单核的处理器时间计,同一次运行、同一批诗;
各项先以这批诗跑一遍(表已载入、见过的平仄组合已记下),再轮流各跑五遍,取最快的一遍。第一行从一篇有标点、分行的文字
查起,断句、对仗都在内;其余各行给的是断好的句子,对仗不计在内,因为对方不查对仗。
全查给出一首诗的全部查验结果,逐条写成说明;整批查验先给出每一首的合律与否和各项得分(与全查所得逐首相同,有测试为证),
说明到取用哪一首时才写。对方查到第一处不合即止,只答合与不合及那一处。
运行时机器的平均负载是 {load:.0f}(共 {cores} 核):负载高于核数时,每秒首数的绝对值偏低,行与行之比可信。
"""


def load(limit: int) -> tuple[dict[str, Poems], Poems]:
    """The sets to compare on, and all poems of 全唐诗 whatever their shape."""
    anthology: Poems = []
    tang: Poems = []
    whole: Poems = []
    for poem in read_poems():
        if "唐诗三百首" in poem.tags and TAGS & set(poem.tags):
            anthology.append(poem.lines)
        if poem.dynasty == "唐":
            whole.append(poem.lines)
            if poem.form:
                tang.append(poem.lines)
    step = max(1, len(tang) // limit)
    return {"唐诗三百首 219": anthology, f"全唐诗 {len(tang[::step])}": tang[::step]}, whole


def timed(checks: dict[str, Callable[[Poems], list[bool]]], poems: Poems) -> dict[str, tuple[int, float]]:
    """Accepted, and poems a second of processor time once tables are loaded: for each check the best of five rounds, in
    each of which all checks take their turn, so that a busy moment of the machine falls on all alike."""
    accepted = {title: sum(check(poems)) for title, check in checks.items()}
    best = dict.fromkeys(checks, float("inf"))
    for _ in range(5):
        for title, check in checks.items():
            start = time.process_time()
            check(poems)
            best[title] = min(best[title], time.process_time() - start)
    return {title: (accepted[title], len(poems) / best[title]) for title in checks}


def our_check(poems: Poems) -> list[bool]:
    return [parse.check(as_printed(lines)).passed for lines in poems]


def as_printed(lines: tuple[str, ...]) -> str:
    """A poem as books and pages have it, a couplet a row."""
    return "\n".join(f"{upper}，{lower}。" for upper, lower in zip(lines[::2], lines[1::2], strict=True))


def our_review(poems: Poems) -> list[bool]:
    return [review(lines).passed for lines in poems]


def our_reviews(poems: Poems) -> list[bool]:
    return [judged.passed for judged in review_all(poems)]


def our_verdicts(poems: Poems) -> list[bool]:
    found = review_all(poems)
    assert len(found.scores.total) == len(poems)
    return found.passed.tolist()


def our_scores(poems: Poems) -> list[bool]:
    found = batch.scores_of_all(poems)
    return ((found.tones > 0.99) & (found.rhymes == 1.0)).tolist()


def without_antithesis(check: Callable[[Poems], list[bool]]) -> Callable[[Poems], list[bool]]:
    def run(poems: Poems) -> list[bool]:
        one, many = one_couplet.couplet_parallelism, many_couplets.parallelism
        one_couplet.couplet_parallelism = lambda upper, lower: 1.0  # type: ignore[assignment]
        many_couplets.parallelism = lambda upper, lower: np.ones(len(upper))  # type: ignore[assignment]
        try:
            return check(poems)
        finally:
            one_couplet.couplet_parallelism, many_couplets.parallelism = one, many  # type: ignore[assignment]

    return run


def pingshui() -> tuple[dict[str, Callable[[Poems], list[bool]]], Callable[[str], bool]] | None:
    """The other checker's two checks and whether it knows a character; None where it is not installed."""
    if importlib.util.find_spec("pingshui_rhyme") is None:
        return None
    if importlib.util.find_spec("pkg_resources") is None:  # it asks an old setuptools for the path of its table
        shim = types.ModuleType("pkg_resources")
        shim.resource_filename = lambda _, path: str(files("pingshui_rhyme") / path)  # type: ignore[attr-defined]
        sys.modules["pkg_resources"] = shim
    from pingshui_rhyme import PoemStructureChecker  # type: ignore[import-not-found]

    checker = PoemStructureChecker()
    known = checker.classifier.ping_characters | checker.classifier.ze_characters

    def meter(poems: Poems) -> list[bool]:
        return [checker.check_poem_pingze_meter("，".join(lines))[0] for lines in poems]

    def both(poems: Poems) -> list[bool]:
        texts = ["，".join(lines) for lines in poems]
        return [checker.check_poem_rhyming(t)[0] and checker.check_poem_pingze_meter(t)[0] for t in texts]

    return {"pingshui-rhyme 平仄": meter, "pingshui-rhyme 平仄和押韵": both}, known.__contains__


def chance(poems: Poems, count: int = 2000) -> None:
    """Print the mean scores of random characters in each form's shape."""
    rng = random.Random(0)
    chars = [char for lines in poems for line in lines for char in line]
    print("\n| 随机字 | 平仄 | 押韵 | 对仗 | 字数 | 总分 |\n|---|---|---|---|---|---|")
    for form, (width, lines) in FORMS.items():
        drawn = [["".join(rng.choices(chars, k=width)) for _ in range(lines)] for _ in range(count)]
        found = batch.scores_of_all(drawn)
        columns = (found.tones, found.rhymes, found.antithesis, found.length, found.total)
        print(f"| {FORM_NAMES[form]} | " + " | ".join(f"{100 * column.mean():.1f}" for column in columns) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--poems", type=int, default=5000, help="how many poems of 全唐诗")
    parser.add_argument("--markdown", action="store_true", help="with a heading, as docs/speed_prosody.md has it")
    args = parser.parse_args()
    if args.markdown:
        print(HEADING.format(load=os.getloadavg()[0], cores=os.cpu_count()))
    sets, whole = load(args.poems)
    start = time.process_time()
    batch.scores_of_all(whole)
    in_one_go = time.process_time() - start
    checks = {
        "yayun 查一篇文字:断句、全查、对仗": our_check,
        "yayun 逐首全查,附说明": without_antithesis(our_review),
        "yayun 整批查验:合律与否、各项得分": without_antithesis(our_verdicts),
        "yayun 整批全查,附说明": without_antithesis(our_reviews),
        "yayun 批量评分(平仄>0.99,押韵全)": without_antithesis(our_scores),
    }
    knows = dict.fromkeys(checks, lambda char: bool(readings(char)))
    if (other := pingshui()) is not None:
        checks |= other[0]
        knows |= dict.fromkeys(other[0], other[1])
    else:
        print("没有安装 pingshui-rhyme,只列本项目的两行。", file=sys.stderr)
    print("| 数据 | 检查 | 通过 | 不过 | 不识的字 | 每秒首数 |\n|---|---|---|---|---|---|")
    for name, poems in sets.items():
        chars = [char for lines in poems for line in lines for char in line]
        for title, (accepted, speed) in timed(checks, poems).items():
            unknown = sum(not knows[title](char) for char in chars) / len(chars)
            print(f"| {name} | {title} | {accepted} | {len(poems) - accepted} | {unknown:.3%} | {speed:,.0f} |")
    print(f"\n全唐诗 {len(whole)} 首一次评完(连对仗,表从头载入、从头生成):处理器时间 {in_one_go:.1f} 秒。")
    chance(list(sets.values())[-1])


if __name__ == "__main__":
    main()
