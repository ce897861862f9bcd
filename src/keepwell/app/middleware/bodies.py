"""Request bodies must have the right content type, arrive in time, and not take long to decode."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from litestar import Request
from litestar.enums import RequestEncodingType
from litestar.exceptions import ClientException, InternalServerException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.status_codes import HTTP_408_REQUEST_TIMEOUT, HTTP_415_UNSUPPORTED_MEDIA_TYPE

from keepwell.app.middleware.connection import AnyConnection
from keepwell.platform.errors import DataValidationError

# Deeper than any body of the API; without a limit, a recursive decoder would overflow the stack.
DEEPEST = 32
# No field of the API needs any.
MOST_LONG_EXPONENTS = 100
_LONG_EXPONENT = re.compile(rb"[eE][+-]?[0-9]{3}")
_WITH_BODY = {"POST", "PUT", "PATCH"}
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_SQUARE = bytes.maketrans(b"{}", b"[]")


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
        except InternalServerException:
            # Litestar's error for http.disconnect, which is also what granian reports for a malformed chunk.
            raise DataValidationError(
                "The body is incomplete, or one of its chunks is malformed.",
                hint="Send as many bytes as Content-Length says, or well-formed chunks.",
            ) from None
        except TimeoutError:
            # A client that stops sending does not need the connection any more.
            raise ClientException(
                f"The body did not arrive within {self._seconds:g} seconds.",
                status_code=HTTP_408_REQUEST_TIMEOUT,
                headers={"Connection": "close"},
            ) from None
        if read_as is RequestEncodingType.JSON:
            require_utf8(body)
            require_shallow(body)
            require_few_long_exponents(body)


def require_utf8(body: bytes) -> None:
    """Raise DataValidationError if `body` is not UTF-8."""
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise DataValidationError(
            f"The body is not UTF-8: byte {error.start}, {error.reason}.", hint="Send JSON in UTF-8."
        ) from None


def require_shallow(body: bytes) -> None:
    """Raise DataValidationError if arrays and objects are nested more than DEEPEST levels deep.

    In whole-body steps only: a loop over the characters of a megabyte would hold up every other request.
    """
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    brackets = _outside_strings(body).translate(_SQUARE, _NO_BRACKETS)
    for _ in range(DEEPEST):
        # Removes the innermost level of each branch.
        brackets = brackets.replace(b"[]", b"")
    if b"[]" in brackets or b"[" * (DEEPEST + 1) in brackets:
        raise DataValidationError(
            f"The body has more than {DEEPEST} levels of nesting.",
            hint="/docs/ shows the body of each route.",
        )


def require_few_long_exponents(body: bytes) -> None:
    """Raise DataValidationError if more than MOST_LONG_EXPONENTS numbers have an exponent of three digits, such as 1e290.

    Rounding one to the nearest double takes the decoder hundreds of times as long as 1e10: a body of 100 kB of them took 0.4 s.
    """
    if len(_LONG_EXPONENT.findall(body)) <= MOST_LONG_EXPONENTS:
        return
    # An id in a text looks like one.
    if len(_LONG_EXPONENT.findall(_outside_strings(body))) > MOST_LONG_EXPONENTS:
        raise DataValidationError(
            f"The body has more than {MOST_LONG_EXPONENTS} numbers whose exponent has three digits, such as 1e290.",
            hint="/docs/ shows the body of each route.",
        )


def _outside_strings(body: bytes) -> bytes:
    unescaped = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(unescaped.split(b'"')[::2])


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
