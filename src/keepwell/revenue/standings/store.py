"""All SQL of account standings: each account's status, plan and MRR as of a day."""

from __future__ import annotations

from typing import LiteralString

from keepwell.platform.database import Command

# The plan shown is that of the largest running subscription; an account without one keeps its last plan.
_SELECTED: LiteralString = """
    insert into account_standings as t (
      workspace_id, account_id, status, plan, annual_amount, since, as_of, changes_on)
    select workspace_id, id,
           case when annual_amount > 0 then 'active' when on_trial then 'trial'
                when has_paid then 'churned' else 'prospect' end,
           plan, annual_amount, since, %(on)s, changes_on
    from (
      select a.workspace_id, a.id,
             (select coalesce(sum(f.annual_amount), 0) from movement_facts f
              where f.workspace_id = a.workspace_id and f.account_id = a.id and 'default' = any(f.policies)
                and f."on" <= %(on)s) as annual_amount,
             min(s.starts_on) filter (where started) as since,
             coalesce(bool_or(running and s.is_trial), false) as on_trial,
             exists (select from movement_facts f
                     where f.workspace_id = a.workspace_id and f.account_id = a.id and 'default' = any(f.policies)
                       and f."on" <= %(on)s) as has_paid,
             (array_agg(s.plan order by running desc, s.annual_amount desc, s.starts_on desc, s.external_id)
               filter (where started))[1] as plan,
             least(min(s.starts_on) filter (where not started),
                   min(s.ends_on) filter (where s.ends_on > %(on)s),
                   (select min(f."on") from movement_facts f
                    where f.workspace_id = a.workspace_id and f.account_id = a.id and f."on" > %(on)s)
             ) as changes_on
      from accounts a
      left join lateral (
        select *, starts_on <= %(on)s as started,
               starts_on <= %(on)s and (ends_on is null or %(on)s < ends_on) as running
        from subscriptions
        where workspace_id = a.workspace_id and account_id = a.id
      ) s on true
"""

_UPSERTED: LiteralString = """
      group by a.workspace_id, a.id
    ) as worth
    on conflict (workspace_id, account_id) do update
      set (status, plan, annual_amount, since, as_of, changes_on) =
          (excluded.status, excluded.plan, excluded.annual_amount, excluded.since, excluded.as_of,
           excluded.changes_on)
"""

UPSERT_STANDINGS = Command(
    f"""
    {_SELECTED}
      where a.workspace_id = %(workspace_id)s
        and (%(account_ids)s::uuid[] is null or a.id = any(%(account_ids)s))
    {_UPSERTED}
    """
)

# Due standings; also those dated after today, in case the clock was set back.
UPSERT_DUE_STANDINGS = Command(
    f"""
    {_SELECTED}
      where a.workspace_id = %(workspace_id)s and a.id in (
        select account_id from account_standings
        where workspace_id = %(workspace_id)s and (changes_on <= %(on)s or as_of > %(on)s)
      )
    {_UPSERTED}
    """  # noqa: S608  our own text, with the parameters apart
)
