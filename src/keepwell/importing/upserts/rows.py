"""The rows of each entity, identified by the source's ids."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from keepwell.records.model import EndReason, Interval


class InvoiceStatus(StrEnum):
    """The status of an invoice; only `paid` is settled money."""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"


class ChargeStatus(StrEnum):
    """The outcome of one payment attempt."""

    SUCCEEDED = "succeeded"
    PENDING = "pending"
    FAILED = "failed"


class Row(msgspec.Struct, frozen=True):
    """A row of any entity, identified by the source's id."""

    external_id: str


class PlanRow(Row, frozen=True, kw_only=True):
    """A plan; `amount` is the list price of a seat per `amount_per`, None if there is no single price."""

    name: str
    amount: Decimal | None = None
    amount_per: Interval | None = None
    currency: str | None = None
    archived_at: datetime | None = None


class AccountRow(Row, frozen=True):
    """A customer, identified by the source's id."""

    name: str
    industry: str | None
    country: str | None
    signed_up_on: date | None


class SubscriptionRow(Row, frozen=True):
    """A span of service at one price, identified by the source's ids.

    `list_amount` is the price before an expiring discount, if there is one. `past_due_since` is the day since which
    the latest invoice is unpaid, if the source says so.
    """

    account: str
    plan: str
    seats: int
    amount: Decimal
    amount_per: Interval
    billing_interval: Interval
    currency: str
    starts_on: date
    ends_on: date | None
    is_trial: bool
    cancelled_on: date | None
    end_reason: EndReason | None
    list_amount: Decimal | None = None
    past_due_since: date | None = None


class UnreadableRow(Row, frozen=True):
    """A subscription that could not be read because of `field`, so that its account's revenue is uncertain.

    `since` is the first uncertain day. `until` is the day it was read again, None while it cannot be read.
    `unrated_currency` is the currency for whose exchange rate it waits, if that is the reason.
    """

    account: str
    since: date
    until: date | None
    field: str
    code: str
    reason: str
    unrated_currency: str | None = None


class ContactRow(Row, frozen=True, kw_only=True):
    """A person or a role at an account."""

    account: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    website: str | None = None
    is_billing: bool = False
    unsubscribed_at: datetime | None = None


class PaymentMethodRow(Row, frozen=True):
    """How an account pays. A field is None if it is unknown; none contains a card number."""

    account: str
    brand: str | None = None
    last4: str | None = None
    exp_month: int | None = None
    exp_year: int | None = None
    gateway: str | None = None
    gateway_reference: str | None = None
    is_default: bool = False
    created_at: datetime | None = None


class InvoiceRow(Row, frozen=True, kw_only=True):
    """An invoice of an account; `total` includes tax and is negative for a credit note."""

    account: str
    number: str | None = None
    status: InvoiceStatus
    currency: str
    total: Decimal
    tax: Decimal = Decimal(0)
    amount_paid: Decimal = Decimal(0)
    amount_refunded: Decimal = Decimal(0)
    issued_on: date
    due_on: date | None = None
    paid_on: date | None = None


class ChargeRow(Row, frozen=True, kw_only=True):
    """One payment attempt; `invoice` is the id of the invoice it was for, `payment_method` that of how it was paid."""

    account: str
    invoice: str | None = None
    status: ChargeStatus
    currency: str
    amount: Decimal
    decline_code: str | None = None
    advice_code: str | None = None
    payment_method: str | None = None
    charged_at: datetime


class RefundRow(Row, frozen=True, kw_only=True):
    """A refund of a charge, or of part of it."""

    charge: str
    currency: str
    amount: Decimal
    reason: str | None = None
    refunded_at: datetime
