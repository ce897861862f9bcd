"""When accounts last used the product as they usually do: of one that reports seats, a few of them in use are no usual day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keepwell.churn.counting.lookups import Known, Moments
from keepwell.churn.counting.usage import active_days
from keepwell.churn.features import DailyCounts, account_days

if TYPE_CHECKING:
    from keepwell.churn.arrays import Vector, Whole

# Of the mean of its earlier reports; a day with fewer seats in use counts as one without use.
_LEAST_SHARE = 0.5


def usual_use_days_ago(usage: DailyCounts, reports: DailyCounts, moments: Moments) -> Vector:
    """The days from the last day of usual use to each of `moments`; NaN if there was none.

    That is a day with any use, but not one on which the account reported fewer than half of the seats that it had reported on
    average on earlier days. Accounts without reports are as usual on each day of use.
    """
    days = active_days(usage)
    is_usual = ~np.isin(account_days(days.accounts, days.days), _low_days(reports))
    return Known(days.where(is_usual), moments).newest_days_ago()


def _low_days(reports: DailyCounts) -> Whole:
    """The accounts and days on which few seats were reported; a report that came late says nothing, since it was not known then."""
    amounts = np.full(len(reports.days), np.nan) if reports.amounts is None else reports.amounts
    is_timely = ~np.isnan(amounts) & (reports.known <= reports.days)
    timely, used = reports.where(is_timely), (amounts / reports.counts)[is_timely]
    is_low = used < _LEAST_SHARE * _means_before(timely.accounts, used)
    return account_days(timely.accounts, timely.days)[is_low]


def _means_before(accounts: Whole, values: Vector) -> Vector:
    """The mean of the account's values in earlier rows, 0 in its first one; rows are sorted by account."""
    before = np.concatenate([[0.0], np.cumsum(values)])[:-1]
    firsts = np.searchsorted(accounts, accounts)
    number = np.arange(len(accounts)) - firsts
    means: Vector = (before - before[firsts]) / np.maximum(number, 1)
    return means
