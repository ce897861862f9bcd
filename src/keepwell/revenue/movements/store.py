"""All SQL of the list of movements, and of the movements of an account.

Amounts are twelve times the monthly ones: exact, and divided once, for display.
"""

from __future__ import annotations

from typing import LiteralString

from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Query
from keepwell.revenue.movements.model import MovementFact, MovementMoment
from keepwell.revenue.rollups.model import CountedSum

# Without a policy, the workspace's counts.
_LISTED: LiteralString = """
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
    """

# The name is a subquery, so that it is looked up for the rows of the page only; a join would read the whole table.
PAGES = Keyset(
    """
    select f.id, f."on", f.account_id,
           (select a.name from accounts a where (a.workspace_id, a.id) = (f.workspace_id, f.account_id)) as account,
           f.kind, round(f.annual_amount / 12, 2)::text as amount,
           trim_scale(f.annual_amount)::text as annual_amount,
           w.currency, coalesce(%(policy)s::text, w.policy) as policy,
           f.end_reason, f.subscription_ids
    """,
    _LISTED,
    MovementFact,
    sorts={"on": SortKey('f."on"', "date", "f.id")},
)

COUNTED = Query(
    f"select count(*)::int as movements, coalesce(sum(f.annual_amount), 0) as annual_amount {_LISTED}",
    CountedSum,
)

# The balance needs every movement of the account; its plans are looked up for those of the page.
MOVEMENTS_OF_ACCOUNT = Query(
    """
    with moved as (
      select f."on"::timestamp at time zone 'UTC' as moment, 'movement:' || f.id as id, f.kind as type, f.id as fact_id,
             w.currency, f.annual_amount,
             sum(f.annual_amount) over (order by f."on", f.kind = 'fx' desc, f.id) as annual_after,
             f.end_reason, f.subscription_ids, f."on"
      from movement_facts f join workspaces w on w.id = f.workspace_id
      where f.workspace_id = %(workspace_id)s and f.account_id = %(account_id)s and w.policy = any(f.policies)
    ), page as (
      select * from moved
      where (moment, id collate "C") < (%(before)s::timestamptz, %(before_id)s::text)
      order by moment desc, id collate "C" desc limit %(limit)s
    )
    select moment, id, type, fact_id, currency, annual_amount, annual_after - annual_amount as annual_before,
           annual_after, end_reason,
           array(select s.plan from subscriptions s
                 where s.workspace_id = %(workspace_id)s and s.id = any(subscription_ids) and s.ends_on = "on"
                 order by s.annual_amount desc, s.plan) as plans_before,
           array(select s.plan from subscriptions s
                 where s.workspace_id = %(workspace_id)s and s.id = any(subscription_ids) and s.starts_on = "on"
                 order by s.annual_amount desc, s.plan) as plans
    from page order by moment desc, id collate "C" desc
    """,
    MovementMoment,
)
