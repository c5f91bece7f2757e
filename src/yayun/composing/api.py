"""Composing from Python: ``yayun.compose`` and ``yayun.acompose``."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack, overload

from yayun.backends.effort import Effort
from yayun.backends.options import Options
from yayun.backends.registry import DEFAULT, Choice, choose_backend, opened
from yayun.brief import Brief, make_brief
from yayun.brief.fields import parse_count
from yayun.composing.poem import Poem
from yayun.composing.road import compose_with
from yayun.errors import YayunError
from yayun.kinds import unknown_field, wrong_kind

if TYPE_CHECKING:
    from yayun.prosody.forms.form import Form


class Fields(TypedDict, total=False):
    """What ``compose`` takes beside the request; every field may be left out, or None.

    Of the poem: ``title`` (题目), ``theme`` (题材), ``imagery`` (words that must appear), ``form`` (五绝 …),
    ``rhyme`` (东, 上平一东 …), ``pattern`` (平起, 仄起), ``first_line_rhymes``, ``acrostic`` (the lines' first
    characters), ``script`` (simplified, traditional), ``locked`` (a line a line of the poem, None for one to write),
    ``book`` (韵书: 平水韵, 中华新韵, 中华通韵, 词林正韵), of which ``rhyme`` is then a group,
    ``tune`` (词牌, 浣溪沙) and its ``variant`` (正体, 格二),
    ``without`` (fields that the sentence is not to be asked for, as it was read otherwise than meant).
    Of the writing: ``seed`` (the same gives the same poem), ``effort`` (quick, normal, careful), ``temperature``
    (0.05 to 2), ``mode`` (guided keeps the rules; free: the bare model), ``rag`` (look up rhymes and images),
    ``candidates`` (drafts to choose from). Of the writer: ``backend`` as the command line takes it, with ``base_url``,
    ``model`` and ``max_calls`` for a server.
    """

    title: str | None
    theme: str | None
    imagery: str | Sequence[str] | None
    form: str | Form | None
    rhyme: str | None
    pattern: str | None
    first_line_rhymes: bool | None
    acrostic: str | None
    script: str | None
    locked: Sequence[str | None] | None
    without: Sequence[str] | None
    book: str | None
    tune: str | None
    variant: str | None
    seed: int | None
    effort: Effort | None
    temperature: float | None
    mode: Literal["guided", "free"] | None
    rag: bool | None
    candidates: int | None
    backend: str | None
    base_url: str | None
    model: str | None
    max_calls: int | None


_SERVER = ("base_url", "model", "max_calls")
_OPTIONS = ("seed", "effort", "temperature", "mode", "rag", "candidates")
_KNOWN = (*Fields.__annotations__, "count")
_SENTENCE = "“以'春风'为题写一首五言绝句,押东韵”"


@overload
def compose(request: str | Brief | None = None, *, count: None = None, **fields: Unpack[Fields]) -> Poem: ...
@overload
def compose(request: str | Brief | None = None, *, count: int, **fields: Unpack[Fields]) -> list[Poem]: ...
def compose(
    request: str | Brief | None = None, *, count: int | None = None, **fields: Unpack[Fields]
) -> Poem | list[Poem]:
    """Write a poem, or with ``count`` a list of so many (1 to 100; their seeds follow one another).

    ``request`` is a sentence or a Brief; ``fields``, or both, say more: see ``Fields``. Raises YayunError when the
    request or a field can't be used, or when the poem can't be written.
    """
    brief, options, choice = _read(request, count, dict(fields))
    with opened(choice, options.rag) as through:
        found = list(compose_with([brief], options, through))
    poems = []
    for poem in found:
        if isinstance(poem, YayunError):
            raise poem
        poems.append(poem)
    return poems[0] if count is None else poems


@overload
async def acompose(request: str | Brief | None = None, *, count: None = None, **fields: Unpack[Fields]) -> Poem: ...
@overload
async def acompose(request: str | Brief | None = None, *, count: int, **fields: Unpack[Fields]) -> list[Poem]: ...
async def acompose(
    request: str | Brief | None = None, *, count: int | None = None, **fields: Unpack[Fields]
) -> Poem | list[Poem]:
    """``compose`` without blocking the event loop.

    The processor's work of several calls is done one after another (a poem takes all cores); calls to a server go
    beside each other. A call that is cancelled before its turn is not written.
    """
    own = str(fields.get("backend") or DEFAULT).partition(":")[0] != "openai"
    work = lambda: compose(request, count=count, **fields)  # noqa: E731
    found: Poem | list[Poem] = await asyncio.get_running_loop().run_in_executor(_hand() if own else None, work)
    return found


@cache
def _hand() -> ThreadPoolExecutor:
    """The thread that writes."""
    return ThreadPoolExecutor(1, "yayun")


def _read(request: object, count: object, fields: dict[str, Any]) -> tuple[Brief, Options, Choice]:
    """What is asked for, how to write it, and who is to. Raises YayunError where something can't be used."""
    for name in fields:
        if name not in _KNOWN:
            raise YayunError(unknown_field(name, _KNOWN))
    if (wrong := wrong_kind({**fields, "count": count})) is not None:
        raise YayunError(wrong)
    given = {name: value for name, value in fields.items() if value is not None}
    choice = choose_backend(given.pop("backend", DEFAULT), **{k: given.pop(k) for k in _SERVER if k in given})
    options = Options(**{k: _plain(given.pop(k)) for k in _OPTIONS if k in given})
    brief = _brief(request, None if count is None else _plain(count), given)
    return brief, options, choice


def _plain(value: Any) -> Any:
    """A number as Python's own, whatever library it is of, so that it can be written as JSON."""
    if isinstance(value, (bool, str)):
        return value
    return int(value) if hasattr(value, "__index__") else float(value)


def _brief(request: object, count: Any, given: dict[str, Any]) -> Brief:
    if isinstance(request, Brief):
        if given:
            raise YayunError(f"给了 Brief 就不能再给 {next(iter(given))}:请用 dataclasses.replace 改好 Brief 再来。")
        brief = request if count is None else replace(request, count=parse_count(count))
    elif request is None or isinstance(request, str):
        if "imagery" in given and not isinstance(given["imagery"], str):
            given["imagery"] = list(given["imagery"])
        brief = make_brief(request, count=count, **given)
    else:
        raise YayunError(f"请求要是一句话,如 {_SENTENCE},不能是 {type(request).__name__}。")
    if count is None and brief.count > 1:
        raise YayunError(f"请求里要 {brief.count} 首:请写 count={brief.count},得到一列诗;不写 count 只给一首。")
    return brief
