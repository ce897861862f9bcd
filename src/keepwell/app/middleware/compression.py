"""Compression of responses as they are sent: Zstandard if the client accepts it, otherwise gzip."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any, ClassVar

import zstandard
from litestar.config.compression import CompressionConfig
from litestar.datastructures import Headers
from litestar.middleware.compression import CompressionMiddleware
from litestar.types import Receive, Scope, Send

_LEVEL = 3
_CODINGS = ("zstd", "gzip")
_PLAIN = "identity"
# The mark of routes that answer with what is compressed already, or cannot be.
IS_COMPRESSED: dict[str, Any] = {"is_compressed": True}
_WEIGHT = re.compile(r"q=([01](?:\.[0-9]*)?)")


class ZstdCompression:
    """The interface that Litestar's compression middleware expects, on top of zstandard."""

    encoding: ClassVar[str] = "zstd"

    def __init__(self, buffer: BytesIO, compression_encoding: Any, config: Any) -> None:  # noqa: ARG002  Litestar's signature
        self._buffer = buffer
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL).compressobj()

    def write(self, body: bytes) -> None:
        """Compress a chunk and flush it, so that a streamed response can be read as it arrives."""
        self._buffer.write(self._compressor.compress(body))
        self._buffer.write(self._compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))

    def close(self) -> None:
        """End the frame."""
        self._buffer.write(self._compressor.flush())


class NegotiatedCompression(CompressionMiddleware):
    """Honours the weights (`q`) by which a client prefers some codings and refuses others.

    Litestar 2.25's own middleware searches Accept-Encoding for the name alone.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Compress the response with the best coding that the client accepts."""
        coding = chosen_coding(Headers.from_scope(scope).get("accept-encoding", ""), _CODINGS)
        if coding is not None:
            send = self.create_compression_send_wrapper(send=send, compression_encoding=coding, scope=scope)
        await self.app(scope, receive, send)


def chosen_coding(accepted: str, codings: Sequence[str]) -> str | None:
    """Which of `codings` an Accept-Encoding header prefers, of equal ones the first; None if it prefers the plain text.

    What has no weight is as welcome as can be; a weight that cannot be read refuses the coding.
    """
    offers = (offer.partition(";") for offer in accepted.lower().split(","))
    weights = {name.strip(): _weight(weight.strip()) for name, _, weight in offers}
    best = max(codings, key=lambda coding: weights.get(coding, 0), default=_PLAIN)
    return best if weights.get(best, 0) > 0 and weights[best] >= weights.get(_PLAIN, 0) else None


def _weight(text: str) -> float:
    if not text:
        return 1
    found = _WEIGHT.fullmatch(text)
    return 0 if found is None else float(found[1])


COMPRESSION = CompressionConfig(
    backend="zstd",
    middleware_class=NegotiatedCompression,
    compression_facade=ZstdCompression,
    gzip_compress_level=6,
    exclude_opt_key="is_compressed",
)
