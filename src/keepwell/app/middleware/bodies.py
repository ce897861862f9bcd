"""Request bodies must have the right content type, arrive in time, and not be nested too deeply."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from litestar import Request
from litestar.enums import RequestEncodingType
from litestar.exceptions import ClientException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.status_codes import HTTP_408_REQUEST_TIMEOUT, HTTP_415_UNSUPPORTED_MEDIA_TYPE

from keepwell.app.middleware.connection import AnyConnection
from keepwell.platform.errors import DataValidationError

# Deeper than any body of the API; without a limit, a recursive decoder would overflow the stack.
DEEPEST = 32
_WITH_BODY = {"POST", "PUT", "PATCH"}
# Possessive, so that an unterminated string is scanned once only.
_TEXT_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_STEPS = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}


class BoundedBodies:
    """Reads each body before the handler runs, so that no transaction stays open while a slow client sends."""

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds

    async def __call__(self, connection: AnyConnection, handler: BaseRouteHandler) -> None:
        """Read the body and keep it for the handler; raises ClientException (408, 415) or DataValidationError."""
        if not isinstance(connection, Request) or connection.method not in _WITH_BODY:
            return
        read_as = _read_as(handler)
        if read_as is not None:
            _require_type(connection, read_as)
        try:
            async with asyncio.timeout(self._seconds):
                body = await connection.body()
        except TimeoutError:
            # A client that stops sending does not need the connection any more.
            raise ClientException(
                f"The body did not arrive within {self._seconds:g} seconds.",
                status_code=HTTP_408_REQUEST_TIMEOUT,
                headers={"Connection": "close"},
            ) from None
        if read_as is RequestEncodingType.JSON:
            require_shallow(body)


def require_shallow(body: bytes) -> None:
    """Raise DataValidationError if arrays and objects are nested more than DEEPEST levels deep."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    depth = 0
    for token in _TEXT_OR_BRACKET.finditer(body):
        depth += _STEPS.get(token[0], 0)
        if depth > DEEPEST:
            raise DataValidationError(
                f"The body has more than {DEEPEST} levels of nesting.",
                hint="/docs/ shows the body of each route.",
            )


def _read_as(handler: BaseRouteHandler) -> RequestEncodingType | str | None:
    """The content type that a route decodes; None if it has no body or reads it itself."""
    field = handler.parsed_data_field if isinstance(handler, HTTPRouteHandler) else None
    if field is None or field.kwarg_definition is None:
        return None
    return getattr(field.kwarg_definition, "media_type", None)


def _require_type(connection: Request[Any, Any, Any], read_as: str) -> None:
    sent = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent and sent != read_as:
        raise _unsupported(f"Content-Type: this route accepts {str(read_as)!r}, not {sent[:100]!r}.")
    coding = connection.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        raise _unsupported(
            f"Content-Encoding: this route accepts no compressed body, such as {coding[:100]!r}."
        )


def _unsupported(detail: str) -> ClientException:
    return ClientException(detail, status_code=HTTP_415_UNSUPPORTED_MEDIA_TYPE)
