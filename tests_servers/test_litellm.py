"""A litellm proxy with mock replies: keys, limits and answers as a gateway gives them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from tests_servers.running import free_port, running
from yayun.errors import YayunError
from yayun.servers.chat import ChatClient, Server

pytest.importorskip("litellm")

KEY = "sk-a-key-of-the-test"
REGULAR = "<think>先立意,再排韵脚。</think><answer>远岸云初散，平芜雨未收。柳枝春色晚，落日满汀洲。</answer>"
FAULTY = "好的,以下是诗:\n\n《登楼》\n\n远岸云初散，平芜雨未收。\n柳枝春色晚，落日满汀东。\n\n希望您喜欢!"
TALK = [{"role": "user", "content": "写诗"}]


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("litellm")
    replies = {"regular": REGULAR, "faulty": FAULTY, "busy": "litellm.RateLimitError"}
    config = {
        "model_list": [
            {
                "model_name": name,
                "litellm_params": {"model": "openai/mock", "api_key": "none", "mock_response": reply},
            }
            for name, reply in replies.items()
        ],
        "general_settings": {"master_key": KEY},
        "router_settings": {"num_retries": 0},
        "litellm_settings": {"num_retries": 0, "telemetry": False},
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    port = free_port()
    command = ["litellm", "--config", str(path), "--host", "127.0.0.1", "--port", str(port)]
    offline = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "DO_NOT_TRACK": "1"}
    with running(command, port, "/health/liveliness", folder / "log.txt", **offline) as url:
        yield url


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YAYUN_BACKEND_KEY", KEY)


def compose(url: str, model: str, *more: str) -> tuple[int, list[dict], str]:
    from yayun.cli import app

    asked = [
        "compose",
        "以《登楼》为题写一首五言绝句,押尤韵",
        "--backend",
        "openai",
        "--base-url",
        url,
        "--model",
        model,
    ]
    done = CliRunner().invoke(app, [*asked, "--json", "--seed", "1", *more])
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return done.exit_code, rows, str(done.exception or "")


@pytest.mark.usefixtures("key")
def test_a_regular_reply_is_kept_as_it_is(proxy: str) -> None:
    code, (row,), _ = compose(proxy, "regular")
    assert code == 0
    assert row["lines"] == ["远岸云初散", "平芜雨未收", "柳枝春色晚", "落日满汀洲"]
    assert row["think"] == "先立意,再排韵脚。"
    assert row["review"]["passed"]
    assert (row["repair"]["rounds"], row["repair"]["calls"]) == (0, 1)


@pytest.mark.usefixtures("key")
def test_a_faulty_reply_is_mended_within_the_budget(proxy: str) -> None:
    code, (row,), _ = compose(proxy, "faulty", "--max-calls", "3")
    assert code == 0
    assert row["review"]["passed"]
    assert row["lines"][:3] == ["远岸云初散", "平芜雨未收", "柳枝春色晚"]
    assert row["repair"]["searched"] == [4]
    assert row["repair"]["calls"] <= 3


@pytest.mark.usefixtures("key")
def test_a_rate_limit_is_waited_out_and_told_in_one_sentence(proxy: str) -> None:
    with closing(ChatClient(Server(proxy, "busy", retries=1, backoff=0.01))) as client:
        with pytest.raises(YayunError) as caught:
            client.complete(TALK)
        assert "429" in str(caught.value)
        assert client.calls == 2


def test_no_key_and_a_wrong_key_get_one_sentence_without_it(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy without a data base answers 500 and 400 here, not 401: the sentence says what it said."""
    for name in ("YAYUN_BACKEND_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with closing(ChatClient(Server(proxy, "regular", retries=0))) as client:
        for key in ("", "sk-wrong"):
            monkeypatch.setenv("YAYUN_BACKEND_KEY", key)
            with pytest.raises(YayunError, match=r"HTTP|密钥") as caught:
                client.complete(TALK)
            told = str(caught.value)
            assert "\n" not in told
            assert "sk-wrong" not in told


@pytest.mark.usefixtures("key")
def test_a_model_it_does_not_have(proxy: str) -> None:
    with closing(ChatClient(Server(proxy, "none"))) as client, pytest.raises(YayunError, match="--model"):
        client.complete(TALK)
    with closing(ChatClient(Server(proxy))) as client, pytest.raises(YayunError, match="regular"):
        client.model()


@pytest.mark.usefixtures("key")
def test_a_batch_goes_through_with_every_line_accounted_for(proxy: str, tmp_path: Path) -> None:
    from yayun.cli import app

    batch = tmp_path / "requests.jsonl"
    rows = [{"title": "登楼", "form": "五绝", "rhyme": "尤"}] * 6 + [{"request": "你好"}]
    batch.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    asked = ["compose", "--batch", str(batch), "--backend", "openai", "--base-url", proxy, "--model", "faulty"]
    done = CliRunner().invoke(app, [*asked, "--json", "--seed", "1"])
    got = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert [row.get("review", {}).get("passed") for row in got] == [True] * 6 + [None]
