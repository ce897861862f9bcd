"""Subscriptions as clients see and write them; each is a span of service at one price."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from keepwell.platform.errors import DataValidationError
from keepwell.platform.values.fields import CurrencyCode, Money, Text
from keepwell.records.model import EARLIEST_DAY, LATEST_DAY, EndReason, Interval

SubscriptionStatus = Literal["active", "trial", "ended", "upcoming"]
SubscriptionSort = Literal["starts_on", "-starts_on"]
IntervalName = Literal["day", "week", "month", "quarter", "year"]
Seats = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class SubscriptionItem(msgspec.Struct, frozen=True):
    """A subscription as of today; `ends_on` is the first day without service, `mrr` in its own currency."""

    id: UUID
    external_id: str
    account_id: UUID
    status: SubscriptionStatus
    plan: str
    seats: int
    amount: str
    list_amount: str | None
    amount_per: IntervalName
    interval: IntervalName
    currency: str
    mrr: str
    starts_on: date
    ends_on: date | None
    is_trial: bool
    cancelled_on: date | None
    end_reason: Literal["voluntary", "involuntary"] | None
    version: int


class AccountSubscription(msgspec.Struct, frozen=True):
    """A subscription of an account; `mrr` is in its own currency, `ends_on` the first day without service."""

    id: UUID
    external_id: str
    plan: str
    seats: int
    mrr: str
    currency: str
    interval: str
    starts_on: date
    ends_on: date | None
    is_trial: bool
    cancelled_on: date | None
    end_reason: str | None


class SubscriptionPage(msgspec.Struct, frozen=True):
    """A page of subscriptions, and the cursor of the next page, if any."""

    items: Sequence[SubscriptionItem]
    next: str | None


class SubscriptionFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Filter and order of a subscription list."""

    account_id: UUID | None = None
    status: SubscriptionStatus | None = None
    plan: str | None = None
    sort: SubscriptionSort = "-starts_on"


class NewSubscription(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A subscription to add: `amount` is paid once per `amount_per`, billed every `interval`."""

    external_id: Text
    account_id: UUID
    plan: Text
    amount: Money
    amount_per: Interval
    interval: Interval
    starts_on: date
    currency: CurrencyCode | None = None
    seats: Seats = 1
    # The price before a discount that expires; not less than `amount`.
    list_amount: Money | None = None
    ends_on: date | None = None
    is_trial: bool = False
    cancelled_on: date | None = None
    end_reason: EndReason | None = None


class SubscriptionChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Partial update: only the fields present in the body change.

    A new price is a new subscription: end this one and add the next, so that the history stays unchanged.
    """

    ends_on: date | UnsetType | None = UNSET
    cancelled_on: date | UnsetType | None = UNSET
    end_reason: EndReason | UnsetType | None = UNSET


def require_list_amount(amount: str, list_amount: str | None) -> None:
    """Raise DataValidationError if the price before the discount is less than the one after it."""
    if list_amount is not None and Decimal(list_amount) < Decimal(amount):
        raise DataValidationError(
            f"list_amount: {list_amount} is less than amount: {amount}.",
            hint="It is the price before the discount.",
        )


def require_service_days(starts_on: date, ends_on: date | None) -> None:
    """Raise DataValidationError unless the days are in order and in range."""
    for name, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if day is not None and not EARLIEST_DAY < day < LATEST_DAY:
            raise DataValidationError(
                f"{name}: {day} is not between {EARLIEST_DAY} and {LATEST_DAY}.", hint="Check the year."
            )
    if ends_on is not None and ends_on < starts_on:
        raise DataValidationError(
            f"ends_on: {ends_on} is before starts_on: {starts_on}.",
            hint="It is the first day without service.",
        )
