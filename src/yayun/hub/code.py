"""What lets a model folder be loaded with ``trust_remote_code``: the package's own sources, copied beside the weights.

Transformers fetches the Python files that a folder's modeling file imports relatively, and only those: no packages, no
data. So ``hub.modeling_yayun`` and every module of the package it needs are copied flat (``yayun.brief.fields`` becomes
``yayun_brief_fields.py``), with their imports made relative and nothing else changed, and the tables they read are
appended to the copy of ``hub.tables``, which stands in for ``importlib.resources`` there.

The wheel's build (``hatch_build.py``), ``yayun train export`` and ``hub.folder`` write it; no copy is kept.
Standard library only, for the build has nothing else.
"""

from __future__ import annotations

import ast
import json
import re
from base64 import b85encode
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from yayun.home import atomic_open

MODELING, CLASS = "modeling_yayun", "YayunForCausalLM"
ROOT = f"yayun.hub.{MODELING}"
# Modules that another one stands in for.
REPLACED = {"yayun.script": "yayun.hub.script"}
RESOURCES = "yayun.hub.tables"
# Modules that stay behind: in a folder nothing calls the functions that import them.
LEFT_OUT = frozenset(
    {
        "yayun.prosody.review",
        "yayun.prosody.meter.by_book",
        "yayun.prosody.forms.tunes.tune",
        "yayun.composing.settle_tune",
        "yayun.prosody.meter.tunes.review",
    }
)
# (package, table) -> the columns that are read, None for all; the others are left empty.
TABLES: dict[tuple[str, str], tuple[int, ...] | None] = {
    ("yayun.prosody", "groups.tsv"): None,
    ("yayun.prosody", "rhymebook.tsv"): (0, 1, 3),
    ("yayun.prosody", "everyday.tsv"): None,
    ("yayun.prosody", "priors.tsv"): (0, 3),
    ("yayun.prosody", "senses.tsv"): None,
    ("yayun.prosody", "feet.tsv"): (0, 1, 2, 3),
    ("yayun.prosody", "variants.tsv"): (0, 1, 2),
    ("yayun.prosody", "equivalents.tsv"): (0, 1, 2),
    ("yayun.prosody.books", "cilin.tsv"): None,
    ("yayun.prosody", "simplified.tsv"): (0, 1, 2),
    ("yayun.retrieval", "habits.tsv"): None,
    ("yayun.retrieval", "feet.tsv"): None,
    ("yayun.retrieval", "fold.tsv"): None,
    ("yayun.retrieval", "units.tsv"): None,
    ("yayun.text", "radicals.tsv"): None,
    ("yayun.prosody.forms", "tunes.tsv"): None,
    ("yayun.brief", "words.tsv"): None,
    ("yayun.brief", "terms.tsv"): None,
    ("yayun.brief", "kin.tsv"): None,
    ("yayun.brief", "adjectives.tsv"): None,
    ("yayun.brief", "tune_titles.tsv"): None,
    ("yayun.brief", "occasions.tsv"): None,
    ("yayun.hub", "script.tsv"): None,
}
PACKED = (("yayun.retrieval", "vectors.bin"),)
# Read by functions that nothing calls in a folder.
UNREAD = frozenset(
    {
        "compounds.tsv",
        "likelihoods.tsv",
        "restricted.tsv",
        "lines.bin",
        "parallels.tsv",
        "mandarin.tsv",
        "mandarin_words.tsv",
    }
)


def write_code(folder: Path) -> None:
    """Write the code into ``folder`` (a model in Hugging Face layout) and name it in ``config.json``.

    What is there already stays untouched; copies of modules that are no longer needed are removed.
    """
    code = code_files()
    for old in folder.glob("yayun_*.py"):
        if old.name not in code:
            old.unlink()
    for name, text in code.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            with atomic_open(path) as f:
                f.write(text)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    auto_map = {"AutoModelForCausalLM": f"{MODELING}.{CLASS}"}
    if config.get("auto_map") == auto_map:
        return
    config["auto_map"] = auto_map
    with atomic_open(folder / "config.json") as f:
        json.dump(config, f, ensure_ascii=False, indent=2)
        f.write("\n")


@cache
def code_files() -> dict[str, str]:
    """File name -> content, made from the package's present sources and tables."""
    modules = _needed_modules()
    made = {f"{_flat(name)}.py": _copy(name) for name in modules}
    made[f"{_flat(RESOURCES)}.py"] += _tables()
    # Transformers finds files by lines of this form and sees no other imports; Python sees a text.
    listed = "\n".join(f"import .{_flat(name)}" for name in modules if name != ROOT)
    made[f"{MODELING}.py"] += f'\n\n_FILES = """The modules that have to come along:\n\n{listed}\n"""\n'
    return made


def _needed_modules() -> list[str]:
    """All modules that ``ROOT`` imports, directly or not, sorted."""
    found, waiting = {RESOURCES}, [ROOT]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += (REPLACED.get(target, target) for target in _imports(_source(name)))
    return sorted(found)


def _imports(text: str) -> Iterator[str]:
    """The modules that a source imports of its own package when it runs."""
    for node in _own_imports(ast.parse(text)):
        modules, attributes = _parts(node)
        yield from (module for module, _ in modules)
        if attributes and _target(node) not in LEFT_OUT:
            yield _target(node)


def _copy(name: str) -> str:
    """A module's source with the imports of its own package relative, and without those for type checkers."""
    text = _source(name)
    tree, lines = ast.parse(text), text.splitlines()
    changes: list[tuple[ast.ImportFrom | ast.If, list[str]]] = [
        (block, _otherwise(block, lines)) for block in _for_type_checkers(tree)
    ]
    changes += [(node, _relative(node, lines)) for node in _own_imports(tree)]
    for node, new in sorted(changes, key=lambda change: change[0].lineno, reverse=True):
        lines[node.lineno - 1 : node.end_lineno] = new
    origin = f"# {name.replace('.', '/')}.py of yayun, copied by `yayun train export`: change it there."
    return "\n".join([origin, *lines]) + "\n"


def _relative(node: ast.ImportFrom, lines: Sequence[str]) -> list[str]:
    """The lines of an import statement, rewritten."""
    modules, attributes = _parts(node)
    first, *rest = lines[node.lineno - 1 : node.end_lineno]
    if _target(node) in LEFT_OUT:
        assert node.col_offset, f"{first}: left out, but imported at once"
        return [f'{first[: node.col_offset]}raise ImportError("{node.module} is no part of a model folder")']
    if not modules:
        return [first.replace(f"from {node.module} import", f"from .{_flat(_target(node))} import"), *rest]
    assert not attributes, f"{first}: modules and attributes in one import"
    flat = (f"{_flat(REPLACED.get(module, module))} as {name}" for module, name in modules)
    return [f"{first[: node.col_offset]}from . import {', '.join(flat)}"]


def _target(node: ast.ImportFrom) -> str:
    """The module that a copy imports attributes from."""
    name = str(node.module)
    return RESOURCES if name == "importlib.resources" else REPLACED.get(name, name)


def _parts(node: ast.ImportFrom) -> tuple[list[tuple[str, str]], list[str]]:
    """What an import names: modules (dotted name, name used), and attributes of one."""
    modules = [(f"{node.module}.{a.name}", a.asname or a.name) for a in node.names if _is_module(node, a)]
    return modules, [a.name for a in node.names if not _is_module(node, a)]


def _own_imports(tree: ast.Module) -> list[ast.ImportFrom]:
    """Imports from the package and of its data, those for type checkers aside."""
    typing = {id(node) for block in _for_type_checkers(tree) for node in ast.walk(block)}
    found = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and id(node) not in typing)
    return [n for n in found if n.module == "importlib.resources" or str(n.module).split(".")[0] == "yayun"]


def _for_type_checkers(tree: ast.Module) -> list[ast.If]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    ]


def _otherwise(block: ast.If, lines: Sequence[str]) -> list[str]:
    """The lines of a block's ``else``, on the block's own level."""
    if not block.orelse:
        return []
    first, last = block.orelse[0], block.orelse[-1]
    inner = first.col_offset - block.col_offset
    return [line[inner:] for line in lines[first.lineno - 1 : last.end_lineno]]


def _tables() -> str:
    """Statements that put the tables in place."""
    parts = []
    for (package, name), columns in TABLES.items():
        text = (files(package) / "data" / name).read_text(encoding="utf-8")
        assert not re.search(r'\\|"""', text), name
        parts.append(f'TEXTS["{package}/data/{name}"] = """\\\n{_only(text, columns)}"""\n')
    for package, name in PACKED:
        packed = b85encode((files(package) / "data" / name).read_bytes()).decode()
        rows = "\n".join(packed[i : i + 120] for i in range(0, len(packed), 120))
        parts.append(f'PACKED["{package}/data/{name}"] = """\\\n{rows}\n"""\n')
    return "\n" + "".join(parts)


def _only(text: str, columns: tuple[int, ...] | None) -> str:
    """A table with the other columns left empty."""
    if columns is None:
        return text
    rows = (row.split("\t") for row in text.splitlines())
    return "".join("\t".join(c if i in columns else "" for i, c in enumerate(row)) + "\n" for row in rows)


def _flat(name: str) -> str:
    return MODELING if name == ROOT else name.replace(".", "_")


def _is_module(node: ast.ImportFrom, name: ast.alias) -> bool:
    return str(node.module).startswith("yayun") and _path(f"{node.module}.{name.name}") is not None


def _path(name: str) -> Path | None:
    base = Path(str(files("yayun"))).joinpath(*name.split(".")[1:])
    return next((p for p in (base.with_suffix(".py"), base / "__init__.py") if p.is_file()), None)


def _source(name: str) -> str:
    path = _path(name)
    assert path is not None, name
    return path.read_text(encoding="utf-8")
