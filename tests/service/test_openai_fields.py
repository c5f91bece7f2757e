"""What OpenAI's interfaces allow to be asked: done, or refused with 400 and the field's name."""

from __future__ import annotations

import json
from collections.abc import Iterator

import openai
import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel
from tests.service.serving import serving

from yayun.checking.check import check
from yayun.errors import YayunError
from yayun.servers.chat import ChatClient, Server
from yayun.service.app import create_app
from yayun.service.settings import Settings

ASK = [{"role": "user", "content": "以'春风'为题写一首五言绝句,押东韵"}]
CHAT = {"messages": ASK, "effort": "quick", "seed": 5}


class Verse(BaseModel):
    title: str
    lines: list[str]


class Book(BaseModel):
    poems: list[Verse]


@pytest.fixture(scope="module")
def official() -> Iterator[openai.OpenAI]:
    with (
        serving() as served,
        openai.OpenAI(base_url=f"{served.url}/v1", api_key="none", max_retries=0) as client,
    ):
        yield client


def content(client: TestClient, **fields: object) -> tuple[str, str]:
    answer = client.post("/v1/chat/completions", json=CHAT | fields)
    assert answer.status_code == 200, answer.text
    (choice,) = answer.json()["choices"]
    return choice["message"]["content"], choice["finish_reason"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("logprobs", True),
        ("top_logprobs", 3),
        ("tools", [{"type": "function", "function": {"name": "f"}}]),
        ("tool_choice", "required"),
        ("top_p", 0.5),
        ("presence_penalty", 1),
        ("logit_bias", {"1": 2}),
        ("response_format", {"type": "xml"}),
        ("response_format", {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "array"}}}),
        ("best_of", 2),
    ],
)
def test_what_is_not_done_is_refused_by_name(client: TestClient, field: str, value: object) -> None:
    answer = client.post("/v1/chat/completions", json=CHAT | {field: value})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == field
    assert field in answer.json()["error"]["message"]


def test_what_asks_for_nothing_is_let_pass(client: TestClient) -> None:
    nothing = {"logprobs": False, "tools": [], "top_p": 1.0, "user": "u", "metadata": {}, "response_format": None}
    assert content(client, **nothing) == content(client)


def test_stop_and_max_tokens_end_the_content_and_say_so(client: TestClient) -> None:
    whole, finish = content(client)
    assert finish == "stop"
    assert content(client, stop="。") == (whole[: whole.index("。")], "stop")
    assert content(client, stop=["鬱", "\n"]) == (whole.split("\n")[0], "stop")
    assert content(client, max_tokens=7) == (whole[:7], "length")
    assert content(client, max_completion_tokens=len(whole)) == (whole, "stop")


def test_json_as_asked(client: TestClient) -> None:
    verse, _ = content(client)
    plain = json.loads(content(client, response_format={"type": "json_object"})[0])
    assert (plain["title"], plain["rhyme"], plain["lines"]) == ("春风", "东", list(check(verse).lines))
    schema = {
        "type": "object",
        "properties": {"题目": {"type": "string"}, "诗": {"type": "string"}},
        "required": ["诗"],
    }
    asked = {"type": "json_schema", "json_schema": {"name": "verse", "schema": schema}}
    assert json.loads(content(client, response_format=asked)[0]) == {"题目": "春风", "诗": verse}
    for bad in ({"properties": {"author": {"type": "string"}}}, {"properties": {"lines": {"type": "integer"}}},
                {"properties": {"title": {"type": "string", "maxLength": 1}}}, {"anyOf": 3}):  # fmt: skip
        told = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"} | bad}}
        answer = client.post("/v1/chat/completions", json=CHAT | {"response_format": told})
        assert answer.status_code == 400, bad


def test_models_by_name(client: TestClient) -> None:
    assert client.get("/v1/models/yayun").json()["id"] == "yayun"
    for answer in (
        client.get("/v1/models/gpt-4"),
        client.post("/v1/chat/completions", json=CHAT | {"model": "gpt-4"}),
        client.post("/v1/responses", json={"input": "写一首五绝", "model": "gpt-4"}),
    ):
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "model_not_found"


def test_other_sites_and_any_model_where_allowed() -> None:
    settings = Settings(api_key="k", origins=("https://a.example",), any_model=True)
    with TestClient(create_app(settings)) as other:
        asks = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization"}  # fmt: skip
        allowed = other.options("/v1/chat/completions", headers=asks)
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == "https://a.example"
        refused = other.options("/v1/chat/completions", headers=asks | {"Origin": "https://b.example"})
        assert "access-control-allow-origin" not in refused.headers
        key = {"Authorization": "Bearer k"}
        assert other.get("/v1/models/gpt-4", headers=key).json()["id"] == "gpt-4"


def test_the_page_answers_head_and_has_an_icon(client: TestClient) -> None:
    for path in ("/", "/health", "/favicon.ico"):
        assert client.head(path).status_code == 200
    assert "svg" in client.get("/favicon.ico").headers["content-type"]
    assert "access-control-allow-origin" not in client.get("/", headers={"Origin": "https://a.example"}).headers


def test_the_official_clients_default_call(official: openai.OpenAI) -> None:
    assert official.models.retrieve("yayun").id == "yayun"
    with pytest.raises(openai.NotFoundError):
        official.models.retrieve("gpt-4")
    words = ASK[0]["content"]
    extra = {"seed": 5, "effort": "quick"}
    answer = official.responses.create(model="yayun", input=words, extra_body=extra)
    assert answer.status == "completed"
    found = check(answer.output_text)
    assert (found.form, found.rhyme, found.passed) == ("五言绝句", "东", True)
    assert answer.usage.output_tokens > 24
    with official.responses.stream(model="yayun", input=ASK, extra_body=extra) as stream:
        pieces = [told.delta for told in stream if told.type == "response.output_text.delta"]
        final = stream.get_final_response()
    assert "".join(pieces) == final.output_text == answer.output_text
    chat = official.chat.completions.create(model="yayun", messages=ASK, extra_body=extra)
    assert chat.choices[0].message.content == answer.output_text
    short = official.responses.create(model="yayun", input=words, max_output_tokens=3, extra_body=extra)
    assert (short.status, short.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    with pytest.raises(openai.BadRequestError, match="previous_response_id"):
        official.responses.create(model="yayun", input=words, previous_response_id="resp_1")


def test_the_official_client_parses_a_schema(official: openai.OpenAI) -> None:
    asked = [{"role": "user", "content": "写两首五绝《秋》,押尤韵"}]
    told = official.chat.completions.parse(
        model="yayun", messages=asked, response_format=Book, extra_body={"effort": "quick"}
    )
    book = told.choices[0].message.parsed
    assert [(poem.title, len(poem.lines)) for poem in book.poems] == [("秋", 4)] * 2
    one = official.responses.parse(
        model="yayun", input=ASK, text_format=Verse, extra_body={"effort": "quick"}
    ).output_parsed
    assert (one.title, len(one.lines)) == ("春风", 4)


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("chat/completions", {"messages": [{"role": "tool", "content": "3", "tool_call_id": "x"}]}, "messages.0.role"),
        (
            "chat/completions",
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]},
            "messages.0.content.0.type",
        ),
        ("chat/completions", {"messages": [*ASK, {"role": "user", "content": "x", "mood": 1}]}, "messages.1.mood"),
        ("chat/completions", {"messages": ASK, "stream_options": {"speed": 2}}, "stream_options.speed"),
        ("responses", {"input": [{"role": "user", "content": "x", "mood": 1}]}, "input.0.mood"),
        ("responses", {"input": "写一首五绝", "text": {"verbosity": "low"}}, "text.verbosity"),
        ("responses", {"input": "写一首五绝", "reasoning": {"depth": 3}}, "reasoning.depth"),
    ],
)
def test_nothing_is_ignored_inside_a_field_either(client: TestClient, path: str, body: dict, param: str) -> None:
    answer = client.post(f"/v1/{path}", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


def test_an_answers_own_items_may_be_sent_back(official: openai.OpenAI) -> None:
    extra = {"effort": "quick"}
    first = official.responses.create(model="yayun", input=ASK, extra_body=extra)
    told = [*ASK, *(item.model_dump() for item in first.output), {"role": "user", "content": "换成七绝"}]
    again = official.responses.create(model="yayun", input=told, extra_body=extra)
    assert check(again.output_text).form == "七言绝句"


def test_our_own_client_says_that_it_asks_ourselves(official: openai.OpenAI) -> None:
    for model in ("", "yayun"):
        asked = ChatClient(Server(str(official.base_url), model))
        with pytest.raises(YayunError, match="押韵自己的服务"):
            asked.complete([{"role": "user", "content": "写一首五绝"}], temperature=1.0)
        asked.close()
