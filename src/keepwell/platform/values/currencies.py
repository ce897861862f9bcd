"""Currencies: which there are, and how many decimals an amount in each may have."""

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
# ISO 4217, list one, without funds, metals and test codes.
_CODES = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD
    MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB
    RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
    UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
# What old records are in: replaced since 2010, by the euro or a new currency.
_WITHDRAWN = """
    ANG BYR CUC EEK HRK LTL LVL MRO SLL STD VEF ZMK ZWL
"""
_IN_USE = frozenset((_CODES + _WITHDRAWN).split())
_THREE_DIGITS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
_FOUR_DIGITS = frozenset(("CLF", "UYW"))


def is_known(currency: str) -> bool:
    """Whether `currency` is the ISO 4217 code of a currency that is or lately was in use."""
    return currency in _IN_USE


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
