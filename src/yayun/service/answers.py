"""Error answers: ours, and in OpenAI's shape under ``/v1``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from yayun.errors import YayunError
from yayun.service.errors import ServiceError

REFUSALS = (400, 401, 404, 413, 422, 429, 500, 503, 504)  # the statuses of error answers, for the schema
SENTENCES = {404: "没有这个地址。", 405: "这个地址不能这样用。", 400: "请求不能用:请送 JSON。"}


def error_body(error: YayunError, path: str) -> dict[str, Any]:
    """``{"error": sentence}``, or OpenAI's error object."""
    if not path.startswith("/v1/"):
        return {"error": str(error)}
    kind = error.kind if isinstance(error, ServiceError) else ServiceError.kind
    status = error.status if isinstance(error, ServiceError) else ServiceError.status
    return {
        "error": {
            "message": str(error),
            "type": kind,
            "param": getattr(error, "param", None),
            "code": CODES.get(status),
        }
    }


CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded", 404: "model_not_found"}


def answer(error: YayunError, path: str) -> JSONResponse:
    """The error as a response."""
    if isinstance(error, ServiceError):
        return JSONResponse(error_body(error, path), error.status, error.headers)
    return JSONResponse(error_body(error, path), ServiceError.status)


async def yayun_error(request: Request, error: Exception) -> JSONResponse:
    """A request that can't be used, or that is refused."""
    assert isinstance(error, YayunError)
    return answer(error, request.url.path)


async def invalid(request: Request, error: Exception) -> JSONResponse:
    """A body that is not as the schema has it: one sentence on its first fault."""
    assert isinstance(error, RequestValidationError)
    return answer(YayunError(_sentence(error.errors())), request.url.path)


async def http_error(request: Request, error: Exception) -> JSONResponse:
    """No such address, or not this way."""
    assert isinstance(error, HTTPException)
    found = ServiceError(SENTENCES.get(error.status_code, "请求不能用。"))
    return JSONResponse(error_body(found, request.url.path), error.status_code, error.headers)


def _sentence(errors: Sequence[Any]) -> str:
    """The first fault in plain words; values are not repeated."""
    first = errors[0]
    names = [str(part) for part in first["loc"] if part not in ("body", "query")]
    kind, limits = first["type"], first.get("ctx", {})
    if kind.startswith("json") or not names:
        return "请求要是一个 JSON 对象。"
    name = f"字段 {'.'.join(names)[:60]}"
    if kind == "missing":
        return f"缺少{name}。"
    if kind == "extra_forbidden":
        return f"不认识的{name}。"
    if kind in ("string_too_long", "too_long"):
        return f"{name}太长:最多 {limits['max_length']}。"
    if kind in ("string_too_short", "too_short"):
        return f"{name}太短:至少 {limits['min_length']}。"
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = f"不小于 {limits['ge']}" if "ge" in limits else f"不大于 {limits['le']}"
        return f"{name}要{bound}。"
    if kind == "literal_error":
        return f"{name}只能是 {limits['expected'].replace(' or ', ' 或 ')}。"
    return f"{name}的值不合用:请查看 /openapi.json。"
