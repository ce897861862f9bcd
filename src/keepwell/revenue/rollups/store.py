"""All SQL of the roll-ups, which triggers on the facts maintain.

Those by month are of `migrations/0031_movement_rollups.sql`, those by day of `migrations/0040_movements_by_day.sql`.

Amounts are twelve times the monthly ones: exact, and divided once, for display.
"""

from __future__ import annotations

from typing import LiteralString

from keepwell.platform.statements import Command, Query
from keepwell.revenue.rollups.model import (
    CohortRow,
    CountedSum,
    DayRow,
    KeptFromRow,
    KeptRow,
    LevelRow,
    MonthRow,
    RevaluedRow,
    StoredDay,
    StoredRetention,
    StoredSum,
    Totals,
    TwoTotals,
)

# The months before the last day's, and the days that follow them; `month` of a fact is its own.
_UNTIL: LiteralString = """
    from (
      select policies, cohort, month, kind, annual_amount, movements, paying_accounts from movement_rollups
      where workspace_id = %(workspace_id)s and month < %(closing)s
      union all
      select policies, cohort, date_trunc('month', "on"::timestamp)::date, kind, annual_amount, 1, paying_accounts
      from movement_facts
      where workspace_id = %(workspace_id)s and "on" >= %(closing)s and "on" <= %(end)s
    ) as moved
"""

TOTALS = Query(
    f"""
    select coalesce(sum(annual_amount), 0) as annual_amount, coalesce(sum(paying_accounts), 0)::int as accounts
    {_UNTIL} where %(policy)s = any(policies)
    """,
    Totals,
)

TWO_TOTALS = Query(
    f"""
    select coalesce(sum(annual_amount) filter (where %(policy)s = any(policies)), 0) as annual_amount,
           coalesce(sum(annual_amount) filter (where %(other)s = any(policies)), 0) as other_annual_amount
    {_UNTIL}
    """,
    TwoTotals,
)

COHORTS = Query(
    f"""
    select cohort, month, sum(annual_amount) as annual_amount, sum(paying_accounts)::int as paying_accounts,
           (coalesce(sum(movements) filter (where kind = 'new'), 0))::int as joined
    {_UNTIL} where %(policy)s = any(policies) and cohort >= %(first)s and cohort <= %(last)s
    group by cohort, month
    """,
    CohortRow,
)

# The month of the day `split` is two rows: what came before that day, and what came from it on.
MONTHS = Query(
    """
    select month, kind, end_reason, sum(annual_amount) as annual_amount, sum(paying_accounts)::int as paying_accounts
    from (
      select case when month >= %(start)s then month end as month, kind, end_reason, annual_amount, paying_accounts
      from movement_rollups
      where workspace_id = %(workspace_id)s and %(policy)s = any(policies) and month < %(closing)s
        and (month < %(opening)s or month >= %(opening_until)s)
      union all
      select case when "on" >= %(start)s then
               greatest(date_trunc('month', "on"::timestamp)::date, case when "on" >= %(split)s then %(split)s::date end) end,
             kind, end_reason, annual_amount, paying_accounts
      from movement_facts
      where workspace_id = %(workspace_id)s and %(policy)s = any(policies)
        and ("on" >= %(opening)s and "on" < %(opening_until)s or "on" >= %(closing)s and "on" <= %(end)s)
    ) as moved
    group by 1, 2, 3
    """,
    MonthRow,
)

# A day whose facts were all taken away keeps its row, with zeros.
DAYS = Query(
    """
    select day, kind, sum(annual_amount) as annual_amount, sum(paying_accounts)::int as paying_accounts
    from movement_days
    where workspace_id = %(workspace_id)s and %(policy)s = any(policies) and day between %(start)s and %(end)s
    group by day, kind
    having sum(movements) <> 0
    """,
    DayRow,
)

LEVELS = Query(
    """
    select day, sum(annual_amount) as annual_amount, sum(paying_accounts)::int as paying_accounts
    from movement_days
    where workspace_id = %(workspace_id)s and %(policy)s = any(policies) and day between %(start)s and %(end)s
    group by day
    """,
    LevelRow,
)

# Of the filters of a list of facts, those that the roll-ups know.
COUNTED = Query(
    """
    select coalesce(sum(movements), 0)::int as movements, coalesce(sum(annual_amount), 0) as annual_amount
    from (
      select kind, end_reason, cohort, movements, annual_amount from movement_rollups
      where workspace_id = %(workspace_id)s and %(policy)s = any(policies) and month < %(closing)s
        and month >= %(start)s and month >= %(opening_until)s
      union all
      select kind, end_reason, cohort, 1, annual_amount from movement_facts
      where workspace_id = %(workspace_id)s and %(policy)s = any(policies) and "on" >= %(start)s
        and ("on" >= %(opening)s and "on" < %(opening_until)s or "on" >= %(closing)s and "on" <= %(end)s)
    ) as moved
    where (%(kind)s::text is null or kind = %(kind)s)
      and (%(end_reason)s::text is null or end_reason = %(end_reason)s)
      and (%(cohort)s::date is null or cohort = %(cohort)s)
    """,
    CountedSum,
)

# A roll-up counts in every period that begins and ends after its two months; both lists of months ascend.
KEPT_BY_MONTHS = Query(
    """
    select greatest(width_bucket(opening_month, %(openings)s::date[]), width_bucket(closing_month, %(closings)s::date[]))
             as first,
           end_reason, sum(lost_accounts)::int as lost, sum(kept_amount) as kept, sum(capped_amount) as capped
    from retention_rollups
    where workspace_id = %(workspace_id)s and %(policy)s = any(policies)
      and opening_month < %(last_opening)s and closing_month < %(last_closing)s
    group by 1, 2 order by 1
    """,
    KeptFromRow,
)

# What has to be added to the figure of the month ends nearest to the two days: for each account that moved in between, the
# difference between the days and those month ends. An account that joined after the opening paid nothing
# then, and an FX line makes nobody begin or cease to pay.
KEPT_BETWEEN = Query(
    """
    with moved as (
      select distinct account_id from movement_facts
      where workspace_id = %(workspace_id)s and %(policy)s = any(policies) and kind <> 'fx'
        and ("on" >= least(%(opening)s::date, %(start)s::date) and "on" < greatest(%(opening)s::date, %(start)s::date)
             or "on" >= least(%(closing)s::date, %(until)s::date)
                and "on" < greatest(%(closing)s::date, %(until)s::date) and kind <> 'new')
    ), held as (
      select own.*, exists (
               select from movement_facts fx
               where fx.workspace_id = %(workspace_id)s and fx.account_id = moved.account_id and fx.kind = 'fx'
                 and %(policy)s = any(fx.policies)) as is_revalued
      from moved cross join lateral (
        select coalesce(sum(annual_amount) filter (where "on" < %(opening)s), 0) as month_opening,
               coalesce(sum(annual_amount) filter (where "on" < %(start)s), 0) as opening,
               coalesce(sum(annual_amount) filter (where "on" < %(closing)s), 0) as month_closing,
               coalesce(sum(annual_amount) filter (where "on" < %(until)s), 0) as closing,
               (array_agg(end_reason order by "on" desc)
                 filter (where kind <> 'fx' and "on" < %(closing)s))[1] as month_end_reason,
               (array_agg(end_reason order by "on" desc)
                 filter (where kind <> 'fx' and "on" < %(until)s))[1] as end_reason
        from movement_facts f
        where f.workspace_id = %(workspace_id)s and f.account_id = moved.account_id
          and %(policy)s = any(f.policies) and f."on" < greatest(%(closing)s::date, %(until)s::date)
      ) as own
    )
    select end_reason, sum(lost)::int as lost, sum(kept) as kept, sum(capped) as capped
    from (
      select case when closing = 0 then end_reason end as end_reason, (closing = 0)::int as lost,
             case when is_revalued then 0 else closing - opening end as kept,
             case when is_revalued then 0 else least(closing, opening) - opening end as capped
      from held where opening > 0
      union all
      select case when month_closing = 0 then month_end_reason end, -(month_closing = 0)::int,
             case when is_revalued then 0 else month_opening - month_closing end,
             case when is_revalued then 0 else month_opening - least(month_closing, month_opening) end
      from held where month_opening > 0
    ) as parts
    group by end_reason
    """,
    KeptRow,
)

# A customer's revenue at the end is converted at the rates of the opening; what began later, at those of its first day.
# Laterally, so that each account is looked up, whatever the planner knows of how many there are.
REVALUED = Query(
    """
    with revalued as materialized (
      select distinct account_id from movement_facts
      where workspace_id = %(workspace_id)s and kind = 'fx' and %(policy)s = any(policies)
    ), periods as (
      select number::int - 1 as period, starts_on, ends_on
      from unnest(%(starts)s::date[], %(ends)s::date[]) with ordinality as asked (starts_on, ends_on, number)
    )
    select period, coalesce(sum(opening), 0) as opening, coalesce(sum(amount), 0) as now,
           coalesce(sum(least(opening, amount)), 0) as capped, coalesce(sum(now - amount), 0) as fx
    from periods cross join revalued cross join lateral (
      select sum(annual_amount) filter (where "on" < periods.starts_on) as opening, sum(annual_amount) as now
      from movement_facts f
      where f.workspace_id = %(workspace_id)s and f.account_id = revalued.account_id
        and %(policy)s = any(f.policies) and f."on" <= periods.ends_on
    ) as held cross join lateral (
      select coalesce(sum(
               case when %(uses_list_price)s then annual_list_amount else annual_amount end
               * case when currency = (select currency from workspaces where id = app_workspace()) then 1 else (
                   select rate from exchange_rates r
                   where r.workspace_id = %(workspace_id)s and r.currency = s.currency
                     and r."on" <= greatest(s.starts_on, periods.starts_on - 1)
                   order by r."on" desc limit 1) end), 0) as amount
      from subscriptions s
      where s.workspace_id = %(workspace_id)s and s.account_id = revalued.account_id and not s.is_trial
        and s.starts_on <= periods.ends_on and (s.ends_on is null or s.ends_on > periods.ends_on)
    ) as kept
    where opening > 0
    group by period
    """,
    RevaluedRow,
)

CLEAR_SUMS = Command("delete from movement_rollups where workspace_id = %(workspace_id)s")

CLEAR_DAYS = Command("delete from movement_days where workspace_id = %(workspace_id)s")

CLEAR_RETENTIONS = Command("delete from retention_rollups where workspace_id = %(workspace_id)s")

SUMS = Query(
    """
    select policies, month, cohort, kind, end_reason, annual_amount, movements, paying_accounts
    from movement_rollups where workspace_id = %(workspace_id)s
    """,
    StoredSum,
)

DAY_SUMS = Query(
    """
    select policies, day, kind, annual_amount, movements, paying_accounts
    from movement_days where workspace_id = %(workspace_id)s
    """,
    StoredDay,
)

RETENTIONS = Query(
    """
    select policies, opening_month, closing_month, end_reason, lost_accounts, kept_amount, capped_amount
    from retention_rollups where workspace_id = %(workspace_id)s
    """,
    StoredRetention,
)
