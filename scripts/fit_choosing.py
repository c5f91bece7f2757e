"""Fit ``choosing/data/weights.tsv`` and the model's ``critic.tsv`` to labelled drafts, and show how well each way to
choose does on them.

The labels (docs/data/reading) are drafts of several models; the likelihoods are those of the model that ships (or of
another folder), without a plan. A way is judged by its rank correlation with the reader's sense within a title, and by
the sense of the draft of ten that it puts first. The weights are of a ridge regression on features less their title's
mean; the critic's are of one over these and what the model makes of the characters, less the weights. The figures are
cross-validated, titles left out ten parts at a time. Run:

    python scripts/fit_choosing.py [--model FOLDER] [--labels FILE] [--tried] [--dry]

--tried adds what was tried and is not used (minutes more); --dry writes nothing.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np

from yayun.choosing.critic import FILE, Critic, critic_text
from yayun.choosing.features import FEATURES, features
from yayun.decoding.decode import Draft
from yayun.decoding.scoring import Reading, read_poems
from yayun.decoding.session import Session
from yayun.decoding.weights import weights_dir
from yayun.home import atomic_open
from yayun.mending.hearing import as_read
from yayun.prompts.order import written
from yayun.prompts.prompt import Conditions, prompt_tokens
from yayun.prosody.parallelism.couplet import couplet_parallelism
from yayun.prosody.review import review
from yayun.retrieval.phrases import phrases

ROOT = Path(__file__).parents[1]
LABELS = ROOT / "docs/data/reading/labels.jsonl"
WEIGHTS = ROOT / "src/yayun/choosing/data/weights.tsv"
FOLDS, SHUFFLES, RIDGE, TOGETHER = 10, 2, 100.0, 64
HIDDEN = 0.1**0.5  # of what the model makes of the characters there is much: each number is held ten times as tightly


@dataclass(frozen=True)
class Labelled:
    """A draft with a reader's marks: ``sense`` 1 to 5."""

    title: str
    form: str
    lines: tuple[str, ...]
    sense: float
    temperature: float


def read_labels(path: Path) -> list[Labelled]:
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Labelled(r["title"], r["form"], tuple(r["lines"].split("/")), r["sense"], r.get("temperature", 0.0))
        for r in rows
    ]


def by_title(drafts: Sequence[Labelled]) -> list[list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for i, draft in enumerate(drafts):
        found.setdefault((draft.title, draft.form), []).append(i)
    return [ids for ids in found.values() if len(ids) > 1]


def readings(
    session: Session, drafts: Sequence[Labelled], title: bool = True, pattern: bool = True, turned: bool = False
) -> list[Reading]:
    """How the model reads each: without the title, without the pattern in the prompt, the last couplet put first."""
    found = dict[int, Reading]()
    for form in dict.fromkeys(d.form for d in drafts):
        ids = [i for i, d in enumerate(drafts) if d.form == form]
        for part in (ids[at : at + TOGETHER] for at in range(0, len(ids), TOGETHER)):
            poems = [tuple(map(written, drafts[i].lines)) for i in part]
            reviews = [review(lines) for lines in poems]
            prompts = [
                prompt_tokens(
                    Conditions(
                        "唐", form, r.rhyme, r.pattern if pattern else None, written(drafts[i].title) if title else ""
                    )
                )
                for i, r in zip(part, reviews, strict=True)
            ]
            shown = [(*lines[-2:], *lines[:-2]) if turned else lines for lines in poems]
            found |= dict(zip(part, read_poems(session, prompts, shown), strict=True))
    return [found[i] for i in range(len(drafts))]


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks, equal values sharing theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    shared: np.ndarray = (last - (counts - 1) / 2)[inverse]
    return shared


def judged(scores: np.ndarray, sense: np.ndarray, titles: Sequence[Sequence[int]]) -> tuple[float, float]:
    """Mean rank correlation within a title, mean sense of the best."""
    found, best = [], []
    for ids in titles:
        a, b = scores[ids], sense[ids]
        if len(set(a)) > 1 and len(set(b)) > 1:
            found.append(float(np.corrcoef(ranks(a), ranks(b))[0, 1]))
        best.append(float(b[int(a.argmax())]))
    return mean(found), mean(best)


def centred(values: np.ndarray, titles: Sequence[Sequence[int]]) -> np.ndarray:
    """Less their title's mean."""
    out = np.array(values, float)
    for ids in titles:
        out[ids] -= out[ids].mean(axis=0)
    return out


def ridge(x: np.ndarray, y: np.ndarray, free: np.ndarray | float = 1.0) -> np.ndarray:
    """Weights of centred ``x`` (n, features), in units of each feature; ``free``: how lightly each is held."""
    scale = (x.std(axis=0) + 1e-9) / free
    scaled = x / scale
    found: np.ndarray = np.linalg.solve(scaled.T @ scaled + RIDGE * np.eye(x.shape[1]), scaled.T @ y) / scale
    return found


def cross_validated(
    x: np.ndarray, y: np.ndarray, titles: Sequence[Sequence[int]], free: np.ndarray | float = 1.0
) -> np.ndarray:
    """Scores of each draft by weights fitted without its title, over several divisions."""
    x, y, out = centred(x, titles), centred(y, titles), np.zeros(len(y))
    for shuffle in range(SHUFFLES):
        order = [*titles]
        random.Random(shuffle).shuffle(order)
        for fold in range(FOLDS):
            out_of = [i for ids in order[fold::FOLDS] for i in ids]
            within = np.setdiff1d(np.arange(len(y)), out_of)
            out[out_of] += x[out_of] @ ridge(x[within], y[within], free)
    return out


def tried(session: Session, drafts: Sequence[Labelled], found: Sequence[Reading]) -> Iterator[tuple[str, list[float]]]:
    """Scores by themselves that are not among the features."""
    known = phrases()
    nats = [reading.nats for reading in found]
    flat = [np.array([n for line in poem for n in line]) for poem in nats]
    lines = [np.array([mean(line) for line in poem]) for poem in nats]
    ends = [np.array([mean(line[-3:]) for line in poem]) for poem in nats]
    yield "chance", [random.Random(i).random() for i in range(len(drafts))]
    yield "temperature of the draft, negative", [-d.temperature for d in drafts]
    middle = [range(2, 6, 2) if len(d.lines) == 8 else range(0, 4, 2) for d in drafts]
    yield (
        "parallelism of middle couplets",
        [mean(couplet_parallelism(*d.lines[i : i + 2]) for i in at) for d, at in zip(drafts, middle, strict=True)],
    )
    yield "likelihood of the worst line", [line.min() for line in lines]
    yield "likelihood of the worst line's last three", [end.min() for end in ends]
    yield "likelihood of the worst character", [f.min() for f in flat]
    yield "likelihood, none under -6 nats", [np.maximum(f, -6).mean() for f in flat]
    yield "likelihood of all but the last three", [mean(n for line in poem for n in line[:-3]) for poem in nats]
    yield "likelihood of the rhyming lines", [line[1::2].mean() for line in lines]
    yield "evenness of likelihood", [-f.std() for f in flat]
    yield "information of the worst line", [min(mean(known.information(line)) for line in d.lines) for d in drafts]
    yield "share of attested words", [mean(map(mean, map(known.attested_words, d.lines))) for d in drafts]
    plain = [f.mean() for f in flat]
    for name, how in (
        ("likelihood without the title", {"title": False}),
        ("likelihood without the pattern", {"pattern": False}),
        ("likelihood with the last couplet first", {"turned": True}),
    ):
        other = [mean(n for line in r.nats for n in line) for r in readings(session, drafts, **how)]
        yield name, other
        yield f"likelihood less {name.removeprefix('likelihood ')}", [a - b for a, b in zip(plain, other, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, default=LABELS)
    parser.add_argument("--model", type=Path, default=weights_dir())
    parser.add_argument("--tried", action="store_true")
    parser.add_argument("--dry", action="store_true")
    args = parser.parse_args()
    drafts, session = read_labels(args.labels), Session(args.model)
    titles, sense = by_title(drafts), np.array([d.sense for d in drafts])
    show = reporter(sense, titles)
    found = readings(session, drafts)
    x = np.concatenate([features(d.title, [as_draft(d, reading)]) for d, reading in zip(drafts, found, strict=True)])
    for i, name in enumerate(FEATURES):
        sign = -1.0 if name in ("numerals", "glue") else 1.0
        show(name if sign > 0 else f"{name}, negative", sign * x[:, i])
    for name, scores in tried(session, drafts, found) if args.tried else ():
        show(name, np.array(scores))
    for i, name in enumerate(FEATURES) if args.tried else ():
        show(f"ridge without {name}", cross_validated(np.delete(x, i, axis=1), sense, titles))
    show("ridge over all features", cross_validated(x, sense, titles))
    weights = ridge(centred(x, titles), centred(sense, titles))
    for name, weight in zip(FEATURES, weights, strict=True):
        print(f"{name:<24}{weight:>10.4f}")
    critic = None
    if session.width:
        every = np.concatenate([x, np.stack([reading.sense for reading in found])], axis=1)
        free = np.repeat([1.0, HIDDEN], [len(FEATURES), session.width])
        show("the critic", cross_validated(every, sense, titles, free))
        both = ridge(centred(every, titles), centred(sense, titles), free)
        critic = Critic(both[: len(FEATURES)] - weights, both[len(FEATURES) :])
    if not args.dry:
        with atomic_open(WEIGHTS) as f:
            f.write("feature\tpoints a unit\n")
            f.writelines(f"{name}\t{weight:.4f}\n" for name, weight in zip(FEATURES, weights, strict=True))
        if critic is not None:
            with atomic_open(args.model / FILE) as f:
                f.write(critic_text(critic))


def as_draft(draft: Labelled, reading: Reading) -> Draft:
    return as_read(Draft(tuple(map(written, draft.lines)), (), (), 0.0), reading.nats)


def reporter(sense: np.ndarray, titles: Sequence[Sequence[int]]) -> Callable[[str, np.ndarray], None]:
    print(f"| chooser | rho | best of ten |\n|---|---|---|\n| the reader's own | – | {_best(sense, titles):.2f} |")

    def show(name: str, scores: np.ndarray) -> None:
        rho, best = judged(scores, sense, titles)
        print(f"| {name} | {rho:+.3f} | {best:.2f} |", flush=True)

    return show


def _best(sense: np.ndarray, titles: Sequence[Sequence[int]]) -> float:
    return mean(float(sense[ids].max()) for ids in titles)


if __name__ == "__main__":
    main()
