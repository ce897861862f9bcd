"""The text of compressed files: gzip, bzip2, xz and zstd, all of it that can be read even if the file is damaged."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import RawIOBase
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, TypeAlias

import zstandard

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Compression: TypeAlias = Literal["gzip", "bzip2", "xz", "zstd"]

COMPRESSED: dict[str, Compression] = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}
_MAGIC: dict[bytes, Compression] = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
# What a file of rows begins with, under whatever name.
_START_OF_ROWS = b'{["\xef\r\n\t '
_PACKED = 1 << 16
_MOST = 1 << 18
_GZIP = 31
_MAKERS: dict[Compression, Callable[[], Any]] = {
    "gzip": lambda: zlib.decompressobj(_GZIP),
    "bzip2": bz2.BZ2Decompressor,
    "xz": lzma.LZMADecompressor,
    "zstd": lambda: zstandard.ZstdDecompressor().decompressobj(),
}
_ERRORS = (zlib.error, OSError, EOFError, ValueError, lzma.LZMAError, zstandard.ZstdError)


def compression_of(start: bytes, path: Path) -> Compression | None:
    """The compression of a file that begins with `start`, or else by its name; None for text.

    While a compressed copy is being written, its first bytes may be missing.
    """
    for magic, compression in _MAGIC.items():
        if start.startswith(magic):
            return compression
    return None if start[:1] and start[:1] in _START_OF_ROWS else COMPRESSED.get(path.suffix)


class Decompressed(RawIOBase):
    """The text of a compressed file as a stream; raises EOFError once it cannot be read further."""

    def __init__(self, raw: IO[bytes], compression: Compression) -> None:
        self._raw = raw
        self._make = _MAKERS[compression]
        self._is_bounded = compression != "zstd"
        self._member: Any = None
        self._packed = b""
        self._text = b""
        self._damage = ""

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill `buffer` with the next text."""
        while not self._text:
            if self._damage:
                raise EOFError(self._damage)
            if not self._advance():
                return 0
        view = memoryview(buffer).cast("B")
        length = min(len(view), len(self._text))
        view[:length], self._text = self._text[:length], self._text[length:]
        return length

    def _advance(self) -> bool:
        """Decompress on; False at the end of the file."""
        is_waiting = self._member is None or getattr(self._member, "needs_input", not self._packed)
        if not self._packed and is_waiting:
            self._packed = self._raw.read(_PACKED)
            if not self._packed:
                return self._end()
        if self._member is None:
            # Zeros may fill the rest of a block after the last member.
            self._packed = self._packed.lstrip(b"\0")
            if not self._packed:
                return True
            self._member = self._make()
        self._decompress()
        return True

    def _end(self) -> bool:
        if self._member is None:
            return False
        self._damage = "the file ends too early"
        # Nothing else has more to give than it was asked for.
        self._text = self._member.flush() if isinstance(self._member, type(zlib.decompressobj())) else b""
        return True

    def _decompress(self) -> None:
        member, packed = self._member, self._packed
        before = member.copy() if hasattr(member, "copy") else None
        try:
            self._text = member.decompress(packed, _MOST) if self._is_bounded else member.decompress(packed)
        except _ERRORS as error:
            self._damage = str(error) or type(error).__name__
            self._text = b"" if before is None else _bytewise(before, packed)
            return
        self._packed = getattr(member, "unconsumed_tail", b"")
        if member.eof:
            self._packed, self._member = member.unused_data, None


def _bytewise(member: Any, packed: bytes) -> bytes:
    """The text before the first byte that cannot be decompressed."""
    text: list[bytes] = []
    with suppress(*_ERRORS):
        text.extend(member.decompress(packed[at : at + 1]) for at in range(len(packed)))
    return b"".join(text)
