"""The birth time of a file, which tells it from a later file with the same inode."""

from __future__ import annotations

import ctypes
import os
import struct
from functools import cache
from typing import Any

_EMPTY_PATH = 0x1000
_BIRTH = 0x800
_SIZE = 256
_AT_MASK, _AT_BIRTH = 0, 0x50
_NANOSECONDS = 1_000_000_000


def birth_of(descriptor: int) -> int | None:
    """The birth time in nanoseconds of an open file; None if the file system does not record it."""
    seconds = getattr(os.fstat(descriptor), "st_birthtime", None)
    if seconds is not None:
        return int(seconds * _NANOSECONDS)
    statx = _statx()
    if statx is None:
        return None
    answer = ctypes.create_string_buffer(_SIZE)
    if statx(descriptor, b"", _EMPTY_PATH, _BIRTH, answer):
        return None
    (mask,) = struct.unpack_from("I", answer, _AT_MASK)
    whole, rest = struct.unpack_from("qI", answer, _AT_BIRTH)
    return whole * _NANOSECONDS + rest if mask & _BIRTH else None


@cache
def _statx() -> Any:
    """The C library's function; None if it has none."""
    return getattr(ctypes.CDLL(None), "statx", None)
