from __future__ import annotations

from decimal import Decimal

import pytest

from keepwell.platform.errors import DataValidationError
from keepwell.platform.values.currencies import decimals_of, fits, require_payable


@pytest.mark.parametrize(
    ("currency", "decimals"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("ISK", 0), ("XYZ", 2)]
)
def test_a_currency_has_its_decimals(currency: str, decimals: int) -> None:
    assert decimals_of(currency) == decimals


@pytest.mark.parametrize(
    ("amount", "currency", "is_whole"),
    [
        ("29.00", "USD", True),
        ("29.001", "USD", False),
        ("29.000", "USD", True),
        ("100", "JPY", True),
        ("100.00", "JPY", True),
        ("100.5", "JPY", False),
        ("1.234", "KWD", True),
        ("1.2345", "KWD", False),
        ("0", "JPY", True),
    ],
)
def test_an_amount_is_a_whole_number_of_the_smallest_unit(
    amount: str, currency: str, *, is_whole: bool
) -> None:
    assert fits(Decimal(amount), currency) is is_whole


def test_the_field_and_the_currency_are_named() -> None:
    with pytest.raises(DataValidationError, match=r"^amount: 1\.5 has more decimals than JPY"):
        require_payable("amount", "1.5", currency="JPY")
