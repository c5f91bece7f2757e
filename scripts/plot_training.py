"""Draw the learning curve: ``docs/img/pretrain.png`` from ``docs/data/pretrain.jsonl``.

    python scripts/plot_training.py [--run RUN]

With ``--run`` the log in docs is first refreshed from that run folder (every tenth step, and every step with a
held-out loss). Needs matplotlib.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from yayun.home import atomic_open
from yayun.training.card import read_log

DOCS = Path(__file__).parents[1] / "docs"
LOG = DOCS / "data/pretrain.jsonl"


def refresh(run: Path) -> None:
    """Copy the run's log, thinned."""
    with atomic_open(LOG) as f:
        for row in read_log(run):
            if row["step"] % 10 == 0 or "held_out" in row:
                f.write(json.dumps(row) + "\n")


def draw(rows: list[dict]) -> None:
    """Training loss (smoothed) and held-out loss over tokens."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4))
    steps = [r for r in rows if "loss" in r]  # the mean of checkpoints has a held-out loss alone
    tokens = [r["tokens"] / 1e6 for r in steps]
    smooth, value = [], steps[0]["loss"]
    for row in steps:
        value = 0.9 * value + 0.1 * row["loss"]
        smooth.append(value)
    axes.plot(tokens, smooth, color="0.7", label="training (all learnt tokens, smoothed)")
    held = [(r["tokens"] / 1e6, r["held_out"]) for r in rows if "held_out" in r]
    axes.plot(*zip(*held, strict=True), "o-", color="C3", label="held-out Tang poems")
    axes.set(xlabel="million tokens", ylabel="nats per poem character")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    (DOCS / "img").mkdir(parents=True, exist_ok=True)
    figure.savefig(DOCS / "img/pretrain.png", dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path)
    args = parser.parse_args()
    if args.run:
        refresh(args.run)
    draw([json.loads(line) for line in LOG.read_text(encoding="utf-8").splitlines()])


if __name__ == "__main__":
    main()
