"""Reads answers that Python's JSON refuses as a whole for one object that is nested too deeply or has too long a number."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

# Stripe's own objects have fewer levels, and Python reads a thousand.
_MOST_LEVELS = 100
_LONGEST_NUMBER = 40
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)


def read_leniently(text: str) -> Any:
    """The value, in which null replaces what is nested too deeply, and a long number is its text; raises ValueError."""
    return json.loads("".join(_shallow(text)), parse_int=_number)


def _number(digits: str) -> int | str:
    return digits if len(digits) > _LONGEST_NUMBER else int(digits)


def _shallow(text: str) -> Iterator[str]:
    """The parts of the text that are not too deep."""
    kept_until, level = 0, 0
    for token in _TOKEN.finditer(text):
        if token[0] in {"[", "{"}:
            level += 1
            if level == _MOST_LEVELS + 1:
                yield f"{text[kept_until : token.start()]}null"
        elif token[0] in {"]", "}"}:
            if level == _MOST_LEVELS + 1:
                kept_until = token.end()
            level -= 1
    if level <= _MOST_LEVELS:
        yield text[kept_until:]
