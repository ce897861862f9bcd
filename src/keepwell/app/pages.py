"""The built web assets: the dashboard for every path that it routes itself, and the API's handbook."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.datastructures import CacheControlHeader
from litestar.exceptions import InternalServerException, NotFoundException
from litestar.static_files import create_static_files_router

from keepwell.app.openapi import described
from keepwell.app.problems import answer_error
from keepwell.platform.errors import NotFound
from keepwell.platform.http import PUBLIC, Problem

STATIC = Path(__file__).parent / "static"
_SERVER_PATHS = ("/v1", "/assets", "/health")
_FOREVER = CacheControlHeader(public=True, max_age=31_536_000, immutable=True)
# What the build writes where each page's own nonce belongs.
_NONCE = "__CSP_NONCE__"
_NONCE_BYTES = 16
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_NOT_BUILT = "The web assets are not built. Start Keepwell by ./keepwell up, which builds them.\n"


@get("/openapi.json", opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def openapi(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """The OpenAPI 3.1 description; it holds nobody's data, so it is open."""
    return Response(described(request.app))


@get(["/docs", "/docs/"], opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def docs() -> Response[str]:
    """The description as a page."""
    return _page(STATIC / "docs" / "index.html")


@get(["/", "/{path:path}"], opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def dashboard(request: Request[Any, Any, Any]) -> Response[str]:
    """The dashboard, whatever the path: its own router reads it. It asks the API, which asks who you are."""
    if request.url.path.startswith(_SERVER_PATHS):
        raise NotFoundException(f"There is nothing at {request.url.path}.")
    return _page(STATIC / "index.html")


def routes() -> Sequence[Any]:
    """The pages, and the assets where they are built; their names hold their hashes, so they keep forever."""
    assets = STATIC / "assets"
    if not assets.is_dir():
        return [openapi, docs, dashboard]
    router = create_static_files_router(
        path="/assets",
        directories=[assets],
        cache_control=_FOREVER,
        opt=PUBLIC,
        include_in_schema=False,
        exception_handlers={ValueError: _no_such_asset, InternalServerException: _no_such_asset},
    )
    return [openapi, docs, dashboard, router]


def _no_such_asset(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:  # noqa: ARG001  Litestar's signature
    """A name that no file can have is met by the file system, not by the router."""
    return answer_error(request, NotFound(f"There is no asset {request.url.path[:100]!r}."))


def _page(file: Path) -> Response[str]:
    headers = {"Cache-Control": "no-cache"}
    if not file.is_file():
        return Response(_NOT_BUILT, status_code=503, media_type=MediaType.TEXT, headers=headers)
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    text = file.read_text(encoding="utf-8").replace(_NONCE, nonce)
    headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce)
    return Response(text, media_type=MediaType.HTML, headers=headers)
