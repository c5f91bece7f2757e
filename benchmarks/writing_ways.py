"""In which order is a line best written? Drafts of the same titles, a way after another, for a blind reader.

    python benchmarks/writing_ways.py draw MODEL TITLES OUT [--drafts 16] [--seed 1]
    python benchmarks/writing_ways.py table LABELS

``draw`` writes, for every title of a file of JSON lines (title, form), so many drafts in each way, none chosen on the
way; of these the first, and the one that ``choosing`` puts first when the model has read all of them alike, go to OUT
(``yayun train label`` makes sheets of it). ``table`` says from the labels what a reader found in each way.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev

import numpy as np

from yayun.backends.options import Options
from yayun.brief import make_brief
from yayun.choosing.rank import judge
from yayun.composing.settle import settle
from yayun.decoding.decode import Draft
from yayun.decoding.embedded import EmbeddedWriter
from yayun.decoding.options import Sampling, Way
from yayun.mending.hearing import heard
from yayun.prompts.order import Order
from yayun.retrieval.novelty import is_corpus_line

WAYS = {
    "forwards": Way(plan="none"),
    "forwards, images planned": Way(plan="images"),
    "forwards, feet planned": Way(plan="feet"),
    "forwards, endings planned": Way(plan="endings"),
    "backwards": Way(plan="none", backwards=True),
    "backwards, images planned": Way(plan="images", backwards=True),
    "backwards, endings planned": Way(plan="endings", backwards=True),
}


def draw(folder: Path, titles: Sequence[dict[str, str]], out: Path, drafts: int, seed: int) -> None:
    rows = []
    for name, way in WAYS.items():
        writer = EmbeddedWriter(folder, way=way)
        for at, asked in enumerate(titles):
            pairs = drawn(writer, asked, drafts, seed + at)
            if pairs:
                rows += [row(asked, name, kind, pair) for kind, pair in picked(writer, asked["title"], pairs).items()]
            print(f"\r{name} {at + 1}/{len(titles)}", end="", flush=True)
        print()
    out.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")


def drawn(writer: EmbeddedWriter, asked: dict[str, str], drafts: int, seed: int) -> list[tuple[Order, Draft]]:
    """Whole drafts, each by itself; those that copy a line are left out."""
    brief = make_brief(title=asked["title"], form=asked["form"], rhyme=asked.get("rhyme", ""))
    orders = settle(brief, seed, Options(candidates=drafts)).orders
    rngs = [np.random.default_rng([seed, i]) for i in range(drafts)]
    groups = writer.guided([(o,) for o in orders], Sampling(), rngs, lambda _, found: np.zeros(len(found)))
    pairs = [pair for group in groups for pair in group]
    return [p for p in pairs if not p[1].broken and not any(map(is_corpus_line, p[1].lines))]


def picked(writer: EmbeddedWriter, title: str, pairs: Sequence[tuple[Order, Draft]]) -> dict[str, tuple[Order, Draft]]:
    """The first, and the best when all have been read without their plans."""
    read = heard(writer, pairs)
    both = [(order, draft) for (order, _), draft in zip(pairs, read, strict=True)]
    return {"first": both[0], "chosen": both[int(judge(title, (), read).argmax())]}


def row(asked: dict[str, str], way: str, kind: str, pair: tuple[Order, Draft]) -> dict[str, object]:
    order, draft = pair
    told = {"title": asked["title"], "form": asked["form"], "pattern": order.pattern.variant, "rhyme": order.rhyme}
    return told | {"lines": list(draft.lines), "way": way, "kind": kind, "likelihood": round(draft.likelihood, 4)}


def table(labels: Path) -> str:
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    likely: dict[tuple[str, str], list[float]] = defaultdict(list)
    forced: dict[tuple[str, str], int] = defaultdict(int)
    for line in labels.read_text(encoding="utf-8").splitlines():
        r = json.loads(line)
        if "way" in r:
            key = (r["way"], r["kind"])
            found[key].append(r["sense"])
            likely[key].append(r["likelihood"])
            forced[key] += r["why"] == "E"
    rows = [
        "| way | draft | n | nats | sense | ± | nonsense (<= 2) | forced ending |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for way in WAYS:
        for kind in ("first", "chosen"):
            if not (marks := found[way, kind]):
                continue
            n = len(marks)
            nats, low, ends = mean(likely[way, kind]), sum(m <= 2 for m in marks) / n, forced[way, kind] / n
            sense, error = mean(marks), stdev(marks) / n**0.5
            rows.append(f"| {way} | {kind} | {n} | {nats:.3f} | {sense:.2f} | {error:.2f} | {low:.0%} | {ends:.0%} |")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    first = commands.add_parser("draw")
    first.add_argument("model", type=Path)
    first.add_argument("titles", type=Path)
    first.add_argument("out", type=Path)
    first.add_argument("--drafts", type=int, default=16)
    first.add_argument("--seed", type=int, default=1)
    commands.add_parser("table").add_argument("labels", type=Path)
    args = parser.parse_args()
    if args.command == "table":
        print(table(args.labels))
        return
    titles = [json.loads(line) for line in args.titles.read_text(encoding="utf-8").splitlines()]
    draw(args.model, titles, args.out, args.drafts, args.seed)


if __name__ == "__main__":
    main()
