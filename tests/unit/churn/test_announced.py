"""An announced end is a fact on record, not a guess."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from keepwell.churn.learning.announced import AnnouncedRates, announced_rates
from tests.unit.churn.building import AS_OF, snapshot
from tests.unit.churn.tables import table_with

ANNOUNCED = date(2025, 2, 20)


def rates_of(days_left: int, *, departed: bool, size: int = 40) -> AnnouncedRates:
    """The rates after so many accounts whose service was to end in `days_left` days."""
    table = table_with(
        {"days_to_renewal": np.full(size, days_left)},
        np.full(size, int(departed)),
        has_cancelled=np.full(size, fill_value=True),
    )
    return announced_rates(table, horizon_days=30, base_rate=0.05)


def test_a_subscription_that_ends_within_the_horizon_is_almost_certain_to_be_lost() -> None:
    rates = rates_of(12, departed=True)
    assert rates.probability(snapshot(cancelled_on=ANNOUNCED)) == pytest.approx(49 / 50)


def test_one_that_ends_after_the_horizon_is_not_lost_yet() -> None:
    rates = rates_of(52, departed=False)
    early = snapshot(as_of=AS_OF - timedelta(days=40), cancelled_on=ANNOUNCED)
    assert rates.probability(early) == pytest.approx(0.5 / 50)


def test_before_anybody_has_announced_an_end_it_is_likely_and_not_certain() -> None:
    rates = rates_of(12, departed=True, size=0)
    assert rates.within == 0.9
    assert rates.later == pytest.approx(0.05)
