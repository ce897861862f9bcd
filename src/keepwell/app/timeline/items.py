"""What each room knows of an account, as items of its timeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from keepwell.app.timeline.model import (
    CaseDetails,
    ChargeDetails,
    ContactDetails,
    EventsDetails,
    InvoiceDetails,
    PlannedItem,
    PlannedType,
    RefundDetails,
    ScoreDetails,
    SignalDetails,
    SubscriptionDetails,
    TimelineItem,
)
from keepwell.churn import service as churn
from keepwell.churn.cases.model import CaseMoment
from keepwell.churn.save_list import ScoreMoment
from keepwell.churn.snapshots import next_renewal
from keepwell.intake.lake.model import EventDay
from keepwell.platform.clock import start_of
from keepwell.records.model import Interval
from keepwell.records.timeline.model import (
    ChargeMoment,
    ContactMoment,
    ExpiringCard,
    InvoiceMoment,
    RefundMoment,
    RunningSubscription,
    SignalMoment,
    SubscriptionMoment,
    TimelinePlace,
)
from keepwell.revenue.movements.model import MovementMoment
from keepwell.revenue.views import money


def of_movement(row: MovementMoment) -> TimelineItem:
    """A change of MRR."""
    return TimelineItem(
        id=row.id,
        day=row.moment.date(),
        at=None,
        kind="subscription",
        type=row.type,
        amount=money(row.annual_amount),
        currency=row.currency,
        subject_id=row.fact_id,
        subscription=SubscriptionDetails(
            mrr_before=money(row.annual_before),
            mrr_after=money(row.annual_after),
            plans_before=row.plans_before,
            plans=row.plans,
            end_reason=row.end_reason,
        ),
    )


def of_subscription(row: SubscriptionMoment) -> TimelineItem:
    """A trial or an announced end."""
    details = SubscriptionDetails(
        plans=[row.plan], seats=row.seats, ends_on=row.ends_on, end_reason=row.end_reason
    )
    return TimelineItem(
        id=row.id,
        day=row.moment.date(),
        at=None,
        kind="subscription",
        type=row.type,
        subject_id=row.subscription_id,
        subscription=details,
    )


def of_invoice(row: InvoiceMoment) -> TimelineItem:
    """An invoice that was issued, paid, or not paid in time."""
    return TimelineItem(
        id=row.id,
        day=row.moment.date(),
        at=None,
        kind="invoice",
        type=row.type,
        amount=row.total,
        currency=row.currency,
        subject_id=row.invoice_id,
        invoice=InvoiceDetails(row.number, row.status, row.amount_paid, row.due_on),
    )


def of_charge(row: ChargeMoment) -> TimelineItem:
    """An attempt to take money."""
    details = ChargeDetails(
        row.decline_code,
        row.advice_code,
        row.invoice_id,
        row.invoice_number,
        brand=row.brand,
        last4=row.last4,
    )
    return TimelineItem(
        id=row.id,
        day=row.moment.date(),
        at=row.moment,
        kind="charge",
        type=row.type,
        amount=row.amount,
        currency=row.currency,
        subject_id=row.charge_id,
        charge=details,
    )


def of_refund(row: RefundMoment) -> TimelineItem:
    """Money that was given back."""
    return TimelineItem(
        id=row.id,
        day=row.moment.date(),
        at=row.moment,
        kind="refund",
        type="refunded",
        amount=row.amount,
        currency=row.currency,
        subject_id=row.refund_id,
        refund=RefundDetails(row.charge_id, row.reason),
    )


def of_signal(row: SignalMoment) -> TimelineItem:
    """An observation."""
    return TimelineItem(
        id=row.id,
        day=row.moment.date(),
        at=row.moment,
        kind="signal",
        type="observed",
        subject_id=row.signal_id,
        signal=SignalDetails(row.name, row.value, row.known_at),
    )


def of_contact(row: ContactMoment) -> TimelineItem:
    """A contact that was added or removed."""
    return TimelineItem(
        id=row.id,
        day=row.moment.date(),
        at=row.moment,
        kind="contact",
        type=row.type,
        subject_id=row.contact_id,
        contact=ContactDetails(row.name, row.email, row.is_billing),
    )


def of_score(row: ScoreMoment) -> TimelineItem:
    """A scoring."""
    return TimelineItem(
        id=row.id,
        day=row.moment.date(),
        at=row.moment,
        kind="score",
        type="scored",
        amount=row.revenue_at_risk,
        currency=row.currency,
        score=ScoreDetails(
            row.version,
            row.probability,
            row.probability_before,
            row.kind,
            reasons=churn.reasons_of(row.reasons),
            is_held=row.is_held,
            has_signal=row.signal,
            label=row.label,
        ),
    )


def of_case(row: CaseMoment) -> TimelineItem:
    """A case that was opened or ended, or a contact; the former have only a day."""
    return TimelineItem(
        id=row.id,
        day=row.moment.date(),
        at=row.moment if row.type == "contacted" else None,
        kind="case",
        type=row.type,
        subject_id=row.case_id,
        case=CaseDetails(row.arm, row.horizon_ends_on, row.outcome, row.channel, row.by, row.note),
    )


def of_events(folded: EventDay) -> TimelineItem:
    """The product events of a day; its place is the day's, so that it stays where it is as more of them come."""
    return TimelineItem(
        id=place_of_events(folded.day).id,
        day=folded.day,
        at=None,
        kind="events",
        type="day",
        events=EventsDetails(folded.events, folded.kinds, folded.top, folded.last_at),
    )


def place_of_events(day: date) -> TimelinePlace:
    """Where the product events of a day are."""
    return TimelinePlace(start_of(day), f"events:{day}")


def planned(
    subscriptions: Iterable[RunningSubscription], cards: Iterable[ExpiringCard], *, on: date
) -> list[PlannedItem]:
    """What comes after the day `on`, in ascending order."""
    of_cards = (
        PlannedItem(
            day=card.expires_on, type="card_expires", subject_id=card.id, brand=card.brand, last4=card.last4
        )
        for card in cards
    )
    found = [*of_cards, *(item for each in subscriptions for item in _planned(each, on=on))]
    return sorted(found, key=lambda item: (item.day, item.type, str(item.subject_id)))


def _planned(subscription: RunningSubscription, *, on: date) -> Iterator[PlannedItem]:
    ends_on, interval = subscription.ends_on, Interval(subscription.interval)
    if subscription.starts_on > on:
        yield _item(subscription, subscription.starts_on, kind="start")
    elif not subscription.is_trial:
        renewal = next_renewal(subscription.starts_on, interval, after=on)
        if ends_on is None or renewal < ends_on:
            yield _item(subscription, renewal, kind="renewal")
    if ends_on is not None and ends_on > on:
        yield _item(subscription, ends_on, kind="end")


def _item(subscription: RunningSubscription, day: date, *, kind: PlannedType) -> PlannedItem:
    return PlannedItem(
        day=day,
        type=kind,
        subject_id=subscription.id,
        plan=subscription.plan,
        amount=subscription.amount,
        amount_per=subscription.amount_per,
        interval=subscription.interval,
        currency=subscription.currency,
        end_reason=subscription.end_reason if kind == "end" else None,
    )
