"""``transformers serve`` on the embedded model's own folder, and on a Qwen2."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.tiny_qwen import make_tiny_qwen

from tests_servers.running import free_port, running
from yayun.backends.openai_writer import OpenAIWriter
from yayun.backends.options import Options
from yayun.backends.protocol import Given
from yayun.backends.registry import Choice, opened
from yayun.backends.talking import Talking
from yayun.brief import make_brief
from yayun.composing.poem import Poem
from yayun.composing.road import compose_with
from yayun.decoding.session import read_tokens
from yayun.errors import YayunError
from yayun.hub.folder import model_dir
from yayun.servers.chat import ChatClient, Server
from yayun.training.tokenizer import save_tokenizer

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")


def serve(folder: Path, log: Path) -> Iterator[str]:
    port = free_port()
    command = ["transformers", "serve", str(folder), "--port", str(port), "--host", "127.0.0.1", "--device", "cpu"]
    with running(command, port, "/health", log, HF_HUB_OFFLINE="1") as url:
        yield url


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped weights with the tokenizer as an export writes it now."""
    folder = tmp_path_factory.mktemp("embedded") / "model"
    shutil.copytree(model_dir(), folder)
    save_tokenizer(read_tokens(folder), folder)
    return folder


@pytest.fixture(scope="module")
def embedded(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from serve(exported, tmp_path_factory.mktemp("log") / "embedded.txt")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_qwen(tmp_path_factory.mktemp("qwen") / "model")


@pytest.fixture(scope="module")
def qwen(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from serve(tiny, tmp_path_factory.mktemp("log") / "qwen.txt")


def composed(url: str, model: str, request: str) -> Poem:
    server = Server(url, model, max_tokens=160)
    with closing(ChatClient(server)) as client:
        brief = make_brief(request)
        (poem,) = compose_with([brief], Options(seed=1), Talking(OpenAIWriter(client)))
    assert not isinstance(poem, YayunError)
    return poem


def test_the_embedded_model_behind_transformers_serve_gives_a_regular_poem(embedded: str, exported: Path) -> None:
    poem = composed(embedded, str(exported), "以'春风'为题写一首五言绝句,押东韵")
    assert poem.backend == "openai"
    assert poem.review.passed
    assert poem.repair is not None
    assert poem.repair["calls"]


def test_the_compact_prompt_makes_it_write_verse_itself(embedded: str, exported: Path) -> None:
    """Its own prompt through the chat template: the model's verse, not the search's."""
    from yayun.composing.settle import settle
    from yayun.prompts.order import conditions
    from yayun.prompts.prompt import messages

    order = settle(make_brief("以'春风'为题写一首五言绝句,押东韵"), 1, Options(candidates=1)).orders[0]
    with closing(ChatClient(Server(embedded, str(exported)))) as client:
        text = client.complete(messages(conditions(order)), temperature=0.7, seed=1).text
    assert "<answer>" in text
    assert "，" in text.partition("<answer>")[2]


def test_random_weights_behind_transformers_serve_are_mended(qwen: str, tiny: Path) -> None:
    pieces: list[str] = []
    with opened(Choice("openai", Given("", qwen, str(tiny), 6))) as through:
        asked = [make_brief("写一首七绝《江雪》,押侵韵")]
        (poem,) = compose_with(asked, Options(seed=2), through, listen=lambda _, piece: pieces.append(piece))
    assert not isinstance(poem, YayunError)
    assert poem.review.passed
    assert poem.repair is not None
    assert poem.repair["searched"]
    assert len(pieces) > 10  # it was streamed
