"""Marks the rows of a subscription whose latest invoice is unpaid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from keepwell.importing.stripe.model import day_of
from keepwell.importing.stripe.subscriptions.objects import Subscription
from keepwell.importing.upserts.rows import SubscriptionRow


def with_past_due(
    rows: Sequence[SubscriptionRow],
    subscription: Subscription,
    *,
    known: Sequence[SubscriptionRow],
    today: date,
) -> list[SubscriptionRow]:
    """`rows` with the day since which each running one is past due; None if the subscription is not.

    `known` are its stored rows: the day stays that of the first reading as past due. It is the first day of the unpaid
    period, or `today` if Stripe does not say.
    """
    since = _since(subscription, known, today=today) if subscription.status == "past_due" else None
    return [
        msgspec.structs.replace(
            row, past_due_since=since if row.ends_on is None or row.ends_on > today else None
        )
        for row in rows
    ]


def _since(subscription: Subscription, known: Sequence[SubscriptionRow], *, today: date) -> date:
    stored = [row.past_due_since for row in known if row.past_due_since is not None]
    started = subscription.current_period_start
    return min(stored, default=today if started is None else day_of(started))
