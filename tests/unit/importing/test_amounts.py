from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.importing.mapping.amounts import DecimalMark, NoAmount, read_amount


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("12", None, "12"),
        ("12.50", None, "12.50"),
        ("-3", None, "-3"),
        ("$12", None, "12"),
        ("-$12", None, "-12"),
        ("12 USD", None, "12"),
        ("USD12", None, "12"),
        ("1,234.56", "point", "1234.56"),
        ("1'234.56", "point", "1234.56"),
        ("1\u2019234.56", "point", "1234.56"),
        ("1.234,56", "comma", "1234.56"),
        ("1\u202f234,56", "comma", "1234.56"),
        ("1.234", "comma", "1234"),
        ("1,5", "comma", "1.5"),
    ],
)
def test_an_amount_is_read_exactly(text: str, decimal: DecimalMark | None, value: str) -> None:
    assert read_amount(text, currency="USD", decimal=decimal).value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        ("", None),
        ("abc", None),
        ("NaN", None),
        ("1e5", None),
        ("1,234", None),
        ("1.234,56", None),
        ("12 EUR", None),
        ("\u20ac12", None),
        ("$12 USD", None),
        ("12.5", "comma"),
        ("1,23,456", "point"),
        ("12,345.6", "comma"),
        ("--1", None),
        ("\u0661\u0662", None),
    ],
)
def test_an_invalid_or_ambiguous_amount_is_rejected(text: str, decimal: DecimalMark | None) -> None:
    with pytest.raises(NoAmount):
        read_amount(text, currency="USD", decimal=decimal)


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False),
    st.sampled_from(["{}", "${}", "{} USD", "USD {}"]),
)
def test_an_amount_written_with_point_and_groups_is_read_back(amount: Decimal, form: str) -> None:
    text = form.format(f"{amount:,}")
    assert read_amount(text, currency="USD", decimal="point").value == amount


@given(st.text(max_size=12), st.sampled_from([None, "point", "comma"]))
def test_any_text_is_read_as_an_amount_or_rejected(text: str, decimal: DecimalMark | None) -> None:
    try:
        value = read_amount(text, currency="USD", decimal=decimal).value
    except NoAmount:
        return
    assert value.is_finite()
