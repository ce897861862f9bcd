"""What happened to an account, as its records say: each row has its instant, and an id that no other row has."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from keepwell.records.subscriptions.model import IntervalName

EndReasonText = Literal["voluntary", "involuntary"]


class TimelinePlace(msgspec.Struct, frozen=True, order=True, array_like=True):
    """A place in a timeline, newest first: an instant, and the id of a row of that instant.

    What only has a day is at the beginning of the day, and so after what has a time.
    """

    moment: datetime
    id: str


class InvoiceMoment(msgspec.Struct, frozen=True):
    """An invoice was issued or paid, or is unpaid since the day it was due."""

    moment: datetime
    id: str
    type: Literal["issued", "paid", "past_due"]
    invoice_id: UUID
    number: str | None
    status: str
    currency: str
    total: str
    amount_paid: str
    due_on: date | None


class ChargeMoment(msgspec.Struct, frozen=True):
    """An attempt to take money."""

    moment: datetime
    id: str
    type: Literal["succeeded", "failed", "pending"]
    charge_id: UUID
    currency: str
    amount: str
    decline_code: str | None
    advice_code: str | None
    invoice_id: UUID | None
    invoice_number: str | None
    brand: str | None
    last4: str | None


class RefundMoment(msgspec.Struct, frozen=True):
    """Money was given back."""

    moment: datetime
    id: str
    refund_id: UUID
    charge_id: UUID
    currency: str
    amount: str
    reason: str | None


class SignalMoment(msgspec.Struct, frozen=True):
    """Something was observed about the account."""

    moment: datetime
    id: str
    signal_id: UUID
    name: str
    value: Any
    known_at: datetime


class ContactMoment(msgspec.Struct, frozen=True):
    """A contact was added or removed here; of one that was removed, the name is not kept."""

    moment: datetime
    id: str
    type: Literal["added", "removed"]
    contact_id: UUID
    name: str | None
    email: str | None
    is_billing: bool


class SubscriptionMoment(msgspec.Struct, frozen=True):
    """What the movements of MRR do not say: a trial began, or the end was announced."""

    moment: datetime
    id: str
    type: Literal["trial_started", "cancellation_announced"]
    subscription_id: UUID
    plan: str
    seats: int
    ends_on: date | None
    end_reason: EndReasonText | None


class RunningSubscription(msgspec.Struct, frozen=True):
    """A subscription that runs or has not begun yet; `starts_on` is the first day of its present price."""

    id: UUID
    plan: str
    amount: str
    amount_per: IntervalName
    interval: IntervalName
    currency: str
    starts_on: date
    ends_on: date | None
    is_trial: bool
    end_reason: EndReasonText | None


class ExpiringCard(msgspec.Struct, frozen=True):
    """The card that the account pays with, which works until the day `expires_on`."""

    id: UUID
    brand: str | None
    last4: str | None
    expires_on: date
