from __future__ import annotations

import logging
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from email.utils import formatdate
from pathlib import Path

import numpy as np
import pytest
from tests.backends.chat_server import Script, gone, say, send_bytes, send_json, serving, silence, stream

from yayun.backends.openai_writer import OpenAIWriter, in_parallel
from yayun.decoding.embedded import Order
from yayun.decoding.options import Sampling
from yayun.errors import YayunError
from yayun.prompts.instruction import SYSTEM
from yayun.prosody.forms.regulated import patterns
from yayun.servers.chat import BudgetSpentError, ChatClient, Server

ROOT = Path(__file__).parents[2]
TALK = [{"role": "user", "content": "写诗"}]
POEM = "远岸云初散，平芜雨未收。柳枝春色晚，落日满汀洲。"


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("YAYUN_BACKEND_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def client(script: Script, **changes: object) -> ChatClient:
    values: dict = {"model": "tiny", "stream": False, "backoff": 0.01, "retries": 2, "silence": 5.0}
    return ChatClient(Server(script.url, **(values | changes)), random.Random(1))


def sentence(client: ChatClient) -> str:
    with pytest.raises(YayunError) as caught:
        client.complete(TALK)
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith("。")
    assert caught.value.__cause__ is None
    return text


def test_a_whole_answer_with_what_was_asked() -> None:
    with serving(say("好")) as script:
        completion = client(script, max_tokens=99).complete(TALK, temperature=0.5, top_p=0.9, seed=3)
    assert (completion.text, completion.finish, completion.completion_tokens) == ("好", "stop", 5)
    (sent,) = script.requests
    assert sent["path"] == "/v1/chat/completions"
    assert (sent["model"], sent["temperature"], sent["top_p"], sent["seed"], sent["max_tokens"]) == (
        "tiny", 0.5, 0.9, 3, 99,
    )  # fmt: skip
    assert sent["messages"] == TALK
    assert "authorization" not in script.headers[0]


@pytest.mark.parametrize("fields", [("reasoning",), ("reasoning_content",), ("reasoning", "reasoning_content")])
def test_reasoning_in_either_field_counts_once(fields: tuple[str, ...]) -> None:
    with serving(say("好", **dict.fromkeys(fields, "想"))) as script:
        assert client(script).complete(TALK).reasoning == "想"
    deltas = [dict.fromkeys(fields, "想"), dict.fromkeys(fields, "好"), {"content": "诗", "finish": "stop"}]
    with serving(stream(deltas)) as script:
        completion = client(script, stream=True).complete(TALK)
    assert (completion.reasoning, completion.text) == ("想好", "诗")


def test_streaming_shows_pieces_as_they_come_and_ignores_what_keeps_the_line_open() -> None:
    pieces: list[tuple[str, str]] = []
    usage = {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}
    events = [": ping\n\n", {"role": "assistant", "content": ""}, {"reasoning": "想"}, "event: message\n",
              {"content": "春"}, {"content": "风\u2028"}, {"content": None, "finish": "length"}, usage]  # fmt: skip
    with serving(stream(events)) as script:
        completion = client(script, stream=True).complete(TALK, listen=lambda kind, piece: pieces.append((kind, piece)))
    assert pieces == [("think", "想"), ("text", "春"), ("text", "风\u2028")]
    assert (completion.text, completion.finish, completion.completion_tokens) == ("春风\u2028", "length", 4)


def test_a_stream_is_left_once_the_answer_is_closed() -> None:
    events = [{"content": "<answer>诗</answer>"}, *[{"content": "啰嗦"}] * 1000]
    with serving(stream(events)) as script:
        assert client(script, stream=True).complete(TALK).text == "<answer>诗</answer>"


def test_a_server_that_does_not_stream_is_read_whole() -> None:
    pieces = []
    with serving(say("好", reasoning="想")) as script:
        completion = client(script, stream=True).complete(TALK, listen=lambda *piece: pieces.append(piece))
    assert (completion.text, pieces) == ("好", [("think", "想"), ("text", "好")])


@pytest.mark.parametrize("broken", [gone(), stream([{"content": "<answer>远岸"}], done=False)])
def test_a_server_gone_mid_answer_is_asked_again(broken) -> None:
    with serving(broken, say("好")) as script:
        assert client(script).complete(TALK).text == "好"
        assert len(script.requests) == 2
    with serving(broken) as script:
        assert "断" in sentence(client(script))
        assert len(script.requests) == 3  # the first try and two more


def test_a_storm_of_429_is_waited_out_as_the_server_asks() -> None:
    busy = send_json({"error": {"message": "slow down"}}, 429, retry_after="0.2")
    with serving(busy, busy, say("好")) as script:
        start = time.monotonic()
        assert client(script).complete(TALK).text == "好"
        assert time.monotonic() - start >= 0.4
    with serving(busy) as script:
        assert "429" in sentence(client(script, retries=1))


def test_a_wait_too_long_is_given_up_at_once() -> None:
    later = formatdate(time.time() + 3600, usegmt=True)
    with serving(send_json({}, 429, retry_after=later)) as script:
        assert "429" in sentence(client(script))
        assert len(script.requests) == 1


def test_one_thread_told_to_wait_holds_the_others() -> None:
    with serving(send_json({}, 429, retry_after="0.3"), say("好")) as script:
        shared = client(script)
        first = threading.Thread(target=shared.complete, args=(TALK,))
        first.start()
        while not script.requests:
            time.sleep(0.005)
        time.sleep(0.1)
        start = time.monotonic()
        shared.complete(TALK)
        waited = time.monotonic() - start
        first.join()
    assert waited > 0.1


@pytest.mark.parametrize("code", [500, 503])
def test_server_errors_are_tried_again_then_told(code: int) -> None:
    with serving(send_json({"error": {"message": "out of memory"}}, code), say("好")) as script:
        assert client(script).complete(TALK).text == "好"
    with serving(send_json({"error": {"message": "out of memory"}}, code)) as script:
        told = sentence(client(script))
        assert str(code) in told
        assert "out of memory" in told


@pytest.mark.parametrize(
    "body", [b"<html>oops</html>", b'{"choices": [{"message"', b"[]", b'{"choices": [3]}', b"\xff"]
)
def test_malformed_json_is_told(body: bytes) -> None:
    with serving(send_bytes(body)) as script:
        assert "JSON" in sentence(client(script))
        assert len(script.requests) == 3
    with serving(stream([f"data: {body.decode('latin-1')}\n\n"])) as script:
        assert "JSON" in sentence(client(script, stream=True))


def test_an_error_sent_as_an_event_is_told() -> None:
    with serving(stream([{"error": {"message": "overloaded"}}])) as script:
        assert "overloaded" in sentence(client(script, stream=True))


def test_silence_is_told_and_ends() -> None:
    with serving(silence) as script:
        assert "没有回音" in sentence(client(script, silence=0.2, retries=1))
        assert len(script.requests) == 2


def test_an_answer_without_end_is_cut_off() -> None:
    def babble(handler, body) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.end_headers()
        while not body["released"].wait(0.02):
            try:
                handler.wfile.write(b": ping\n\n")
            except OSError:
                return

    with serving(babble) as script:
        assert "0.3秒" in sentence(client(script, stream=True, whole=0.3))
        assert len(script.requests) == 1


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    told = sentence(ChatClient(Server(url, model="tiny", retries=1, backoff=0.01)))
    assert "连不上" in told
    assert url in told


@pytest.mark.parametrize("code", [401, 403])
def test_a_key_that_is_missing_or_refused(code: int, monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    key = "sk-very-secret"
    with serving(send_json({"error": {"message": f"bad key {key}"}}, code)) as script:
        assert "要求密钥" in sentence(client(script))
        monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
        monkeypatch.setenv("YAYUN_BACKEND_KEY", key)
        refused = client(script)
        told = sentence(refused)
        assert "拒绝了密钥" in told
        assert len(script.requests) == 2  # never tried again
    assert script.headers[1]["authorization"] == f"Bearer {key}"
    assert key not in told + caplog.text + repr(refused) + repr(vars(refused))


def test_a_key_echoed_by_the_server_is_cut_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    with serving(send_json({"error": {"message": "no model for sk-very-secret"}}, 404)) as script:
        told = sentence(client(script))
    assert "no model for …" in told
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "url", ["ftp://x/v1", "localhost:8000", "http://", "不是网址", "http://u:sk-1@x/v1", "http://x/v1?key=sk-1"]
)
def test_addresses_that_cannot_be_used(url: str) -> None:
    with pytest.raises(YayunError) as caught:
        ChatClient(Server(url))
    assert "sk-1" not in str(caught.value)


def test_the_budget_counts_every_request() -> None:
    with serving(send_json({}, 500), say("好")) as script:
        limited = client(script, max_calls=3)
        limited.complete(TALK)
        limited.complete(TALK)
        with pytest.raises(BudgetSpentError, match="3次"):
            limited.complete(TALK)
        assert limited.calls == len(script.requests) == 3


def test_the_rate_is_kept_by_all_threads_together() -> None:
    with serving(say("好")) as script:
        paced = client(script, per_minute=600)
        start = time.monotonic()
        done = list(in_parallel(range(5), lambda _: paced.complete(TALK).text, workers=5))
        assert time.monotonic() - start >= 0.4
    assert sorted(done) == [(i, "好") for i in range(5)]


def test_the_only_model_is_found_and_several_are_named() -> None:
    with serving(say("好")) as script:
        client(script, model="").complete(TALK)
        assert script.requests[0]["model"] == "tiny"
    with serving(say("好"), models=("甲", "乙")) as script:
        assert "甲、乙" in sentence(client(script, model=""))


def test_closing_ends_what_is_waiting() -> None:
    with serving(send_json({}, 429, retry_after="30")) as script:
        waiting = client(script)
        told: list[str] = []

        def ask() -> None:
            try:
                waiting.complete(TALK)
            except YayunError as error:
                told.append(str(error))

        thread = threading.Thread(target=ask)
        thread.start()
        while not script.requests:
            time.sleep(0.005)
        time.sleep(0.05)
        waiting.close()
        thread.join(10)
    assert told == ["已停止。"]


def _order(title: str = "春風") -> Order:
    return Order(title, patterns("五绝")[0], "尤", imagery=("柳",), hints=("夕陽",))


def test_free_writes_every_order_in_traditional_script() -> None:
    with serving(say(f"抱歉,以下是:\n《春风》\n<answer>{POEM}</answer>", reasoning="想")) as script:
        writer = OpenAIWriter(client(script), workers=2)
        drafts = writer.free([_order(), _order("秋夜")], Sampling(temperature=0.7), np.random.default_rng(0))
    assert writer.name == "openai"
    assert [d.lines for d in drafts] == [("遠岸雲初散", "平蕪雨未收", "柳枝春色晚", "落日滿汀洲")] * 2
    assert {d.think for d in drafts} == {"想"}
    assert {m["messages"][0]["content"] for m in script.requests} == {SYSTEM}
    assert len({m["seed"] for m in script.requests}) == 2
    (spring,) = [m["messages"][1]["content"] for m in script.requests if "春風" in m["messages"][1]["content"]]
    assert "夕陽" in spring
    assert "可用韵脚字" in spring


def test_what_is_done_is_kept_when_the_server_goes() -> None:
    with serving(say(POEM), say(POEM), gone()) as script:
        writer = OpenAIWriter(client(script, retries=0), workers=1, rag=False)
        results = dict(writer.each([_order()] * 3, Sampling(), np.random.default_rng(0)))
    assert [type(results[i]).__name__ for i in range(3)] == ["Draft", "Draft", "YayunError"]


def test_leaving_the_loop_starts_nothing_more() -> None:
    with serving(say(POEM)) as script:
        writer = OpenAIWriter(client(script), workers=1)
        for _ in writer.each([_order()] * 50, Sampling(), np.random.default_rng(0)):
            break
        time.sleep(0.1)
        seen = len(script.requests)
        time.sleep(0.2)
        assert len(script.requests) == seen < 50


def test_ctrl_c_keeps_what_is_done_and_waits_for_nobody() -> None:
    with serving(say(POEM), silence) as script:
        code = f"""
import signal
import numpy as np
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job inherits it ignored
from tests.backends.test_openai import Sampling, OpenAIWriter, ChatClient, Server, _order
writer = OpenAIWriter(ChatClient(Server("{script.url}", model="tiny", stream=False)), workers=1, rag=False)
for i, draft in writer.each([_order()] * 3, Sampling(), np.random.default_rng(0)):
    print(i, draft.lines[0], flush=True)
"""
        with subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "0 遠岸雲初散\n"
            while len(script.requests) < 2:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            # The second request still hangs: the server lets go only when the test is over.
            assert process.wait(20) != 0
            assert not script.released.is_set()


def test_an_error_of_our_own_is_raised() -> None:
    def work(_: int) -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(in_parallel([1, 2], work, workers=2))
    assert list(in_parallel([], work, workers=2)) == []


def test_the_client_needs_no_model_of_ours() -> None:
    modules = "yayun.servers.chat, yayun.prompts.instruction, yayun.prompts.answer"
    code = f"import sys, {modules}; assert not {{'numpy', 'torch', 'httpx'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT / "src")
