"""Whether a value or a text is the id of an account, however JSON, a broken row or another encoding writes it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from keepwell.intake.schema.numbers import NUMBER

_ESCAPE = re.compile(
    r"\\u\{(?P<braced>[0-9a-fA-F]{1,6})\}|\\u(?P<four>[0-9a-fA-F]{4})|\\U(?P<eight>[0-9a-fA-F]{8})"
    r"|\\x(?P<two>[0-9a-fA-F]{2})|\\(?P<plain>[\"'\\/])"
)
_PERCENT = re.compile(rb"%([0-9a-fA-F]{2})")
_NUMBERS = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,4})?(?![\w.])", re.ASCII)
_HIGHEST = 0x110000
# JSON within JSON within JSON.
_DEEPEST_ESCAPES = 4
_ENCODINGS = ("cp1252", "latin-1", "utf-16-le", "utf-16-be")


class AccountId:
    """The id of an account as the command names it; a number in JSON is the same id if it is the same number.

    Texts are the same id if they consist of the same characters, however accents are encoded (Unicode's canonical
    equivalence): nobody sees a difference, so nobody would know of the rows that are left.
    """

    def __init__(self, text: str) -> None:
        self.text = _composed(text)
        self._number = Decimal(text) if NUMBER.match(text) else None
        self._word = re.compile(rf"(?<!\w){re.escape(self.text)}(?!\w)")

    def is_value(self, value: Any) -> bool:
        """Whether a decoded JSON value is the id."""
        if isinstance(value, str):
            return _composed(value) == self.text
        if isinstance(value, bool) or value is None:
            return value is not None and self.text == str(value).lower()
        if isinstance(value, int | float | msgspec.Raw):
            return self._number is not None and Decimal(msgspec.json.encode(value).decode()) == self._number
        return False

    def is_within(self, value: Any) -> bool:
        """Whether a decoded JSON value, a name or a value in it, or in JSON within it, is the id."""
        if isinstance(value, dict):
            return any(self.is_within(each) for pair in value.items() for each in pair)
        if isinstance(value, list):
            return any(map(self.is_within, value))
        if isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
            return self.occurs_in(value.encode("utf-8", "surrogatepass"))
        return self.is_value(value)

    def is_near(self, value: float) -> bool:
        """Whether a double may have been the id before it was rounded."""
        return self._number is not None and Decimal(value) != self._number and float(self._number) == value

    def occurs_in(self, content: bytes) -> bool:
        """Whether the id is a word of a text that is not JSON, escaped or not, in a common encoding."""
        return any(self._is_word_of(text) for text in _readings(content))

    def _is_word_of(self, text: str) -> bool:
        text = _composed(text)
        if self._word.search(text):
            return True
        # Texts double a quote in CSV and in SQL.
        if any(quote in self.text and self._word.search(text.replace(2 * quote, quote)) for quote in "\"'"):
            return True
        return self._number is not None and any(
            Decimal(found) == self._number for found in _NUMBERS.findall(text)
        )


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _readings(content: bytes) -> Iterator[str]:
    """`content` as text, in each way in which it may have been written."""
    for octets in dict.fromkeys([content, _PERCENT.sub(lambda found: bytes([int(found[1], 16)]), content)]):
        text = octets.decode("utf-8", "replace")
        for _ in range(_DEEPEST_ESCAPES):
            yield text
            plain = _unescaped(text)
            if plain == text:
                break
            text = plain
        if "\ufffd" in text or "\0" in text:
            for encoding in _ENCODINGS:
                yield octets.decode(encoding, "replace")
                yield octets[1:].decode(encoding, "replace")


def _unescaped(text: str) -> str:
    plain = _ESCAPE.sub(_character, text)
    # A pair of surrogates is one character.
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _character(found: re.Match[str]) -> str:
    if found["plain"]:
        return found["plain"]
    code = int(found["braced"] or found["four"] or found["eight"] or found["two"], 16)
    return chr(code) if code < _HIGHEST else found[0]
