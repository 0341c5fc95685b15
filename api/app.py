"""The application: every door on one context, behind one guard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.context import Context, context_of
from api.doors import HEALTH, OUTSIDE, ROUTERS, Entrance, describe, note_denied, problem_of
from api.pages import site
from api.problems import Problem
from api.safe import Guard

PREFIX = "/api/v1"
DESCRIPTION_ADDRESS = f"{PREFIX}/openapi.json"

PACK_FROM = 1_024  # bytes; boards and code lists shrink to a sixth, which a bad signal feels


class Application(FastAPI):
    """The framework's application behind our guard, and beside our own entrance."""

    guard: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self  # the framework does it further in, behind the entrance
        await self.guard(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The description, in our own words."""
        return describe(self)


def create_app(context: Context) -> FastAPI:
    """The application over a context whose board has been fed with the present state."""
    app = Application(
        title="Shouwang 守望",
        version="1",
        description="Every POST carries an Idempotency-Key. All manners: docs/http.md.",
        openapi_url=None,  # behind sign-in: our own door has it
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a redirect would repeat the address
        telemetry={"tracing": False, "metrics": False, "logs": False},
        lifespan=_lifespan,
    )
    app.state.context = context
    context.engine.listen(context.vault.follow)
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    app.add_api_route(DESCRIPTION_ADDRESS, _description, include_in_schema=False)
    app.include_router(HEALTH)
    for router in OUTSIDE:
        app.include_router(router)
    app.include_router(site())
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    packed = GZipMiddleware(super(Application, app).__call__, PACK_FROM, compresslevel=1)
    entrance = Entrance(packed, PREFIX)  # a command's answer is small, and goes out unpacked
    settings = context.settings
    app.guard = Guard(entrance, settings.url, settings.secure, settings.host_names, note_denied)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Deletions of keys that a crash came before are made good at start."""
    context: Context = app.state.context
    for put in context.feed.rows("incident"):
        context.vault.note(put.row)
    finishing = asyncio.ensure_future(context.vault.see_to_destruction())
    yield
    finishing.cancel()
    with suppress(asyncio.CancelledError):
        await finishing


async def _description(request: Request) -> Response:
    """The description, for whoever is signed in."""
    context_of(request).callers.anybody(request)
    return JSONResponse(request.app.openapi())


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    note_denied(request.scope, error)
    return error.response()


async def _http(_request: Request, error: Exception) -> Response:
    """The framework's own refusals: an unknown address, or another method."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        return Problem("method_not_allowed", headers=error.headers or {}).response()
    code = "not_found" if error.status_code == 404 else "format_invalid"
    return Problem(code).response()


async def _invalid(_request: Request, error: Exception) -> Response:
    """A query or path parameter of the wrong kind."""
    assert isinstance(error, RequestValidationError)
    return problem_of(error.errors()[0]).response()
