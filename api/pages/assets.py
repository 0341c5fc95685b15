"""The pages and what they load, from memory: nothing in an address is ever taken for a file."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import swagger_ui_bundle
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.context import context_of
from api.problems import Problem
from api.safe import POLICY_HEADER, described_policy

PAGES = Path(str(files("api"))) / "pages"
NAMES = (
    *("index", "sign-in", "account"),
    *("desk", "organization", "committee", "review", "situation", "map", "wall", "paper"),
    "handover",
)
GZIP_FROM = 512  # bytes; below it costs more than it saves

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}

DESCRIPTION = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>守望 Shouwang: HTTP</title>
    <link rel="icon" href="/api/docs/favicon-32x32.png" type="image/png">
    <link rel="stylesheet" href="/api/docs/swagger-ui.css">
    <script src="/api/docs/swagger-ui-bundle.js" defer></script>
    <script src="/api/docs/start.js" defer></script>
  </head>
  <body><div id="swagger-ui"></div></body>
</html>
"""
START = 'SwaggerUIBundle({ url: "/api/v1/openapi.json", dom_id: "#swagger-ui" });\n'
SWAGGER_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")


class Asset:
    """One file's bytes, plain and packed, with what a cache asks about."""

    def __init__(self, name: str, content: bytes) -> None:
        self.content = content
        self.packed = gzip.compress(content, mtime=0) if len(content) >= GZIP_FROM else b""
        self.etag = f'"{sha256(content).hexdigest()[:32]}"'
        self.media_type = MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")

    def response(self, request: Request) -> Response:
        """The file, packed where the client takes it; 304 where the client has it."""
        headers = {"ETag": self.etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == self.etag:
            return Response(status_code=304, headers=headers)
        content = self.content
        if self.packed and "gzip" in request.headers.get("accept-encoding", ""):
            content = self.packed
            headers["Content-Encoding"] = "gzip"
        return Response(content, headers=headers, media_type=self.media_type)


def assets(folder: Path) -> Iterator[tuple[str, Asset]]:
    """Every file below a folder, by its path with slashes."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            yield name, Asset(name, path.read_bytes())


@cache
def described() -> dict[str, Asset]:
    """The page that describes the doors; read when first asked for, it is large."""
    folder = Path(str(swagger_ui_bundle.swagger_ui_path))
    found = {name: Asset(name, (folder / name).read_bytes()) for name in SWAGGER_FILES}
    found["start.js"] = Asset("start.js", START.encode())
    found[""] = Asset("index.html", DESCRIPTION.encode())
    return found


def site() -> APIRouter:
    """Routes of the pages, of `/static/` and of `/api/docs`."""
    router = APIRouter(include_in_schema=False)
    pages = {name: Asset(f"{name}.html", (PAGES / f"{name}.html").read_bytes()) for name in NAMES}
    static = dict(assets(PAGES / "static"))

    async def page(request: Request) -> Response:
        return pages[request.url.path.strip("/") or "index"].response(request)

    async def file(request: Request) -> Response:
        return _found(static, request.path_params["name"]).response(request)

    async def description(request: Request) -> Response:
        context_of(request).callers.anybody(request)
        answer = _found(described(), request.path_params.get("name", "")).response(request)
        answer.headers[POLICY_HEADER] = described_policy()
        return answer

    for name in NAMES:
        router.add_api_route("/" if name == "index" else f"/{name}", page, response_model=None)
    router.add_api_route("/static/{name:path}", file, response_model=None)
    router.add_api_route("/api/docs", description, response_model=None)
    router.add_api_route("/api/docs/{name}", description, response_model=None)
    return router


def _found(known: dict[str, Asset], name: str) -> Asset:
    if name not in known:
        raise Problem("not_found")
    return known[name]
