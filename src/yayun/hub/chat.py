"""A turn of conversation as the embedded model takes it: the request read and settled, the completion put in order.

The reader, the choices and the prompt are those of ``yayun compose --mode free``; what is different is who decodes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from yayun.backends.options import Options, draw_seed
from yayun.brief.brief import make_brief
from yayun.brief.value import TUNES
from yayun.composing.poem import punctuate
from yayun.composing.settle import settle
from yayun.errors import YayunError
from yayun.prompts import vocabulary as v
from yayun.prompts.answer import read_answer
from yayun.prompts.order import conditions, written
from yayun.prompts.prompt import prompt_tokens
from yayun.script import to_simplified


@dataclass(frozen=True, slots=True)
class Job:
    """One poem to write: the ``prompt``'s tokens, up to the opened reasoning; ``heads``, the characters its lines begin
    with ('' where they are free); ``avoid``, words that must not come; its shape, its script and its seed."""

    prompt: tuple[str, ...]
    heads: str
    avoid: tuple[str, ...]
    width: int
    lines: int
    script: str
    seed: int


def read_jobs(messages: Sequence[Mapping[str, Any]], seed: int | None = None) -> list[Job]:
    """The poems that the last of the user's messages asks for, one job each.

    Raises ValueError, with one sentence for the user, when there is no request or it can't be used.
    """
    if seed is not None and seed < 0:
        raise ValueError("seed 要是不小于 0 的整数。")
    try:
        brief = make_brief(_last_request(messages))
        first = draw_seed() if seed is None else seed
        if brief.form == TUNES:  # a folder has no tables of tunes
            raise YayunError("这样调用只写诗,不填词:填词请用 yayun compose 或 yayun serve。")
        return [_job(replace(brief, count=1), first + n) for n in range(brief.count)]
    except YayunError as error:
        raise ValueError(str(error)) from None


def _job(brief: Any, seed: int) -> Job:
    order = settle(brief, seed, Options(mode="free")).orders[0]
    return Job(
        # The published system prompt asks for the reasoning: it is opened here, and the model goes on from there.
        prompt=(*prompt_tokens(conditions(order)), v.THINK),
        heads="".join(written(char) for _, char in order.fixed),
        avoid=tuple(map(written, order.avoid)),
        width=order.pattern.width,
        lines=order.pattern.count,
        script=brief.script,
        seed=seed,
    )


def _last_request(messages: Sequence[Mapping[str, Any]]) -> str:
    """The content of the user's last message; of content in parts, the text."""
    said = [message["content"] for message in messages if message["role"] == "user"]
    if not said:
        raise ValueError('messages 里没有用户的话:请加上 {"role": "user", "content": "请以“春风”为题写一首五言绝句"}。')
    parts = [said[-1]] if isinstance(said[-1], str) else [part.get("text", "") for part in said[-1]]
    return "".join(parts)


def read_reply(job: Job, completion: str) -> str | None:
    """``<think>…</think><answer>…</answer>`` of what the model wrote after the prompt, in the script asked for; the
    answer holds verse alone. None where there is no verse."""
    answer = read_answer(v.THINK + completion, job.width, job.lines)
    if not answer.lines:
        return None
    verse = "".join(punctuate(answer.lines))
    reply = f"{v.THINK}{answer.think}{v.THINK_END}{v.ANSWER}{verse}{v.ANSWER_END}"
    return reply if job.script == "traditional" else to_simplified(reply)
