"""The built web assets: the dashboard, for every path that its own router handles, and the API handbook."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Response, Router, get
from litestar.datastructures import CacheControlHeader
from litestar.exceptions import InternalServerException, NotFoundException
from litestar.response.file import ASGIFileResponse
from litestar.static_files import create_static_files_router
from litestar.types import ASGIApp

from keepwell.app.openapi import described
from keepwell.app.problems import answer_error
from keepwell.platform.errors import NotFound
from keepwell.platform.http.routes import PUBLIC, Problem

STATIC = Path(__file__).parent / "static"
# Prefix of the game's files, which `keepwell.app.api.play` serves.
GAME_PATH = "/bulwark"
_SERVER_PATHS = ("/v1", "/assets", "/health", GAME_PATH)
_FOREVER = CacheControlHeader(public=True, max_age=31_536_000, immutable=True)
# The build's placeholder for the nonce of each response.
_NONCE = "__CSP_NONCE__"
_NONCE_BYTES = 16
# The game's core is Python in WebAssembly: browsers differ in whether a worker follows its own policy or the page's.
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
# The build's prefix for worker scripts; a worker may do less than a page.
_WORKER = "play-worker-"
_WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
_NOT_BUILT = "The web assets are not built. Start Keepwell with ./keepwell up, which builds them.\n"


@get("/openapi.json", opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def openapi(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The OpenAPI 3.1 description; it contains no data, so it needs no sign-in."""
    return Response(_encoded_description(request.app), media_type=MediaType.JSON)


@cache
def _encoded_description(app: Litestar) -> bytes:
    """The description of `app`, put together once: it takes long enough to hold up other requests."""
    return msgspec.json.encode(described(app))


@get(["/docs", "/docs/"], opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def docs() -> Response[str]:
    """The API handbook."""
    return _page(STATIC / "docs" / "index.html")


@get(["/", "/{path:path}"], opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def dashboard(request: Request[Any, Any, Any]) -> Response[str]:
    """The dashboard, whatever the path: it routes in the browser. It needs no sign-in; the API that it calls does."""
    if request.url.path.startswith(_SERVER_PATHS):
        raise NotFoundException(f"There is nothing at {request.url.path}.")
    return _page(STATIC / "index.html")


def routes() -> Sequence[Any]:
    """The pages, and the assets if they are built; asset names contain a hash of their content."""
    assets = STATIC / "assets"
    pages = [openapi, docs, dashboard]
    return [*pages, kept_forever("/assets", assets)] if assets.is_dir() else pages


def kept_forever(path: str, folder: Path) -> Router:
    """Serve the files of `folder` without sign-in and with an unlimited cache lifetime: a changed file gets a new path."""
    return create_static_files_router(
        path=path,
        directories=[folder],
        cache_control=_FOREVER,
        opt=PUBLIC,
        include_in_schema=False,
        after_request=_with_policy,
        exception_handlers={ValueError: _no_such_asset, InternalServerException: _no_such_asset},
    )


def _no_such_asset(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:  # noqa: ARG001  Litestar's signature
    """404 for a name that the file system rejects: Litestar 2.25 raises ValueError or answers 500 for it."""
    return answer_error(request, NotFound(f"There is no asset {request.url.path[:100]!r}."))


def _with_policy(response: ASGIApp) -> ASGIApp:
    if isinstance(response, ASGIFileResponse) and Path(response.file_path).name.startswith(_WORKER):
        response.headers["Content-Security-Policy"] = _WORKER_POLICY
    return response


def _page(file: Path) -> Response[str]:
    headers = {"Cache-Control": "no-cache"}
    if not file.is_file():
        return Response(_NOT_BUILT, status_code=503, media_type=MediaType.TEXT, headers=headers)
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    text = file.read_text(encoding="utf-8").replace(_NONCE, nonce)
    headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce)
    return Response(text, media_type=MediaType.HTML, headers=headers)
