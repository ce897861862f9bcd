"""Answers made smaller: by Zstandard where the client takes it, else by gzip."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any, ClassVar

import zstandard
from litestar.config.compression import CompressionConfig
from litestar.datastructures import Headers
from litestar.middleware.compression import CompressionMiddleware
from litestar.types import Receive, Scope, Send

_LEVEL = 3
_CODINGS = ("zstd", "gzip")
_REFUSED = re.compile(r"q=0(\.0{0,3})?")


class ZstdCompression:
    """Litestar's facade over zstandard."""

    encoding: ClassVar[str] = "zstd"

    def __init__(self, buffer: BytesIO, compression_encoding: Any, config: Any) -> None:  # noqa: ARG002  Litestar's signature
        self._buffer = buffer
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL).compressobj()

    def write(self, body: bytes) -> None:
        """Compress a part of the body; what is sent in parts can be read in parts."""
        self._buffer.write(self._compressor.compress(body))
        self._buffer.write(self._compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))

    def close(self) -> None:
        """End the frame."""
        self._buffer.write(self._compressor.flush())


class NegotiatedCompression(CompressionMiddleware):
    """Litestar's takes a coding that is named at all for one that is accepted; `q=0` says that it is not."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the answer on as the client takes it."""
        coding = _coding(Headers.from_scope(scope).get("accept-encoding", ""))
        if coding is not None:
            send = self.create_compression_send_wrapper(send=send, compression_encoding=coding, scope=scope)
        await self.app(scope, receive, send)


def _coding(accepted: str) -> str | None:
    """The best of ours that the client takes."""
    offers = (offer.partition(";") for offer in accepted.lower().split(","))
    taken = {name.strip() for name, _, weight in offers if not _REFUSED.fullmatch(weight.strip())}
    return next((coding for coding in _CODINGS if coding in taken), None)


COMPRESSION = CompressionConfig(
    backend="zstd",
    middleware_class=NegotiatedCompression,
    compression_facade=ZstdCompression,
    gzip_compress_level=6,
    exclude="^/assets/",
)
