"""All SQL of accounts; their standings are kept by `revenue.standings`."""

from __future__ import annotations

from typing import LiteralString

from keepwell.platform.database import Command, Query
from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.records.accounts.model import (
    AccountItem,
    AccountName,
    ErasedAccount,
    MoneyOnRecord,
    PersonState,
)

_COLUMNS: LiteralString = """
    select a.id, a.external_id, a.name, t.status, t.plan, round(t.annual_amount / 12, 2)::text as mrr,
           (select currency from workspaces where id = app_workspace()) as currency,
           'default' as policy, t.since, a.industry, a.country, a.signed_up_on, a.version,
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

# An account that never had a subscription sorts as the newest.
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
