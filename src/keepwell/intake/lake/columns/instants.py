"""Texts and seconds as instants in a column."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pyarrow as pa
from pyarrow import compute

INSTANT = pa.timestamp("us", tz="UTC")

# Parsed the same way by Arrow and Python; everything else is parsed by Python.
_PLAIN_INSTANT = r"^(19|20|21)\d\d-(0[1-9]|1[0-2])-[0-3]\d[T ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z$"
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def instants(values: pa.Array) -> pa.Array:
    """The instants in texts of RFC 3339, or in seconds of Unix time; null if the value is not an instant.

    A text without a zone is not an instant. Fractions of a microsecond are cut off.
    """
    if values.type == pa.string():
        plain = compute.match_substring_regex(values, _PLAIN_INSTANT)
        if compute.all(plain, skip_nulls=True).as_py() is not False:
            try:
                return values.cast(INSTANT)
            except pa.ArrowInvalid:
                # A day such as February 31: only the rows with it have no instant.
                pass
        return pa.array(map(_instant_of_text, values.to_pylist()), INSTANT)
    return pa.array(map(_instant_of_seconds, values.to_pylist()), INSTANT)


def _instant_of_text(text: str | None) -> datetime | None:
    if text is None or not _INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _instant_of_seconds(seconds: float | None) -> datetime | None:
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
