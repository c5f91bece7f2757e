"""Traces from a teacher behind an OpenAI-compatible API, filtered by the verifier; nothing is paid for twice.

Every reply is appended to ``replies.jsonl`` as it comes, passed or not: after a kill the same command goes on with what
is missing. ``rows.jsonl`` is made from it in the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from yayun.backends.openai_writer import in_parallel
from yayun.brief import Brief
from yayun.errors import YayunError
from yayun.journal import append_row, read_rows, write_rows
from yayun.progress import bar
from yayun.prompts.answer import read_answer
from yayun.prompts.instruction import Message, messages, retrieve
from yayun.prosody.forms.form import Form
from yayun.prosody.review import review
from yayun.retrieval.novelty import is_corpus_line
from yayun.servers.chat import BudgetSpentError, ChatClient, Server
from yayun.training.distill_recipe import ROWS, DistillRecipe, Teacher
from yayun.training.samples import shuffled_samples
from yayun.training.traces import named_pattern, verdict

if TYPE_CHECKING:
    from yayun.training.samples import Sample

REPLIES = "replies.jsonl"
BATCH = 4  # requests a worker gets before the replies are counted again
SPARE = 4  # poems to ask about for every row wanted


@dataclass(frozen=True, slots=True)
class Job:
    """One request to the teacher: ``key`` names the poem whose title, group and pattern are asked for, and the try."""

    key: str
    brief: Brief
    pattern: Form
    rhyme: str
    rag: bool

    def messages(self) -> list[Message]:
        """What the teacher is told: what a large model is told when it composes."""
        found = retrieve(self.brief, self.pattern, self.rhyme) if self.rag else None
        return messages(self.brief, self.pattern, self.rhyme, found)


def from_teacher(recipe: DistillRecipe, teacher: Teacher, folder: Path) -> Path:
    """Ask until ``size`` replies have passed, then write them to ``rows.jsonl``; returns it.

    Raises YayunError when the server can't be used, or requests, tries or calls run out with nothing that passed.
    """
    log = folder / REPLIES
    client = ChatClient(_server(teacher))
    try:
        with bar("distill", recipe.size) as progress:
            for accepted, asked in _ask(recipe, teacher, client, log):
                progress(accepted, {"replies": asked})
    finally:
        client.close()
    rows = [_with_reply(record) for record in read_rows(log) if record["row"] is not None][: recipe.size]
    if not rows:
        raise YayunError(f"教师模型的回答没有一条通过格律校验:请看 {log},或换一个模型。")
    write_rows(folder / ROWS, rows)
    return folder / ROWS


def _with_reply(record: dict[str, Any]) -> dict[str, Any]:
    """The row of a record of the log, with the reply as it came."""
    row: dict[str, Any] = record["row"]
    return row | {"meta": row["meta"] | {"reply": record["reply"]}}


def _ask(recipe: DistillRecipe, teacher: Teacher, client: ChatClient, log: Path) -> Iterator[tuple[int, int]]:
    """(accepted, replies) so far, after every reply.

    What is under way is waited for, since it is paid for. A request that failed is left to the next run; when a whole
    batch fails, its first error is raised.
    """
    done = {record["key"]: record["row"] is not None for record in read_rows(log)}
    passed = {_poem(key) for key, accepted in done.items() if accepted}
    jobs = (job for job in _jobs(recipe, teacher) if job.key not in done and _poem(job.key) not in passed)
    yield len(passed), len(done)
    while len(passed) < recipe.size and (batch := list(islice(jobs, teacher.workers * BATCH))):
        errors: list[YayunError] = []
        for _, reply in in_parallel(batch, lambda job: _reply(job, teacher, client), teacher.workers):
            if isinstance(reply, YayunError):
                errors.append(reply)
                continue
            append_row(log, reply)
            done[reply["key"]] = reply["row"] is not None
            if reply["row"] is not None:
                passed.add(_poem(reply["key"]))
            yield len(passed), len(done)
        if any(isinstance(error, BudgetSpentError) for error in errors):
            return
        if len(errors) == len(batch):
            raise errors[0]


def _poem(key: str) -> str:
    return key.rpartition("#")[0]


def _jobs(recipe: DistillRecipe, teacher: Teacher) -> Iterator[Job]:
    """All requests, the forms by turns; every poem once before any a second time."""
    queues = [
        list(islice(queue, SPARE * recipe.size)) for queue in shuffled_samples(recipe.seed, recipe.limit_poems).values()
    ]
    turns = [queue[i] for i in range(max(map(len, queues))) for queue in queues if i < len(queue)]
    rng = np.random.default_rng([recipe.seed, 11])
    asked = [(s, bool(rng.random() < recipe.mix.feet)) for s in turns if _can_be_asked(s)][: SPARE * recipe.size]
    for attempt in range(teacher.tries):
        for sample, rag in asked:
            yield _job(sample, attempt, rag)


def _can_be_asked(sample: Sample) -> bool:
    return bool(sample.title and sample.rhyme and sample.pattern and sample.pattern != "古体")


def _job(sample: Sample, attempt: int, rag: bool) -> Job:
    pattern = named_pattern(sample.form, str(sample.rhyme), str(sample.pattern), sample.book)
    brief = Brief(title=sample.title, script="traditional")
    return Job(f"{sample.id}#{attempt}", brief, pattern, str(sample.rhyme), rag)


def _reply(job: Job, teacher: Teacher, client: ChatClient) -> dict[str, Any]:
    """Ask once: the reply as it came, and the training row it makes, None where the verifier objects."""
    talk = job.messages()
    completion = client.complete(talk, temperature=teacher.temperature, top_p=teacher.top_p)
    pattern = job.pattern
    answer = read_answer(completion.text, pattern.width, pattern.count, completion.reasoning)
    reasons = _objections(answer.think, answer.lines, job)
    if teacher.longest_think and len(answer.think) > teacher.longest_think:
        reasons.append("构思过长")
    meta: dict[str, Any] = {
        "source": "teacher", "teacher": client.model(), "poem": _poem(job.key),
        "title": job.brief.title, "form": pattern.short, "rhyme": job.rhyme, "pattern": pattern.variant,
        "retrieved": job.rag, "tokens": completion.completion_tokens,
    }  # fmt: skip
    if answer.lines:
        meta["verdict"] = verdict(review(answer.lines, form=pattern.short, rhyme=job.rhyme, pattern=pattern.variant))
    said = {"role": "assistant", "content": _rendered(answer.think, answer.lines)}
    return {
        "key": job.key,
        "prompt": talk,
        "reply": {"text": completion.text, "reasoning": completion.reasoning, "finish": completion.finish},
        "objections": reasons,
        "row": None if reasons else {"messages": [*talk, said], "meta": meta},
    }


def _objections(think: str, lines: tuple[str, ...], job: Job) -> list[str]:
    """Why a reply is no training row: what the verifier finds (anything worse than a note), or what else it lacks."""
    if not lines:
        return ["没有诗句"]
    found = review(lines, form=job.pattern.short, rhyme=job.rhyme, pattern=job.pattern.variant)
    reasons = [finding.message for finding in found.findings if finding.severity != "note"]
    if not think:
        reasons.append("没有构思")
    return [*reasons, *(f"抄录成句:{line}" for line in lines if is_corpus_line(line))]


def _rendered(think: str, lines: tuple[str, ...]) -> str:
    """The reply in the one format that is trained on."""
    verse = "\n".join(f"{upper},{lower}。" for upper, lower in zip(lines[::2], lines[1::2], strict=False))
    return f"<think>{think}</think><answer>{verse}</answer>"


def _server(teacher: Teacher) -> Server:
    return Server(
        base_url=teacher.base_url,
        model=teacher.model,
        silence=teacher.silence,
        whole=teacher.whole,
        retries=teacher.retries,
        per_minute=teacher.per_minute,
        max_calls=teacher.max_calls or None,
        max_tokens=teacher.max_tokens,
    )
