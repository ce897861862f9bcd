"""The built web pages: the dashboard, for every path that its own router handles, and the API handbook.

Also what makes them installable, with policies of its own: service workers and manifests.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Response, get
from litestar.exceptions import NotFoundException

from keepwell.app.assets.kept_files import kept_forever
from keepwell.app.assets.page_files import links
from keepwell.app.openapi import described
from keepwell.platform.errors import NotFound
from keepwell.platform.http.routes import PUBLIC
from keepwell.platform.http.small_page import small_page
from keepwell.platform.mail.links import UNSUBSCRIBE_PATH

STATIC = Path(__file__).parent.parent / "static"
# Prefix of the game's files, which `keepwell.app.api.play` serves.
GAME_PATH = "/bulwark"
_SERVER_PATHS = ("/v1", "/assets", "/health", UNSUBSCRIBE_PATH, GAME_PATH)
# The build's placeholder for the nonce of each response.
_NONCE = "__CSP_NONCE__"
_NONCE_BYTES = 16
# The game's core is Python in WebAssembly: browsers differ in whether a worker follows its own policy or the page's.
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
# The service worker of each app, and the pages that it may serve.
_SERVICE_WORKERS = {"/sw.js": "/", "/pocket/sw.js": "/pocket/"}
_MANIFESTS = ("/manifest.webmanifest", "/pocket/manifest.webmanifest")
# It fetches what it keeps, and does nothing else.
_SERVICE_WORKER_POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'"
# The ending of a file's name. No page of an app has one, so there is no such file.
_FILE_ENDING = re.compile(r"\.[A-Za-z0-9]{1,16}$")
_NOT_BUILT = (
    "<p>Start Keepwell with <code>./keepwell up</code>, which builds them. Its API answers already.</p>"
)


@get("/openapi.json", opt=PUBLIC, include_in_schema=False)
async def openapi(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The OpenAPI 3.1 description; it contains no data, so it needs no sign-in."""
    # A client that goes away must not take it from the others.
    description = await asyncio.shield(_encoded_description(request.app))
    return Response(description, media_type=MediaType.JSON)


@cache
def _encoded_description(app: Litestar) -> asyncio.Task[bytes]:
    """The description of `app`, put together once, in a thread: it takes long enough to hold up other requests."""
    return asyncio.create_task(asyncio.to_thread(lambda: msgspec.json.encode(described(app))))


@get(["/docs", "/docs/"], opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def docs() -> Response[str]:
    """The API handbook."""
    return _page(STATIC / "docs" / "index.html")


@get(["/", "/{path:path}"], opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def dashboard(request: Request[Any, Any, Any]) -> Response[str]:
    """The dashboard, whatever the path: it routes in the browser. It needs no sign-in; the API that it calls does."""
    path = request.url.path
    if path.startswith(_SERVER_PATHS) or _FILE_ENDING.search(path):
        raise NotFoundException(f"There is nothing at {path}.")
    return _page(STATIC / "index.html", path=path)


@get([*_SERVICE_WORKERS], opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def service_worker(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The service worker of an app: asked for again at each visit, and limited to the app's own pages."""
    path = request.url.path
    policies = {
        "Content-Security-Policy": _SERVICE_WORKER_POLICY,
        "Service-Worker-Allowed": _SERVICE_WORKERS[path],
    }
    return _installable(path, media_type="text/javascript", headers=policies)


@get([*_MANIFESTS], opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def manifest(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The description by which a browser installs an app."""
    return _installable(request.url.path, media_type="application/manifest+json", headers={})


def routes() -> Sequence[Any]:
    """The pages, and the assets if they are built; asset names contain a hash of their content."""
    assets = STATIC / "assets"
    pages = [openapi, docs, service_worker, manifest, dashboard]
    return [*pages, kept_forever("/assets", assets)] if assets.is_dir() else pages


def _installable(path: str, *, media_type: str, headers: Mapping[str, str]) -> Response[bytes]:
    """The file at one of the paths above; raises NotFound if the build has none."""
    file = STATIC / path.lstrip("/")
    if not file.is_file():
        raise NotFound(
            f"There is nothing at {path} yet.", hint="This app cannot be installed in this release."
        )
    return Response(
        file.read_bytes(), media_type=media_type, headers={**headers, "Cache-Control": "no-cache"}
    )


def _page(file: Path, *, path: str | None = None) -> Response[str]:
    """The built page; with a path of the dashboard's, it also names the files of what is there."""
    headers = {"Cache-Control": "no-cache"}
    if not file.is_file():
        return small_page("The pages are not built", _NOT_BUILT, status=503)
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    text = file.read_text(encoding="utf-8").replace(_NONCE, nonce)
    if path is not None:
        text = text.replace("</head>", f"{links(STATIC, path, nonce=nonce)}</head>", 1)
    headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce)
    return Response(text, media_type=MediaType.HTML, headers=headers)
