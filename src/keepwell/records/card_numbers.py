"""Card numbers, which are never stored: recognising one in a text, however it is grouped, and masking it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from keepwell.platform.errors import DataValidationError

# ISO/IEC 7812: the lengths of a primary account number.
_SHORTEST, _LONGEST = 13, 19
_MASK = "[card number]"
# Groups of digits with nothing but spaces, dashes, dots or underscores between them.
_GROUPS = re.compile(r"\d+(?:[\s._\u00ad\u2010-\u2015\u2212-]{1,3}\d+)*")
_GROUP = re.compile(r"\d+")


class CardNumberRefused(DataValidationError):
    """A field contains a card number, which is never stored."""

    code = "card-number"


def has_card_number(text: str) -> bool:
    """Whether a card number occurs in `text`: 13 to 19 digits that satisfy Luhn's check, grouped or not."""
    return next(_places(_folded(text)), None) is not None


def without_card_numbers(text: str) -> str:
    """`text` with each card number masked."""
    # Searched as it is written too: folding may change lengths, and then a place would be another one.
    searched = _folded(text)
    if len(searched) != len(text):
        searched = text
        if not any(_places(text)) and has_card_number(text):
            return _MASK
    shown, end = "", 0
    for start, stop in _places(searched):
        shown, end = shown + text[end:start] + _MASK, stop
    return shown + text[end:]


def require_no_card_number(fields: Mapping[str, object]) -> None:
    """Raise CardNumberRefused naming the first field whose text contains a card number; the number is not repeated."""
    for name, value in fields.items():
        if isinstance(value, str) and has_card_number(value):
            raise CardNumberRefused(
                f"{name}: contains a card number, which is never stored.",
                hint="Send the gateway's reference of the payment method, and the last four digits alone.",
            )


def _folded(text: str) -> str:
    """Digits of other scripts and widths as plain ones."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Where card numbers begin and end, from left to right."""
    for found in _GROUPS.finditer(text):
        groups = [(each.start(), each.end()) for each in _GROUP.finditer(text, *found.span())]
        yield from _places_in(text, groups)


def _places_in(text: str, groups: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    first = 0
    while first < len(groups):
        last = next(
            (at for at in range(first, len(groups)) if _is_number(text, groups[first : at + 1])), None
        )
        if last is None:
            first += 1
        else:
            yield groups[first][0], groups[last][1]
            first = last + 1


def _is_number(text: str, groups: Sequence[tuple[int, int]]) -> bool:
    digits = [int(digit) for start, end in groups for digit in text[start:end]]
    # Luhn accepts only zeros too, which are a placeholder.
    return _SHORTEST <= len(digits) <= _LONGEST and any(digits) and _passes_luhn(digits)


def _passes_luhn(digits: Sequence[int]) -> bool:
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[::-2]) + sum(doubled)) % 10 == 0
