"""``python -m yayun.evaluation.adapters``: print the folder that lm-eval and verifiers find their plugins in."""

from __future__ import annotations

from pathlib import Path

PLUGINS = Path(__file__).parent / "plugins"

if __name__ == "__main__":
    print(PLUGINS)
