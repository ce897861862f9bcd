"""The page of the day as clients see it: each figure is that of the route that has its details."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from keepwell.billing.model import FailedPaymentItem, FailedPaymentTotals
from keepwell.churn.model import ChurnModel
from keepwell.churn.save_list import SaveListEntry, SaveListTotals, SilentSource
from keepwell.identity.workspace_settings.model import PolicyName
from keepwell.platform.errors import DataValidationError
from keepwell.records.accounts.model import AccountGroup
from keepwell.revenue.views import DayMrr, UnratedSubscriptions

ChangeKind = Literal[
    "new_at_risk",
    "back_in_use",
    "payments_recovered",
    "payments_failed",
    "customers_left",
    "customers_new",
    "customers_back",
]
MOST_DAYS = 31


class RiskOfDay(msgspec.Struct, frozen=True):
    """The revenue at risk of a day's list as it was made; null if no list of that day is kept."""

    day: date
    revenue_at_risk: str | None


class TodayRisk(msgspec.Struct, frozen=True, kw_only=True):
    """The save list in short, as `/v1/save-list` has it, with its first accounts; `model` is null before the first training.

    `revenue_at_risk` is of both kinds together, and null if the model's label knows no money; `share_of_mrr` is its share of all MRR, and null
    if it is no MRR. `revenue_at_risk_change` compares the newest list with
    the one of the day `compared_with`, both as they were made, as `/v1/save-list/changes`: null if there is no earlier one.
    """

    scored_at: datetime | None
    as_of: date | None
    horizon_ends_on: date | None
    outdated: bool
    model: ChurnModel | None
    silence: SilentSource | None
    policy: str
    totals: SaveListTotals
    accounts: int
    revenue_at_risk: str | None
    share_of_mrr: str | None
    compared_with: date | None
    revenue_at_risk_change: str | None
    days: Sequence[RiskOfDay]
    items: Sequence[SaveListEntry]


class TodayMrr(msgspec.Struct, frozen=True, kw_only=True):
    """MRR at the end of today as `/v1/metrics/mrr` has it, and its change since the end of the day before `since`.

    `days` are the last 15 days, `months` the ends of the last twelve months and today.
    """

    mrr: str
    arpa: str | None
    accounts: int
    mrr_change: str
    accounts_change: int
    unrated: Sequence[UnratedSubscriptions]
    policy: PolicyName
    days: Sequence[DayMrr]
    months: Sequence[DayMrr]
    rows: str


class TodayChange(msgspec.Struct, frozen=True, kw_only=True):
    """What happened since the day `since` began: how many, how much and to whom first; `group` is null if that is unknown.

    The amount of accounts is revenue at risk or MRR, that of payments the money. `rows` lists what is counted, where a list does.
    """

    kind: ChangeKind
    group: AccountGroup | None
    rows: str | None


class Today(msgspec.Struct, frozen=True, kw_only=True):
    """What a member wants to know in the morning; everything is read in one snapshot.

    `failed_payments` and `need_person`, the largest of those that need a person, are as `/v1/failed-payments` has them.
    Changes of the save list are between its two newest days, everything else is since the day `since` began.
    """

    on: date
    since: date
    currency: str
    risk: TodayRisk
    failed_payments: FailedPaymentTotals
    need_person: Sequence[FailedPaymentItem]
    mrr: TodayMrr
    changes: Sequence[TodayChange]


def require_recent(since: date, *, on: date) -> None:
    """Raise DataValidationError unless `since` is one of the last days."""
    if not on - timedelta(days=MOST_DAYS) <= since <= on:
        raise DataValidationError(
            f"since: {since} is not one of the last {MOST_DAYS} days.",
            hint="The movements of a longer time are at /v1/metrics/movements.",
        )
