"""Amounts as exports write them: exact, and never guessed if a text could mean two numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

DecimalMark: TypeAlias = Literal["point", "comma"]

# Stricter than Decimal, which also accepts NaN, exponents, underscores and digits of other scripts.
_PLAIN = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{0,20})?")
_GROUPED: Mapping[DecimalMark, re.Pattern[str]] = {
    "point": re.compile(
        r"[+-]?([0-9]{1,20}|[0-9]{1,3}([,'\u2019 \u00a0\u202f][0-9]{3}){1,6})(\.[0-9]{0,20})?"
    ),
    "comma": re.compile(
        r"[+-]?([0-9]{1,20}|[0-9]{1,3}([.'\u2019 \u00a0\u202f][0-9]{3}){1,6})(,[0-9]{0,20})?"
    ),
}
_MARKED = re.compile(
    r"(?P<sign>[+-]?)(?P<before>[^\d.,'\u2019+-]*)(?P<number>[+-]?\d[\d.,'\u2019\s]*?)(?P<after>[^\d.,'\u2019+-]*)"
)
# Some signs belong to many currencies: the row's currency must be one of them.
_SIGNS: Mapping[str, frozenset[str]] = {
    "$": frozenset(("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "CLP", "COP", "ARS", "TWD")),
    "US$": frozenset(("USD",)),
    "\u20ac": frozenset(("EUR",)),
    "\u00a3": frozenset(("GBP",)),
    "\u00a5": frozenset(("JPY", "CNY")),
    "\u20b9": frozenset(("INR",)),
    "R$": frozenset(("BRL",)),
    "kr": frozenset(("SEK", "NOK", "DKK", "ISK")),
    "z\u0142": frozenset(("PLN",)),
}


class NoAmount(ValueError):
    """The text is not an amount; the message says why."""


class Amount(msgspec.Struct, frozen=True):
    """An exact amount; `mark` is the currency sign or code that the text had."""

    value: Decimal
    mark: str | None = None


def read_amount(text: str, *, currency: str, decimal: DecimalMark | None) -> Amount:
    """The amount in `text`, in `currency`; raises NoAmount.

    Without `decimal` only a plain number is accepted: "1,234" could mean two numbers.
    """
    marked = _MARKED.fullmatch(text.strip())
    if marked is None:
        raise NoAmount(f"{text!r} is not a number.")
    before, after = marked["before"].strip(), marked["after"].strip()
    if before and after:
        raise NoAmount(f"{text!r} has a currency before and after the number.")
    mark = before or after or None
    if mark is not None:
        _require_currency(mark, text, currency=currency)
    number = marked["sign"] + marked["number"].strip()
    return Amount(_exact(number, text, decimal=decimal), mark)


def read_number(text: str, *, decimal: DecimalMark | None) -> Decimal:
    """The number in `text`, which has no currency; raises as `read_amount`."""
    return _exact(text.strip(), text, decimal=decimal)


def _exact(number: str, text: str, *, decimal: DecimalMark | None) -> Decimal:
    if decimal is None:
        if not _PLAIN.fullmatch(number):
            raise NoAmount(
                f"{text!r} is not a plain number; the mapping can say `decimal: comma` or `decimal: point`."
            )
        return Decimal(number)
    if not _GROUPED[decimal].fullmatch(number):
        raise NoAmount(f"{text!r} is not a number with a decimal {decimal}.")
    plain = re.sub(r"[.'\u2019\s]" if decimal == "comma" else r"[,'\u2019\s]", "", number)
    return Decimal(plain.replace(",", "."))


def _require_currency(mark: str, text: str, *, currency: str) -> None:
    if currency not in _SIGNS.get(mark, frozenset((mark,))):
        raise NoAmount(f"{text!r} is not an amount in {currency}, which the row is in.")
