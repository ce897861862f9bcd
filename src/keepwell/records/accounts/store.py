"""All SQL of accounts; their standings are kept by `revenue.standings`."""

from __future__ import annotations

from typing import LiteralString

from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query
from keepwell.records.accounts.model import (
    AccountAttributes,
    AccountItem,
    AccountName,
    AccountTotals,
    ErasedAccount,
    FacetRow,
    MatchingAccount,
    MoneyOnRecord,
    PersonState,
)

_COLUMNS: LiteralString = """
    select a.id, a.external_id, a.name, t.status, t.plan, round(t.annual_amount / 12, 2)::text as mrr,
           (select currency from workspaces where id = app_workspace()) as currency,
           'default' as policy, t.since, t.churned_on, a.industry, a.country, a.signed_up_on, a.version,
           (select min(u.since) from unreadable_subscriptions u
            where u.workspace_id = a.workspace_id and u.account_id = a.id and u.until is null
           ) as revenue_uncertain_since,
           (select concat_ws(': ', u.external_id, nullif(u.field, ''), u.reason) from unreadable_subscriptions u
            where u.workspace_id = a.workspace_id and u.account_id = a.id and u.until is null
            order by u.since, u.external_id limit 1) as revenue_uncertain_because,
           a.erased_at
"""

_SOURCE: LiteralString = """
    from accounts a join account_standings t on (t.workspace_id, t.account_id) = (a.workspace_id, a.id)
    where a.workspace_id = %(workspace_id)s
"""

_MATCHES: LiteralString = "strpos(lower(a.name || ' ' || a.external_id), lower(%(search)s)) > 0"

# The figures are compared as they are shown: MRR has two places.
_FILTERED: LiteralString = f"""
    {_SOURCE}
      and (%(search)s::text is null or {_MATCHES})
      and (%(matching)s::uuid[] is null or a.id = any(%(matching)s))
      and (%(status)s::text is null or t.status = %(status)s)
      and (%(plan)s::text is null or t.plan = %(plan)s)
      and (%(country)s::text is null or a.country = %(country)s)
      and (%(industry)s::text is null or a.industry = %(industry)s)
      and (%(mrr_from)s::numeric is null or round(t.annual_amount / 12, 2) >= %(mrr_from)s)
      and (%(mrr_to)s::numeric is null or round(t.annual_amount / 12, 2) <= %(mrr_to)s)
      and (%(since_from)s::date is null or t.since >= %(since_from)s)
      and (%(since_to)s::date is null or t.since <= %(since_to)s)
      and (%(churned_from)s::date is null or t.churned_on >= %(churned_from)s)
      and (%(churned_to)s::date is null or t.churned_on <= %(churned_to)s)
      and (not %(by_risk)s::boolean or (a.id in (
        select s.account_id from churn_run_scores s
        join churn_runs r on (r.workspace_id, r.number) = (s.workspace_id, s.run_number)
        join churn_models m on (m.workspace_id, m.version) = (r.workspace_id, r.model_version)
        where s.workspace_id = %(workspace_id)s and not s.is_held
          and s.run_number = (
            select max(number) from churn_runs where workspace_id = %(workspace_id)s and state = 'scored')
          and case when m.label ->> 'name' = 'subscription' then t.annual_amount > 0 else a.erased_at is null end
          and (%(kind)s::text is null or s.kind = %(kind)s)
          and (%(risk_from)s::float8 is null or s.probability >= %(risk_from)s)
          and (%(risk_to)s::float8 is null or s.probability <= %(risk_to)s))))
"""  # noqa: S608  our own text, with the parameters apart

# An account that never had a subscription sorts as the newest, and one that has not churned as the first to have left.
PAGES = Keyset(
    _COLUMNS,
    _FILTERED,
    AccountItem,
    sorts={
        "name": SortKey("a.name", "text", "a.id"),
        "mrr": SortKey("t.annual_amount", "numeric", "t.account_id"),
        "since": SortKey("coalesce(t.since, 'infinity'::date)", "date", "t.account_id"),
        "churned_on": SortKey("coalesce(t.churned_on, '-infinity'::date)", "date", "t.account_id"),
    },
)

TOTALS = Query(
    f"""
    select count(*)::int as accounts, (count(*) filter (where t.annual_amount > 0))::int as paying,
           round(coalesce(sum(t.annual_amount), 0) / 12, 2)::text as mrr,
           (select currency from workspaces where id = app_workspace()) as currency, 'default' as policy
    {_FILTERED}
    """,  # noqa: S608  our own text, with the parameters apart
    AccountTotals,
)

# One pass over the accounts for all facets.
FACETS = Query(
    """
    with counted as (
      select case grouping(t.plan, a.country, a.industry)
               when 3 then 'plans' when 5 then 'countries' else 'industries' end as facet,
             coalesce(t.plan, a.country, a.industry) as value, count(*)::int as accounts
      from accounts a join account_standings t on (t.workspace_id, t.account_id) = (a.workspace_id, a.id)
      where a.workspace_id = %(workspace_id)s
      group by grouping sets (t.plan, a.country, a.industry)
    ), ranked as (
      select *, row_number() over (partition by facet order by accounts desc, value) as place
      from counted where value is not null
    )
    select facet, value, accounts from ranked where place <= %(limit)s order by facet, place
    """,
    FacetRow,
)

# No index finds a part of a name here: its operators are not leakproof, so that row-level security keeps Postgres from
# using them. Reading every name takes a third of the time of reading every account in the order of a page.
MATCHING = Query(
    f"""
    select a.id from accounts a where a.workspace_id = %(workspace_id)s and {_MATCHES} limit %(limit)s
    """,  # noqa: S608  our own text, with the parameters apart
    MatchingAccount,
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

ATTRIBUTES = Query(
    """
    select id, external_id, country, industry, signed_up_on from accounts where workspace_id = %(workspace_id)s
    order by external_id
    """,
    AccountAttributes,
)

# An erasure waits until this transaction ends, or this waits for the erasure and then sees it.
PERSON_STATE = Query(
    """
    select erased_at from accounts where workspace_id = %(workspace_id)s and id = %(account_id)s for key share
    """,
    PersonState,
)

MONEY = Query(
    """
    select (select count(*)::int from invoices
            where workspace_id = %(workspace_id)s and account_id = %(account_id)s) as invoices,
           (select count(*)::int from charges
            where workspace_id = %(workspace_id)s and account_id = %(account_id)s) as charges
    """,
    MoneyOnRecord,
)

ERASED = Query(
    """
    select account_id as id, erased_at from erasures
    where workspace_id = %(workspace_id)s and source_hash = %(source_hash)s order by erased_at desc limit 1
    """,
    ErasedAccount,
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
