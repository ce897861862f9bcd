"""Which nights were missed, and which score of many nights is news of an account."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from keepwell.churn.runs.model import Shown, is_news, nights_between

LAST = date(2026, 3, 1)
BEFORE = Shown(0.30, "voluntary", is_held=False, warnings={"quiet"})


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (BEFORE, False),
        (BEFORE._replace(probability=0.3499), False),
        (BEFORE._replace(probability=0.35), True),
        (BEFORE._replace(probability=0.25), True),
        (BEFORE._replace(kind="involuntary"), True),
        (BEFORE._replace(is_held=True), True),
        (BEFORE._replace(warnings=["quiet"]), False),
        (BEFORE._replace(warnings={"quiet", "cancelled"}), True),
        (BEFORE._replace(warnings=()), True),
    ],
)
def test_a_score_is_news_if_it_says_something_else_than_the_last_news(now: Shown, *, expected: bool) -> None:
    assert is_news(BEFORE, now) is expected


def test_the_first_score_is_news() -> None:
    assert is_news(None, BEFORE)


def test_the_nights_between_are_those_that_nobody_did_and_at_most_a_month_of_them() -> None:
    assert nights_between(None, LAST) == []
    assert nights_between(LAST, LAST + timedelta(days=1)) == []
    assert nights_between(LAST, LAST + timedelta(days=3)) == [date(2026, 3, 2), date(2026, 3, 3)]
    long = nights_between(LAST, LAST + timedelta(days=90))
    assert (len(long), long[-1]) == (31, LAST + timedelta(days=89))
