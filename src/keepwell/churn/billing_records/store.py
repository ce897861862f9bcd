"""All SQL of the billing records that churn reads."""

from __future__ import annotations

from datetime import date

import msgspec

from keepwell.churn.model import PaymentProblem
from keepwell.platform.statements import Query


class RecordedDay(msgspec.Struct, frozen=True):
    """A day on which something is recorded."""

    day: date


# A cursor names its run, so that one in between does not mix two lists.


# An uncollectible invoice no longer matters once a later one is paid. A failed charge is recovered by a later
# success for its invoice (for any, if it has none), and by its invoice being paid or void. A file may lack the days
# of payments.
PAYMENT_PROBLEMS = Query(
    """
    select account_id, 'unpaid' as kind, coalesce(due_on, issued_on) as since,
           case status
             when 'paid' then paid_on
             when 'uncollectible' then (
               select min(coalesce(later.paid_on, later.issued_on)) from invoices later
               where later.workspace_id = i.workspace_id and later.account_id = i.account_id
                 and later.issued_on > i.issued_on and later.status = 'paid')
           end as until
    from invoices i
    where workspace_id = %(workspace_id)s and total > 0
      and (status in ('open', 'uncollectible') or (status = 'paid' and paid_on > coalesce(due_on, issued_on)))
    union all
    select c.account_id, 'failed', (c.charged_at at time zone 'UTC')::date,
           least(
             (select min((later.charged_at at time zone 'UTC')::date) from charges later
              where later.workspace_id = c.workspace_id and later.account_id = c.account_id
                and later.status = 'succeeded' and later.charged_at > c.charged_at
                and (c.invoice_external_id is null or later.invoice_external_id = c.invoice_external_id)),
             (select case when i.status in ('paid', 'void')
                          then coalesce(i.paid_on, (c.charged_at at time zone 'UTC')::date) end
              from invoices i
              where i.workspace_id = c.workspace_id and i.external_id = c.invoice_external_id))
    from charges c
    where c.workspace_id = %(workspace_id)s and c.status = 'failed'
    union all
    select account_id, 'unpaid', past_due_since, null::date from subscriptions
    where workspace_id = %(workspace_id)s and past_due_since is not null
      and (ends_on is null or ends_on > %(today)s)
    """,
    PaymentProblem,
)

BILLING_DAYS = Query(
    """
    select day from invoices, lateral (values (issued_on), (paid_on)) as each (day)
    where workspace_id = %(workspace_id)s and day < %(before)s
    union
    select (charged_at at time zone 'UTC')::date from charges
    where workspace_id = %(workspace_id)s and (charged_at at time zone 'UTC')::date < %(before)s
    order by day
    """,
    RecordedDay,
)
