"""The HTTP intake: Segment's tracking calls, answered once they are on the disk."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeAlias
from uuid import UUID

import anyio.to_thread
import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from keepwell.intake.events.calls import LARGEST_BODY, Document, calls_of, decompressed, read_body
from keepwell.intake.events.group_commit import GroupCommitters
from keepwell.platform.errors import DataValidationError, NotAuthenticated
from keepwell.platform.http.routes import PUBLIC, TheRuntime, problems

TheCommitters: TypeAlias = SkipValidation[NamedDependency[GroupCommitters]]
WorkspaceOfKey: TypeAlias = Callable[[str], Awaitable[UUID | None]]
TheWriteKeys: TypeAlias = SkipValidation[NamedDependency[WorkspaceOfKey]]

# The short paths are used by Segment's library for browsers.
PATHS: dict[str | None, list[str]] = {
    None: ["/v1/batch", "/v1/b", "/v1/import"],
    "track": ["/v1/track", "/v1/t"],
    "identify": ["/v1/identify", "/v1/i"],
    "page": ["/v1/page", "/v1/p"],
    "screen": ["/v1/screen", "/v1/s"],
    "group": ["/v1/group", "/v1/g"],
    "alias": ["/v1/alias", "/v1/a"],
}
# Any site may send: the write key identifies the workspace, and cannot read anything.
CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "authorization, content-type, content-encoding",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Max-Age": "86400",
}
# What takes longer to read or to complete than a thread costs would hold up other requests.
_MOST_ON_THE_LOOP = 250
_LARGEST_ON_THE_LOOP = 64 * 1024
ALL_PATHS = frozenset(path for paths in PATHS.values() for path in paths)


class SegmentResponse(msgspec.Struct, frozen=True):
    """The answer that Segment libraries expect."""

    success: bool = True


def routes() -> list[Any]:
    """The handlers of every call; the API description lists each by its first path only."""
    return [
        _handler(kind, path, is_first=not number)
        for kind, paths in PATHS.items()
        for number, path in enumerate(paths)
    ]


def _handler(kind: str | None, path: str, *, is_first: bool) -> Any:
    name = kind or "batch"

    @post(
        path,
        include_in_schema=is_first,
        opt=PUBLIC,
        status_code=200,
        request_max_body_size=LARGEST_BODY,
        tags=["intake"],
        summary=f"Accept a {name} call" if kind else "Accept a batch of calls",
        operation_id=f"ingest{name.title()}",
        responses=problems(413, 429),
        security=[{"writeKey": []}],
    )
    async def accept(
        request: Request[Any, Any, Any],
        committers: TheCommitters,
        write_keys: TheWriteKeys,
        runtime: TheRuntime,
    ) -> SegmentResponse:
        """Answered once it is on the disk. Invalid calls become dead letters; repeats of a messageId are dropped."""
        workspace_id, document = await _authenticated(request, write_keys)
        received = runtime.clock.now()
        completed = partial(
            calls_of, document, kind, received=received, new_id=lambda: str(runtime.ids.new())
        )
        batch = document.get("batch")
        is_large = kind is None and isinstance(batch, list) and len(batch) > _MOST_ON_THE_LOOP
        calls = await anyio.to_thread.run_sync(completed) if is_large else completed()
        await committers.accept(workspace_id, calls)
        return SegmentResponse()

    return accept


async def _authenticated(
    request: Request[Any, Any, Any], write_keys: WorkspaceOfKey
) -> tuple[UUID, Document]:
    """The workspace and the document of a request; raises NotAuthenticated before the body is validated."""
    key = _basic_user(request.headers.get("authorization", ""))
    workspace_id = await write_keys(key) if key else None
    body = await request.body()
    if key and workspace_id is None:
        raise _no_key()
    try:
        document = await _read(decompressed(body, request.headers.get("content-encoding", "")))
    except DataValidationError:
        if workspace_id is None:
            raise _no_key() from None
        raise
    if key is None and isinstance(document.get("writeKey"), str):
        workspace_id = await write_keys(document["writeKey"])
    if workspace_id is None:
        raise _no_key()
    return workspace_id, document


async def _read(body: bytes) -> Document:
    """The document, read in a thread if it is large: anybody may send one, and the worst take a quarter of a second."""
    if len(body) <= _LARGEST_ON_THE_LOOP:
        return read_body(body)
    return await anyio.to_thread.run_sync(read_body, body)


def _no_key() -> NotAuthenticated:
    return NotAuthenticated(
        "The write key is missing, wrong or revoked.", hint="Create one with `./keepwell write-key create`."
    )


def _basic_user(header: str) -> str | None:
    """The user name of HTTP Basic, in which Segment's libraries send the write key."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return None
