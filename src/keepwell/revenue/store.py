"""The SQL of the revenue figures that open down to single facts; those that add facts up are in `rollups/store.py`.

Amounts are twelve times the monthly ones: exact, and divided once, for display.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from keepwell.platform.statements import Query
from keepwell.records.accounts.model import GroupRow
from keepwell.revenue.model import PaidSubscription
from keepwell.revenue.views import Kind, UnratedSubscriptions


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
    total: int


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
      select f.*, row_number() over (partition by policy order by "on", id) as number,
             count(*) over () as total
      from sided f
      where not exists (
        select from movement_facts o
        where o.workspace_id = %(workspace_id)s and o.account_id = f.account_id and f.against = any(o.policies)
          and (o."on", o.kind, o.annual_amount) = (f."on", f.kind, f.annual_amount))
    )
    select n.id, n.policy, n."on", n.account_id, a.name as account, n.kind, n.annual_amount, n.subscription_ids,
           n.total
    from numbered n join accounts a on (a.workspace_id, a.id) = (n.workspace_id, n.account_id)
    where number <= %(limit)s
    order by n."on", a.name, n.policy, n.id
    """,
    DifferenceRow,
)

# A trial that was not continued leaves an empty paid span behind, of which no day was paid.
PAYING_SPANS = Query(
    """
    select s.account_id, a.external_id, s.id as subscription_id, s.plan, s.seats,
           s.billing_interval, s.annual_amount, s.currency, s.starts_on, s.ends_on, s.cancelled_on, s.end_reason
    from subscriptions s join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
    where s.workspace_id = %(workspace_id)s and not s.is_trial and (s.ends_on is null or s.ends_on > s.starts_on)
    """,
    PaidSubscription,
)

# The first accounts of the movements of a kind, with the count and amount of all.
MOVED_ACCOUNTS = Query(
    """
    with moved as (
      select account_id, count(*) as movements, sum(annual_amount) as annual_amount from movement_facts
      where workspace_id = %(workspace_id)s and %(policy)s = any(policies) and kind = %(kind)s
        and "on" between %(start)s and %(end)s
      group by account_id
    )
    select m.account_id, a.name, (sum(m.movements) over ())::int as count,
           round(sum(m.annual_amount) over () / 12, 2)::text as amount
    from moved m join accounts a on a.workspace_id = %(workspace_id)s and a.id = m.account_id
    order by abs(m.annual_amount) desc, a.external_id limit %(limit)s
    """,
    GroupRow,
)
