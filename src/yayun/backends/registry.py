"""Backends by name: our own, and those that installed packages bring (entry points of the group ``yayun.backends``).

A package adds one with three lines of its ``pyproject.toml``:

    [project.entry-points."yayun.backends"]
    mine = "my_package.backend:open_backend"

where ``open_backend`` is a ``protocol.Open``. Users then write ``--backend mine``, or ``mine:WHATEVER`` with a target.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from yayun.backends.protocol import Backend, Given, Open
from yayun.decoding.weights import weights_dir
from yayun.errors import YayunError

GROUP = "yayun.backends"
DEFAULT = "embedded"
# Our own are known without a look at what is installed, which takes longer than the first line of a poem.
OURS = tuple(
    EntryPoint(name, f"yayun.backends.{module}:open_backend", GROUP)
    for name, module in (
        (DEFAULT, "builtin"), ("builtin", "builtin"), ("openai", "openai"), ("transformers", "transformers")
    )
)  # fmt: skip
HEADER = 1 << 16  # bytes of each weights file that tell it from others


@dataclass(frozen=True, slots=True)
class Choice:
    """A backend as it was chosen: its ``name`` and what it is to be opened with."""

    name: str = DEFAULT
    given: Given = field(default_factory=Given)

    @property
    def builtin(self) -> bool:
        """Is it the model that ships with the package?"""
        return self.name in (DEFAULT, "builtin") and not self.given.target


def choose_backend(
    text: str, base_url: str | None = None, model: str | None = None, max_calls: int | None = None
) -> Choice:
    """Read ``embedded``, ``builtin:PATH``, ``openai``, ``transformers:PATH`` or a plug-in's name.

    Raises YayunError for a name that there is none of, and where the companions don't go with it.
    """
    name, _, target = text.partition(":")
    found = next((point for point in (*OURS, *_plugged()) if point.name == name), None)
    if found is None:
        raise YayunError(f"没有“{text}”这种后端:可用 {'、'.join(names())}。")
    given = Given(target, base_url, model, max_calls)
    if name == "openai":
        if base_url is None or target:
            raise YayunError("--backend openai 需要 --base-url,如 http://127.0.0.1:8000/v1。")
    elif found in OURS and (base_url, model, max_calls) != (None, None, None):
        raise YayunError("--base-url、--model、--max-calls 只用于 --backend openai。")
    if name == "transformers" and not target:
        raise YayunError("--backend transformers 要带模型目录,如 transformers:/data/Qwen2.5-7B-Instruct。")
    return Choice(name, given)


def names() -> tuple[str, ...]:
    """Every backend there is, as people write it."""
    ours = ("embedded", "builtin:模型目录", "openai", "transformers:模型目录")
    return (*ours, *(point.name for point in _plugged()))


def _plugged() -> tuple[EntryPoint, ...]:
    ours = {point.name for point in OURS}
    return tuple(point for point in entry_points(group=GROUP) if point.name not in ours)


@contextmanager
def opened(choice: Choice | None = None, rag: bool = True) -> Iterator[Backend]:
    """The backend, ready to compose; what it holds is closed at the end.

    Raises YayunError when it can't be used at all: a plug-in that fails to import is named, with the cause.
    """
    choice = choice or Choice()
    with _load(choice.name)(replace(choice.given, rag=rag)) as backend:
        yield backend


def _load(name: str) -> Open:
    point = next(point for point in (*OURS, *_plugged()) if point.name == name)
    try:
        found: Open = point.load()
    except Exception as error:  # anybody's code runs here
        if point in OURS:
            raise
        cause = f"{type(error).__name__}: {error}".splitlines()[0]
        raise YayunError(
            f"后端“{name}”({point.value})导入不成:{cause}。请修好或卸载带来它的包,别的后端照常可用。"
        ) from error
    return found


def identity(choice: Choice) -> str:
    """What tells the backend's weights from others': a server's model, twelve hex digits of a folder's."""
    given = choice.given
    if choice.builtin:
        return weights_id(weights_dir())
    folder = Path(given.target).expanduser() if given.target else None
    if folder is not None and folder.is_dir():
        return weights_id(folder)
    return given.model or given.base_url or given.target


def weights_id(folder: Path) -> str:
    """Twelve hex digits that change when the weights do: of the names, sizes and headers of a folder's weights, and of
    the ends of the files, where training shows first."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.safetensors"), *folder.glob("*.onnx")]):
        size = path.stat().st_size
        digest.update(f"{path.name}:{size}:".encode())
        with path.open("rb") as f:
            digest.update(f.read(HEADER))
            f.seek(max(0, size - HEADER))
            digest.update(f.read())
    return digest.hexdigest()[:12]
