from __future__ import annotations

import pytest
from tests.backends.chat_server import Reply, gone, say, send_bytes, send_json, serving, silence

from yayun.backends.conversation import Job, draft_of, task_of, write_free, write_verified
from yayun.backends.openai_writer import OpenAIWriter
from yayun.brief import make_brief
from yayun.composing.road import Options, default_writer, settle
from yayun.decoding.options import Sampling
from yayun.errors import YayunError
from yayun.mending.repair import Repaired
from yayun.prosody.review import review
from yayun.servers.chat import ChatClient, Server

POEM = "一夜明月发，几时何处空。不知生世事，莫向此中风。"


def job(request: str, seed: int = 1) -> Job:
    settled = settle(make_brief(request), seed, Options(candidates=1))
    return Job(settled.brief, settled.title, settled.orders[0], settled.seed)


def writer(url: str, **limits: object) -> OpenAIWriter:
    server = Server(url, model="tiny", stream=False, retries=0, **limits)
    return OpenAIWriter(ChatClient(server), workers=1)


def test_a_settled_brief_becomes_a_task() -> None:
    asked = job("以'春风'为题写一首五言绝句,押东韵,仄起")
    task = task_of(asked, rag=True)
    assert (task.asked.title, task.rhyme, task.opening, task.first_line_rhymes) == ("春风", "东", "仄起", None)
    assert task.retrieved is not None
    assert len(task.retrieved.feet) == 24
    assert {p.opening for p in task.allowed_patterns()} == {"仄起"}
    assert task_of(asked, rag=False).retrieved is None
    assert len(task_of(job("写一首五绝"), rag=False).allowed_patterns()) == 4


def test_poems_come_in_order_and_an_error_takes_one_place() -> None:
    jobs = [job("以'春风'为题写一首五言绝句,押东韵", seed) for seed in range(3)]
    with serving(say(f"<think>想</think><answer>{POEM}</answer>"), gone(), say(POEM)) as script:
        results = list(write_verified(writer(script.url), jobs, Sampling()))
        seeds = [request["seed"] for request in script.requests]
    assert [type(r) for r in results] == [Repaired, YayunError, Repaired]
    assert seeds == [0, 1, 2]
    first = results[0]
    assert isinstance(first, Repaired)
    draft = draft_of(first)
    assert (draft.lines[0], draft.think) == ("一夜明月发", "想")


def test_search_stands_in_when_the_calls_are_spent() -> None:
    jobs = [job("以'春风'为题写一首五言绝句,押东韵", seed) for seed in range(2)]
    with serving(say("对不起。")) as script:
        results = list(write_verified(writer(script.url, max_calls=2), jobs, Sampling(), searcher=default_writer()))
        assert len(script.requests) == 2
    first, second = results
    assert isinstance(first, Repaired)
    assert first.stopped is not None
    assert "--max-calls" in first.stopped
    assert review(draft_of(first).lines, form="五绝", rhyme="东").passed
    assert isinstance(second, YayunError)


def test_free_drafts_are_shown_as_they_came() -> None:
    jobs = [job("以'春风'为题写一首五言绝句,押东韵", seed) for seed in range(3)]
    with serving(say(f"<think>想</think>{POEM}{POEM}"), say("一夜明月，几时何处空。"), say(POEM)) as script:
        drafts = list(write_free(writer(script.url), jobs, Sampling()))
        assert len(script.requests) == 3
    assert [len(d.lines) for d in drafts if not isinstance(d, YayunError)] == [8, 2, 4]
    assert drafts[1].lines == ("一夜明月", "几时何处空")


FAILURES = {
    "gone": (gone(), "断"),
    "429": (send_json({"error": {"message": "slow down"}}, 429), "429"),
    "malformed": (send_bytes(b'{"choices": [{'), "JSON"),
    "silence": (silence, "没有回音"),
}


@pytest.mark.parametrize(("failure", "says"), FAILURES.values(), ids=FAILURES)
def test_a_poem_whose_server_fails_midway_is_finished_without_it(failure: Reply, says: str) -> None:
    """The draft stands but for its last line; then the server is of no more use."""
    draft = "一夜明月发，几时何处空。不知生世事，莫向此中云。"
    jobs = [job("以'春风'为题写一首五言绝句,押东韵", seed) for seed in range(2)]
    with serving(say(draft), failure) as script:
        broken = writer(script.url, silence=0.3)
        first, second = write_verified(broken, jobs, Sampling(), searcher=default_writer())
    assert isinstance(first, Repaired)
    assert first.passed
    assert first.lines[:3] == ("一夜明月发", "几时何处空", "不知生世事")
    assert first.searched == (4,)
    assert first.stopped is not None
    assert says in first.stopped
    assert isinstance(second, YayunError)  # it never had a draft
    for told in (first.stopped, str(second)):
        assert says in told
        assert "\n" not in told
        assert told.endswith("。")


@pytest.mark.parametrize(("failure", "says"), FAILURES.values(), ids=FAILURES)
def test_without_a_search_the_draft_is_kept_with_what_remains(failure: Reply, says: str) -> None:
    draft = "一夜明月发，几时何处空。不知生世事，莫向此中云。"
    with serving(say(draft), failure) as script:
        (kept,) = write_verified(
            writer(script.url, silence=0.3), [job("以'春风'为题写一首五言绝句,押东韵")], Sampling()
        )
    assert isinstance(kept, Repaired)
    assert kept.lines == ("一夜明月发", "几时何处空", "不知生世事", "莫向此中云")
    assert [finding.rule for finding in kept.remains] == ["出韵"]
    assert kept.stopped is not None
    assert says in kept.stopped
