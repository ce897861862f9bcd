"""Refunds as clients see and write them: money of a charge that was given back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from keepwell.platform.errors import Conflict
from keepwell.platform.values.fields import CurrencyCode, Money, Text
from keepwell.platform.values.periods import Instant

RefundSort = Literal["refunded_at", "-refunded_at"]


class NotRefundable(Conflict):
    """The charge has no such money to give back."""

    code = "not-refundable"


class RefundItem(msgspec.Struct, frozen=True):
    """A refund of a charge, or of a part of it. It never changes."""

    id: UUID
    external_id: str
    account_id: UUID
    charge_id: UUID
    currency: str
    amount: str
    reason: str | None
    refunded_at: datetime


class RefundPage(msgspec.Struct, frozen=True):
    """A page of refunds, and the cursor of the next page, if any."""

    items: Sequence[RefundItem]
    next: str | None


class RefundFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Filter and order of a list of refunds; both days are included."""

    account_id: UUID | None = None
    charge_id: UUID | None = None
    start: date | None = None
    end: date | None = None
    sort: RefundSort = "-refunded_at"


class NewRefund(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A refund to add, in the currency of its charge."""

    external_id: Text
    charge_id: UUID
    amount: Money
    refunded_at: Instant
    currency: CurrencyCode | None = None
    reason: Text | None = None


def why_not_refundable(amount: Decimal, *, status: str, charged: Decimal, refunded: Decimal) -> str | None:
    """Why `amount` of a charge cannot be refunded, of which `refunded` already was; None if it can be."""
    if status != "succeeded":
        return f"the charge is {status}, so there is nothing to give back."
    if amount > charged - refunded:
        return f"{amount} is more than the {charged - refunded} of {charged} that are left to refund."
    return None
