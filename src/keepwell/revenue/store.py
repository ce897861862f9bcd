"""All SQL of the revenue figures.

Amounts are twelve times the monthly ones: exact, and divided once, for display.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.platform.database import Command, Query
from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.revenue.views import Kind, MovementFact


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

    `closing` is the revenue of all customers now, `new` the part that came from new customers.
    """

    opening: Decimal
    now: Decimal
    capped: Decimal
    accounts: int
    stayed: int
    closing: Decimal
    new: Decimal


class CohortRow(msgspec.Struct, frozen=True):
    """The sum of a month's movements over the customers of a cohort."""

    cohort: date
    month: date
    annual_amount: Decimal
    paying_accounts: int
    joined: int


class StoredFact(msgspec.Struct, frozen=True):
    """A stored fact, as the check compares it."""

    policies: list[str]
    account_id: UUID
    on: date
    kind: Kind
    annual_amount: Decimal


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


class RateRow(msgspec.Struct, frozen=True):
    """A rate and the day from which it is in force."""

    currency: str
    on: date
    rate: Decimal


class SubscriptionWithoutRate(msgspec.Struct, frozen=True):
    """A subscription without an exchange rate."""

    external_id: str
    currency: str
    starts_on: date


class FactsMissing(msgspec.Struct, frozen=True):
    """Whether there should be facts, but there are none."""

    is_missing: bool


class RowCount(msgspec.Struct, frozen=True):
    """A number of rows."""

    rows: int


class PricedSpanRow(msgspec.Struct, frozen=True):
    """A paid subscription with what the figures need."""

    account_id: UUID
    annual_amount: Decimal
    annual_list_amount: Decimal
    currency: str
    starts_on: date
    ends_on: date | None


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


# One writer of a workspace's facts at a time: two concurrent ones would miss each other's rows.
LOCK = Command(
    "select pg_advisory_xact_lock(hashtextextended('movement_facts ' || %(workspace_id)s::text, 0))"
)

FORGET = Command(
    """
    delete from movement_facts
    where workspace_id = %(workspace_id)s
      and (%(account_ids)s::uuid[] is null or account_id = any(%(account_ids)s))
    """
)

# An account is special if policies may disagree about it: it has an expiring discount or a free plan. All
# others are computed once for all policies.
#
# A day's movement is what started and ended on it, at that day's rates; its FX line is the balance before it
# times the change of the rates. Both are window sums, and the running total of both is the MRR.
FIND = Command(
    """
    with own as (
      select currency from workspaces where id = app_workspace()
    ), spans as (
      select account_id, id, currency, starts_on, ends_on, end_reason,
             case when %(uses_list_price)s then annual_list_amount else annual_amount end as annual_amount,
             bool_or(list_amount is not null or annual_amount = 0) over (partition by account_id) as is_special
      from subscriptions
      where workspace_id = %(workspace_id)s and not is_trial
        and (%(account_ids)s::uuid[] is null or account_id = any(%(account_ids)s))
    ), chosen as (
      select * from spans where is_special = %(is_special)s
    ), changes as (
      select account_id, currency, starts_on as "on", annual_amount, 1 as spans, id,
             false as is_involuntary
      from chosen
      union all
      select account_id, currency, ends_on, -annual_amount, -1, id,
             coalesce(end_reason = 'involuntary', false)
      from chosen where ends_on is not null
      union all
      select held.account_id, held.currency, rates."on", 0, 0, null, false
      from (
        select account_id, currency, min(starts_on) as since from chosen
        where currency <> (select currency from own) group by account_id, currency
      ) held join exchange_rates rates
        on rates.workspace_id = %(workspace_id)s and rates.currency = held.currency and rates."on" > held.since
    ), touched as (
      select account_id, "on", sum(spans) as spans, bool_or(is_involuntary) as is_involuntary,
             coalesce(array_agg(id order by id) filter (where id is not null), '{}') as subscription_ids
      from changes group by account_id, "on"
    ), balances as (
      select account_id, currency, "on", annual_amount,
             sum(annual_amount) over (partition by account_id, currency order by "on") - annual_amount as held
      from (
        select account_id, currency, "on", sum(annual_amount) as annual_amount
        from changes group by account_id, currency, "on"
      ) as summed
    ), valued as (
      select account_id, "on", sum(annual_amount * rate) as movement, sum(held * (rate - rate_before)) as fx
      from (
        select balances.*,
               case when currency = (select currency from own) then 1 else (
                 select rate from exchange_rates r
                 where r.workspace_id = %(workspace_id)s and r.currency = balances.currency
                   and r."on" <= balances."on" order by r."on" desc limit 1) end as rate,
               case when currency = (select currency from own) then 1 else coalesce((
                 select rate from exchange_rates r
                 where r.workspace_id = %(workspace_id)s and r.currency = balances.currency
                   and r."on" < balances."on" order by r."on" desc limit 1), 0) end as rate_before
        from balances
      ) as rated
      group by account_id, "on"
    ), running as (
      select account_id, "on", movement, fx, spans, is_involuntary, subscription_ids,
             sum(movement + fx) over so_far as after, sum(spans) over so_far as spans_after
      from valued join touched using (account_id, "on")
      window so_far as (partition by account_id order by "on")
    ), known as (
      select *, after - movement as before, spans_after - spans as spans_before,
             coalesce(bool_or(after > 0) over (
               partition by account_id order by "on" rows between unbounded preceding and 1 preceding), false
             ) as has_paid,
             date_trunc('month', min("on") filter (where after > 0) over (partition by account_id))::date as cohort
      from running
    ), lines as (
      select account_id, "on", 'fx' as kind, fx as annual_amount, 0 as paying_accounts,
             null as end_reason, cohort, '{}'::uuid[] as subscription_ids
      from known where fx <> 0
      union all
      select account_id, "on",
             case when before = 0 and not has_paid then 'new'
                  when before = 0 and %(free_is_active)s and spans_before > 0 then 'expansion'
                  when before = 0 then 'reactivation'
                  when after = 0 and %(free_is_active)s and spans_after > 0 then 'contraction'
                  when after = 0 then 'churn'
                  when after > before then 'expansion' else 'contraction' end,
             movement,
             case when before = 0 then 1 when after = 0 then -1 else 0 end,
             case when after = 0 then case when is_involuntary then 'involuntary' else 'voluntary' end end,
             cohort, subscription_ids
      from known where movement <> 0
    )
    insert into movement_facts (
      workspace_id, id, policies, account_id, "on", kind, annual_amount, paying_accounts, end_reason, cohort,
      subscription_ids)
    select %(workspace_id)s,
           md5(array_to_string(%(policies)s::text[], ',') || account_id::text || "on"::text || kind)::uuid,
           %(policies)s, account_id, "on", kind, annual_amount, paying_accounts,
           case when kind = 'churn' then end_reason end, cohort, subscription_ids
    from lines
    """
)

# Paid subscriptions with a price always have facts, except those written by an earlier release.
MISSING = Query(
    """
    select exists (
      select from subscriptions
      where workspace_id = %(workspace_id)s and not is_trial and annual_amount > 0
        and (ends_on is null or ends_on > starts_on)
    ) and not exists (select from movement_facts where workspace_id = %(workspace_id)s) as is_missing
    """,
    FactsMissing,
)

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

RETENTION = Query(
    f"""
    select coalesce(sum(opening), 0) as opening, coalesce(sum(now) filter (where opening > 0), 0) as now,
           coalesce(sum(least(opening, now)) filter (where opening > 0), 0) as capped,
           (count(*) filter (where opening > 0))::int as accounts,
           (count(*) filter (where opening > 0 and now > 0))::int as stayed,
           coalesce(sum(now), 0) as closing, coalesce(sum(new), 0) as new
    from (
      select sum(annual_amount) filter (where "on" < %(start)s) as opening, sum(annual_amount) as now,
             sum(annual_amount) filter (where "on" >= %(start)s and kind = 'new') as new
      {_FACTS} and "on" <= %(end)s
      group by account_id
    ) as held
    """,  # noqa: S608  our own text, with the parameters apart
    RetentionRow,
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
PAGES = Keyset(
    """
    select f.id, f."on", f.account_id,
           (select a.name from accounts a where (a.workspace_id, a.id) = (f.workspace_id, f.account_id)) as account,
           f.kind, round(f.annual_amount / 12, 2)::text as amount,
           trim_scale(f.annual_amount)::text as annual_amount,
           (select currency from workspaces where id = app_workspace()) as currency, %(policy)s::text as policy,
           f.end_reason, f.subscription_ids
    """,
    """
    from movement_facts f where f.workspace_id = %(workspace_id)s and %(policy)s = any(f.policies)
      and (%(account_id)s::uuid is null or f.account_id = %(account_id)s)
      and (%(kind)s::text is null or f.kind = %(kind)s)
      and (%(end_reason)s::text is null or f.end_reason = %(end_reason)s)
      and (%(cohort)s::date is null or f.cohort = %(cohort)s)
      and (%(paying_before)s::date is null or f.account_id in (
        select account_id from movement_facts
        where workspace_id = %(workspace_id)s and %(policy)s = any(policies) and "on" < %(paying_before)s
        group by account_id having sum(annual_amount) > 0))
      and (%(start)s::date is null or f."on" >= %(start)s)
      and (%(end)s::date is null or f."on" <= %(end)s)
    """,
    MovementFact,
    sorts={"on": SortKey('f."on"', "date", "f.id")},
)

STORED = Query(
    """
    select policies, account_id, "on", kind, annual_amount from movement_facts
    where workspace_id = %(workspace_id)s
    """,
    StoredFact,
)

SPANS = Query(
    """
    select account_id, annual_amount, annual_list_amount, currency, starts_on, ends_on
    from subscriptions where workspace_id = %(workspace_id)s and not is_trial
    """,
    PricedSpanRow,
)

COUNT_SUBSCRIPTIONS = Query(
    "select count(*)::int as rows from subscriptions where workspace_id = %(workspace_id)s", RowCount
)

COUNT_FACTS = Query(
    "select count(*)::int as rows from movement_facts where workspace_id = %(workspace_id)s", RowCount
)

RATES = Query(
    """
    select currency, "on", rate from exchange_rates where workspace_id = %(workspace_id)s
    order by currency, "on"
    """,
    RateRow,
)

SET_RATE = Command(
    """
    insert into exchange_rates (workspace_id, currency, "on", rate)
    values (%(workspace_id)s, %(currency)s, %(on)s, %(rate)s)
    on conflict (workspace_id, currency, "on") do update set rate = excluded.rate
    """
)

# Accounts whose subscriptions began before the first rate of their currency.
UNRATED = Query(
    """
    select s.external_id, s.currency, s.starts_on
    from subscriptions s
    where s.workspace_id = %(workspace_id)s and not s.is_trial
      and s.currency <> (select currency from workspaces where id = app_workspace())
      and (%(account_ids)s::uuid[] is null or s.account_id = any(%(account_ids)s))
      and not exists (
        select from exchange_rates r
        where r.workspace_id = s.workspace_id and r.currency = s.currency and r."on" <= s.starts_on)
    order by s.starts_on limit 1
    """,
    SubscriptionWithoutRate,
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
