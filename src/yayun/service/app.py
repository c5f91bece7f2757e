"""The service put together: routes, the page, the door, the model's thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

import yayun
from yayun.composing.road import default_writer
from yayun.errors import YayunError
from yayun.service import answers, api, chat, game, gloss, patterns, responses, words
from yayun.service.engine import Engine, Task, Through
from yayun.service.guard import Guard
from yayun.service.metrics import Metrics
from yayun.service.settings import Settings

PAGE = Path(__file__).parent / "page"


def default_engine(settings: Settings) -> Engine:
    """One that composes through the backend of the settings."""
    return Engine(settings.waiting, settings.together, settings.patience / 3, Through(settings.backend))


def create_app(settings: Settings | None = None, make_engine: Callable[[Settings], Engine] = default_engine) -> FastAPI:
    """The ASGI application. Its engine is made when the application starts, and closed when it stops."""
    settings = settings or Settings()
    app = FastAPI(
        title="yayun 押韵", version=yayun.__version__, lifespan=_lifespan, docs_url=None, redoc_url=None,
        exception_handlers={
            YayunError: answers.yayun_error,
            RequestValidationError: answers.invalid,
            HTTPException: answers.http_error,
        },
    )  # fmt: skip
    metrics = Metrics(lambda: app.state.engine.load)
    app.state.settings, app.state.make_engine = settings, make_engine
    app.include_router(api.router)
    app.include_router(words.router)
    app.include_router(game.router)
    app.include_router(patterns.router)
    app.include_router(gloss.router)
    app.include_router(chat.router)
    app.include_router(responses.router)
    _add_plain_routes(app, metrics)
    app.add_middleware(Guard, settings=settings, metrics=metrics)
    if settings.origins:  # outside the door: a browser asks without the key whether it may ask with it
        app.add_middleware(
            CORSMiddleware, allow_origins=settings.origins, allow_methods=["GET", "POST"], allow_headers=["*"],
            expose_headers=["Retry-After"],
        )  # fmt: skip
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings = app.state.settings
    engine = app.state.engine = app.state.make_engine(settings)
    engine.submit(Task(_warm_up, weight=0))
    yield
    await asyncio.to_thread(engine.close, settings.grace)


def _warm_up() -> None:
    """Open the model before the first request needs it."""
    _ = default_writer().session, default_writer().characters


def _add_plain_routes(app: FastAPI, metrics: Metrics) -> None:
    @app.get("/health")
    @app.head("/health", include_in_schema=False)
    def health() -> dict[str, Any]:
        """Is the service there?"""
        return {"status": "ok"}

    @app.get("/metrics", response_model=None)
    def counted() -> Response:
        """What is counted, as Prometheus reads it."""
        return Response(metrics.render(), media_type=metrics.content_type)

    @app.get("/files.json", include_in_schema=False, response_model=None)
    def files() -> list[str]:
        """The page's own files, to be kept for when there is no network."""
        found = sorted(path.relative_to(PAGE).as_posix() for path in (PAGE / "assets").rglob("*") if path.is_file())
        return ["/", "/manifest.webmanifest", *(f"/{name}" for name in found)]

    page = StaticFiles(directory=PAGE, html=True, check_dir=False)
    app.mount("/assets", StaticFiles(directory=PAGE / "assets", check_dir=False))

    swagger = Path(fastapi_offline.__file__).parent / "static"
    app.mount("/docs/files", StaticFiles(directory=swagger))

    @app.api_route("/docs", methods=["GET", "HEAD"], include_in_schema=False, response_model=None)
    def docs() -> Response:
        return FileResponse(PAGE / "assets" / "docs.html")

    @app.api_route("/favicon.ico", methods=["GET", "HEAD"], include_in_schema=False, response_model=None)
    def icon() -> Response:
        return FileResponse(PAGE / "assets" / "icon.svg", media_type="image/svg+xml")

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False, response_model=None)
    @app.api_route("/{name}", methods=["GET", "HEAD"], include_in_schema=False, response_model=None)
    async def shown(request: Request, name: str = "") -> Response:
        return await page.get_response(name or ".", request.scope)
