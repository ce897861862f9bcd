"""Removes secrets from the values of a log event, before a renderer encodes them.

After encoding it would be too late: the text of a value could no longer be recognised from the syntax around it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import msgspec
from structlog.typing import EventDict, WrappedLogger

_REDACTED = "[redacted]"
_SECRET_KEY = re.compile(
    r"(authorization|cookie|password|secret|token|credentials?|(write|api|private)[_-]?key)s?", re.IGNORECASE
)
# A word begins after anything but a letter or digit, and after an escape, as in the repr of a string or in a URL.
_BEGIN = (
    r"(?:(?<![A-Za-z0-9])|(?<=\\[a-z])|(?<=\\x[0-9a-f]{2})|(?<=\\u[0-9a-f]{4})|(?<=\\U[0-9a-f]{8})"
    r"|(?<=%[0-9A-Fa-f]{2}))"
)
_SPACE = r"(?:[\s:+]|\\[a-z]|%[0-9A-Fa-f]{2})+"
# Each alternative is linear in the length of the text, which a client may choose.
_SECRET_TEXT = re.compile(
    # Our tokens and keys, signing secrets, Stripe's keys, JWTs.
    rf"{_BEGIN}(?:kw[a-z]?_[\w-]{{8,}}|whsec_[\w+/=-]+|[rs]k_(?:live|test)_\w+|eyJ[\w.-]*"
    # Credentials of a header. In lower case they may be prose ("basic plan") unless they are long.
    rf"|(?:Bearer|Basic){_SPACE}[\w.~+/=%-]+|(?i:bearer|basic){_SPACE}[\w.~+/=%-]{{16,}})"
    # Query strings and fragments, then user and password within a URL.
    r"|(?:(?<=[?&#])|(?<=%3[Ff])|(?<=%26))\s*[\w.\[\]-]+(?:=|%3[Dd])\S+|(?<=://)[^\s/:]*:[^\s/]+(?=@)"
)
# The lower case of each text above contains one of these; looking for them is much faster than the expression.
_MARKS = ("kw", "whsec_", "k_live_", "k_test_", "eyj", "bearer", "basic", "?", "&", "#", "%3f", "%26", "://")


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: secrets become `[redacted]`, by the key of a value or by the form of its text.

    It needs the exception as text. Values become strings, numbers, booleans, None, lists and dicts.
    """
    return {key: _REDACTED if _is_secret(key) else _redacted(value) for key, value in event.items()}


def contains_secret(text: str) -> bool:
    """Whether `text` would be redacted, in whole or in part, if it were logged."""
    return redacted_text(text) != text


def _redacted(value: Any) -> Any:
    match value:
        case str():
            return redacted_text(value)
        case None | bool() | int() | float():
            return value
        case dict():
            named = [(str(key), each) for key, each in value.items()]
            return {
                redacted_text(key): _REDACTED if _is_secret(key) else _redacted(each) for key, each in named
            }
        case list() | tuple() | set() | frozenset():
            return [_redacted(each) for each in value]
        case bytes():
            return redacted_text(value.decode(errors="backslashreplace"))
        case _:
            return _redacted(msgspec.to_builtins(value, enc_hook=str, str_keys=True))


def redacted_text(text: str) -> str:
    """`text` with `[redacted]` in place of what looks like a secret."""
    lower = text.lower()
    # A loop, because `any` with a generator takes twice as long, for every text of every line.
    for mark in _MARKS:
        if mark in lower:
            return _SECRET_TEXT.sub(_REDACTED, text)
    return text


@lru_cache(maxsize=1024)
def _is_secret(key: str) -> bool:
    """Whether the last word of `key` names a secret: `access_token` does, `token_id` does not."""
    return any(found.end() == len(key) for found in _SECRET_KEY.finditer(key))
