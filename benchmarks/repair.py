"""How much of an unreliable writer's verse the verify-and-repair loop mends, in how many rounds and calls.

    python benchmarks/repair.py [--poems 60] [--rounds 4] [--seed 1] [--json]

The writer is scripted, not a model: it knows one regular poem for each request (written by the embedded model, so
none is in the corpus) and spoils it, seeded, the way models do: lines dropped, tones broken, the wrong rhyme, titles
and apologies, the other script, reasoning that is cut off. Asked to mend, it gets each line right with probability
``skill``, and spoils its answer again. So the figures measure the loop (reading, putting lines in their places, asking
for the right ones), for a writer of a known reliability; they say nothing of any real model.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from yayun.brief import make_brief
from yayun.composing.poem import Poem
from yayun.composing.road import Options, compose_all, default_writer
from yayun.mending.diagnosis import Task
from yayun.mending.repair import ROUNDS, Repaired, compose_verified
from yayun.mending.search import EmbeddedSearch
from yayun.prompts.instruction import Message, retrieve
from yayun.prosody.forms.form import Form
from yayun.prosody.forms.names import canonical_form, short_form
from yayun.prosody.forms.regulated import patterns
from yayun.prosody.readings.lexicon import tones
from yayun.prosody.tones import LEVEL, OBLIQUE
from yayun.retrieval.feet import rhyme_feet
from yayun.script import to_traditional
from yayun.servers.wire import Completion

REQUESTS = (
    "以'春风'为题写一首五言绝句,押东韵",
    "以'秋夜'为题写一首七言绝句,押阳韵",
    "以'登楼'为题写一首五言律诗,押尤韵",
    "以'江行'为题写一首七言律诗,押先韵",
    "以'送别'为题写一首五言律诗,押庚韵",
    "以'山寺'为题写一首七言绝句,押灰韵",
)
# (fault, skill, search): the second line shows what the loop itself loses, for the writer always mends rightly.
WRITERS = ((0.2, 0.8, False), (0.6, 1.0, False), (0.4, 0.5, False), (0.6, 0.2, False), (0.6, 0.2, True))
_CHARS = {LEVEL: "天山风云春花江楼烟霜", OBLIQUE: "月夜雨水雪柳日草路客"}
_APOLOGIES = ("很抱歉,之前的回答有误,以下是修改后的诗:", "好的,这是为您创作的作品:")
_CLOSINGS = ("希望您喜欢这首诗!", "注释:全诗紧扣题意,格律严谨。")
_LABEL = re.compile(r"^第([一二三四五六七八])句:□+$", re.M)


@dataclass(slots=True)
class Unreliable:
    """A scripted writer that knows ``lines``. Each fault comes with probability ``fault`` a time (a tone or rhyme
    fault: a line); a line it is asked to mend comes right with probability ``skill``."""

    lines: tuple[str, ...]
    pattern: Form
    rhyme: str
    fault: float
    skill: float
    rng: random.Random

    def __call__(self, talk: Sequence[Message]) -> Completion:
        """A completion of the conversation."""
        asked = ["一二三四五六七八".index(n) for n in _LABEL.findall(talk[-1]["content"])]
        if asked and len(talk) > 2:
            return self._mend(asked)
        lines = [self._spoilt(i) if self.rng.random() < self.fault else line for i, line in enumerate(self.lines)]
        if self._happens():
            del lines[self.rng.randrange(len(lines))]
        return self._wrapped([line + ("。" if i % 2 else "，") for i, line in enumerate(lines)])

    def _mend(self, asked: list[int]) -> Completion:
        lines = {i: self.lines[i] if self.rng.random() < self.skill else self._spoilt(i) for i in asked}
        if self._happens():  # forgets one, where there are several
            lines.pop(asked[-1]) if len(asked) > 1 else None
        if self._happens():  # sends the whole poem again
            whole = [lines.get(i, line) for i, line in enumerate(self.lines)]
            return self._wrapped([line + ("。" if i % 2 else "，") for i, line in enumerate(whole)])
        return self._wrapped([f"第{'一二三四五六七八'[i]}句:{line}" for i, line in lines.items()])

    def _happens(self) -> bool:
        return self.rng.random() < self.fault

    def _spoilt(self, i: int) -> str:
        """A line with a tone or its foot wrong, or a character too few."""
        line, kind = self.lines[i], self.rng.random()
        if i in self.pattern.rhyming and kind < 0.4:
            other = "尤" if self.rhyme != "尤" else "阳"
            return line[:-1] + self.rng.choice(rhyme_feet(other, limit=12))
        if kind < 0.9:
            column = self.rng.choice(range(1, len(line) - 1, 2))
            wrong = LEVEL if OBLIQUE in tones(line[column]) else OBLIQUE
            return line[:column] + self.rng.choice(_CHARS[wrong]) + line[column + 1 :]
        return line[:-1]

    def _wrapped(self, rows: list[str]) -> Completion:
        """The rows as such a writer sends them."""
        if self._happens():
            rows = [f"{i + 1}. {row}" for i, row in enumerate(rows)] if "第" not in rows[0] else rows
        body = "\n".join(rows)
        if self._happens():
            body = to_traditional(body)
        if self._happens():
            body = f"《无题》\n佚名\n\n{body}"
        if self._happens():
            body = f"{self.rng.choice(_APOLOGIES)}\n\n{body}\n\n{self.rng.choice(_CLOSINGS)}"
        if self.rng.random() < self.fault / 3:
            return Completion("<think>先定立意,再排韵脚:" + body, finish="length")
        tagged = f"<think>先定立意,再排韵脚。</think><answer>{body}</answer>"
        return Completion(tagged if not self._happens() else f"先定立意。</think>\n{body}")


def task_of(poem: Poem, rag: bool = True) -> Task:
    """The task that ``poem`` is an answer to."""
    form = short_form(canonical_form(poem.form))
    pattern = next(p for p in patterns(form) if p.variant == poem.pattern)
    brief = make_brief(title=poem.title, form=form, rhyme=poem.rhyme)
    assert poem.rhyme is not None
    return Task(brief, pattern, poem.rhyme, retrieved=retrieve(brief, pattern, poem.rhyme) if rag else None)


def row(name: str, drafts: Sequence[bool], results: Sequence[Repaired]) -> dict[str, float | str | int]:
    """One line of the table, shares in percent."""
    wrong = [result for passed, result in zip(drafts, results, strict=True) if not passed]
    return {
        "writer": name,
        "n": len(results),
        "drafts_passed": round(100 * mean(drafts), 1),
        "passed": round(100 * mean(result.passed for result in results), 1),
        "mended": round(100 * mean(result.passed for result in wrong), 1) if wrong else 100.0,
        "rounds": round(mean(result.rounds for result in wrong), 2) if wrong else 0.0,
        "calls": round(mean(result.calls for result in results), 2),
        "searched_lines": sum(len(result.searched) for result in results),
    }


def measure(
    poems: Sequence[Poem], fault: float, skill: float, rounds: int, seed: int, search: bool
) -> dict[str, float | str | int]:
    """Run the loop over ``poems`` with a writer of that fault and skill."""
    drafts, results = [], []
    for k, poem in enumerate(poems):
        task = task_of(poem)
        finder = EmbeddedSearch(default_writer(), seed + k) if search else None

        def writer() -> Unreliable:
            return Unreliable(poem.lines, task.pattern, task.rhyme, fault, skill, random.Random(f"{seed}/{k}"))  # noqa: B023

        drafts.append(compose_verified(writer(), task, rounds=0).passed)
        results.append(compose_verified(writer(), task, rounds=rounds, search=finder))
    return row(f"fault {fault:g}, skill {skill:g}{', then search' if search else ''}", drafts, results)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--poems", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one object a row")
    options = parser.parse_args()
    briefs = [make_brief(REQUESTS[i % len(REQUESTS)]) for i in range(options.poems)]
    poems = compose_all(briefs, Options(seed=options.seed))
    for fault, skill, search in WRITERS:
        found = measure(poems, fault, skill, options.rounds, options.seed, search)
        print(
            json.dumps(found, ensure_ascii=False) if options.json else "  ".join(f"{k} {v}" for k, v in found.items())
        )


if __name__ == "__main__":
    main()
