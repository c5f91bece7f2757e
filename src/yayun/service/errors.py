"""What goes wrong in the service, each with its status: the sentence is for people, as everywhere."""

from __future__ import annotations

from yayun.errors import YayunError


class ServiceError(YayunError):
    """A request that is refused or fails with ``status`` (an HTTP status code)."""

    status = 422
    kind = "invalid_request_error"  # the name OpenAI's clients know it by
    param: str | None = None  # the field at fault

    @property
    def headers(self) -> dict[str, str]:
        """Headers that go with the answer."""
        return {}


class FieldError(ServiceError):
    """A field that asks for what is not done here; ``param`` is its name."""

    status = 400

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"字段 {field}:{why}。")
        self.param = field


class UnknownModelError(ServiceError):
    """Another model's name."""

    status = 404
    param = "model"

    def __init__(self, name: str) -> None:
        super().__init__(f"没有“{name[:60]}”这个模型:这里只有 yayun。")


class BusyError(ServiceError):
    """The queue is full; ``seconds`` is when to come back."""

    status, kind = 429, "rate_limit_error"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"来的人多,请 {seconds} 秒后再试。")
        self.seconds = seconds

    @property
    def headers(self) -> dict[str, str]:
        """When to come back."""
        return {"Retry-After": str(self.seconds)}


class ClosingError(ServiceError):
    """The service is stopping."""

    status, kind = 503, "server_error"

    def __init__(self) -> None:
        super().__init__("服务正在停止,请稍后再试。")

    @property
    def headers(self) -> dict[str, str]:
        """When to come back."""
        return {"Retry-After": "5"}


class LateError(ServiceError):
    """It took too long."""

    status, kind = 504, "server_error"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} 秒内没有写完,请稍后再试,或少要几首。")


class FailedError(ServiceError):
    """A fault of ours: what happened is in the log, not in the answer."""

    status, kind = 500, "server_error"

    def __init__(self) -> None:
        super().__init__("服务出了错,请再试一次。")


class ForbiddenError(ServiceError):
    """No key, or a wrong one."""

    status, kind = 401, "authentication_error"

    def __init__(self) -> None:
        super().__init__("需要密钥:请在 Authorization 头里写 Bearer 加密钥。")

    @property
    def headers(self) -> dict[str, str]:
        """How to give the key."""
        return {"WWW-Authenticate": "Bearer"}


class TooLargeError(ServiceError):
    """The body is too large."""

    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(f"请求太大:最多 {limit // 1024} KB。")


class SlowError(ServiceError):
    """The body does not come."""

    status = 408

    def __init__(self) -> None:
        super().__init__("请求没有送完,请再试一次。")


class UnknownHostError(ServiceError):
    """Asked by a name that is not ours."""

    status = 421

    def __init__(self) -> None:
        super().__init__("本服务只在本机使用,请用 127.0.0.1 或 localhost 访问。")
