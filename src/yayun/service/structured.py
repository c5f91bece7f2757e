"""Poems as JSON: an object of our own (``json_object``), or what a client's schema names (``json_schema``)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from yayun.composing.poem import Poem
from yayun.service.errors import FieldError

Render = Callable[[Sequence[Poem]], str]
FIELD = "response_format"
TEXTS = ("poem", "text", "content", "verse", "body", "诗", "正文", "诗文")
LINES = ("lines", "verses", "诗句")
NAMES = {
    **dict.fromkeys(("title", "题目", "标题"), "title"), **dict.fromkeys(("form", "体裁"), "form"),
    **dict.fromkeys(("rhyme", "韵部"), "rhyme"), **dict.fromkeys(("pattern", "格式"), "pattern"),
    **dict.fromkeys(("think", "reasoning", "构思"), "think"), "seed": "seed",
}  # fmt: skip
# Keywords of a schema that poems can be held to, or that hold to nothing.
KEYWORDS = frozenset(
    ("type", "properties", "required", "items", "additionalProperties", "title", "description", "$ref", "$defs",
     "$schema", "definitions", "anyOf", "strict", "default", "examples")
)  # fmt: skip
KINDS = {
    "title": "string",
    "form": "string",
    "rhyme": "string",
    "pattern": "string",
    "think": "string",
    "seed": "integer",
}


def renderer(asked: dict[str, Any] | None) -> Render | None:
    """How a choice's poems are written as JSON; None for plain verse. Raises FieldError where it can't be done."""
    kind = (asked or {}).get("type", "text")
    if kind == "text":
        return None
    if kind == "json_object":
        return _plain
    if kind != "json_schema":
        raise FieldError(FIELD, "只能是 text、json_object 或 json_schema")
    told = (asked or {}).get("json_schema", asked)
    schema = told.get("schema") if isinstance(told, dict) else None
    if not isinstance(schema, dict):
        raise FieldError(FIELD, "json_schema 里要有 schema")
    try:
        _check(schema, schema)
    except (TypeError, AttributeError, KeyError, RecursionError):
        raise FieldError(FIELD, "schema 读不通") from None

    def render(poems: Sequence[Poem]) -> str:
        return json.dumps(_filled(schema, schema, poems), ensure_ascii=False)

    return render


def _plain(poems: Sequence[Poem]) -> str:
    told = [
        {"title": p.title, "form": p.form, "rhyme": p.rhyme, "pattern": p.pattern, "lines": list(p.lines)}
        for p in poems
    ]
    return json.dumps(told[0] if len(told) == 1 else {"poems": told}, ensure_ascii=False)


def _seen(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """A schema with its reference followed, and of a choice between it and null the schema."""
    for _ in range(8):
        if "$ref" in schema:
            part: Any = root
            for name in str(schema["$ref"]).removeprefix("#/").split("/"):
                part = part.get(name) if isinstance(part, dict) else None
            schema = part if isinstance(part, dict) else {"type": "?"}
        elif "anyOf" in schema:
            schema = next(
                (s for s in schema["anyOf"] if isinstance(s, dict) and s.get("type") != "null"), {"type": "?"}
            )
        else:
            return schema
    raise FieldError(FIELD, "schema 绕得太深")


def _check(schema: dict[str, Any], root: dict[str, Any]) -> None:
    """Raises FieldError where a poem can't fill an object schema."""
    schema = _seen(schema, root)
    if unknown := sorted(set(schema) - KEYWORDS):
        raise FieldError(FIELD, f"schema 里的 {unknown[0][:40]} 不支持")
    fields = schema.get("properties")
    if schema.get("type") != "object" or not isinstance(fields, dict):
        raise FieldError(FIELD, "schema 要是带 properties 的 object")
    for name, part in fields.items():
        part = _seen(part, root) if isinstance(part, dict) else {}
        if _is_poems(part, root):
            _check(part["items"], root)
        elif not _known(name, part, root):
            raise FieldError(
                FIELD, f"schema 要的 {name[:40]} 这里给不出:可用 title、form、rhyme、pattern、lines、text、seed"
            )
    if missing := [name for name in schema.get("required", ()) if name not in fields]:
        raise FieldError(FIELD, f"schema 要的 {str(missing[0])[:40]} 没有写明")


def _is_poems(part: dict[str, Any], root: dict[str, Any]) -> bool:
    items = part.get("items")
    if part.get("type") != "array" or not isinstance(items, dict):
        return False
    return bool(_seen(items, root).get("type") == "object")


def _known(name: str, part: dict[str, Any], root: dict[str, Any]) -> bool:
    if set(part) - KEYWORDS:
        return False
    if part.get("type") == "array":
        items = part.get("items", {})
        return (
            name in (*LINES, *TEXTS)
            and isinstance(items, dict)
            and _seen(items, root).get("type", "string") == "string"
        )
    if name in TEXTS or name in LINES:
        return bool(part.get("type", "string") == "string")
    return bool(name in NAMES and part.get("type") in (None, KINDS[NAMES[name]]))


def _filled(schema: dict[str, Any], root: dict[str, Any], poems: Sequence[Poem]) -> dict[str, Any]:
    """An object by a schema that was checked: its fields are the first poem's, but for lists of poems."""
    found: dict[str, Any] = {}
    for name, part in _seen(schema, root)["properties"].items():
        part = _seen(part, root)
        if _is_poems(part, root):
            found[name] = [_filled(part["items"], root, [poem]) for poem in poems]
        elif part.get("type") == "array":
            found[name] = list(poems[0].lines)
        elif name in TEXTS or name in LINES:
            found[name] = "\n".join(poems[0].couplets())
        else:
            value = getattr(poems[0], NAMES[name])
            found[name] = value if value is not None else ""
    return found
