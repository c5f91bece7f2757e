"""Notes to a line, by the large model the service writes through."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient
from tests.backends.chat_server import say, send_json, serving

from yayun.backends.registry import choose_backend
from yayun.service.app import create_app
from yayun.service.settings import Settings

pytest.importorskip("httpx")
ASKED = {
    "title": "登鹳雀楼",
    "author": "王之涣",
    "lines": ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"],
    "line": 3,
}
NOTE = {"plain": "想要看尽千里的风光", "words": [{"word": "欲", "meaning": "想要"}], "allusions": []}


def test_the_model_the_service_writes_through_writes_the_note() -> None:
    with serving(say(json.dumps(NOTE)), say("不会。")) as model:
        settings = Settings(backend=choose_backend("openai", model.url, "tiny"))
        with TestClient(create_app(settings)) as client:
            assert client.get("/api/gloss").json() == {"by": "tiny"}
            answer = client.post("/api/gloss", json=ASKED)
            assert (answer.status_code, answer.json()) == (200, NOTE)
            assert "第三句:「欲穷千里目」" in model.requests[0]["messages"][1]["content"]
            answer = client.post("/api/gloss", json=ASKED)
            assert (answer.status_code, "读不成注释" in answer.json()["error"]) == (422, True)


def test_a_model_that_fails_is_told_of() -> None:
    with (
        serving(send_json({"error": {"message": "no such model"}}, 404)) as model,
        TestClient(create_app(Settings(backend=choose_backend("openai", model.url, "tiny")))) as client,
    ):
        answer = client.post("/api/gloss", json=ASKED)
        assert answer.status_code == 422
        assert "不接受这个请求" in answer.json()["error"]


def test_without_a_model_there_are_no_notes(client: TestClient) -> None:
    assert client.get("/api/gloss").json() == {"by": None}
    answer = client.post("/api/gloss", json=ASKED)
    assert (answer.status_code, "--backend openai" in answer.json()["error"]) == (422, True)


@pytest.mark.parametrize(
    "wrong", [{"line": 5}, {"line": 0}, {"lines": []}, {"lines": ["字" * 21]}, {"title": "字" * 101}, {"more": 1}]
)
def test_what_cannot_be_asked_is_refused(client: TestClient, wrong: dict[str, object]) -> None:
    answer = client.post("/api/gloss", json=ASKED | wrong)
    assert (answer.status_code, bool(answer.json()["error"])) == (422, True)
