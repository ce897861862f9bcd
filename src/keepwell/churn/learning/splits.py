"""Rolling origin: what is later is predicted by a model that was fitted on what was earlier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from keepwell.churn.arrays import numpy
from keepwell.churn.learning.examples import ExampleTable

FEWEST_DEPARTURES = 10
# The later half of the days is predicted, from at most four origins: each costs a fit.
_PREDICTED_SHARE = 0.5
_MOST_ORIGINS = 4


class RollingOrigin(msgspec.Struct, frozen=True):
    """Examples of accounts that had not announced that they leave, and the days up to which each fit knows the outcome.

    From one origin until the next, accounts are predicted by a model that was fitted on the examples whose horizon was over by the
    origin, so that no outcome is known too early. Accounts that have announced are no test of a prediction.
    """

    table: ExampleTable
    origins: Sequence[date]

    @property
    def earlier(self) -> ExampleTable:
        """The examples whose outcome was known by the first origin, which are never predicted."""
        return self.table.known_by(self.origins[0])

    @property
    def predicted(self) -> ExampleTable:
        """The examples from the first origin on."""
        return self.table.between(self.origins[0], None)

    @property
    def is_enough(self) -> bool:
        """Whether both parts have at least ten accounts that left unannounced and ten that stayed."""
        return all(
            part.accounts_with(label) >= FEWEST_DEPARTURES
            for part in (self.earlier, self.predicted)
            for label in (0, 1)
        )


def rolling_origin(table: ExampleTable, *, until: date) -> RollingOrigin:
    """The examples of accounts that had not announced, with origins in the later half of their days."""
    unannounced = table.where(~table.has_cancelled)
    days = [date.fromordinal(day) for day in numpy().unique(unannounced.days).tolist()]
    half = len(days) - max(1, round(len(days) * _PREDICTED_SHARE))
    splits = (RollingOrigin(unannounced, _origins(days[first:])) for first in range(max(half, 0), len(days)))
    # A later first origin if too few had left by the middle.
    tested = next((split for split in splits if split.is_enough), None)
    return tested or RollingOrigin(unannounced, _origins(days[max(half, 0) :]) or [until])


def _origins(days: Sequence[date]) -> Sequence[date]:
    count = min(_MOST_ORIGINS, len(days))
    return [days[number * len(days) // count] for number in range(count)]
