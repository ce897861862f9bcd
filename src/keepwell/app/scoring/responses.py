"""Answers of the scoring service, and its errors in the protocol's one form: `{"error": "..."}`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from http import HTTPStatus
from typing import NamedTuple

import msgspec
import structlog
from litestar.types import Send

from keepwell.platform.errors import KeepwellError, NotAuthenticated

_LOG = structlog.get_logger("keepwell.scoring")

Header = tuple[bytes, bytes]
JSON: Header = (b"content-type", b"application/json")
BINARY: Header = (b"content-type", b"application/octet-stream")
CLOSE: Header = (b"connection", b"close")
# The rest of the body may be long, and nobody reads it.
_UNREAD = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


class Reply(NamedTuple):
    """A whole answer."""

    status: int
    body: bytes
    headers: Sequence[Header] = (JSON,)


class _Error(msgspec.Struct, frozen=True):
    error: str


async def send_reply(reply: Reply, send: Send) -> None:
    """Send the whole answer."""
    await send(
        {
            "type": "http.response.start",
            "status": reply.status,
            "headers": [*reply.headers, (b"content-length", b"%d" % len(reply.body))],
        }
    )
    await send({"type": "http.response.body", "body": reply.body, "more_body": False})


def reply_with(value: object) -> Reply:
    """200 with the value as JSON."""
    return Reply(HTTPStatus.OK, msgspec.json.encode(value))


def refusal(status: int, sentence: str, *headers: Header) -> Reply:
    """An error in the protocol's form."""
    return Reply(status, msgspec.json.encode(_Error(sentence)), (JSON, *headers))


def reply_to_error(error: Exception, *, request_id: str) -> Reply:
    """The answer to any error. The log gets the details of one that is ours; the client never does."""
    if not isinstance(error, KeepwellError):
        _LOG.error("an answer failed", request_id=request_id, exc_info=error)
        return refusal(
            HTTPStatus.INTERNAL_SERVER_ERROR, "An unexpected error in Keepwell; its log has the details."
        )
    if error.http_status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _LOG.error(
            "an answer failed",
            request_id=request_id,
            code=error.code,
            error=str(error),
            detail=error.for_operator,
        )
    said = error.message if error.worded_for_clients else (type(error).__doc__ or "").strip()
    headers: list[Header] = []
    if error.retry_after is not None:
        headers.append((b"retry-after", str(math.ceil(error.retry_after.total_seconds())).encode()))
    if isinstance(error, NotAuthenticated):
        headers.append((b"www-authenticate", b"Bearer"))
    if error.http_status in _UNREAD:
        headers.append(CLOSE)
    return refusal(error.http_status, f"{said} {error.hint}".rstrip(), *headers)
