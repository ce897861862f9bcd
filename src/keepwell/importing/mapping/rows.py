"""Converts mapped fields to the rows of each entity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from keepwell.importing.billing_periods import BillingPeriod
from keepwell.importing.mapping.fields import Fields
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import (
    AccountRow,
    InvoiceRow,
    InvoiceStatus,
    PlanRow,
    Row,
    SubscriptionRow,
)
from keepwell.records.invoices.model import amount_paid_unsaid
from keepwell.records.model import EndReason, Interval


class BillingStatus(StrEnum):
    """Whether a subscription without an end is served: unpaid after dunning, paused after a trial, or ended, it is not.

    Past due, it is served while its latest invoice is unpaid.
    """

    ACTIVE = "active"
    PAST_DUE = "past_due"
    UNPAID = "unpaid"
    PAUSED = "paused"
    ENDED = "ended"


class EventRow(Row, frozen=True):
    """A product event; `account` is an account's id, or that of the entity that `via` names."""

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
    intervals = fields.count("interval_count")
    price = BillingPeriod.every(intervals, fields.choice("amount_per", Interval))
    row = SubscriptionRow(
        external_id=fields.text("id"),
        account=fields.text("account"),
        plan=fields.text("plan"),
        seats=fields.seats("seats"),
        amount=price.amount_of(fields.amount("amount", currency=currency)),
        amount_per=price.amount_per,
        billing_interval=BillingPeriod.every(intervals, fields.choice("interval", Interval)).billing_interval,
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

    def balance(field: str, *, unsaid: Decimal = Decimal(0)) -> Decimal:
        return unsaid if fields.optional(field) is None else fields.balance(field, currency=currency)

    status, total = fields.choice("status", InvoiceStatus), fields.balance("total", currency=currency)
    return InvoiceRow(
        external_id=fields.text("id"),
        account=fields.text("account"),
        number=fields.optional("number"),
        status=status,
        currency=currency,
        total=total,
        tax=balance("tax"),
        amount_paid=balance("amount_paid", unsaid=amount_paid_unsaid(status, total=total)),
        amount_refunded=balance("amount_refunded"),
        issued_on=fields.day("issued_on"),
        due_on=fields.optional_day("due_on"),
        paid_on=fields.optional_day("paid_on"),
    )


def split_trial(fields: Fields, row: SubscriptionRow) -> Sequence[SubscriptionRow]:
    """`row`, or the spans before, in and after its trial if the fields say when that ends.

    The trial's id gets the suffix `#trial`, and the paid span before it `#before`. The span after it exists even if
    the service ends within the trial: it is then empty, so that a new import of the row replaces what was forecast
    before.
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
    # It ended because the trial began, not because of how the subscription ends later.
    before = replace(
        row,
        external_id=f"{row.external_id}#before",
        ends_on=trial_starts_on,
        cancelled_on=None,
        end_reason=None,
        past_due_since=None,
    )
    return [before, trial, paid]
