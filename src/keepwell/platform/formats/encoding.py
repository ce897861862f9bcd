"""The encoding of a file of rows, which must be UTF-8."""

from __future__ import annotations

import codecs
from pathlib import Path

from keepwell.platform.errors import DataValidationError

_LOOKED_AT = 4


def require_utf8(path: Path) -> None:
    """Raise DataValidationError if the file begins as UTF-16 text does; other bytes spoil only their own row."""
    with path.open("rb") as stream:
        start = stream.read(_LOOKED_AT)
    # Without a byte order mark, it shows by the zero byte of every Latin letter.
    is_wide = (b"\0" in start[::2]) != (b"\0" in start[1::2])
    if is_wide or start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        hint = f"Convert it first: iconv -f utf-16 -t utf-8 {path.name}"
        raise DataValidationError(f"{path}:1: is UTF-16 text, not UTF-8.", hint=hint)
