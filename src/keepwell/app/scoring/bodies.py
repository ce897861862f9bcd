"""Reads the body of a request for inference, within its limits of bytes and of time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from litestar.types import Receive

from keepwell.churn.inference.model import MOST_BYTES, BadTensor, TooManyRows
from keepwell.platform.errors import DataValidationError

# Enough for the largest body over a slow line, too short for a client that trickles bytes.
SECONDS_FOR_BODY = 30.0


class TooSlow(DataValidationError):
    """The body did not arrive in time."""

    code = "too-slow"
    http_status = 408


class Compressed(DataValidationError):
    """A compressed body is not read."""

    code = "compressed"
    http_status = 415


async def read_body(headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
    """The whole body. Raises TooManyRows, TooSlow, Compressed, and BadTensor if the client ends before it does."""
    coding = headers.get(b"content-encoding", b"identity").strip().lower()
    if coding != b"identity":
        raise Compressed(
            "Content-Encoding: this address accepts no compressed body.",
            hint="Send the numbers as binary tensors.",
        )
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > MOST_BYTES:
        raise _too_large()
    try:
        async with asyncio.timeout(SECONDS_FOR_BODY):
            return await _whole(receive)
    except TimeoutError:
        raise TooSlow(f"The body did not arrive within {SECONDS_FOR_BODY:g} seconds.") from None


async def _whole(receive: Receive) -> bytes:
    body, more = await _next(receive)
    if not more:
        return body
    parts, size = [body], len(body)
    while more:
        body, more = await _next(receive)
        parts.append(body)
        size += len(body)
        if size > MOST_BYTES:
            raise _too_large()
    return b"".join(parts)


async def _next(receive: Receive) -> tuple[bytes, bool]:
    """The next part of the body, and whether there is more."""
    message = await receive()
    if message["type"] != "http.request":
        raise BadTensor(
            "The body is incomplete, or one of its chunks is malformed.",
            hint="Send as many bytes as Content-Length says, or well-formed chunks.",
        )
    return message.get("body", b""), message.get("more_body", False)


def _too_large() -> TooManyRows:
    return TooManyRows(f"The body has more than {MOST_BYTES:,} bytes.", hint="Send several requests.")
