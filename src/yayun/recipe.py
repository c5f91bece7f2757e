"""Recipes, of whatever stage: one YAML file each, checked when read."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from yayun.errors import YayunError


class Strict(BaseModel):
    """Unknown keys are errors, values don't change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


R = TypeVar("R", bound=Strict)


def load_recipe(path: Path, kind: type[R], overrides: list[str]) -> R:
    """Read a recipe with ``key=value`` (dotted keys, YAML values) applied over it.

    Raises YayunError where it does not fit ``kind``.
    """
    if not path.exists():
        raise YayunError(f"找不到配方 {path}。")
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    for item in overrides:
        key, equals, value = item.partition("=")
        if not equals:
            raise YayunError(f"参数 {item} 应写成 key=value。")
        node = values
        *parents, last = key.split(".")
        for parent in parents:
            node = node.setdefault(parent, {})
        node[last] = yaml.safe_load(value)
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise YayunError(f"配方 {path} 的 {where} 有误:{first['msg']}。") from error
