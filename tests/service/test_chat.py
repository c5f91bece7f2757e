"""The official client, unchanged, against a server on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import openai
import pytest
from fastapi.testclient import TestClient
from tests.service.serving import serving

from yayun.checking.check import check
from yayun.servers.wire import read_stream, read_whole

ASK = [{"role": "system", "content": "你是诗人"}, {"role": "user", "content": "以'春风'为题写一首五言绝句,押东韵"}]


@pytest.fixture(scope="module")
def official() -> Iterator[openai.OpenAI]:
    with (
        serving(YAYUN_API_KEY="sesame") as served,
        openai.OpenAI(base_url=f"{served.url}/v1", api_key="sesame", max_retries=0) as client,
    ):
        yield client


def test_the_official_client_gets_a_poem(official: openai.OpenAI) -> None:
    assert [model.id for model in official.models.list()] == ["yayun"]
    answer = official.chat.completions.create(model="yayun", messages=ASK, n=2, temperature=0.7, max_tokens=500, seed=7)
    assert [choice.index for choice in answer.choices] == [0, 1]
    assert answer.choices[0].message.content != answer.choices[1].message.content
    for choice in answer.choices:
        assert choice.finish_reason == "stop"
        found = check(choice.message.content)
        assert (found.form, found.rhyme, found.passed) == ("五言绝句", "东", True)
        assert choice.message.reasoning == choice.message.reasoning_content
        assert "韵脚" in choice.message.reasoning
    assert answer.usage.completion_tokens > 40
    again = official.chat.completions.create(model="yayun", messages=ASK, n=2, temperature=0.7, seed=7)
    assert [c.message.content for c in again.choices] == [c.message.content for c in answer.choices]


def test_the_official_client_streams(official: openai.OpenAI) -> None:
    ask = [{"role": "user", "content": [{"type": "text", "text": "写一首七律《登楼》,押尤韵"}]}]
    chunks = list(
        official.chat.completions.create(
            model="yayun", messages=ask, stream=True, stream_options={"include_usage": True}
        )
    )
    pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    assert len(pieces) >= 4, "couplet by couplet"
    found = check("".join(pieces))
    assert (found.form, found.rhyme, found.passed) == ("七言律诗", "尤", True)
    thought = "".join(getattr(chunk.choices[0].delta, "reasoning", "") for chunk in chunks if chunk.choices)
    assert "韵脚" in thought
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage.completion_tokens == len("".join(pieces)) + len(thought)


def test_errors_have_the_shape_clients_know(official: openai.OpenAI) -> None:
    with pytest.raises(openai.UnprocessableEntityError) as caught:
        official.chat.completions.create(model="yayun", messages=[{"role": "user", "content": "写一百首五绝"}])
    assert caught.value.body["type"] == "invalid_request_error"
    assert caught.value.body["message"].endswith("。")
    with pytest.raises(openai.AuthenticationError):
        official.with_options(api_key="guess").models.list()


def test_our_own_reader_reads_both_kinds(client: TestClient) -> None:
    body = {"model": "yayun", "messages": ASK, "seed": 3}
    whole = read_whole(client.post("/v1/chat/completions", json=body).content)
    streamed = read_stream(client.post("/v1/chat/completions", json=body | {"stream": True}).text.splitlines(), None)
    assert check(whole.text).passed
    assert check(streamed.text).passed
    assert "韵脚" in whole.reasoning
    assert "韵脚" in streamed.reasoning


def test_several_poems_in_one_answer(client: TestClient) -> None:
    body = {"messages": [{"role": "user", "content": "写两首五绝《秋》,押尤韵"}], "stream": True}
    streamed = read_stream(client.post("/v1/chat/completions", json=body).text.splitlines(), None)
    whole = client.post("/v1/chat/completions", json=body | {"stream": False}).json()
    for text in (streamed.text, whole["choices"][0]["message"]["content"]):
        poems = text.split("\n\n")
        assert len(poems) == 2
        assert all(check(poem).passed for poem in poems)


def test_a_conversation_goes_on_from_the_poem_before(client: TestClient) -> None:
    poem = "白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。"
    turns = [{"role": "user", "content": "写一首五绝《登楼》"}, {"role": "assistant", "content": poem}]

    def told(said: str) -> dict:
        return client.post(
            "/v1/chat/completions", json={"messages": [*turns, {"role": "user", "content": said}]}
        ).json()

    lines = check(told("第三句不好重写")["choices"][0]["message"]["content"]).lines
    assert (lines[0], lines[1], lines[3]) == ("白日依山尽", "黄河入海流", "更上一层楼")
    assert lines[2] != "欲穷千里目"
    other = told("换成七绝,押东韵,像李白那样")
    found = check(other["choices"][0]["message"]["content"])
    assert (found.form, found.rhyme) == ("七言绝句", "东")
    assert other["yayun"]["titles"] == ["登楼"]
    assert other["yayun"]["unread"] == ["像李白那样"]
