"""The SQL of the revenue figures that open down to single facts; those that add facts up are in `rollups/store.py`.

Amounts are twelve times the monthly ones: exact, and divided once, for display.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from keepwell.platform.database import Query
from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.revenue.views import Kind, MovementFact, UnratedSubscriptions


class DifferenceRow(msgspec.Struct, frozen=True):
    """A fact of one policy that the other lacks."""

    id: UUID
    policy: str
    on: date
    account_id: UUID
    account: str
    kind: Kind
    annual_amount: Decimal
    subscription_ids: list[UUID]


class PaidSubscriptionRow(msgspec.Struct, frozen=True):
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


UNRATED = Query(
    """
    select unrated_currency as currency, count(*)::int as subscriptions from unreadable_subscriptions
    where workspace_id = %(workspace_id)s and until is null and unrated_currency is not null and since <= %(on)s
    group by 1 order by 1
    """,
    UnratedSubscriptions,
)

# The facts that only one of the two policies has, up to a limit per side. Others name every policy; the index leaves them out.
DIFFERENCES = Query(
    """
    with sided as (
      select *, case when %(policy)s = any(policies) then %(policy)s::text else %(other)s::text end as policy,
             case when %(policy)s = any(policies) then %(other)s::text else %(policy)s::text end as against
      from movement_facts
      where workspace_id = %(workspace_id)s and "on" between %(start)s and %(end)s
        and cardinality(policies) = 1 and (%(policy)s = any(policies)) <> (%(other)s = any(policies))
    ), numbered as (
      select f.*, row_number() over (partition by policy order by "on", id) as number
      from sided f
      where not exists (
        select from movement_facts o
        where o.workspace_id = %(workspace_id)s and o.account_id = f.account_id and f.against = any(o.policies)
          and (o."on", o.kind, o.annual_amount) = (f."on", f.kind, f.annual_amount))
    )
    select n.id, n.policy, n."on", n.account_id, a.name as account, n.kind, n.annual_amount, n.subscription_ids
    from numbered n join accounts a on (a.workspace_id, a.id) = (n.workspace_id, n.account_id)
    where number <= %(limit)s
    order by n."on", a.name, n.policy, n.id
    """,
    DifferenceRow,
)

# The name is a subquery, so that it is looked up for the rows of the page only; a join would read the whole table.
# Without a policy, the workspace's counts.
PAGES = Keyset(
    """
    select f.id, f."on", f.account_id,
           (select a.name from accounts a where (a.workspace_id, a.id) = (f.workspace_id, f.account_id)) as account,
           f.kind, round(f.annual_amount / 12, 2)::text as amount,
           trim_scale(f.annual_amount)::text as annual_amount,
           w.currency, coalesce(%(policy)s::text, w.policy) as policy,
           f.end_reason, f.subscription_ids
    """,
    """
    from movement_facts f join workspaces w on w.id = f.workspace_id
    where f.workspace_id = %(workspace_id)s and coalesce(%(policy)s::text, w.policy) = any(f.policies)
      and (%(account_id)s::uuid is null or f.account_id = %(account_id)s)
      and (%(kind)s::text is null or f.kind = %(kind)s)
      and (%(end_reason)s::text is null or f.end_reason = %(end_reason)s)
      and (%(cohort)s::date is null or f.cohort = %(cohort)s)
      and (%(paying_before)s::date is null or f.account_id in (
        select account_id from movement_facts
        where workspace_id = %(workspace_id)s and coalesce(%(policy)s::text, w.policy) = any(policies)
          and "on" < %(paying_before)s
        group by account_id having sum(annual_amount) > 0))
      and (%(start)s::date is null or f."on" >= %(start)s)
      and (%(end)s::date is null or f."on" <= %(end)s)
    """,
    MovementFact,
    sorts={"on": SortKey('f."on"', "date", "f.id")},
)

PAYING_SPANS = Query(
    """
    select s.account_id, a.external_id as account, s.id as subscription_id, s.plan, s.billing_interval,
           s.annual_amount, s.currency, s.starts_on, s.ends_on, s.cancelled_on, s.end_reason
    from subscriptions s join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
    where s.workspace_id = %(workspace_id)s and not s.is_trial
    """,
    PaidSubscriptionRow,
)
