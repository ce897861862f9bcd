"""The timeline of an account as clients see it. It has no sentences: the page writes them from the details."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal, get_args
from uuid import UUID

import msgspec

from keepwell.churn.cases.model import Arm, CaseOutcome, Channel
from keepwell.churn.label import LabelName
from keepwell.churn.model import Reason
from keepwell.intake.lake.model import EventCount
from keepwell.platform.clock import start_of
from keepwell.records.accounts.model import RiskKind
from keepwell.records.subscriptions.model import IntervalName
from keepwell.records.timeline.model import TimelinePlace
from keepwell.revenue.views import EndReasonName

TimelineKind = Literal[
    "subscription", "invoice", "charge", "refund", "events", "score", "signal", "contact", "case"
]
TIMELINE_KINDS: Sequence[TimelineKind] = get_args(TimelineKind)
TimelineType = Literal[
    "new",
    "expansion",
    "contraction",
    "churn",
    "reactivation",
    "fx",
    "trial_started",
    "cancellation_announced",
    "issued",
    "paid",
    "past_due",
    "succeeded",
    "failed",
    "pending",
    "refunded",
    "day",
    "scored",
    "observed",
    "added",
    "removed",
    "opened",
    "ended",
    "contacted",
]
PlannedType = Literal["start", "renewal", "end", "card_expires"]


class SubscriptionDetails(msgspec.Struct, frozen=True, kw_only=True):
    """A movement with the account's MRR before and after it, or a trial or announced end, which have none.

    `plans_before` are those that ended on the day, `plans` those that began. `ends_on` is the first day without service.
    """

    mrr_before: str | None = None
    mrr_after: str | None = None
    plans_before: Sequence[str] = ()
    plans: Sequence[str] = ()
    seats: int | None = None
    ends_on: date | None = None
    end_reason: EndReasonName | None = None


class InvoiceDetails(msgspec.Struct, frozen=True):
    """An invoice as it is now."""

    number: str | None
    status: str
    amount_paid: str
    due_on: date | None


class ChargeDetails(msgspec.Struct, frozen=True):
    """Why it failed, for which invoice it was, and the card."""

    decline_code: str | None
    advice_code: str | None
    invoice_id: UUID | None
    invoice_number: str | None
    brand: str | None
    last4: str | None


class RefundDetails(msgspec.Struct, frozen=True):
    """The charge whose money was given back."""

    charge_id: UUID
    reason: str | None


class EventsDetails(msgspec.Struct, frozen=True):
    """Product events of a day: how many, of how many names, the three most frequent names, and the last one's time."""

    count: int
    kinds: int
    top: Sequence[EventCount]
    last_at: datetime


class ScoreDetails(msgspec.Struct, frozen=True):
    """The account's risk when the list was made, and what the list before gave it; null if that one did not have it.

    `label` is what the list calls leaving.
    """

    version: int
    probability: float
    probability_before: float | None
    kind: RiskKind
    reasons: Sequence[Reason]
    is_held: bool
    has_signal: bool
    label: LabelName


class SignalDetails(msgspec.Struct, frozen=True):
    """What was observed; `known_at` is when it became known here."""

    name: str
    value: Any
    known_at: datetime


class ContactDetails(msgspec.Struct, frozen=True):
    """The contact as it is now; of one that was removed, only whether invoices went to it is kept."""

    name: str | None
    email: str | None
    is_billing: bool


class CaseDetails(msgspec.Struct, frozen=True):
    """The case as it is now, and how somebody was in contact, if it is about that; `arm` is `hold` if the account is left alone."""

    arm: Arm
    horizon_ends_on: date
    outcome: CaseOutcome
    channel: Channel | None
    by: str | None
    note: str | None


class TimelineItem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to an account; `at` is null if only the day is known.

    `amount` is the change of MRR of a subscription, the total of an invoice, the revenue at risk of a score, and else the money
    that moved. Of the details, only those of its `kind` are there; `subject_id` is the record that it is about, if there is one.
    """

    id: str
    day: date
    at: datetime | None
    kind: TimelineKind
    type: TimelineType
    amount: str | None = None
    currency: str | None = None
    subject_id: UUID | None = None
    subscription: SubscriptionDetails | None = None
    invoice: InvoiceDetails | None = None
    charge: ChargeDetails | None = None
    refund: RefundDetails | None = None
    events: EventsDetails | None = None
    score: ScoreDetails | None = None
    signal: SignalDetails | None = None
    contact: ContactDetails | None = None
    case: CaseDetails | None = None

    @property
    def place(self) -> TimelinePlace:
        """Its place in the timeline."""
        return TimelinePlace(self.at or start_of(self.day), self.id)


class PlannedItem(msgspec.Struct, frozen=True, kw_only=True):
    """What is known to come: a subscription begins, renews or ends, or the default card expires.

    `day` is that of the payment, the first day without service, or the last one on which the card works.
    """

    day: date
    type: PlannedType
    subject_id: UUID
    plan: str | None = None
    amount: str | None = None
    amount_per: IntervalName | None = None
    interval: IntervalName | None = None
    currency: str | None = None
    end_reason: EndReasonName | None = None
    brand: str | None = None
    last4: str | None = None


class Timeline(msgspec.Struct, frozen=True):
    """A page of a timeline, newest first, and the cursor of the next page, if any.

    `planned` is on the first page only, in ascending order. A page may have fewer items than asked for, or none, although
    there is a next one: how many files of product events one request reads is bounded.
    """

    items: Sequence[TimelineItem]
    planned: Sequence[PlannedItem]
    next: str | None


class TimelineFilter(msgspec.Struct, frozen=True):
    """Which kinds of items; all if None."""

    kinds: Sequence[TimelineKind] | None = None
