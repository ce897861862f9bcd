"""Numbers with the word for what they count."""

from __future__ import annotations

import pytest

from keepwell.platform.cli.counts import a_month, counted


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 cases"), (1, "1 case"), (2, "2 cases"), (2_000, "2,000 cases")]
)
def test_one_of_something_is_singular(number: int, text: str) -> None:
    assert counted(number, "case") == text


def test_an_irregular_plural_is_given() -> None:
    assert (counted(1, "delivery", "deliveries"), counted(3, "delivery", "deliveries")) == (
        "1 delivery",
        "3 deliveries",
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.2, "fewer than one case a month"),
        (0.9, "about 1 case a month"),
        (12.4, "about 12 cases a month"),
    ],
)
def test_a_rate_that_rounds_to_none_is_not_none(number: float, text: str) -> None:
    assert a_month(number, "case") == text
