"""``/v1/responses``: the interface that OpenAI's clients use by default today, over the same road as the chat."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Sequence
from itertools import count
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from yayun.composing.poem import Poem
from yayun.service.answers import REFUSALS, error_body
from yayun.service.chat import EFFORTS, Wording, read_chat, reasoning_of
from yayun.service.errors import FieldError
from yayun.service.fields import MODEL, check_extra, check_model, check_parts, check_turns
from yayun.service.schemas import ChatAsked, Message, OpenAIRefused, ResponsesAsked
from yayun.service.streams import COMMENT, Progress, Quiet, Writing, eased, event, poems, streaming, told
from yayun.service.structured import renderer
from yayun.service.understood import extension

router = APIRouter(prefix="/v1", responses={status: {"model": OpenAIRefused} for status in REFUSALS})


@router.post("/responses", response_model=None)
async def respond(asked: ResponsesAsked, request: Request) -> Response | dict[str, Any]:
    """Write the poem that the input asks for."""
    engine, settings = request.app.state.engine, request.app.state.settings
    engine.check_room()
    check_extra(asked.model_extra)
    check_turns([] if isinstance(asked.input, str) else asked.input, "input")
    check_parts(asked.text, "text", frozenset(("format",)))
    # A summary there always is: the reasoning is short.
    check_parts(asked.reasoning, "reasoning", frozenset(("effort", "summary", "generate_summary")))
    check_model(asked.model, settings.any_model)
    wording = Wording(renderer((asked.text or {}).get("format")), limit=asked.max_output_tokens)
    chat = as_chat(asked)
    words, brief, options = read_chat(chat)
    if not (chat.effort or chat.reasoning_effort):
        brief, options = eased(brief, options, engine, settings)
    reply = _Reply(asked, words, wording)
    if asked.stream:
        return streaming(reply.events(Writing(engine, brief, options, settings)))
    return reply.whole(await poems(engine, brief, options, settings))


def as_chat(asked: ResponsesAsked) -> ChatAsked:
    """The same request in the chat's words. Raises FieldError for an effort that there is not."""
    turns = [Message(role="user", content=asked.input)] if isinstance(asked.input, str) else asked.input
    effort = (asked.reasoning or {}).get("effort")
    if effort is not None and effort not in EFFORTS:
        raise FieldError("reasoning.effort", "没有这一档")
    return ChatAsked(
        messages=turns, effort=asked.effort, reasoning_effort=effort, temperature=asked.temperature, seed=asked.seed
    )


class _Reply:
    """One response as it grows."""

    def __init__(self, asked: ResponsesAsked, words: str, wording: Wording) -> None:
        self.asked, self.words, self.wording = asked, words, wording
        self.id, self.message = f"resp_{secrets.token_hex(12)}", f"msg_{secrets.token_hex(12)}"
        self.created = int(time.time())
        self.number = count()

    def whole(self, found: Sequence[Poem]) -> dict[str, Any]:
        """The finished response."""
        content, finish = self.wording(found)
        thought = reasoning_of(found)
        reasoning = {
            "type": "reasoning", "id": f"rs_{self.id[5:]}", "summary": [{"type": "summary_text", "text": thought}],
        }  # fmt: skip
        asked, said, pondered = len(self.words), len(content), len(thought)
        usage = {
            "input_tokens": asked, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": said + pondered,
            "output_tokens_details": {"reasoning_tokens": pondered}, "total_tokens": asked + said + pondered,
        }  # fmt: skip
        done = finish == "stop"
        return self._response("completed" if done else "incomplete") | {
            "output": [reasoning, self._item("completed", [self._part(content)])],
            "incomplete_details": None if done else {"reason": "max_output_tokens"},
            "usage": usage,
            "yayun": extension(found),
        }

    async def events(self, writing: Writing) -> AsyncIterator[bytes]:
        """The events in OpenAI's order; an ``error`` where it fails."""
        yield COMMENT
        yield self._event("response.created", response=self._response("in_progress"))
        yield self._event("response.in_progress", response=self._response("in_progress"))
        try:
            async for step in writing.steps():
                if isinstance(step, Quiet | Progress):
                    yield COMMENT
                else:
                    for one in self._told(step):
                        yield one
        except Exception as error:
            fault = error_body(told(error), "/v1/")["error"]
            yield self._event("error", code=fault["code"], message=fault["message"], param=fault["param"])

    def _told(self, found: Sequence[Poem]) -> list[bytes]:
        """What is told when the poems are there: the content line by line."""
        whole = self.whole(found)
        content, item = whole["output"][1]["content"][0]["text"], whole["output"][1]
        place = {"output_index": 1, "item_id": self.message, "content_index": 0}
        return [
            self._event("response.output_item.added", output_index=0, item=whole["output"][0]),
            self._event("response.output_item.done", output_index=0, item=whole["output"][0]),
            self._event("response.output_item.added", output_index=1, item=self._item("in_progress", [])),
            self._event("response.content_part.added", **place, part=self._part("")),
            *(
                self._event("response.output_text.delta", **place, delta=line, logprobs=[])
                for line in content.splitlines(keepends=True)
            ),
            self._event("response.output_text.done", **place, text=content, logprobs=[]),
            self._event("response.content_part.done", **place, part=self._part(content)),
            self._event("response.output_item.done", output_index=1, item=item),
            self._event(f"response.{whole['status']}", response=whole),
        ]

    def _event(self, name: str, **fields: Any) -> bytes:
        return event(name, {"type": name, "sequence_number": next(self.number), **fields})

    def _response(self, status: str) -> dict[str, Any]:
        return {
            "id": self.id, "object": "response", "created_at": self.created, "status": status, "error": None,
            "incomplete_details": None, "instructions": self.asked.instructions, "metadata": {},
            "model": self.asked.model or MODEL, "output": [], "parallel_tool_calls": True,
            "temperature": self.asked.temperature, "tool_choice": "auto", "tools": [], "top_p": 1.0, "usage": None,
        }  # fmt: skip

    def _item(self, status: str, content: list[dict[str, Any]]) -> dict[str, Any]:
        return {"id": self.message, "type": "message", "role": "assistant", "status": status, "content": content}

    @staticmethod
    def _part(text: str) -> dict[str, Any]:
        return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
