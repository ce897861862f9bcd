"""Currencies: how many decimals an amount in each may have."""

from __future__ import annotations

from decimal import Decimal

from keepwell.platform.errors import DataValidationError

# ISO 4217, list one: the currencies whose minor unit is not a hundredth.
_WITHOUT_MINOR_UNIT = frozenset(
    (
        *(
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
        ),
        *("XOF", "XPF"),
    )
)
_THREE_DIGITS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
_FOUR_DIGITS = frozenset(("CLF", "UYW"))


def decimals_of(currency: str) -> int:
    """The decimals of an ISO 4217 currency; two for a code that is not in its list."""
    if currency in _WITHOUT_MINOR_UNIT:
        return 0
    if currency in _THREE_DIGITS:
        return 3
    return 4 if currency in _FOUR_DIGITS else 2


def fits(amount: Decimal, currency: str) -> bool:
    """Whether `amount` is a whole number of the currency's smallest unit."""
    smallest = amount.scaleb(decimals_of(currency))
    return smallest == smallest.to_integral_value()


def require_payable(field: str, amount: str, *, currency: str) -> None:
    """Raise DataValidationError naming `field` if `amount` has more decimals than the currency has."""
    if not fits(Decimal(amount), currency):
        decimals = decimals_of(currency)
        raise DataValidationError(
            f"{field}: {amount} has more decimals than {currency}, which has {decimals}.",
            hint=f"Round it to {decimals} decimals." if decimals else "Send a whole number.",
        )
