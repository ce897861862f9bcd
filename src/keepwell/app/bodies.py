"""What a body must be before a handler sees it: of the type that the route reads, in time, and not too deep."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import RequestEncodingType
from litestar.exceptions import ClientException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.status_codes import HTTP_408_REQUEST_TIMEOUT, HTTP_415_UNSUPPORTED_MEDIA_TYPE

from keepwell.platform.errors import DataValidationError

AnyConnection = ASGIConnection[Any, Any, Any, Any]

# More than any shape of the API has; a decoder that calls itself for each level would be out of stack.
DEEPEST = 32
_WITH_BODY = {"POST", "PUT", "PATCH"}
# Possessive, so that a text that never ends is read once.
_TEXT_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_STEPS = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}


class BoundedBodies:
    """The check of bodies. It reads them, so that no handler waits for one with a transaction open."""

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds

    async def __call__(self, connection: AnyConnection, handler: BaseRouteHandler) -> None:
        """Raise the problem of a body that is not to be read; it is kept for the handler otherwise."""
        if not isinstance(connection, Request) or connection.method not in _WITH_BODY:
            return
        read_as = _read_as(handler)
        if read_as is not None:
            _require_type(connection, read_as)
        try:
            async with asyncio.timeout(self._seconds):
                body = await connection.body()
        except TimeoutError:
            # Who does not send has no use for the connection either.
            raise ClientException(
                f"The body did not come within {self._seconds:g} seconds.",
                status_code=HTTP_408_REQUEST_TIMEOUT,
                headers={"Connection": "close"},
            ) from None
        if read_as is RequestEncodingType.JSON:
            require_shallow(body)


def require_shallow(body: bytes) -> None:
    """Raise DataValidationError where more than DEEPEST arrays and objects are within one another."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    depth = 0
    for token in _TEXT_OR_BRACKET.finditer(body):
        depth += _STEPS.get(token[0], 0)
        if depth > DEEPEST:
            raise DataValidationError(
                f"The body has more than {DEEPEST} levels.", hint="/docs/ shows what the route takes."
            )


def _read_as(handler: BaseRouteHandler) -> RequestEncodingType | str | None:
    """The type that a route reads by a shape; None where it reads none, or anything by itself."""
    field = handler.parsed_data_field if isinstance(handler, HTTPRouteHandler) else None
    if field is None or field.kwarg_definition is None:
        return None
    return getattr(field.kwarg_definition, "media_type", None)


def _require_type(connection: Request[Any, Any, Any], read_as: str) -> None:
    sent = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent and sent != read_as:
        raise _unsupported(f"Content-Type: this route reads {str(read_as)!r}, not {sent[:100]!r}.")
    coding = connection.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        raise _unsupported(f"Content-Encoding: this route unpacks nothing, and {coding[:100]!r} neither.")


def _unsupported(detail: str) -> ClientException:
    return ClientException(detail, status_code=HTTP_415_UNSUPPORTED_MEDIA_TYPE)
