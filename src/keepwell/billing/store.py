"""All SQL of billing."""

from __future__ import annotations

from typing import LiteralString

from keepwell.billing.model import FailedPaymentItem, FailedPaymentTotals
from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Query
from keepwell.records.accounts.model import GroupRow

_OWN: LiteralString = "(select currency from workspaces where id = app_workspace())"

# The rate in force today; an amount in a currency without one is unknown.
_RATE: LiteralString = f"""
    case when currency = {_OWN} then 1 else (
      select rate from exchange_rates r
      where r.workspace_id = %(workspace_id)s and r.currency = money.currency and r."on" <= %(on)s
      order by r."on" desc limit 1) end
"""  # noqa: S608  our own text, with the parameters apart

# Few invoices are open; the charges of each are looked up.
_FAILED: LiteralString = f"""
    (
      select id, account_id, number, unpaid, currency, unpaid * {_RATE} as converted, issued_on, due_on,
             coalesce(failed_since, due_on + 1) as since, attempts, failed_at, decline_code, advice_code, has_email,
             case when not has_email then 'no_contact'
                  when decline_code = any(%(hard_declines)s::text[]) or advice_code = 'do_not_try_again' then 'hard_decline'
                  when decline_code = any(%(authentication_declines)s::text[]) then 'authentication_required'
                  when coalesce(failed_since, due_on + 1) < %(on)s::date - %(usual_days)s::int then 'waiting_long'
                  when failed_at is not null and decline_code is null then 'no_decline_code'
             end as needs_person
      from (
        select i.id, i.account_id, i.number, i.total - i.amount_paid as unpaid, i.currency, i.issued_on, i.due_on,
               tried.failed_since, coalesce(tried.attempts, 0) as attempts,
               case when latest.status = 'failed' then latest.charged_at end as failed_at,
               case when latest.status = 'failed' then latest.decline_code end as decline_code,
               case when latest.status = 'failed' then latest.advice_code end as advice_code,
               exists (select from contacts k
                       where k.workspace_id = i.workspace_id and k.account_id = i.account_id and k.email is not null
                         and k.email is distinct from k.undeliverable_email) as has_email
        from invoices i
        left join lateral (
          select c.status, c.decline_code, c.advice_code, c.charged_at from charges c
          where c.workspace_id = i.workspace_id and c.invoice_external_id = i.external_id
          order by c.charged_at desc, c.id desc limit 1
        ) as latest on true
        left join lateral (
          select (min(c.charged_at) at time zone 'UTC')::date as failed_since, count(*)::int as attempts from charges c
          where c.workspace_id = i.workspace_id and c.invoice_external_id = i.external_id and c.status = 'failed'
        ) as tried on true
        where i.workspace_id = %(workspace_id)s and i.status = 'open' and i.total > i.amount_paid
          and (latest.status = 'failed' or i.due_on < %(on)s)
      ) as money
    ) as f
"""  # noqa: S608  our own text, with the parameters apart

PAGES = Keyset(
    """
    select f.id, f.account_id,
           (select a.name from accounts a where a.workspace_id = %(workspace_id)s and a.id = f.account_id) as name,
           f.number, f.unpaid::text as amount, f.currency, round(f.converted, 2)::text as converted, f.issued_on, f.due_on,
           f.since, %(on)s::date - f.since as days, f.attempts, f.failed_at, f.decline_code, f.advice_code, f.has_email,
           f.needs_person
    """,
    f"""
    from {_FAILED}
    where (%(needs_person)s::boolean is null or (f.needs_person is not null) = %(needs_person)s)
      and (%(account_id)s::uuid is null or f.account_id = %(account_id)s)
    """,
    FailedPaymentItem,
    sorts={
        "amount": SortKey("coalesce(f.converted, -1)", "numeric", "f.id"),
        "since": SortKey("f.since", "date", "f.id"),
    },
)

TOTALS = Query(
    f"""
    select count(*)::int as payments, count(distinct f.account_id)::int as accounts,
           coalesce(sum(round(f.converted, 2)), 0.00)::text as amount,
           (count(*) filter (where f.needs_person is not null))::int as need_person,
           coalesce(sum(round(f.converted, 2)) filter (where f.needs_person is not null), 0.00)::text as need_person_amount,
           (count(*) filter (where f.converted is null))::int as unconverted,
           {_OWN} as currency
    from {_FAILED}
    """,  # noqa: S608  our own text, with the parameters apart
    FailedPaymentTotals,
)

# The first accounts of payments, with the count and amount of all.
_GROUPED: LiteralString = """
    , paid as (
      select account_id, count(*) as payments, sum(converted) as amount, bool_or(converted is null) as has_unknown
      from money group by account_id
    )
    select p.account_id, a.name, (sum(p.payments) over ())::int as count,
           case when not bool_or(p.has_unknown) over () then round(sum(p.amount) over (), 2)::text end as amount
    from paid p join accounts a on a.workspace_id = %(workspace_id)s and a.id = p.account_id
    order by p.amount desc nulls last, a.external_id limit %(limit)s
"""

# Each invoice once, however often it was tried; a charge without an invoice is one of its own.
FAILED_SINCE = Query(
    f"""
    with money as (
      select account_id, amount * {_RATE} as converted
      from (
        select distinct on (coalesce(c.invoice_external_id, c.external_id)) c.account_id, c.amount, c.currency, c.status
        from charges c
        where c.workspace_id = %(workspace_id)s and c.charged_at >= %(since)s and c.charged_at <= %(until)s
        order by coalesce(c.invoice_external_id, c.external_id), c.charged_at desc, c.id desc
      ) as money
      where status = 'failed'
    ) {_GROUPED}
    """,  # noqa: S608  our own text, with the parameters apart
    GroupRow,
)

RECOVERED_SINCE = Query(
    f"""
    with money as (
      select account_id, amount * {_RATE} as converted
      from (
        select c.account_id, c.amount, c.currency from charges c
        where c.workspace_id = %(workspace_id)s and c.charged_at >= %(since)s and c.charged_at <= %(until)s
          and c.status = 'succeeded' and c.invoice_external_id is not null
          and exists (
            select from charges earlier
            where earlier.workspace_id = c.workspace_id and earlier.invoice_external_id = c.invoice_external_id
              and earlier.status = 'failed' and earlier.charged_at < c.charged_at)
      ) as money
    ) {_GROUPED}
    """,  # noqa: S608  our own text, with the parameters apart
    GroupRow,
)
