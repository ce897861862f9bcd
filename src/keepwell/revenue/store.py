"""All SQL of the revenue figures.

Amounts are twelve times the monthly ones: exact, and divided once, for display.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.platform.database import Query
from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.revenue.views import Kind, MovementFact, UnratedSubscriptions


class Totals(msgspec.Struct, frozen=True):
    """Annual recurring revenue at the end of a day, and the number of paying accounts."""

    annual_amount: Decimal
    accounts: int


class TwoTotals(msgspec.Struct, frozen=True):
    """Annual recurring revenue at the end of a day, by two policies."""

    annual_amount: Decimal
    other_annual_amount: Decimal


class MonthRow(msgspec.Struct, frozen=True):
    """The movements of one kind in a month; everything before the first requested day is one row."""

    month: date | None
    kind: Kind
    end_reason: str | None
    annual_amount: Decimal
    movements: int
    paying_accounts: int


class RetentionRow(msgspec.Struct, frozen=True):
    """The opening customers' revenue then and now, and now capped per customer at what it was.

    `now` and `capped` are at the exchange rates of the opening; `fx` is what the change of the rates added to `now`.
    `moved` is the sum of all customers' movements, without those that `new` customers began with and without FX.
    """

    opening: Decimal
    now: Decimal
    capped: Decimal
    fx: Decimal
    accounts: int
    stayed: int
    moved: Decimal


class ChurnedAccounts(msgspec.Struct, frozen=True):
    """How many opening customers churned, for one reason."""

    end_reason: str | None
    accounts: int


class CohortRow(msgspec.Struct, frozen=True):
    """The sum of a month's movements over the customers of a cohort."""

    cohort: date
    month: date
    annual_amount: Decimal
    paying_accounts: int
    joined: int


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


_FACTS: LiteralString = """
    from movement_facts f where workspace_id = %(workspace_id)s and %(policy)s = any(policies)
"""

TOTALS = Query(
    f"""
    select coalesce(sum(annual_amount), 0) as annual_amount, coalesce(sum(paying_accounts), 0)::int as accounts
    {_FACTS} and "on" <= %(on)s
    """,
    Totals,
)

UNRATED = Query(
    """
    select unrated_currency as currency, count(*)::int as subscriptions from unreadable_subscriptions
    where workspace_id = %(workspace_id)s and until is null and unrated_currency is not null and since <= %(on)s
    group by 1 order by 1
    """,
    UnratedSubscriptions,
)

MONTHS = Query(
    f"""
    select case when "on" >= %(start)s then date_trunc('month', "on"::timestamp)::date end as month, kind, end_reason,
           sum(annual_amount) as annual_amount, count(*)::int as movements,
           sum(paying_accounts)::int as paying_accounts
    {_FACTS} and "on" <= %(end)s
    group by 1, 2, 3
    """,
    MonthRow,
)

# A customer's revenue at the end is converted at the rates of the opening; what began later, at those of its first day.
RETENTION = Query(
    f"""
    with held as (
      select account_id, sum(annual_amount) filter (where "on" < %(start)s) as opening, sum(annual_amount) as now,
             sum(annual_amount) filter (where "on" >= %(start)s and kind not in ('new', 'fx')) as moved
      {_FACTS} and "on" <= %(end)s
      group by account_id
    ), kept as (
      select account_id, sum(case when currency = (select currency from workspaces where id = app_workspace())
                                  then amount
                                  else amount * (
               select rate from exchange_rates r
               where r.workspace_id = %(workspace_id)s and r.currency = running.currency and r."on" <= running.valued_on
               order by r."on" desc limit 1) end) as amount
      from (
        select account_id, currency, greatest(starts_on, %(start)s::date - 1) as valued_on,
               case when %(uses_list_price)s then annual_list_amount else annual_amount end as amount
        from subscriptions
        where workspace_id = %(workspace_id)s and not is_trial and starts_on <= %(end)s
          and (ends_on is null or ends_on > %(end)s)
      ) as running
      group by account_id
    )
    select coalesce(sum(opening), 0) as opening, coalesce(sum(amount) filter (where opening > 0), 0) as now,
           coalesce(sum(least(opening, coalesce(amount, 0))) filter (where opening > 0), 0) as capped,
           coalesce(sum(now - coalesce(amount, 0)) filter (where opening > 0), 0) as fx,
           (count(*) filter (where opening > 0))::int as accounts,
           (count(*) filter (where opening > 0 and now > 0))::int as stayed,
           coalesce(sum(moved), 0) as moved
    from held left join kept using (account_id)
    """,  # noqa: S608  our own text, with the parameters apart
    RetentionRow,
)

# The opening customers who pay nothing at the end and whose last movement is churn, by why that happened.
CHURNED_ACCOUNTS = Query(
    f"""
    select last_reason as end_reason, count(*)::int as accounts
    from (
      select sum(annual_amount) filter (where "on" < %(start)s) as opening, sum(annual_amount) as now,
             (array_agg(kind order by "on" desc) filter (where kind <> 'fx'))[1] as last_kind,
             (array_agg(end_reason order by "on" desc) filter (where kind = 'churn'))[1] as last_reason
      {_FACTS} and "on" <= %(end)s
      group by account_id
    ) as held
    where opening > 0 and now = 0 and last_kind = 'churn'
    group by last_reason
    """,  # noqa: S608  our own text, with the parameters apart
    ChurnedAccounts,
)

COHORTS = Query(
    f"""
    select cohort, date_trunc('month', "on"::timestamp)::date as month, sum(annual_amount) as annual_amount,
           sum(paying_accounts)::int as paying_accounts, (count(*) filter (where kind = 'new'))::int as joined
    {_FACTS} and cohort >= %(start)s and cohort <= %(end)s and "on" <= %(on)s
    group by cohort, month
    """,
    CohortRow,
)

TWO_TOTALS = Query(
    """
    select coalesce(sum(annual_amount) filter (where %(policy)s = any(policies)), 0) as annual_amount,
           coalesce(sum(annual_amount) filter (where %(other)s = any(policies)), 0) as other_annual_amount
    from movement_facts where workspace_id = %(workspace_id)s and "on" <= %(on)s
    """,
    TwoTotals,
)

# The facts that only one of the two policies has, up to a limit per side.
DIFFERENCES = Query(
    """
    with sided as (
      select *, case when %(policy)s = any(policies) then %(policy)s::text else %(other)s::text end as policy,
             case when %(policy)s = any(policies) then %(other)s::text else %(policy)s::text end as against
      from movement_facts
      where workspace_id = %(workspace_id)s and "on" between %(start)s and %(end)s
        and (%(policy)s = any(policies)) <> (%(other)s = any(policies))
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
