"""A client for chat completions on httpx: streaming, time-outs, retries, a rate limit, a budget of calls.

The key comes from the environment alone (YAYUN_BACKEND_KEY, else OPENAI_API_KEY),
is read when a request is sent, is kept
in no object of ours, and is cut out of whatever a server says before that becomes part of a sentence.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar

from yayun.errors import YayunError
from yayun.servers.wire import (
    Completion,
    Listener,
    MalformedError,
    ServerSaidError,
    error_message,
    model_names,
    read_stream,
    read_whole,
)

if TYPE_CHECKING:
    import httpx

    from yayun.prompts.instruction import Message

KEY_NAMES = ("YAYUN_BACKEND_KEY", "OPENAI_API_KEY")
Answered = TypeVar("Answered")
_BUSY = 429
_OURSELVES = "yayun"  # what our own service says in the Server header


class BudgetSpentError(YayunError):
    """The calls allowed have all been made."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where and how to ask; times in seconds.

    ``silence``: the longest wait for the next byte; ``whole``: the longest a completion may take in all. ``retries``
    after the first try, with waits of ``backoff`` doubling up to ``longest_wait`` (a server that asks for more is given
    up at once). ``per_minute`` 0 and ``max_calls`` None: no limit; every request sent counts, retries too.
    """

    base_url: str
    model: str = ""
    stream: bool = True
    connect: float = 10.0
    silence: float = 60.0
    whole: float = 900.0
    retries: int = 4
    backoff: float = 1.0
    longest_wait: float = 60.0
    per_minute: int = 0
    max_calls: int | None = None
    max_tokens: int | None = None


class _Failure(Exception):  # noqa: N818 - passed on as a sentence, never seen
    """One try that failed: the ``sentence`` if it was the last, ``again``: may it be tried again, ``wait``: what the
    server asked for, in seconds."""

    def __init__(self, sentence: str, again: bool = True, wait: float | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.again, self.wait = sentence, again, wait


class ChatClient:
    """Sends conversations to one server. Safe to share among threads; ``close`` ends what is waiting."""

    def __init__(self, server: Server, jitter: random.Random | None = None) -> None:
        self.server = server
        self._url = _checked_url(server.base_url)
        self._jitter = jitter or random.Random()
        self._gate = _Gate(server.per_minute, server.max_calls)
        self._model = server.model
        httpx = _httpx()
        timeout = httpx.Timeout(server.silence, connect=server.connect, pool=None)
        # Proxies of the environment are for the world outside, not for a server on this machine.
        self._http = httpx.Client(timeout=timeout, trust_env=not _is_local(self._url))

    @property
    def calls(self) -> int:
        """Requests sent so far."""
        return self._gate.calls

    def close(self) -> None:
        """Let nothing more be sent."""
        self._gate.closed.set()
        self._http.close()

    def complete(
        self,
        talk: Sequence[Message],
        *,
        temperature: float = 0.8,
        top_p: float = 1.0,
        seed: int | None = None,
        listen: Listener | None = None,
    ) -> Completion:
        """One completion. Raises YayunError with one sentence when the server can't be used, BudgetSpentError when
        no call is left."""
        body: dict[str, Any] = {"model": self.model(), "messages": list(talk), "temperature": temperature}
        extra = {"top_p": top_p if top_p < 1 else None, "seed": seed, "max_tokens": self.server.max_tokens}
        body |= {name: value for name, value in extra.items() if value is not None}
        body["stream"] = self.server.stream
        return self._persist(lambda: self._ask(body, listen))

    def model(self) -> str:
        """The model named, else the only one the server has. Raises YayunError when there are several."""
        if not self._model:
            names = self._persist(self._models)
            if len(names) != 1:
                known = "、".join(names[:8]) or "没有列出模型"
                raise YayunError(f"请用 --model 指明模型,服务器上有:{known}。")
            self._model = names[0]
        return self._model

    def _persist(self, attempt: Callable[[], Answered]) -> Answered:
        """Try, and try again after growing waits, as long as that may help."""
        for n in range(self.server.retries + 1):
            self._gate.enter()
            try:
                return attempt()
            except _Failure as failure:
                wait = self._wait(n, failure.wait)
                if not failure.again or n == self.server.retries or wait is None:
                    raise YayunError(failure.sentence) from None
                self._gate.hold(wait)
        raise AssertionError("unreachable")

    def _wait(self, n: int, asked: float | None) -> float | None:
        """Seconds to wait after try ``n``: what the server asked for (None when that is too long), else exponential
        with jitter, so that many clients don't come back together."""
        if asked is not None:
            return asked + self._jitter.uniform(0, 0.1 * asked) if asked <= self.server.longest_wait else None
        return min(self.server.longest_wait, self.server.backoff * float(2**n)) * self._jitter.uniform(0.5, 1.0)

    def _ask(self, body: dict[str, Any], listen: Listener | None) -> Completion:
        import httpx

        try:
            with self._http.stream("POST", f"{self._url}/chat/completions", json=body, headers=_headers()) as response:
                self._no_poet(response)
                if response.status_code != httpx.codes.OK:
                    raise self._refused(response)
                if "text/event-stream" in response.headers.get("content-type", ""):
                    return read_stream(self._in_time(response), listen)
                whole = read_whole(response.read())
        except httpx.TransportError as error:
            raise self._broken(error) from None
        except httpx.DecodingError:
            raise _Failure(f"服务器 {self._url} 的回答不能解码:请核对它是不是 OpenAI 兼容接口。") from None
        except MalformedError as error:
            raise _Failure(_malformed(self._url, str(error))) from None
        except ServerSaidError as said:
            raise _Failure(f"服务器 {self._url} 报错:{_without_key(str(said))};请稍后再试或查看服务器日志。") from None
        if listen is not None:
            for kind, piece in (("think", whole.reasoning), ("text", whole.text)):
                if piece:
                    listen(kind, piece)
        return whole

    def _models(self) -> list[str]:
        import httpx

        try:
            response = self._http.get(f"{self._url}/models", headers=_headers())
            self._no_poet(response)
            if response.status_code != httpx.codes.OK:
                raise self._refused(response)
            return model_names(response.content)
        except httpx.TransportError as error:
            raise self._broken(error) from None
        except (MalformedError, ServerSaidError):
            raise _Failure(f"服务器 {self._url} 没有列出模型:请用 --model 指明模型。", again=False) from None

    def _no_poet(self, response: httpx.Response) -> None:
        """Raises _Failure where yayun itself answers: it takes requests, not the instructions that are for models."""
        if response.headers.get("server") == _OURSELVES:
            raise _Failure(
                f"{self._url} 是押韵自己的服务,不是大模型:请让 --base-url 指向大模型,要押韵自己写就不用 --backend。",
                again=False,
            )

    def _in_time(self, response: httpx.Response) -> Iterator[str]:
        """The stream's lines, no longer than a completion may take."""
        end = time.monotonic() + self.server.whole
        rest = b""
        for piece in response.iter_bytes():
            if self._gate.closed.is_set():
                raise _Failure("已停止。", again=False)
            if time.monotonic() > end:
                limit = f"{self.server.whole:g}秒"
                raise _Failure(f"服务器 {self._url} 的一次回答超过了{limit}:请换小些的模型,或放宽时限。", again=False)
            # Not httpx's iter_lines: that breaks lines at U+2028 too, which JSON may hold.
            *lines, rest = (rest + piece).split(b"\n")
            yield from (line.decode("utf-8", "replace").rstrip("\r") for line in lines)
        yield rest.decode("utf-8", "replace")

    def _broken(self, error: httpx.TransportError) -> _Failure:
        import httpx

        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return _Failure(f"连不上服务器 {self._url}:请核对 --base-url,并确认服务已经启动。")
        if isinstance(error, httpx.TimeoutException):
            return _Failure(
                f"服务器 {self._url} 已有{self.server.silence:g}秒没有回音:请看它是否还在运行,或放宽时限再试。"
            )
        if isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
            return _Failure(f"不能向 {self._url} 发送请求:请核对 --base-url 与环境变量里的密钥。", again=False)
        return _Failure(f"服务器 {self._url} 在回答中途断开了连接:请看它是否还在运行,再试一次。")

    def _refused(self, response: httpx.Response) -> _Failure:
        """What an answer other than 200 means."""
        code = response.status_code
        said = _without_key(error_message(response.read()))
        detail = f"({said})" if said else ""
        wait = _retry_after(response.headers.get("retry-after"))
        if code in (401, 403):
            names = " 或 ".join(KEY_NAMES)
            if _headers():
                return _Failure(f"服务器拒绝了密钥(HTTP {code}):请核对环境变量 {names}。", again=False)
            return _Failure(f"服务器要求密钥(HTTP {code}):请设环境变量 {names}。", again=False)
        if code == _BUSY:
            later = f",它要求{wait:g}秒后再来" if wait else ""
            return _Failure(f"服务器一直说请求太多(HTTP 429){later}:请稍后再试,或限低速率与并发。", wait=wait)
        if code in (408, 425) or code >= 500:
            return _Failure(f"服务器 {self._url} 出了故障(HTTP {code}){detail}:请稍后再试或查看服务器日志。", wait=wait)
        return _Failure(
            f"服务器 {self._url} 不接受这个请求(HTTP {code}){detail}:请核对 --base-url 与 --model。", again=False
        )


class _Gate:
    """Where every request passes: the rate limit, a pause all threads share, and the budget."""

    def __init__(self, per_minute: int, max_calls: int | None) -> None:
        self.spacing = 60.0 / per_minute if per_minute else 0.0
        self.max_calls, self.calls = max_calls, 0
        self.closed = threading.Event()
        self._next = 0.0
        self._lock = threading.Lock()

    def enter(self) -> None:
        """Wait for the next free moment, and count the call."""
        with self._lock:
            if self.max_calls is not None and self.calls >= self.max_calls:
                raise BudgetSpentError(f"限定的{self.max_calls}次调用已经用完:请放宽 --max-calls。")
            self.calls += 1
            start = max(time.monotonic(), self._next)
            self._next = start + self.spacing
        if self.closed.wait(max(0.0, start - time.monotonic())):
            raise YayunError("已停止。")

    def hold(self, seconds: float) -> None:
        """Let nobody pass for so long."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)


def _httpx() -> Any:
    """The module. Raises YayunError where the extra is not installed."""
    try:
        import httpx
    except ModuleNotFoundError:
        raise YayunError("用大模型写诗要先安装附加依赖:pip install 'yayun[llm]'。") from None
    return httpx


def _headers() -> dict[str, str]:
    key = next(filter(None, map(os.environ.get, KEY_NAMES)), "").strip()
    return {"authorization": f"Bearer {key}"} if key else {}


def _without_key(text: str) -> str:
    """``text`` without any key that is in the environment."""
    for name in KEY_NAMES:
        if key := os.environ.get(name, "").strip():
            text = text.replace(key, "…")
    return text


def _checked_url(base_url: str) -> str:
    """The address without a closing slash. Raises YayunError for anything but a plain http(s) address."""
    httpx = _httpx()
    try:
        url = httpx.URL(base_url.strip())
    except httpx.InvalidURL:
        raise YayunError("--base-url 不是网址:应如 http://127.0.0.1:8000/v1。") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise YayunError("--base-url 不是网址:应如 http://127.0.0.1:8000/v1。")
    if url.userinfo or url.query:
        raise YayunError(f"--base-url 里不能带密钥、账号或参数:密钥请放在环境变量 {KEY_NAMES[0]} 里。")
    return str(url).rstrip("/")


def _is_local(url: str) -> bool:
    import httpx

    return httpx.URL(url).host in ("127.0.0.1", "localhost", "::1")


def _retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks for (a number or a date), None where it says nothing readable."""
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def _malformed(url: str, why: str) -> str:
    if why == "the stream ended early":
        return f"服务器 {url} 的回答没有说完就断了:请看它是否还在运行,再试一次。"
    return f"服务器 {url} 的回答不是约定的 JSON:请核对它是不是 OpenAI 兼容接口。"
