"""All SQL of the subscriptions room.

`annual_amount` is exact, and MRR is its sum divided by 12 once: no statement rounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.platform.database import Command, Query


class Counted(msgspec.Struct, frozen=True):
    """Just a number of rows."""

    rows: int


class KnownId(msgspec.Struct, frozen=True):
    """Our id beside the source's."""

    external_id: str
    id: UUID


class SubscriptionAccount(msgspec.Struct, frozen=True):
    """A subscription's and its account's ids, as the source knows them."""

    subscription: str
    account: str


class MrrRow(msgspec.Struct, frozen=True):
    """Twelve times the MRR of a day, and how many accounts pay it."""

    annual_amount: Decimal
    accounts: int


class SpanRow(msgspec.Struct, frozen=True):
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


class AccountListRow(msgspec.Struct, frozen=True):
    """An account with what it is worth on a day; `mrr` is rounded to cents for showing and sorting."""

    id: UUID
    external_id: str
    name: str
    status: str
    plan: str | None
    mrr: Decimal
    since: date | None
    industry: str | None
    country: str | None


class SubscriptionDetailRow(msgspec.Struct, frozen=True):
    """One subscription of an account."""

    id: UUID
    external_id: str
    plan: str
    seats: int
    mrr: Decimal
    interval: str
    starts_on: date
    ends_on: date | None
    is_trial: bool
    cancelled_on: date | None
    end_reason: str | None


UPSERT_ACCOUNTS = Query(
    """
    with given as (
      select * from unnest(
        %(ids)s::uuid[], %(external_ids)s::text[], %(names)s::text[],
        %(industries)s::text[], %(countries)s::text[], %(signed_up_ons)s::date[]
      ) as g (id, external_id, name, industry, country, signed_up_on)
    ), written as (
      insert into accounts (workspace_id, id, external_id, name, industry, country, signed_up_on)
      select %(workspace_id)s, id, external_id, name, industry, country, signed_up_on from given
      on conflict (workspace_id, external_id) do update
        set (name, industry, country, signed_up_on) =
            (excluded.name, excluded.industry, excluded.country, excluded.signed_up_on)
        where (accounts.name, accounts.industry, accounts.country, accounts.signed_up_on) is distinct from
              (excluded.name, excluded.industry, excluded.country, excluded.signed_up_on)
      returning 1
    )
    select count(*) as rows from written
    """,
    Counted,
)

UPSERT_SUBSCRIPTIONS = Query(
    """
    with given as (
      select * from unnest(
        %(ids)s::uuid[], %(external_ids)s::text[], %(account_ids)s::uuid[], %(plans)s::text[], %(seats)s::integer[],
        %(amounts)s::numeric[], %(amount_pers)s::text[], %(billing_intervals)s::text[], %(currencies)s::text[],
        %(starts_ons)s::date[], %(ends_ons)s::date[], %(is_trials)s::boolean[], %(cancelled_ons)s::date[],
        %(end_reasons)s::text[]
      ) as g (id, external_id, account_id, plan, seats, amount, amount_per, billing_interval, currency,
              starts_on, ends_on, is_trial, cancelled_on, end_reason)
    ), written as (
      insert into subscriptions as s (
        workspace_id, id, external_id, account_id, plan, seats, amount, amount_per, billing_interval, currency,
        starts_on, ends_on, is_trial, cancelled_on, end_reason)
      select %(workspace_id)s, given.* from given
      on conflict (workspace_id, external_id) do update
        set (account_id, plan, seats, amount, amount_per, billing_interval, currency,
             starts_on, ends_on, is_trial, cancelled_on, end_reason) =
            (excluded.account_id, excluded.plan, excluded.seats, excluded.amount, excluded.amount_per,
             excluded.billing_interval, excluded.currency, excluded.starts_on, excluded.ends_on,
             excluded.is_trial, excluded.cancelled_on, excluded.end_reason)
        where (s.account_id, s.plan, s.seats, s.amount, s.amount_per, s.billing_interval, s.currency,
               s.starts_on, s.ends_on, s.is_trial, s.cancelled_on, s.end_reason) is distinct from
              (excluded.account_id, excluded.plan, excluded.seats, excluded.amount, excluded.amount_per,
               excluded.billing_interval, excluded.currency, excluded.starts_on, excluded.ends_on,
               excluded.is_trial, excluded.cancelled_on, excluded.end_reason)
      returning 1
    )
    select count(*) as rows from written
    """,
    Counted,
)

COUNT_ACCOUNTS = Query("select count(*) as rows from accounts where workspace_id = %(workspace_id)s", Counted)

ACCOUNT_IDS = Query("select external_id, id from accounts where workspace_id = %(workspace_id)s", KnownId)

SUBSCRIPTION_ACCOUNTS = Query(
    """
    select s.external_id as subscription, a.external_id as account
    from subscriptions s join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
    where s.workspace_id = %(workspace_id)s
    """,
    SubscriptionAccount,
)

INSERT_IMPORT = Command(
    """
    insert into imports (workspace_id, id, mapping, finished_at, summary)
    values (%(workspace_id)s, %(id)s, %(mapping)s, %(finished_at)s, %(summary)s::jsonb)
    """
)

MRR_ON = Query(
    """
    select coalesce(sum(annual_amount), 0) as annual_amount,
           count(distinct account_id) filter (where annual_amount > 0) as accounts
    from subscriptions
    where workspace_id = %(workspace_id)s and not is_trial
      and starts_on <= %(on)s and (ends_on is null or %(on)s < ends_on)
    """,
    MrrRow,
)

_SPAN_COLUMNS = """
    select s.account_id, a.external_id as account, s.id as subscription_id, s.plan, s.billing_interval,
           s.annual_amount, s.currency, s.starts_on, s.ends_on, s.cancelled_on, s.end_reason
    from subscriptions s join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
    where s.workspace_id = %(workspace_id)s and not s.is_trial
"""

PAYING_SPANS = Query(_SPAN_COLUMNS, SpanRow)

PAYING_SPANS_OF_ACCOUNT = Query(_SPAN_COLUMNS + "and s.account_id = %(account_id)s", SpanRow)

SUBSCRIPTIONS_OF_ACCOUNT = Query(
    """
    select id, external_id, plan, seats, round(annual_amount / 12, 2) as mrr, billing_interval as interval,
           starts_on, ends_on, is_trial, cancelled_on, end_reason
    from subscriptions
    where workspace_id = %(workspace_id)s and account_id = %(account_id)s
    order by starts_on desc, id desc
    """,
    SubscriptionDetailRow,
)

# The plan shown is that of the largest running subscription; an account without one keeps its last.
_ACCOUNTS = """
    with worth as (
      select a.id, a.external_id, a.name, a.industry, a.country,
             coalesce(round(sum(s.annual_amount) filter (where running and not s.is_trial) / 12, 2), 0) as mrr,
             min(s.starts_on) as since,
             coalesce(bool_or(running and s.is_trial), false) as on_trial,
             coalesce(bool_or(not s.is_trial and s.annual_amount > 0), false) as has_paid,
             (array_agg(s.plan order by running desc, s.annual_amount desc, s.starts_on desc, s.id))[1] as plan
      from accounts a
      left join lateral (
        select *, starts_on <= %(on)s and (ends_on is null or %(on)s < ends_on) as running
        from subscriptions
        where workspace_id = a.workspace_id and account_id = a.id and starts_on <= %(on)s
      ) s on true
      where a.workspace_id = %(workspace_id)s and (%(account_id)s::uuid is null or a.id = %(account_id)s)
      group by a.workspace_id, a.id
    ), listed as (
      select id, external_id, name,
             case when mrr > 0 then 'active' when on_trial then 'trial'
                  when has_paid then 'churned' else 'prospect' end as status,
             plan, mrr, since, industry, country
      from worth
    )
    select id, external_id, name, status, plan, mrr, since, industry, country
    from listed
    where (%(search)s::text is null or strpos(lower(name || ' ' || external_id), lower(%(search)s)) > 0)
      and (%(status)s::text is null or status = %(status)s)
      and (%(plan)s::text is null or plan = %(plan)s)
"""


def _page(key: LiteralString, after: LiteralString, *, descending: bool) -> Query[AccountListRow]:
    # Keyset: the comparison repeats the order, so that a page starts right after the last row seen.
    beyond, order = ("<", "desc") if descending else (">", "asc")
    return Query(
        f"""{_ACCOUNTS}
          and (%(after_id)s::uuid is null or ({key}, id) {beyond} ({after}, %(after_id)s))
        order by {key} {order}, id {order} limit %(limit)s
        """,
        AccountListRow,
    )


# An account that never had a subscription sorts as the newest of all.
_SINCE = "coalesce(since, 'infinity')"
_AFTER_SINCE = "coalesce(%(after)s::date, 'infinity')"

ACCOUNT_PAGES: Mapping[str, Query[AccountListRow]] = {
    "name": _page("name", "%(after)s::text", descending=False),
    "-name": _page("name", "%(after)s::text", descending=True),
    "mrr": _page("mrr", "%(after)s::numeric", descending=False),
    "-mrr": _page("mrr", "%(after)s::numeric", descending=True),
    "since": _page(_SINCE, _AFTER_SINCE, descending=False),
    "-since": _page(_SINCE, _AFTER_SINCE, descending=True),
}
