"""Draw ``docs/img/architecture.svg``: the rooms of the package on their floors, and who imports whom.

    python scripts/draw_architecture.py

The floors are those of the import contract in ``pyproject.toml`` (``make lint`` holds the code to it); the arrows and
the sizes are measured in the code. Needs the extra dev.
"""

from __future__ import annotations

import ast
import tomllib
from html import escape
from pathlib import Path

import grimp

from yayun.home import atomic_open

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs/img/architecture.svg"
WIDTH, FLOOR, BOX = 1160, 76, 44


def floors() -> list[list[str]]:
    """The rooms, a list a floor, from the top down."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(c["layers"] for c in settings["contracts"] if c["name"] == "floors")
    named = [[room.strip().removeprefix("yayun.") for room in layer.split("|")] for layer in layers]
    at = next(i for i, floor in enumerate(named) if floor == ["prosody"])
    return [*named[:at], ["text"], *named[at:]]


def measured(room: str) -> tuple[int, str]:
    """Lines of code in a room, and the first sentence of what it says of itself."""
    folder, module = ROOT / "src/yayun" / room, ROOT / f"src/yayun/{room}.py"
    files = sorted(folder.rglob("*.py")) if folder.is_dir() else [module]
    head = folder / "__init__.py" if folder.is_dir() else module
    said = ast.get_docstring(ast.parse(head.read_text(encoding="utf-8"))) or ""
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files if "/model/" not in str(path))
    return lines, said.split("\n")[0]


def arrows(rooms: list[str]) -> list[tuple[str, str]]:
    """(importer, imported) between rooms, imports for type checkers aside."""
    graph = grimp.build_graph("yayun", exclude_type_checking_imports=True)
    found = set()
    for module in graph.modules:
        for target in graph.find_modules_directly_imported_by(module):
            one, other = (name.split(".")[1] if "." in name else "" for name in (module, target))
            if one != other and one in rooms and other in rooms:
                found.add((one, other))
    return sorted(found)


def draw() -> str:
    """The picture as SVG."""
    layout = floors()
    places = {}
    for level, floor in enumerate(layout):
        step = WIDTH / len(floor)
        for i, room in enumerate(floor):
            places[room] = (step * (i + 0.5), 30 + FLOOR * level)
    height = FLOOR * len(layout) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="sans-serif">',
        '<rect width="100%" height="100%" fill="#fbf8f1"/>',
    ]
    for one, other in arrows(list(places)):
        (x1, y1), (x2, y2) = places[one], places[other]
        bend = 40 * ((y2 - y1) // FLOOR - 1) * (1 if (len(one) + len(other)) % 2 else -1)
        parts.append(
            f'<path d="M{x1:.0f},{y1 + BOX} Q{(x1 + x2) / 2 + bend:.0f},{(y1 + y2 + BOX) / 2:.0f} {x2:.0f},{y2}" '
            'fill="none" stroke="#8c2f2a" stroke-opacity="0.22"/>'
        )
    for room, (x, y) in places.items():
        lines, said = measured(room)
        half = min(270, WIDTH / len(next(f for f in layout if room in f)) / 2 - 12)
        parts += [
            f'<rect x="{x - half:.0f}" y="{y}" width="{2 * half:.0f}" height="{BOX}" rx="4" fill="#fffdf8" '
            'stroke="#3a3530"/>',
            f'<text x="{x:.0f}" y="{y + 18}" text-anchor="middle" font-size="14" font-weight="bold">'
            f"{escape(room)} <tspan font-weight='normal' fill='#77706a'>{lines}</tspan></text>",
            f'<text x="{x:.0f}" y="{y + 35}" text-anchor="middle" font-size="10" fill="#55504a">'
            f"{escape(said[: int(half / 2.9)])}</text>",
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> None:
    with atomic_open(OUT) as f:
        f.write(draw())


if __name__ == "__main__":
    main()
