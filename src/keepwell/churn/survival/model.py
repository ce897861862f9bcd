"""When accounts leave: chances by a number of days, and the day by which a share of such accounts has left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from keepwell.platform.errors import DomainError

HORIZONS = (30, 60, 90)
# The shares of accounts whose day of leaving is given.
QUARTER, HALF = 0.25, 0.5
# As many departures, and as many accounts still observed, make a figure.
FEWEST = 10


class TooFewDepartures(DomainError):
    """Too few accounts have left to say when the others will."""

    code = "too-few-departures"


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """The chances to leave within 30, 60 and 90 days, and the days by which a quarter and half of such accounts have left.

    None is unknown: that far, too few accounts were observed.
    """

    within_30: float | None
    within_60: float | None
    within_90: float | None
    quarter_days: int | None
    half_days: int | None


class HorizonTest(msgspec.Struct, frozen=True, kw_only=True):
    """How the chances to leave within `days` came true on a later period; bounds are of 95 %, by account.

    `expected` is the sum of the chances; its bounds also hold the error of the fit that gave them. `auc` is the share of pairs that are ranked right, and `gain` the log loss gained over
    giving everyone the share that had left earlier. All are None if too few left, or stayed, to test.
    """

    days: int
    snapshots: int
    left: int
    expected: float | None = None
    expected_low: float | None = None
    expected_high: float | None = None
    auc: float | None = None
    auc_low: float | None = None
    auc_high: float | None = None
    gain_low: float | None = None
    gain_high: float | None = None


class SurvivalTest(msgspec.Struct, frozen=True, kw_only=True):
    """The test on what came from `since` on, by a fit that knew nothing later; `concordance` is Harrell's C.

    C is the share of pairs of which the one that left first had the higher chance; None if nothing was tested.
    """

    since: date
    concordance: float | None
    horizons: Sequence[HorizonTest]

    @property
    def is_shown(self) -> bool:
        """Whether the chances are shown to be better than one chance for everybody, within some horizon."""
        return any(each.gain_low is not None and each.gain_low > 0 for each in self.horizons)


class AccountForecast(msgspec.Struct, frozen=True, kw_only=True):
    """When an account that pays may leave: `leaves_on` if it has announced the day, otherwise a forecast."""

    account_id: UUID
    external_id: str
    name: str
    plan: str
    mrr: str
    leaves_on: date | None
    forecast: Forecast | None


class LeavingTimes(msgspec.Struct, frozen=True, kw_only=True):
    """The forecasts as of a day, those who leave soonest first; after `observed_days`, nothing is known.

    `total` counts all accounts of which the list is the first part, `left_alone` those that are kept off it by chance.
    """

    as_of: date
    observed_days: int
    test: SurvivalTest
    statement: str
    accounts: Sequence[AccountForecast]
    total: int
    left_alone: int
