"""``/v1``: the chat-completions interface that OpenAI's clients speak. The last user message is the request."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from yayun.backends.effort import COOLEST, EFFORT, HOTTEST, Effort
from yayun.brief import Brief
from yayun.brief.conversation import Written, follow
from yayun.composing.poem import Poem, punctuate
from yayun.composing.road import Options
from yayun.decoding.weights import weights_dir
from yayun.prosody.review import review
from yayun.service.answers import REFUSALS, error_body
from yayun.service.fields import MODEL, check_extra, check_model, check_parts, check_turns, cut
from yayun.service.schemas import ChatAsked, Message, OpenAIRefused
from yayun.service.streams import COMMENT, Progress, Quiet, Writing, check_asked, eased, event, poems, streaming, told
from yayun.service.structured import Render, renderer
from yayun.service.understood import extension
from yayun.text.poems import parse_poems

EFFORTS: dict[str, Effort] = {
    "none": "quick", "minimal": "quick", "low": "quick", "medium": "normal", "high": "careful", "xhigh": "careful",
}  # fmt: skip
router = APIRouter(prefix="/v1", responses={status: {"model": OpenAIRefused} for status in REFUSALS})


@router.get("/models", response_model=None)
def models() -> dict[str, Any]:
    """The one model there is."""
    return {"object": "list", "data": [_model()]}


@router.get("/models/{name}", response_model=None)
def model(name: str, request: Request) -> dict[str, Any]:
    """The model of that name."""
    check_model(name, request.app.state.settings.any_model)
    return _model() | {"id": name}


def _model() -> dict[str, Any]:
    created = int((weights_dir() / "model.onnx").stat().st_mtime)
    return {"id": MODEL, "object": "model", "created": created, "owned_by": "yayun"}


@router.post("/chat/completions", response_model=None)
async def complete(asked: ChatAsked, request: Request) -> Response | dict[str, Any]:
    """Write the poem that the last user message asks for."""
    engine, settings = request.app.state.engine, request.app.state.settings
    engine.check_room()
    check_extra(asked.model_extra)
    check_turns(asked.messages, "messages")
    if asked.stream_options is not None:
        check_parts(asked.stream_options.model_extra, "stream_options", frozenset(("include_obfuscation",)))
    check_model(asked.model, settings.any_model)
    wording = Wording(renderer(asked.response_format), asked.stop, asked.max_completion_tokens or asked.max_tokens)
    text, brief, options = read_chat(asked)
    if not (asked.effort or asked.reasoning_effort):
        brief, options = eased(brief, options, engine, settings)
    head = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": asked.model or MODEL}
    each = brief.count // (asked.n or 1)
    if asked.stream:
        usage = asked.stream_options is not None and asked.stream_options.include_usage
        talk = _Talk(head, text, each, usage, wording)
        return streaming(talk.events(Writing(engine, brief, options, settings)))
    found = await poems(engine, brief, options, settings)
    choices = [found[i : i + each] for i in range(0, len(found), each)]
    told = [_choice(i, group, wording) for i, group in enumerate(choices)]
    return {
        **head,
        "object": "chat.completion",
        "choices": told,
        "usage": _usage(text, "".join(one["message"]["reasoning"] + one["message"]["content"] for one in told)),
        "yayun": extension(found),
    }


def read_chat(asked: ChatAsked) -> tuple[str, Brief, Options]:
    """The request's words, the brief (of all the poems, those of every choice), and the options.

    What the last message says of the poem before it (再来一首, 第三句不好重写) is read with the conversation. Raises
    YayunError where they can't be used.
    """
    sentences, written = read_turns(asked.messages)
    brief, moves = follow(sentences, written)
    brief = replace(brief, count=brief.count * (asked.n or 1))
    # Of one seed another poem is to come each time.
    seed = None if asked.seed is None else (asked.seed + moves) % 2**53
    effort = asked.effort or EFFORTS.get(asked.reasoning_effort or "", EFFORT)
    options = Options(seed=seed, effort=effort)
    if asked.temperature is not None:
        options = replace(options, temperature=min(HOTTEST, max(COOLEST, asked.temperature)))
    check_asked(brief, options)
    return sentences[-1], brief, options


def read_turns(messages: Sequence[Message]) -> tuple[list[str], list[Written]]:
    """The user's sentences, and the verse that answered each (of several poems the last)."""
    sentences: list[str] = []
    written: list[Written] = []
    for message in messages:
        if message.role == "user":
            sentences.append(message.text)
            written.append(Written())
        elif message.role == "assistant" and written:
            written[-1] = _verse(message.text)
    return sentences or [""], written or [Written()]


def _verse(text: str) -> Written:
    found = parse_poems(text)
    return Written(found[-1].lines, review(found[-1].lines).rhyme) if found else Written()


@dataclass(frozen=True, slots=True)
class Wording:
    """How a choice is worded: as JSON by ``render``, where asked for; up to one of the ``stop`` words; within ``limit``
    tokens."""

    render: Render | None = None
    stop: str | list[str] | None = None
    limit: int | None = None

    def __call__(self, found: Sequence[Poem]) -> tuple[str, str]:
        """The content of a choice with these poems, and why it ends there."""
        verse = "\n\n".join("\n".join(poem.couplets()) for poem in found)
        return cut(self.render(found) if self.render else verse, self.stop, self.limit)


def reasoning_of(found: Sequence[Poem]) -> str:
    """The reasoning of a choice's poems."""
    return "\n".join(poem.think for poem in found)


def _choice(index: int, found: Sequence[Poem], wording: Wording) -> dict[str, Any]:
    content, finish = wording(found)
    message = {"role": "assistant", "content": content, "refusal": None, **_reasoning(reasoning_of(found))}
    return {"index": index, "message": message, "logprobs": None, "finish_reason": finish}


def _reasoning(think: str) -> dict[str, str]:
    """Both names that servers give it."""
    return {"reasoning": think, "reasoning_content": think}


def _usage(asked: str, said: str) -> dict[str, int]:
    """Tokens: the model has one a character."""
    return {"prompt_tokens": len(asked), "completion_tokens": len(said), "total_tokens": len(asked) + len(said)}


class _Talk:
    """A streamed completion: ``each`` poems a choice."""

    def __init__(self, head: dict[str, Any], asked: str, each: int, usage: bool, wording: Wording) -> None:
        self.head, self.asked, self.each, self.usage, self.wording = head, asked, each, usage, wording
        self.opened: set[int] = set()  # choices that have begun
        self.drafted: dict[int, tuple[str, ...]] = {}  # the lines of each poem's draft that were thought aloud last
        self.said = ""

    async def events(self, writing: Writing) -> AsyncIterator[bytes]:
        """The chunks, an error object where it fails, and [DONE] in any case.

        Drafts are thought aloud as they come: which of them becomes the poem shows when all are written. Then the
        poems follow, couplet by couplet.
        """
        yield COMMENT
        try:
            async for step in writing.steps():
                if isinstance(step, Quiet):
                    yield COMMENT
                elif isinstance(step, Progress):
                    yield self._think_aloud(step)
                else:
                    extra = {"yayun": extension(step)}
                    for choice in range(len(step) // self.each):
                        yield self._whole(choice, step[choice * self.each : (choice + 1) * self.each], extra)
                    yield self._counted()
        except Exception as error:
            yield event(None, error_body(told(error), "/v1/"))
        yield b"data: [DONE]\n\n"

    def _think_aloud(self, progress: Progress) -> bytes:
        """The lines of a draft that are new, as reasoning."""
        before = self.drafted.get(progress.number, ())
        self.drafted[progress.number] = progress.lines
        grown = progress.lines[: len(before)] == before
        couplets = punctuate(progress.lines)[len(before) // 2 if grown else 0 :]
        said = "".join(f"试写:{couplet}\n" for couplet in couplets)
        return self._delta(progress.number // self.each, _reasoning(said)) if said else b""

    def _whole(self, choice: int, found: Sequence[Poem], extra: dict[str, Any]) -> bytes:
        """The reasoning, the content line by line, and the end of a choice."""
        content, finish = self.wording(found)
        pieces = [_reasoning(reasoning_of(found)), *({"content": line} for line in content.splitlines(keepends=True))]
        told = b"".join(self._delta(choice, piece) for piece in pieces)
        return told + self._chunk(choice, {}, finish, extra)

    def _delta(self, choice: int, piece: dict[str, Any]) -> bytes:
        """What is new in a choice's message; its first says who speaks."""
        opening = {} if choice in self.opened else {"role": "assistant", "content": ""}
        self.opened.add(choice)
        return self._chunk(choice, {**opening, **piece})

    def _chunk(
        self, choice: int, delta: dict[str, Any], finish: str | None = None, extra: dict[str, Any] | None = None
    ) -> bytes:
        self.said += delta.get("reasoning", "") + delta.get("content", "")
        choices = [{"index": choice, "delta": delta, "logprobs": None, "finish_reason": finish}]
        usage: dict[str, Any] = {"usage": None} if self.usage else {}
        return event(
            None, {**self.head, "object": "chat.completion.chunk", "choices": choices, **usage, **(extra or {})}
        )

    def _counted(self) -> bytes:
        """The tokens, where they were asked for."""
        if not self.usage:
            return b""
        counted = {"choices": [], "usage": _usage(self.asked, self.said)}
        return event(None, {**self.head, "object": "chat.completion.chunk", **counted})
