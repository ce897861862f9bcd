"""All SQL of accounts and of their standings."""

from __future__ import annotations

from typing import LiteralString

from keepwell.platform.database import Command, Query
from keepwell.platform.keyset import Keyset, SortKey
from keepwell.subscriptions.accounts.model import AccountItem, AccountName

_COLUMNS: LiteralString = """
    select a.id, a.external_id, a.name, t.status, t.plan, round(t.annual_amount / 12, 2)::text as mrr,
           (select currency from workspaces where id = app_workspace()) as currency,
           'default' as policy, t.since, a.industry, a.country, a.signed_up_on, a.version,
           (select min(u.since) from unreadable_subscriptions u
            where u.workspace_id = a.workspace_id and u.account_id = a.id and u.until is null
           ) as revenue_uncertain_since,
           (select concat_ws(': ', u.external_id, nullif(u.field, ''), u.reason) from unreadable_subscriptions u
            where u.workspace_id = a.workspace_id and u.account_id = a.id and u.until is null
            order by u.since, u.external_id limit 1) as revenue_uncertain_because
"""

_SOURCE: LiteralString = """
    from accounts a join account_standings t on (t.workspace_id, t.account_id) = (a.workspace_id, a.id)
    where a.workspace_id = %(workspace_id)s
"""

# An account that never had a subscription sorts as the newest of all.
PAGES = Keyset(
    _COLUMNS,
    _SOURCE
    + """
      and (%(search)s::text is null or strpos(lower(a.name || ' ' || a.external_id), lower(%(search)s)) > 0)
      and (%(status)s::text is null or t.status = %(status)s)
      and (%(plan)s::text is null or t.plan = %(plan)s)
    """,
    AccountItem,
    sorts={
        "name": SortKey("a.name", "text", "a.id"),
        "mrr": SortKey("t.annual_amount", "numeric", "t.account_id"),
        "since": SortKey("coalesce(t.since, 'infinity'::date)", "date", "t.account_id"),
    },
)

ACCOUNT = Query(f"{_COLUMNS} {_SOURCE} and a.id = %(account_id)s", AccountItem)

LOCKED_ACCOUNT = Query(f"{_COLUMNS} {_SOURCE} and a.id = %(account_id)s for update of a", AccountItem)

NAMES = Query(
    """
    select id, external_id, name from accounts
    where workspace_id = %(workspace_id)s and external_id = any(%(external_ids)s)
    """,
    AccountName,
)

INSERT = Command(
    """
    insert into accounts (workspace_id, id, external_id, name, industry, country, signed_up_on)
    values (%(workspace_id)s, %(id)s, %(external_id)s, %(name)s, %(industry)s, %(country)s, %(signed_up_on)s)
    """
)

UPDATE = Command(
    """
    update accounts set name = %(name)s, industry = %(industry)s, country = %(country)s,
                        signed_up_on = %(signed_up_on)s, version = version + 1
    where workspace_id = %(workspace_id)s and id = %(account_id)s
    """
)

DELETE = Command("delete from accounts where workspace_id = %(workspace_id)s and id = %(account_id)s")

# The plan shown is that of the largest running subscription; an account without one keeps its last.
_STANDINGS: LiteralString = """
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
             coalesce(bool_or(started and not s.is_trial and s.annual_amount > 0), false) as has_paid,
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

_WRITTEN: LiteralString = """
      group by a.workspace_id, a.id
    ) as worth
    on conflict (workspace_id, account_id) do update
      set (status, plan, annual_amount, since, as_of, changes_on) =
          (excluded.status, excluded.plan, excluded.annual_amount, excluded.since, excluded.as_of,
           excluded.changes_on)
"""

STAND = Command(
    f"""
    {_STANDINGS}
      where a.workspace_id = %(workspace_id)s
        and (%(account_ids)s::uuid[] is null or a.id = any(%(account_ids)s))
    {_WRITTEN}
    """
)

# Those whose day has come; and, where a clock was set back, those that were ahead of it.
STAND_DUE = Command(
    f"""
    {_STANDINGS}
      where a.workspace_id = %(workspace_id)s and a.id in (
        select account_id from account_standings
        where workspace_id = %(workspace_id)s and (changes_on <= %(on)s or as_of > %(on)s)
      )
    {_WRITTEN}
    """  # noqa: S608  our own text, with the parameters apart
)
