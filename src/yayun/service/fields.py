"""Fields of OpenAI's interfaces that we don't serve: refused by name, never ignored in silence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from yayun.service.errors import FieldError, UnknownModelError

if TYPE_CHECKING:
    from yayun.service.schemas import Message

MODEL = "yayun"
# Values that ask for nothing; any other is refused.
NEUTRAL: dict[str, tuple[Any, ...]] = {
    "logprobs": (False,), "top_logprobs": (0,), "tools": ([],), "functions": ([],), "tool_choice": ("none", "auto"),
    "function_call": ("none", "auto"), "top_p": (1,), "presence_penalty": (0,), "frequency_penalty": (0,),
    "logit_bias": ({},), "modalities": (["text"],), "verbosity": ("medium",), "truncation": ("disabled", "auto"),
    "include": ([],), "background": (False,),
}  # fmt: skip
# What these say is between the client and its own records: no answer depends on them.
RECORDS = frozenset(
    ("user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key", "prompt_cache_retention",
     "parallel_tool_calls")
)  # fmt: skip


def check_extra(extra: dict[str, Any] | None) -> None:
    """Raises FieldError for a field that would have to be ignored."""
    for name, value in (extra or {}).items():
        if value is None or name in RECORDS or value in NEUTRAL.get(name, ()):
            continue
        raise FieldError(name[:60], "本服务不支持这样用")


# Of a turn: what clients send back of an answer they got, which says nothing more than its text.
ECHOED = frozenset(
    ("type", "id", "status", "phase", "name", "refusal", "annotations", "reasoning", "reasoning_content", "summary",
     "encrypted_content")
)  # fmt: skip
ECHOED_OF_PARTS = frozenset(("annotations", "logprobs", "cache_control", "prompt_cache_breakpoint"))
ROLES = frozenset(("system", "developer", "user", "assistant"))
TEXTS = frozenset(("text", "input_text", "output_text"))


def check_turns(turns: Sequence[Message], name: str) -> None:
    """Raises FieldError for a turn of which something would have to be ignored: a picture, a call of a tool.

    ``name``: what the interface calls the turns.
    """
    for i, turn in enumerate(turns):
        place = f"{name}.{i}"
        extra = turn.model_extra or {}
        if extra.get("type") == "reasoning" and not turn.role:
            continue  # of an answer that is sent back
        if turn.role not in ROLES:
            raise FieldError(f"{place}.role", "只认 system、developer、user、assistant")
        check_parts(extra, place, ECHOED)
        for k, part in enumerate(turn.content if isinstance(turn.content, list) else ()):
            if part.type not in TEXTS:
                raise FieldError(f"{place}.content.{k}.type", "只认文字")
            check_parts(part.model_extra, f"{place}.content.{k}", ECHOED_OF_PARTS)


def check_parts(said: dict[str, Any] | None, place: str, known: frozenset[str]) -> None:
    """Raises FieldError for what an object at ``place`` says beyond ``known``; null and empty lists say nothing."""
    for field, value in (said or {}).items():
        if field not in known and value not in (None, []):
            raise FieldError(f"{place}.{field[:60]}", "本服务不支持这样用")


def check_model(asked: str | None, any_model: bool) -> None:
    """Raises UnknownModelError for another model's name, unless any will do."""
    if asked not in (None, MODEL) and not any_model:
        raise UnknownModelError(str(asked))


def cut(text: str, stop: str | list[str] | None, limit: int | None) -> tuple[str, str]:
    """The text up to the first of the words to stop at, and within ``limit`` tokens (one a character), with the reason
    for which it ends: stop or length."""
    words = [stop] if isinstance(stop, str) else stop or []
    ends = [at for word in words if word and (at := text.find(word)) >= 0]
    kept = text[: min(ends)] if ends else text
    return (kept, "stop") if limit is None or len(kept) <= limit else (kept[:limit], "length")
