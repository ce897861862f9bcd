"""Built files whose paths change with their content: served compressed as the build left them, and kept by browsers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import ETag
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import File

from keepwell.app.middleware.compression import IS_COMPRESSED, chosen_coding
from keepwell.platform.errors import NotFound
from keepwell.platform.http.routes import PUBLIC

# The endings by which a build marks the compressed twins of a file, by coding and in our order of preference.
CODINGS: Mapping[str, str] = {"br": ".br", "gzip": ".gz"}
_FOREVER = "public, max-age=31536000, immutable"
_LENGTH_OF_TAG = 32
# Not every machine's table of types knows them, and browsers run nothing of another type.
_MEDIA_TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm"}
# The build's prefix for worker scripts; a worker may do less than a page.
_WORKER = "play-worker-"
_WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"


class KeptFile(msgspec.Struct, frozen=True):
    """A built file, and its compressed twins by coding."""

    plain: Path
    compressed: Mapping[str, Path]


def kept_forever(path: str, folder: Path) -> HTTPRouteHandler:
    """A handler of the files that are in `folder` now, without sign-in and with an unlimited cache lifetime."""
    files = _files_in(folder)

    @get(f"{path}/{{name:path}}", opt=PUBLIC | IS_COMPRESSED, include_in_schema=False, sync_to_thread=False)
    def kept_file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[Any]:
        file = files.get(name.lstrip("/"))
        if file is None:
            raise NotFound(f"There is no asset {request.url.path[:100]!r}.")
        return _answer(request, file)

    return kept_file


def _files_in(folder: Path) -> Mapping[str, KeptFile]:
    """The files by their paths below `folder`, without their compressed twins."""
    names = {each.relative_to(folder).as_posix(): each for each in folder.rglob("*") if each.is_file()}
    kept = {
        name: KeptFile(
            file, {coding: names[name + end] for coding, end in CODINGS.items() if name + end in names}
        )
        for name, file in names.items()
    }
    twins = {twin for file in kept.values() for twin in file.compressed.values()}
    return {name: file for name, file in kept.items() if file.plain not in twins}


def _answer(request: Request[Any, Any, Any], file: KeptFile) -> Response[Any]:
    """The representation that the client accepts best; 304 if it has that one."""
    coding = chosen_coding(request.headers.get("accept-encoding", ""), [*file.compressed])
    chosen = file.plain if coding is None else file.compressed[coding]
    tag = _tag(chosen)
    headers = {"Cache-Control": _FOREVER, "ETag": f'"{tag}"', "Content-Disposition": "inline"}
    if file.compressed:
        headers["Vary"] = "Accept-Encoding"
    if coding is not None:
        headers["Content-Encoding"] = coding
    if file.plain.name.startswith(_WORKER):
        headers["Content-Security-Policy"] = _WORKER_POLICY
    if _has(request.headers.get("if-none-match", ""), tag):
        return Response(None, status_code=304, headers=headers)
    return File(chosen, etag=ETag(value=tag), headers=headers, media_type=_media_type(file.plain))


def _has(if_none_match: str, tag: str) -> bool:
    """RFC 9110, section 13.1.2: by weak comparison."""
    present = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return bool(present & {f'"{tag}"', "*"})


@lru_cache(maxsize=1024)
def _tag(file: Path) -> str:
    """A digest of the content as sent, so that a coding is part of it. Read once: the path of changed content is another."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:_LENGTH_OF_TAG]


def _media_type(file: Path) -> str:
    return _MEDIA_TYPES.get(file.suffix) or guess_type(file.name)[0] or "application/octet-stream"
