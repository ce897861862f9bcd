"""Numbers of JSON as they are written, since a double keeps no more than about 16 digits of one."""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite
from typing import Any

import msgspec

NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?\Z", re.ASCII)
_LONG_FRACTION = re.compile(rb"(?<![\w.\"-])-?(?=[\d.]{16})\d+\.\d+(?:[eE][+-]?\d+)?")
_SMALL = re.compile(rb"\d[eE]-\d{3}")
_MARKED = bytes(ord("0") if chr(code) in "0123456789." else ord(" ") for code in range(256))
_MANY = b"0" * 16
# So many characters have at most 15 digits, and every double keeps those.
_ALWAYS_EXACT = 16


def is_exact(number: str) -> bool:
    """Whether the double nearest to `number`, written with as many digits, is the same number."""
    value, written = float(number), Decimal(number)
    if not isfinite(value):
        return False
    return Decimal(f"{value:.{len(written.as_tuple().digits) - 1}e}") == written


def have_exact_doubles(rows: bytes) -> bool:
    """Whether every number with a fraction or an exponent in these rows of JSON certainly is a double."""
    # Most rows have none with so many digits, and this is much faster than looking at each number.
    if _MANY in rows.translate(_MARKED) and any(
        not is_exact(found.decode()) for found in _LONG_FRACTION.findall(rows)
    ):
        return False
    # Out of range upwards is an error, downwards it is zero.
    return not ((b"e-" in rows or b"E-" in rows) and _SMALL.search(rows))


def as_written(number: str) -> msgspec.Raw:
    """A number of JSON with all its digits; raises ValueError if it is out of a double's range."""
    _require_finite(number)
    return msgspec.Raw(number.encode())


def _exact(number: str) -> float | msgspec.Raw:
    if len(number) <= _ALWAYS_EXACT and "e" not in number and "E" not in number:
        return float(number)
    _require_finite(number)
    return float(number) if is_exact(number) else msgspec.Raw(number.encode())


def _require_finite(number: str) -> None:
    if not isfinite(float(number)):
        raise ValueError("Number out of range")


# The document with each number that is not an integer as it is written.
decode_as_written: Any = msgspec.json.Decoder(float_hook=as_written).decode
# The document with each number that a double cannot represent as it is written.
decode_exactly: Any = msgspec.json.Decoder(float_hook=_exact).decode
