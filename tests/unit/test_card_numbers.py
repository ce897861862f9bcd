from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.records.card_numbers import (
    CardNumberRefused,
    has_card_number,
    require_no_card_number,
    without_card_numbers,
)

# Public test numbers of the card networks: 13, 14, 15, 16 and 19 digits.
NUMBERS = ["4222222222222", "30569309025904", "378282246310005", "4242424242424242", "6304000000000000000"]


def valid(digits: str) -> str:
    """`digits` and the check digit of Luhn's formula."""
    doubled = [
        sum(divmod(int(each) * 2, 10)) if at % 2 == 0 else int(each) for at, each in enumerate(digits[::-1])
    ]
    return f"{digits}{-sum(doubled) % 10}"


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("written", ["{}", "card {}.", "x{}y", "\u00a0{}", "{} 12 2030", "123 {}"])
def test_a_card_number_is_found_wherever_it_is(number: str, written: str) -> None:
    assert has_card_number(written.format(number))


@pytest.mark.parametrize(
    "text",
    [
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "4242.4242.4242.4242",
        "4242\u20134242\u20134242\u20134242",
        "4242\u00a04242\u00a04242\u00a04242",
        "4242 - 4242 - 4242 - 4242",
        "\uff14\uff12" * 8,
        "\u0664\u0662" * 8,
        "4242 4242 4242 4242 12 2030",
        "exp 12 2030 4242 4242 4242 4242",
    ],
)
def test_a_card_number_is_found_however_it_is_grouped(text: str) -> None:
    assert has_card_number(text)
    assert not has_card_number(without_card_numbers(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4242",
        "4242424242424241",
        "pm_1MqLiJLkdIwHu7ixUEgbFdYF",
        "0" * 16,
        "01938c2e-7b1f-7c3e-9d55-0b2f6a4c8e10",
        "2026-05-20 12:30:00",
        "1" * 30,
        "424242424242",
    ],
)
def test_other_texts_are_not_card_numbers(text: str) -> None:
    assert not has_card_number(text)
    assert without_card_numbers(text) == text


@given(st.text(alphabet="0123456789", min_size=12, max_size=18).filter(lambda text: any(map(int, text))))
def test_every_number_that_passes_the_check_is_masked(digits: str) -> None:
    number = valid(digits)
    assert without_card_numbers(f"a,{number},b") == "a,[card number],b"


def test_only_the_number_is_masked() -> None:
    row = "P-1,A-1,visa,4242 4242 4242 4242,12,2030"
    assert without_card_numbers(row) == "P-1,A-1,visa,[card number],12,2030"


def test_the_field_is_named_and_the_number_is_not_repeated() -> None:
    with pytest.raises(CardNumberRefused, match=r"^gateway_reference: contains") as refused:
        require_no_card_number(
            {"brand": "visa", "gateway_reference": "4242 4242 4242 4242", "exp_year": 2030}
        )
    assert "4242 4242" not in f"{refused.value.message}{refused.value.hint}"
