"""All SQL of the subscriptions room.

`annual_amount` is exact, and MRR is its sum divided by 12 once: no statement rounds.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from keepwell.platform.database import Query


class SpanRow(msgspec.Struct, frozen=True):
    """A paid subscription with its account."""

    account_id: UUID
    account: str
    subscription_id: UUID
    plan: str
    billing_interval: str
    annual_amount: Decimal
    currency: str
    starts_on: date
    ends_on: date | None
    cancelled_on: date | None
    end_reason: str | None


class SubscriptionDetailRow(msgspec.Struct, frozen=True):
    """One subscription of an account."""

    id: UUID
    external_id: str
    plan: str
    seats: int
    mrr: Decimal
    interval: str
    starts_on: date
    ends_on: date | None
    is_trial: bool
    cancelled_on: date | None
    end_reason: str | None


PAYING_SPANS = Query(
    """
    select s.account_id, a.external_id as account, s.id as subscription_id, s.plan, s.billing_interval,
           s.annual_amount, s.currency, s.starts_on, s.ends_on, s.cancelled_on, s.end_reason
    from subscriptions s join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
    where s.workspace_id = %(workspace_id)s and not s.is_trial
    """,
    SpanRow,
)

SUBSCRIPTIONS_OF_ACCOUNT = Query(
    """
    select id, external_id, plan, seats, round(annual_amount / 12, 2) as mrr, billing_interval as interval,
           starts_on, ends_on, is_trial, cancelled_on, end_reason
    from subscriptions
    where workspace_id = %(workspace_id)s and account_id = %(account_id)s
    order by starts_on desc, id desc
    """,
    SubscriptionDetailRow,
)
