"""Rolling origin: what is later is predicted from what was earlier, as late as it takes and as early as possible."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from keepwell.churn.learning.examples import ExampleTable
from keepwell.churn.learning.splits import FEWEST_DEPARTURES, rolling_origin
from tests.unit.churn.building import AS_OF
from tests.unit.churn.tables import table_with

MONTHS = [AS_OF - timedelta(days=30 * back) for back in reversed(range(10))]


def examples(*, left_per_month: list[int], announced: bool = False, horizon_days: int = 30) -> ExampleTable:
    """Twenty accounts that stay in each month, and others that leave."""
    rows = [
        (1000 * number + account, day.toordinal(), account < left)
        for number, (day, left) in enumerate(zip(MONTHS, left_per_month, strict=True))
        for account in range(left + 20)
    ]
    accounts, days, departed = (np.array(each) for each in zip(*rows, strict=True))
    return table_with(
        {"seats": np.ones(len(rows))},
        departed,
        accounts=accounts,
        days=days,
        has_cancelled=np.full(len(rows), announced),
        horizon_days=horizon_days,
    )


def test_the_later_half_of_the_days_is_predicted_from_four_origins() -> None:
    split = rolling_origin(examples(left_per_month=[5] * 10), until=AS_OF)
    assert split.is_enough
    assert split.origins == [MONTHS[5], MONTHS[6], MONTHS[7], MONTHS[8]]
    assert set(split.predicted.days.tolist()) == {day.toordinal() for day in MONTHS[5:]}


def test_the_first_origin_is_later_if_too_few_had_left_by_the_middle() -> None:
    split = rolling_origin(examples(left_per_month=[0] * 5 + [5] * 5), until=AS_OF)
    assert split.is_enough
    assert split.origins[0] == MONTHS[7]
    assert split.earlier.labels.sum() == FEWEST_DEPARTURES


def test_of_overlapping_horizons_only_those_that_were_over_are_learnt_from() -> None:
    split = rolling_origin(examples(left_per_month=[5] * 10, horizon_days=90), until=AS_OF)
    assert split.origins[0] == MONTHS[5]
    # The horizon of the third month ends on the day of the sixth; that of the fourth does not.
    assert set(split.earlier.days.tolist()) == {day.toordinal() for day in MONTHS[:3]}
    assert set(split.predicted.days.tolist()) == {day.toordinal() for day in MONTHS[5:]}


def test_too_few_departures_are_not_tested_wherever_the_origin_is() -> None:
    assert not rolling_origin(examples(left_per_month=[1] * 10), until=AS_OF).is_enough


def test_accounts_that_had_announced_are_neither_fitted_nor_predicted() -> None:
    split = rolling_origin(examples(left_per_month=[5] * 10, announced=True), until=AS_OF)
    assert (len(split.table.labels), split.origins) == (0, [AS_OF])


def test_without_any_example_nothing_is_tested() -> None:
    nobody = table_with({"seats": np.ones(0)}, np.ones(0))
    assert rolling_origin(nobody, until=date(2025, 1, 1)).origins == [date(2025, 1, 1)]
