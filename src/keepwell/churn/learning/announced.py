"""Accounts that have announced that they leave: what happened to such accounts so far, which no model has to guess.

A subscription that is set to end on a day ends, unless the customer changes their mind. Such accounts are few, so a model fitted
on them and on everybody else makes a small chance of a fact on record.
"""

from __future__ import annotations

import msgspec

from keepwell.churn.learning.examples import ExampleTable
from keepwell.churn.model import DEFAULT_HORIZON_DAYS, Snapshot

# As if ten accounts had been seen before any other, since a few are too few for certainty: of those whose service ends, nine left;
# of those whose service goes on, as many as of accounts that have announced nothing.
_EARLIER, _EARLIER_LEFT = 10, 9


class AnnouncedRates(msgspec.Struct, frozen=True, kw_only=True):
    """The share of announced accounts that left within the horizon: `within` if service was to end in it, `later` if after it."""

    horizon_days: int = DEFAULT_HORIZON_DAYS
    within: float = _EARLIER_LEFT / _EARLIER
    later: float = 0.0

    def probability(self, snapshot: Snapshot) -> float:
        """The probability that an account which has announced its end leaves within the horizon."""
        return self.within if snapshot.paid_days_left <= self.horizon_days else self.later


def announced_rates(table: ExampleTable, *, horizon_days: int, base_rate: float) -> AnnouncedRates:
    """The rates among those rows that had announced; `base_rate` is that of the others.

    For them, the input `days_to_renewal` counts to the announced end.
    """
    announced = table.where(table.has_cancelled)
    if not len(announced.labels):
        return AnnouncedRates(horizon_days=horizon_days, later=base_rate)
    is_within = announced.column("days_to_renewal") <= horizon_days
    within, later = announced.where(is_within), announced.where(~is_within)
    return AnnouncedRates(
        horizon_days=horizon_days,
        within=(int(within.labels.sum()) + _EARLIER_LEFT) / (len(within.labels) + _EARLIER),
        later=(int(later.labels.sum()) + _EARLIER * base_rate) / (len(later.labels) + _EARLIER),
    )
