from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import verifiers.v1 as vf

from tests_adapters.conftest import GOOD, NONE, OTHER
from yayun.evaluation.adapters.__main__ import PLUGINS
from yayun.evaluation.adapters.prompt import SYSTEM
from yayun.evaluation.adapters.scoring import format_score, marks, reply_sample
from yayun.evaluation.adapters.verifiers_env import FORMAT_WEIGHT
from yayun.prosody.scores import WEIGHTS

REWARDS = ("tones", "rhymes", "antithesis", "length")


class Endpoint:
    """An OpenAI-compatible server on this machine that answers by a word in the prompt, and keeps what it was asked."""

    def __init__(self, replies: dict[str, dict[str, str]]) -> None:
        self.asked: list[dict] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                asked.append(body)
                prompt = body["messages"][-1]["content"]
                message = next(reply for word, reply in replies.items() if word in prompt)
                answer = {
                    "id": "1", "object": "chat.completion", "created": 0, "model": body["model"],
                    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **message}}],
                    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
                }  # fmt: skip
                data = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    found = Endpoint({"登楼": {"content": GOOD}, "春望": {"content": NONE}, "雪夜": {"content": OTHER}})
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.syspath_prepend(str(PLUGINS))
    return "yayun-verse"


def episodes(plugin: str, endpoint: Endpoint, requests: Path) -> list[vf.Episode]:
    env = vf.load_environment(vf.resolve_env_config({"taskset": {"id": plugin, "requests": str(requests)}}))
    context = vf.ModelContext(
        model="stub", client=vf.EvalClientConfig(base_url=endpoint.url), sampling=vf.SamplingConfig(temperature=0.8)
    )

    async def run() -> list[vf.Episode]:
        async with env.serving():
            return [await env.run_episode(task, context) for task in env.taskset]

    return asyncio.run(run())


def test_replies_are_rewarded_by_the_scores_of_the_table(plugin: str, endpoint: Endpoint, requests_file: Path) -> None:
    found = episodes(plugin, endpoint, requests_file)
    asked = [(GOOD, "五绝", "尤"), (NONE, "七律", "先"), (OTHER, "五绝", "屋")]
    assert [episode.errors for episode in found] == [[], [], []]
    for episode, (text, form, rhyme) in zip(found, asked, strict=True):
        (trace,) = episode.traces
        assert trace.ok, trace.errors
        wanted = marks(reply_sample(text, form, rhyme))
        rewards = {name: (reward.score, reward.weight) for name, reward in trace.rewards.items()}
        assert rewards == {
            **{name: (wanted[name], weight) for name, weight in zip(REWARDS, WEIGHTS, strict=True)},
            "format": (format_score(text), FORMAT_WEIGHT),
        }
        assert trace.reward == pytest.approx(wanted["total"] + FORMAT_WEIGHT * format_score(text))
        assert trace.metrics["all_rules"] == wanted["all_rules"]
        assert trace.metrics["paper_total"] == wanted["paper_total"]
    assert [episode.traces[0].metrics["all_rules"] for episode in found] == [1.0, 0.0, 0.0]


def test_the_model_is_asked_once_with_both_prompts_and_the_sampling(
    plugin: str, endpoint: Endpoint, requests_file: Path
) -> None:
    episodes(plugin, endpoint, requests_file)
    assert len(endpoint.asked) == 3
    system, user = endpoint.asked[0]["messages"]
    assert system == {"role": "system", "content": SYSTEM}
    assert "以“登楼”为题,创作一首五言绝句" in user["content"]
    assert "可用韵脚字" in user["content"]
    assert endpoint.asked[0]["temperature"] == 0.8
    assert "tools" not in endpoint.asked[0]


def test_reasoning_sent_apart_counts_as_thought(plugin: str, requests_file: Path) -> None:
    thought, answer = "登高望远。", GOOD[GOOD.index("<answer>") :]
    reply = {"content": answer, "reasoning_content": thought}
    endpoint = Endpoint(dict.fromkeys(("登楼", "春望", "雪夜"), reply))
    (trace,) = episodes(plugin, endpoint, requests_file)[0].traces
    endpoint.server.shutdown()
    endpoint.server.server_close()
    assert trace.rewards["format"].score == 1.0
    assert trace.metrics["all_rules"] == 1.0


def test_a_server_that_fails_is_an_error_not_a_low_score(plugin: str, requests_file: Path) -> None:
    endpoint = Endpoint({})
    endpoint.server.shutdown()
    endpoint.server.server_close()
    (trace,) = episodes(plugin, endpoint, requests_file)[0].traces
    assert not trace.ok
    assert trace.errors


def test_the_command_of_the_documentation_runs(endpoint: Endpoint, requests_file: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            Path(sys.executable).parent / "vf-eval", "yayun-verse", "--env.taskset.requests", str(requests_file),
            "--model", "stub", "--client.base-url", endpoint.url, "--client.api-key-var", "OPENAI_API_KEY",
            "-n", "2", "--no-push", "--no-rich", "-o", str(tmp_path / "out"),
        ],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(PLUGINS)}, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    (log,) = (tmp_path / "out").rglob("traces.jsonl")
    rows = [json.loads(row) for row in log.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 2
    assert len(endpoint.asked) == 2
