"""The SQL that computes movement facts and stores them.

Amounts are twelve times the monthly ones: exact, and divided once, for display.
"""

from __future__ import annotations

from datetime import date

import msgspec

from keepwell.platform.statements import Command, Query


class SubscriptionWithoutRate(msgspec.Struct, frozen=True):
    """A subscription without an exchange rate."""

    external_id: str
    currency: str
    starts_on: date


class FactsMissing(msgspec.Struct, frozen=True):
    """Whether there should be facts, but there are none."""

    is_missing: bool


# One writer of a workspace's facts at a time: two concurrent ones would miss each other's rows.
LOCK = Command(
    "select pg_advisory_xact_lock(hashtextextended('movement_facts ' || %(workspace_id)s::text, 0))"
)

DELETE = Command(
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
INSERT = Command(
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
