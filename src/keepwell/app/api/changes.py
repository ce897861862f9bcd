"""The changes feed over HTTP: a page of it, and a stream that follows it."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import Stream

from keepwell.app.middleware.compression import IS_COMPRESSED
from keepwell.app.middleware.streams import LiveRights, with_a_place
from keepwell.identity.model import Principal
from keepwell.platform.feed import service
from keepwell.platform.feed.model import LARGEST_VERSION, ChangePage, StreamNotAccepted
from keepwell.platform.feed.streams import ChangeStreams
from keepwell.platform.http.routes import TheReader, problems, requires
from keepwell.platform.pagination.listing import Limit

_EVENT_STREAM = "text/event-stream"
_HEADERS = {
    # For nginx, which would collect the events first.
    "X-Accel-Buffering": "no",
}

After = Annotated[
    int, QueryParameter(ge=0, le=LARGEST_VERSION, description="Only changes after this version.")
]
StreamAfter = Annotated[
    int | None,
    QueryParameter(
        ge=0, le=LARGEST_VERSION, description="Begin after this version; without it, with the next change."
    ),
]
LastEventId = Annotated[
    int | None,
    HeaderParameter(
        name="Last-Event-ID",
        ge=0,
        le=LARGEST_VERSION,
        description="Sent by browsers that reconnect; it wins over `after`.",
    ),
]


@get(
    "/v1/changes",
    opt=requires("read"),
    tags=["changes"],
    summary="Changes after a version",
    operation_id="listChanges",
    responses=problems(410),
)
async def list_changes(
    principal: NamedDependency[Principal], reader: TheReader, after: After = 0, limit: Limit = 50
) -> ChangePage:
    """Records that were added, changed or deleted, each once, at the version of its latest change.

    Ask again with `after` set to `next`. To begin, note `newest`, read the lists that you need, then ask for what
    has changed after that. Save cases of accounts that are left alone are not among them. 410 says that the database was restored from a backup: begin again.
    """
    return await service.page(reader, workspace_id=principal.workspace_id, after=after, limit=limit)


@get(
    "/v1/changes/stream",
    # A change would wait in the compressor.
    opt=requires("read") | IS_COMPRESSED,
    tags=["changes"],
    summary="Follow changes",
    operation_id="streamChanges",
    media_type=_EVENT_STREAM,
    middleware=[with_a_place],
    responses=problems(406, 410),
)
async def stream_changes(
    request: Request[Principal, Any, Any],
    principal: NamedDependency[Principal],
    reader: TheReader,
    state: State,
    after: StreamAfter = None,
    last_event_id: LastEventId = None,
) -> Stream:
    """Server-sent events (`Accept: text/event-stream`): `position` says where it begins, then each `change`.

    The id of an event is its version. A comment is sent every 15 seconds. The stream ends with the session or token.
    """
    if _EVENT_STREAM not in request.headers.get("accept", ""):
        raise StreamNotAccepted(hint=f"Send `Accept: {_EVENT_STREAM}`, as browsers' EventSource does.")
    streams: ChangeStreams = state.streams
    workspace_id = principal.workspace_id
    given = after if last_event_id is None else last_event_id
    newest = await service.require_known(reader, given or 0, workspace_id=workspace_id)
    messages = streams.messages(
        workspace_id, after=newest if given is None else given, is_allowed=LiveRights(request)
    )
    return Stream(messages, headers=_HEADERS)


ROUTES = [list_changes, stream_changes]
