"""A body within bounds: decompressed piece by piece, so that a bomb never unfolds, and never slower than a given rate."""

from __future__ import annotations

import zlib
from typing import Protocol

from keepwell.crawl.model import Kind

_GZIP = 16 + zlib.MAX_WBITS
# A slow start is no slow server.
_GRACE_SECONDS = 5.0
# Decompressed at once: a fraction of a millisecond.
_STEP_BYTES = 256_000


class BodyError(Exception):
    """The body ends here; raised and caught within the fetch of one URL."""

    def __init__(self, kind: Kind, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unconsumed_tail(self) -> bytes: ...

    def decompress(self, data: bytes, /, max_length: int = 0) -> bytes: ...


class Body:
    """Collects a body of at most `most_bytes` once decompressed; every method raises BodyError."""

    def __init__(self, encoding: str, *, most_bytes: int, least_rate: float, started: float) -> None:
        """`encoding` is the value of Content-Encoding; `started` and later times are seconds of one clock."""
        self._most = most_bytes
        self._least_rate = least_rate
        self._started = started
        self._received = 0
        self._bytes = bytearray()
        # Whether a part of what was added is not decompressed yet.
        self.is_behind = False
        self._unzip = _decompressor(encoding)
        self._is_gzip = encoding.strip().lower() in {"gzip", "x-gzip"}

    @property
    def size(self) -> int:
        """How many bytes it has so far, decompressed."""
        return len(self._bytes)

    def wait(self, seconds: float) -> None:
        """So long nothing was taken, and not because the server was slow."""
        self._started += seconds

    def add(self, piece: bytes, *, now: float) -> None:
        """Take a piece as it came."""
        self._received += len(piece)
        elapsed = now - self._started
        if elapsed > _GRACE_SECONDS and self._received < self._least_rate * elapsed:
            raise BodyError(Kind.TOO_SLOW, f"only {self._received} bytes in {elapsed:.0f} seconds")
        self._append(piece if self._unzip is None else self._unzipped(piece))

    def go_on(self) -> None:
        """Decompress the next part of what was added, while `is_behind`."""
        if self._unzip is not None:
            self._append(self._unzipped(self._unzip.unconsumed_tail))

    def finish(self) -> bytes:
        """All of it."""
        if self._unzip is not None and self._received and not self._unzip.eof:
            raise BodyError(Kind.BROKEN, "the compressed body is cut off")
        return bytes(self._bytes)

    def beginning(self) -> bytes:
        """The first part of one that is too large."""
        return bytes(self._bytes[: self._most])

    def _append(self, piece: bytes) -> None:
        self._bytes += piece
        if len(self._bytes) > self._most:
            raise BodyError(Kind.TOO_LARGE, f"more than {self._most:,} bytes")

    def _unzipped(self, piece: bytes) -> bytes:
        unzip = self._unzip
        if unzip is None or unzip.eof:
            # Bytes after the end are dropped, as browsers do.
            return b""
        if not self._is_gzip and self._received == len(piece) and piece[:1] and piece[0] & 0x0F != 8:  # noqa: PLR2004  RFC 1950: the method "deflate"
            # Some servers send a "deflate" without zlib's frame.
            unzip = self._unzip = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            unzipped = unzip.decompress(piece, _STEP_BYTES)
        except zlib.error as error:
            raise BodyError(Kind.BROKEN, f"not compressed as it says: {error}") from None
        self.is_behind = len(unzipped) == _STEP_BYTES and not unzip.eof
        return unzipped


def _decompressor(encoding: str) -> _Decompressor | None:
    match encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return zlib.decompressobj(_GZIP)
        case "deflate":
            return zlib.decompressobj()
        case other:
            raise BodyError(Kind.BROKEN, f"compressed as {other[:40]!r}, which was not asked for")
