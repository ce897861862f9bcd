"""All SQL of account standings: each account's status, plan and MRR as of a day."""

from __future__ import annotations

from typing import LiteralString

import msgspec

from keepwell.platform.statements import Command, Query


class FreshnessRow(msgspec.Struct, frozen=True):
    """Whether a standing is not as of the day, so that the stored ones must not be shown as they are."""

    is_outdated: bool


_COLUMNS: LiteralString = (
    "workspace_id, account_id, status, plan, annual_amount, since, churned_on, as_of, changes_on"
)

# Changed by the passing of days; also those dated after the day, in case the clock was set back.
_OUTDATED: LiteralString = "(coalesce(changes_on <= %(standings_on)s, false) or as_of > %(standings_on)s)"

# The plan shown is that of the largest running subscription; an account without one keeps its last plan.
_COMPUTED: LiteralString = """
    select workspace_id, id,
           case when annual_amount > 0 then 'active' when on_trial then 'trial'
                when has_paid then 'churned' else 'prospect' end,
           plan, annual_amount, since,
           case when annual_amount = 0 and not on_trial then churned_on end as churned_on,
           %(standings_on)s::date, changes_on
    from (
      select a.workspace_id, a.id,
             (select coalesce(sum(f.annual_amount), 0) from movement_facts f
              where f.workspace_id = a.workspace_id and f.account_id = a.id and 'default' = any(f.policies)
                and f."on" <= %(standings_on)s) as annual_amount,
             min(s.starts_on) filter (where started) as since,
             coalesce(bool_or(running and s.is_trial), false) as on_trial,
             exists (select from movement_facts f
                     where f.workspace_id = a.workspace_id and f.account_id = a.id and 'default' = any(f.policies)
                       and f."on" <= %(standings_on)s) as has_paid,
             (select max(f."on") from movement_facts f
              where f.workspace_id = a.workspace_id and f.account_id = a.id and 'default' = any(f.policies)
                and f.kind = 'churn' and f."on" <= %(standings_on)s) as churned_on,
             (array_agg(s.plan order by running desc, s.annual_amount desc, s.starts_on desc, s.external_id)
               filter (where started))[1] as plan,
             least(min(s.starts_on) filter (where not started),
                   min(s.ends_on) filter (where s.ends_on > %(standings_on)s),
                   (select min(f."on") from movement_facts f
                    where f.workspace_id = a.workspace_id and f.account_id = a.id and f."on" > %(standings_on)s)
             ) as changes_on
      from accounts a
      left join lateral (
        select *, starts_on <= %(standings_on)s as started,
               starts_on <= %(standings_on)s and (ends_on is null or %(standings_on)s < ends_on) as running
        from subscriptions
        where workspace_id = a.workspace_id and account_id = a.id
      ) s on true
"""

_BY_ACCOUNT: LiteralString = """
      group by a.workspace_id, a.id
    ) as worth
"""

_OF_OUTDATED: LiteralString = f"""
      where a.workspace_id = %(workspace_id)s and a.id in (
        select account_id from account_standings where workspace_id = %(workspace_id)s and {_OUTDATED}
      )
"""  # noqa: S608  our own text, with the parameters apart

_UPSERTED: LiteralString = """
    on conflict (workspace_id, account_id) do update
      set (status, plan, annual_amount, since, churned_on, as_of, changes_on) =
          (excluded.status, excluded.plan, excluded.annual_amount, excluded.since, excluded.churned_on,
           excluded.as_of, excluded.changes_on)
"""

UPSERT_STANDINGS = Command(
    f"""
    insert into account_standings as t ({_COLUMNS})
    {_COMPUTED}
      where a.workspace_id = %(workspace_id)s
        and (%(account_ids)s::uuid[] is null or a.id = any(%(account_ids)s))
    {_BY_ACCOUNT} {_UPSERTED}
    """
)

UPSERT_OUTDATED = Command(
    f"insert into account_standings as t ({_COLUMNS}) {_COMPUTED} {_OF_OUTDATED} {_BY_ACCOUNT} {_UPSERTED}"
)

FRESHNESS = Query(
    f"""
    select exists (
      select from account_standings where workspace_id = %(workspace_id)s and {_OUTDATED}
    ) as is_outdated
    """,  # noqa: S608  our own text, with the parameters apart
    FreshnessRow,
)

# Before a statement that reads account_standings: the name then means the standings as of the day, of which those that
# are outdated are computed. Nothing is written.
WITH_STANDINGS_ON: LiteralString = f"""
    with account_standings as (
      select {_COLUMNS} from account_standings where workspace_id = %(workspace_id)s and not {_OUTDATED}
      union all
      {_COMPUTED} {_OF_OUTDATED} {_BY_ACCOUNT}
    )
"""  # noqa: S608  our own text, with the parameters apart
