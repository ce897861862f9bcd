"""Stripe's objects as JSON text: exactly, for dead letters, and as far as Postgres can store it."""

from __future__ import annotations

import json
import re

import msgspec

# An escaped backslash, a whole surrogate pair, and what Postgres refuses: NUL and half of a pair.
_ESCAPE = re.compile(r"\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<refused>\\u0000|\\u[dD][89a-fA-F]..)")


def exact_text(value: object) -> str:
    """The value as JSON, with sorted names."""
    try:
        return msgspec.json.encode(value, order="sorted").decode()
    except UnicodeEncodeError:
        # Half of a surrogate pair has no UTF-8; as an escape it has ASCII.
        return json.dumps(value, sort_keys=True)


def storable_text(value: object) -> str:
    """The value as JSON without NUL characters and halves of surrogate pairs, which nothing that we read contains."""
    return _ESCAPE.sub(lambda found: "" if found["refused"] else found[0], exact_text(value))
