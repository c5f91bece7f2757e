"""A verifiers environment: the requests as tasks, and the scores of a reply as its rewards.

Rewards are graded and defined for any reply: the four scores of the strict profile with the project's weights, and a
light one for the format. What the table shows besides is recorded as metrics.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import verifiers.v1 as vf
from openai import AsyncOpenAI

from yayun.evaluation.adapters.prompt import SYSTEM, instruction
from yayun.evaluation.adapters.scoring import format_score, marks, reply_sample
from yayun.evaluation.bench import Request, read_requests
from yayun.evaluation.table import default_requests
from yayun.prosody.scores import WEIGHTS

FORMAT_WEIGHT = 0.05


class VerseData(vf.TaskData):
    """A request: what is asked for beside the prompt, None or '' where it is left open."""

    request: str
    form: str | None = None
    rhyme: str | None = None
    title: str = ""


class VerseTask(vf.Task[VerseData]):
    """Write one poem, in one reply."""

    def _mark(self, trace: vf.Trace, name: str) -> float:
        return self._marks(trace)[name]

    def _marks(self, trace: vf.Trace) -> dict[str, float]:
        asked = self.data
        return marks(reply_sample(reply_text(trace), asked.form, asked.rhyme, asked.title))

    @vf.reward(weight=WEIGHTS[0])
    async def tones(self, trace: vf.Trace) -> float:
        """Tones, in 0..1."""
        return self._mark(trace, "tones")

    @vf.reward(weight=WEIGHTS[1])
    async def rhymes(self, trace: vf.Trace) -> float:
        """Rhymes, in 0..1."""
        return self._mark(trace, "rhymes")

    @vf.reward(weight=WEIGHTS[2])
    async def antithesis(self, trace: vf.Trace) -> float:
        """Antithesis, in 0..1."""
        return self._mark(trace, "antithesis")

    @vf.reward(weight=WEIGHTS[3])
    async def length(self, trace: vf.Trace) -> float:
        """Lines and characters, in 0..1."""
        return self._mark(trace, "length")

    @vf.reward(weight=FORMAT_WEIGHT)
    async def format(self, trace: vf.Trace) -> float:
        """``<think>…</think><answer>…</answer>``, in 0..1."""
        return format_score(reply_text(trace))

    @vf.metric
    async def table(self, trace: vf.Trace) -> dict[str, float]:
        """The other numbers of the table, by name."""
        rewarded = {"tones", "rhymes", "antithesis", "length"}
        return {name: value for name, value in self._marks(trace).items() if name not in rewarded}


class VerseConfig(vf.TasksetConfig):
    """``--env.taskset.requests FILE``: JSON lines, the benchmark's if not given; ``--env.taskset.rag``: list rhyme
    characters in the prompt."""

    requests: Path | None = None
    rag: bool = True


class VerseTaskset(vf.Taskset[VerseTask, VerseConfig]):
    """A task for each request."""

    def load(self) -> Iterator[VerseTask]:
        """The tasks, in the order of the file. Raises YayunError where the file or a line can't be used."""
        for request in read_requests(self.config.requests or default_requests()):
            yield VerseTask(_data(request, self.config.rag), self.config.task)


def _data(request: Request, rag: bool) -> VerseData:
    brief = request.brief
    return VerseData(
        id=str(request.index),
        name=request.text,
        prompt=instruction(brief, rag=rag),
        system_prompt=SYSTEM,
        request=request.text,
        form=brief.form,
        rhyme=brief.rhyme,
        title=brief.title,
    )


def reply_text(trace: vf.Trace) -> str:
    """The model's last reply; '' where there is none. Reasoning that the server sent apart is put back before it."""
    if not trace.assistant_messages:
        return ""
    message = trace.assistant_messages[-1]
    content, reasoning = message.content or "", message.reasoning_content
    return f"<think>{reasoning}</think>{content}" if reasoning and "<think>" not in content else content


class OneReplyConfig(vf.HarnessConfig):
    """Nothing to set."""


class OneReply(vf.Harness[OneReplyConfig]):
    """One request, one reply, in this process: verse needs no shell, no tools and no second turn."""

    APPENDS_SYSTEM_PROMPT = True
    EXECUTES_CODE = False
    NEEDS_CONTAINER = False

    async def launch(
        self,
        ctx: vf.ModelContext,
        trace: vf.Trace,
        runtime: vf.Runtime,
        endpoint: str,
        secret: str,
        mcp_urls: dict[str, str],
        data: vf.TaskData,
    ) -> vf.ProgramResult:
        """Ask the model through ``endpoint``, which records the exchange in the trace."""
        system, prompt = self.resolve_text_prompt(data)
        turns: list[Any] = [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
        async with AsyncOpenAI(base_url=endpoint, api_key=secret, max_retries=0) as client:
            await client.chat.completions.create(model=ctx.model, messages=[t for t in turns if t["content"]])
        return vf.ProgramResult(exit_code=0, stdout="", stderr="")


class VerseEnvConfig(vf.EnvConfig):
    """Asking runs no program of the model's, so it is done on this machine unless a run says otherwise."""

    agent: vf.AgentConfig = vf.AgentConfig(runtime=vf.SubprocessConfig(), max_turns=1)


class VerseEnv(vf.Env[VerseEnvConfig]):
    """One poet, one poem."""

    async def run(self, task: vf.Task, agents: vf.Agents) -> None:
        """Have the task done once."""
        await agents.agent.run(task)
