from __future__ import annotations

import json
import logging

import pytest
from fastapi.testclient import TestClient

from yayun.service.app import create_app
from yayun.service.settings import LOOPBACK, Settings, from_environment


@pytest.mark.parametrize("path", ["/health", "/nothing", "/api/rhyme", "/api/rhyme?group=%F0%9F%92%A5", "/"])
def test_every_answer_has_the_security_headers_and_no_cors(client: TestClient, path: str) -> None:
    headers = client.get(path, headers={"origin": "http://evil.example"}).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert not [name for name in headers if name.startswith("access-control")]


def test_nothing_of_a_request_comes_back_as_html(client: TestClient) -> None:
    script = "<script>alert(1)</script>"
    answers = [
        client.get(f"/{script}"),
        client.get("/api/rhyme", params={"group": script}),
        client.post("/api/compose", json={"title": "春", "form": script}),
        client.post("/api/compose", json={script: 1}),
        client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": script}]}),
    ]
    for answer in answers:
        assert answer.status_code in (404, 422)
        assert answer.headers["content-type"] == "application/json"


def test_a_body_is_bounded_whether_or_not_it_says_its_size(client: TestClient) -> None:
    large = json.dumps({"text": "山" * 40_000}).encode()
    headers = {"content-type": "application/json"}
    for content in (large, iter([large[:1000], large[1000:]])):
        answer = client.post("/api/check", content=content, headers=headers)
        assert answer.status_code == 413
        assert answer.json()["error"].startswith("请求太大")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[1]", b"null", b'"x"', b'{"text": "\\ud800"}'])
def test_a_body_that_is_no_json_object_is_refused(client: TestClient, body: bytes) -> None:
    for path in ("/api/check", "/api/compose", "/v1/chat/completions"):
        answer = client.post(path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 422
        assert "error" in answer.json()


def test_a_key_is_asked_for_where_there_is_one() -> None:
    with TestClient(create_app(Settings(api_key="芝麻"))) as client:
        for headers in ({}, {"authorization": "Bearer 开门".encode()}, {"authorization": b"Bearer "}):
            refused = client.get("/api/rhyme", headers=headers)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"] == "Bearer"
        assert client.post("/v1/chat/completions", json={}).json()["error"]["code"] == "invalid_api_key"
        assert client.get("/metrics").status_code == 401
        assert client.get("/health").status_code == 200
        assert client.get("/api/rhyme", headers={"authorization": "Bearer 芝麻".encode()}).status_code == 200


def test_another_name_than_ours_is_refused_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YAYUN_API_KEY", " ")
    assert from_environment("0.0.0.0") == Settings()
    assert from_environment("127.0.0.1") == Settings(hosts=LOOPBACK)
    with TestClient(create_app(Settings(hosts=LOOPBACK)), base_url="http://rebound.example") as client:
        assert client.get("/health").status_code == 421
        for name in ("localhost:8000", "127.0.0.1", "[::1]:8000"):
            assert client.get("/health", headers={"host": name}).status_code == 200


def test_requests_are_counted_and_logged_without_their_text(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "yayun.service"):
        client.post("/api/check", json={"text": "白日依山尽，黄河入海流。"})
        client.get("/api/rhyme", params={"group": "鹳雀"})
    fields = [record.fields for record in caplog.records if record.name == "yayun.service"]
    assert [(f["route"], f["status"]) for f in fields] == [("/api/check", 200), ("/api/rhyme", 422)]
    assert not any(char in str(vars(record)) for record in caplog.records for char in "白黄鹳")
    told = client.get("/metrics").text
    assert 'yayun_requests_total{method="POST",route="/api/check",status="200"}' in told
    assert "yayun_poems_waiting 0.0" in told


def test_a_fault_of_ours_is_a_plain_500_and_goes_to_the_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("yayun.service.api.check_entries", broken)
    with TestClient(create_app()) as client:
        answer = client.post("/api/check", json={"text": "白日依山尽"})
    assert answer.status_code == 500
    assert answer.json() == {"error": "服务出了错,请再试一次。"}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert any(record.exc_info for record in caplog.records)
