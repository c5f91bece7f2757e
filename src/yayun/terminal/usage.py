"""What the command line's parser complains of, as one Chinese sentence."""

from __future__ import annotations

import re
from typing import Any

_EXTRA = re.compile(r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)", re.DOTALL)
_COMMAND = re.compile(r"No such command '(.*?)'", re.DOTALL)
_RANGE = re.compile(r"is not in the range (.*?)\.?$")
_NUMBER = re.compile(r"is not a valid (?:integer|float|int)")
_CHOICE = re.compile(r"is not one of (.*?)\.?$")


def usage_error(error: Exception) -> str | None:
    """The sentence for an error of the parser; None for any other error."""
    if not hasattr(error, "format_message"):
        return None
    kind, message = type(error).__name__, str(getattr(error, "message", error))
    if kind == "NoArgsIsHelpError":
        return message
    return f"{_sentence(kind, error, message)}用 --help 看说明。"


def _sentence(kind: str, error: Any, message: str) -> str:
    if kind == "NoSuchOption":
        near = "、".join(error.possibilities or ())
        return f"没有 {error.option_name} 这个选项{f',是不是 {near}' if near else ''}。"
    if (command := _COMMAND.search(message)) is not None:
        return f"没有“{command[1]}”这个命令。"
    if (extra := _EXTRA.search(message)) is not None:
        return f"多出了“{extra[1]}”。"
    if kind == "BadOptionUsage":
        return f"选项 {error.option_name} 用得不对:看看它要不要跟一个值。"
    name = _name(error)
    if kind == "MissingParameter":
        return f"缺少 {name}。"
    if kind == "BadParameter":
        return f"{name} {_fault(message)}。"
    return f"命令不能用:{message.rstrip('.')}。"


def _name(error: Any) -> str:
    parameter = getattr(error, "param", None)
    if parameter is None:
        return "参数"
    return str(parameter.opts[0]) if parameter.opts[0].startswith("-") else str(parameter.name).upper()


def _fault(message: str) -> str:
    if (bounds := _RANGE.search(message)) is not None:
        return f"不在范围里:要 {bounds[1]}"
    if _NUMBER.search(message):
        return "要是一个数"
    if (choices := _CHOICE.search(message)) is not None:
        return f"只能是 {choices[1].replace(chr(39), '')} 之一"
    return "的值不能用"
