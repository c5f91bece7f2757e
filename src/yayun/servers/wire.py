"""The chat-completions format as servers really send it: whole or streamed, reasoning in either field."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

# Told of each piece as it comes: ("think" or "text", piece).
Listener = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Completion:
    """``text`` as the model wrote it, ``reasoning`` what the server sent apart from it ('' where it doesn't),
    ``finish`` the server's reason for stopping (stop, length ...), and tokens as the server counts them (0: not said).
    """

    text: str
    reasoning: str = ""
    finish: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0


class MalformedError(Exception):
    """The answer is not what the format says."""


class ServerSaidError(Exception):
    """The answer is an error object; ``str`` is the server's message."""


def read_whole(body: bytes) -> Completion:
    """A completion sent whole. Raises MalformedError or ServerSaidError."""
    payload = _object(body)
    choice = _choice(payload)
    if choice is None:
        raise MalformedError("no choices")
    message = choice.get("message")
    if not isinstance(message, dict):
        raise MalformedError("no message")
    return _completion(_text(message.get("content")), _reasoning(message), choice, payload.get("usage"))


def read_stream(lines: Iterable[str], listen: Listener | None, until: str = "</answer>") -> Completion:
    """A completion sent as server-sent events, up to [DONE], the end of the choice, or ``until`` in its text.

    Raises MalformedError for an event that is not JSON and for a stream that ends before the completion does,
    ServerSaidError for an error sent as an event.
    """
    text, reasoning = "", ""
    last: dict[str, Any] = {}
    usage: Any = None
    for line in lines:
        if not line.startswith("data:"):
            continue  # comments that keep the connection alive, event names
        data = line.removeprefix("data:").strip()
        if data == "[DONE]":
            last = last or {"finish_reason": "stop"}
            break
        payload = _object(data.encode())
        usage = payload.get("usage") or usage
        choice = _choice(payload)
        if choice is None:
            continue
        delta = choice.get("delta") or choice.get("message") or {}
        for kind, piece in (("think", _reasoning(delta)), ("text", _text(delta.get("content")))):
            if piece and listen is not None:
                listen(kind, piece)
            reasoning, text = (reasoning + piece, text) if kind == "think" else (reasoning, text + piece)
        if choice.get("finish_reason"):
            last = choice  # the count of tokens may still follow
        if until in text:
            last = last or {"finish_reason": "stop"}
            break
    if not last:
        raise MalformedError("the stream ended early")
    return _completion(text, reasoning, last, usage)


def error_message(body: bytes) -> str:
    """What an error answer says, on one line, at most 200 characters; '' where it says nothing readable."""
    try:
        _object(body)
    except ServerSaidError as said:
        return str(said)
    except MalformedError:
        return ""
    return ""


def model_names(body: bytes) -> list[str]:
    """The ids of ``GET /models``. Raises MalformedError."""
    listed = _object(body).get("data")
    if not isinstance(listed, list):
        raise MalformedError("no data")
    return [str(entry["id"]) for entry in listed if isinstance(entry, dict) and "id" in entry]


def _object(body: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(body)
    except ValueError as error:
        raise MalformedError("not JSON") from error
    if not isinstance(payload, dict):
        raise MalformedError("not an object")
    said = payload.get("error") or (payload.get("message") if payload.get("object") == "error" else None)
    if said is None and "detail" in payload and "choices" not in payload:
        said = payload["detail"]
    if said:
        message = said.get("message") if isinstance(said, dict) else said
        raise ServerSaidError(" ".join(str(message).split())[:200])
    return payload


def _choice(payload: dict[str, Any]) -> dict[str, Any] | None:
    choices = payload.get("choices")
    if choices is None or choices == []:
        return None
    if not isinstance(choices, list) or not isinstance(choices[0], dict):
        raise MalformedError("choices")
    return choices[0]


def _text(content: Any) -> str:
    """Content as a string, or as a list of parts."""
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _reasoning(message: dict[str, Any]) -> str:
    """Either field; servers that send both send the same in both."""
    return _text(message.get("reasoning_content")) or _text(message.get("reasoning"))


def _completion(text: str, reasoning: str, choice: dict[str, Any], usage: Any) -> Completion:
    counts = usage if isinstance(usage, dict) else {}
    return Completion(
        text,
        reasoning,
        str(choice.get("finish_reason") or ""),
        int(counts.get("prompt_tokens") or 0),
        int(counts.get("completion_tokens") or 0),
    )
