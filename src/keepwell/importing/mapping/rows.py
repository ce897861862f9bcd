"""The rows of each entity, identified by the source's ids, and the conversion from mapped fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from keepwell.importing.mapping.fields import Fields, RejectedRow
from keepwell.records.model import EndReason, Interval
from keepwell.revenue.model import Rates


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


class BillingStatus(StrEnum):
    """Whether a subscription without an end is served: unpaid after dunning, paused after a trial, or ended, it is not.

    Past due, it is served while its latest invoice is unpaid.
    """

    ACTIVE = "active"
    PAST_DUE = "past_due"
    UNPAID = "unpaid"
    PAUSED = "paused"
    ENDED = "ended"


class PlanRow(msgspec.Struct, frozen=True, kw_only=True):
    """A plan; `amount` is the list price of a seat per `amount_per`, None if there is no single price."""

    external_id: str
    name: str
    amount: Decimal | None = None
    amount_per: Interval | None = None
    currency: str | None = None
    archived_at: datetime | None = None


class AccountRow(msgspec.Struct, frozen=True):
    """A customer, identified by the source's id."""

    external_id: str
    name: str
    industry: str | None
    country: str | None
    signed_up_on: date | None


class SubscriptionRow(msgspec.Struct, frozen=True):
    """A span of service at one price, identified by the source's ids.

    `list_amount` is the price before an expiring discount, if there is one. `past_due_since` is the day since which
    the latest invoice is unpaid, if the source says so.
    """

    external_id: str
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


class UnreadableRow(msgspec.Struct, frozen=True):
    """A subscription that could not be read because of `field`, so that its account's revenue is uncertain.

    `since` is the first uncertain day. `until` is the day it was read again, None while it cannot be read.
    `unrated_currency` is the currency for whose exchange rate it waits, if that is the reason.
    """

    external_id: str
    account: str
    since: date
    until: date | None
    field: str
    code: str
    reason: str
    unrated_currency: str | None = None


class InvoiceRow(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice of an account; `total` includes tax and is negative for a credit note."""

    external_id: str
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


class ChargeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One payment attempt; `invoice` is the id of the invoice it was for."""

    external_id: str
    account: str
    invoice: str | None = None
    status: ChargeStatus
    currency: str
    amount: Decimal
    failure_code: str | None = None
    charged_at: datetime


class RefundRow(msgspec.Struct, frozen=True, kw_only=True):
    """A refund of a charge, or of part of it."""

    external_id: str
    charge: str
    currency: str
    amount: Decimal
    reason: str | None = None
    refunded_at: datetime


class EventRow(msgspec.Struct, frozen=True):
    """A product event; `account` is an account's id, or that of the entity that `via` names."""

    external_id: str
    account: str
    via: str | None
    event: str
    at: datetime
    properties: dict[str, str]


def account_row(fields: Fields) -> AccountRow:
    """An account from its fields; its name defaults to its id."""
    external_id = fields.text("id")
    return AccountRow(
        external_id=external_id,
        name=fields.optional("name") or external_id,
        industry=fields.optional("industry"),
        country=fields.optional("country"),
        signed_up_on=fields.optional_day("signed_up_on"),
    )


def subscription_row(fields: Fields, *, currency: str, past_due_since: date | None = None) -> SubscriptionRow:
    """A subscription from its fields, in the workspace's `currency` by default.

    If it is past due and the fields do not say when its period started, it is so since the day `past_due_since`.
    """
    currency = fields.currency("currency", otherwise=currency)
    row = SubscriptionRow(
        external_id=fields.text("id"),
        account=fields.text("account"),
        plan=fields.text("plan"),
        seats=fields.seats("seats"),
        amount=fields.amount("amount", currency=currency),
        amount_per=fields.choice("amount_per", Interval),
        billing_interval=fields.choice("interval", Interval),
        currency=currency,
        starts_on=fields.day("starts_on"),
        ends_on=fields.optional_day("ends_on"),
        is_trial=fields.truth("is_trial"),
        cancelled_on=fields.optional_day("cancelled_on"),
        end_reason=None if fields.optional("end_reason") is None else fields.choice("end_reason", EndReason),
    )
    row = row if row.ends_on is not None else _with_status(fields, row, past_due_since=past_due_since)
    if row.ends_on is not None and row.ends_on < row.starts_on:
        reason = f"the end {row.ends_on} is before the start {row.starts_on}."
        raise RejectedRow("ends_on", "end-before-start", reason)
    return row


def _with_status(fields: Fields, row: SubscriptionRow, *, past_due_since: date | None) -> SubscriptionRow:
    """`row` with what its status and its cancellation imply; raises RejectedRow if the day is missing."""
    replace = msgspec.structs.replace
    has_status = fields.optional("status") is not None
    status = fields.choice("status", BillingStatus) if has_status else BillingStatus.ACTIVE
    if status is BillingStatus.UNPAID:
        # Dunning is exhausted: the last paid period ended when the current one started.
        ends_on = max(row.starts_on, fields.day("period_starts_on"))
        return replace(row, ends_on=ends_on, cancelled_on=None, end_reason=EndReason.INVOLUNTARY)
    if status is BillingStatus.PAUSED:
        return replace(row, ends_on=fields.day("trial_ends_on"))
    if status is BillingStatus.PAST_DUE:
        row = replace(row, past_due_since=fields.optional_day("period_starts_on") or past_due_since)
    if fields.truth("ends_with_period"):
        return replace(row, ends_on=fields.day("period_ends_on"))
    if status is BillingStatus.ENDED:
        if row.cancelled_on is None:
            raise RejectedRow(
                "ends_on", "no-end", "it has ended, but neither its end nor a cancellation has a day."
            )
        return replace(row, ends_on=max(row.starts_on, row.cancelled_on))
    trial_ends_on = fields.optional_day("trial_ends_on")
    if row.cancelled_on and trial_ends_on and row.cancelled_on < trial_ends_on:
        return replace(row, ends_on=trial_ends_on)
    return row


def require_rate(row: SubscriptionRow, rates: Rates) -> None:
    """Raise RejectedRow if there is no exchange rate for the row's currency when it starts."""
    if not rates.rate(row.currency, row.starts_on):
        reason = (
            f"there is no exchange rate for {row.currency} on {row.starts_on}; "
            "add one with `./keepwell metrics rates import`, then import this row again."
        )
        raise RejectedRow("currency", "no-exchange-rate", reason, unrated_currency=row.currency)


def event_row(fields: Fields) -> EventRow:
    """An event from its fields."""
    return EventRow(
        external_id=fields.text("id"),
        account=fields.text("account"),
        via=fields.via("account"),
        event=fields.text("event"),
        at=fields.instant("at"),
        properties=fields.properties(),
    )


def plan_row(fields: Fields, *, currency: str) -> PlanRow:
    """A plan from its fields; its name defaults to its id."""
    external_id = fields.text("id")
    has_price = fields.optional("amount") is not None
    currency = fields.currency("currency", otherwise=currency)
    return PlanRow(
        external_id=external_id,
        name=fields.optional("name") or external_id,
        amount=fields.amount("amount", currency=currency) if has_price else None,
        amount_per=fields.choice("amount_per", Interval) if has_price else None,
        currency=currency if has_price else None,
    )


def invoice_row(fields: Fields, *, currency: str) -> InvoiceRow:
    """An invoice from its fields, in the workspace's `currency` by default."""
    currency = fields.currency("currency", otherwise=currency)

    def balance(field: str) -> Decimal:
        return Decimal(0) if fields.optional(field) is None else fields.balance(field, currency=currency)

    return InvoiceRow(
        external_id=fields.text("id"),
        account=fields.text("account"),
        number=fields.optional("number"),
        status=fields.choice("status", InvoiceStatus),
        currency=currency,
        total=fields.balance("total", currency=currency),
        tax=balance("tax"),
        amount_paid=balance("amount_paid"),
        amount_refunded=balance("amount_refunded"),
        issued_on=fields.day("issued_on"),
        due_on=fields.optional_day("due_on"),
        paid_on=fields.optional_day("paid_on"),
    )


def split_trial(fields: Fields, row: SubscriptionRow) -> Sequence[SubscriptionRow]:
    """`row`, or the spans before, in and after its trial if the fields say when that ends.

    The trial's id gets the suffix `#trial`, and the paid span before it `#before`. The span after it exists even if
    the service ends within the trial: it is then empty, so that a new import of the row withdraws what an earlier
    state of it foresaw.
    """
    trial_ends_on = fields.optional_day("trial_ends_on")
    if trial_ends_on is None or trial_ends_on <= row.starts_on:
        return [row]
    trial_starts_on = max(row.starts_on, fields.optional_day("trial_starts_on") or row.starts_on)
    if trial_starts_on >= min(trial_ends_on, row.ends_on or trial_ends_on):
        return [row]
    if row.ends_on is not None:
        trial_ends_on = min(trial_ends_on, row.ends_on)
    replace = msgspec.structs.replace
    trial = replace(
        row,
        external_id=f"{row.external_id}#trial",
        starts_on=trial_starts_on,
        ends_on=trial_ends_on,
        is_trial=True,
        end_reason=None,
        past_due_since=None,
    )
    paid = replace(row, starts_on=trial_ends_on)
    if trial_starts_on == row.starts_on:
        return [trial, paid]
    # It ended because of the gift, not because of how the subscription ends later.
    before = replace(
        row,
        external_id=f"{row.external_id}#before",
        ends_on=trial_starts_on,
        cancelled_on=None,
        end_reason=None,
        past_due_since=None,
    )
    return [before, trial, paid]
