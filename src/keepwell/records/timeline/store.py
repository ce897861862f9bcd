"""The SQL of an account's timeline: each statement reads the newest rows of one kind before a place."""

from __future__ import annotations

from typing import LiteralString

from keepwell.platform.statements import Query
from keepwell.records.timeline.model import (
    ChargeMoment,
    ContactMoment,
    ExpiringCard,
    InvoiceMoment,
    RefundMoment,
    RunningSubscription,
    SignalMoment,
    SubscriptionMoment,
)

# By bytes, as Python compares texts.
_BEFORE: LiteralString = """
    where (moment, id collate "C") < (%(before)s::timestamptz, %(before_id)s::text)
    order by moment desc, id collate "C" desc limit %(limit)s
"""

# Three moments of an invoice; the index by account finds them, and a day of payment has none of its own.
INVOICES = Query(
    f"""
    select moment, id, type, invoice_id, number, status, currency, total, amount_paid, due_on
    from (
      select each.day::timestamp at time zone 'UTC' as moment, 'invoice:' || i.id || ':' || each.type as id, each.type,
             i.id as invoice_id, i.number, i.status, i.currency, i.total::text as total,
             i.amount_paid::text as amount_paid, i.due_on
      from invoices i cross join lateral (values
        (i.issued_on, 'issued'), (i.paid_on, 'paid'), (case when i.status = 'open' and i.total > i.amount_paid then i.due_on + 1 end, 'past_due')
      ) as each (day, type)
      where i.workspace_id = %(workspace_id)s and i.account_id = %(account_id)s and i.status <> 'draft'
        and each.day is not null
    ) as moments {_BEFORE}
    """,  # noqa: S608  our own text, with the parameters apart
    InvoiceMoment,
)

# Everything that is looked up for a charge is looked up for those of the page.
CHARGES = Query(
    """
    select c.charged_at as moment, 'charge:' || c.id as id, c.status as type, c.id as charge_id, c.currency,
           c.amount::text as amount, c.decline_code, c.advice_code, i.id as invoice_id, i.number as invoice_number,
           m.brand, m.last4
    from (
      select * from (
        select *, charged_at as moment, 'charge:' || id as place from charges
        where workspace_id = %(workspace_id)s and account_id = %(account_id)s and charged_at <= %(before)s::timestamptz
      ) as earlier
      where (moment, place collate "C") < (%(before)s::timestamptz, %(before_id)s::text)
      order by moment desc, place collate "C" desc limit %(limit)s
    ) as c
    left join invoices i on i.workspace_id = c.workspace_id and i.external_id = c.invoice_external_id
    left join payment_methods m on m.workspace_id = c.workspace_id and m.id = c.payment_method_id
    order by c.charged_at desc, c.place collate "C" desc
    """,
    ChargeMoment,
)

REFUNDS = Query(
    f"""
    select moment, id, refund_id, charge_id, currency, amount, reason
    from (
      select r.refunded_at as moment, 'refund:' || r.id as id, r.id as refund_id, r.charge_id, r.currency,
             r.amount::text as amount, r.reason
      from charges c join refunds r on (r.workspace_id, r.charge_id) = (c.workspace_id, c.id)
      where c.workspace_id = %(workspace_id)s and c.account_id = %(account_id)s
    ) as moments {_BEFORE}
    """,  # noqa: S608  our own text, with the parameters apart
    RefundMoment,
)

SIGNALS = Query(
    f"""
    select moment, id, signal_id, name, value, known_at
    from (
      select observed_at as moment, 'signal:' || id as id, id as signal_id, kind as name, value, known_at
      from account_signals
      where workspace_id = %(workspace_id)s and account_id = %(account_id)s and observed_at <= %(before)s::timestamptz
    ) as moments {_BEFORE}
    """,  # noqa: S608  our own text, with the parameters apart
    SignalMoment,
)

# A contact's id says when it was added: RFC 9562, version 7. What was removed is an entry of the audit log.
CONTACTS = Query(
    f"""
    select moment, id, type, contact_id, name, email, is_billing
    from (
      select to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) as moment,
             'contact:' || id || ':added' as id, 'added' as type, id as contact_id, name, email, is_billing
      from contacts
      where workspace_id = %(workspace_id)s and account_id = %(account_id)s and substr(id::text, 15, 1) = '7'
      union all
      select at, 'contact:' || split_part(subject, ':', 2) || ':removed', 'removed',
             split_part(subject, ':', 2)::uuid, null, null, coalesce((before::jsonb ->> 'is_billing')::boolean, false)
      from audit_entries
      where workspace_id = %(workspace_id)s and action = 'contact.deleted'
        and before::jsonb ->> 'account_id' = %(account_id)s::text
    ) as moments {_BEFORE}
    """,  # noqa: S608  our own text, with the parameters apart
    ContactMoment,
)

SUBSCRIPTIONS = Query(
    f"""
    select moment, id, type, subscription_id, plan, seats, ends_on, end_reason
    from (
      select each.day::timestamp at time zone 'UTC' as moment, 'subscription:' || s.id || ':' || each.type as id,
             each.type, s.id as subscription_id, s.plan, s.seats, s.ends_on, s.end_reason
      from subscriptions s cross join lateral (values
        (case when s.is_trial then s.starts_on end, 'trial_started'), (s.cancelled_on, 'cancellation_announced')
      ) as each (day, type)
      where s.workspace_id = %(workspace_id)s and s.account_id = %(account_id)s and each.day is not null
    ) as moments {_BEFORE}
    """,  # noqa: S608  our own text, with the parameters apart
    SubscriptionMoment,
)

RUNNING = Query(
    """
    select id, plan, amount::text as amount, amount_per, billing_interval as interval, currency, starts_on, ends_on,
           is_trial, end_reason
    from subscriptions
    where workspace_id = %(workspace_id)s and account_id = %(account_id)s
      and (ends_on is null or ends_on > greatest(starts_on, %(on)s::date))
    order by starts_on, id
    """,
    RunningSubscription,
)

EXPIRING_CARDS = Query(
    """
    select id, brand, last4, (make_date(exp_year, exp_month, 1) + interval '1 month')::date - 1 as expires_on
    from payment_methods
    where workspace_id = %(workspace_id)s and account_id = %(account_id)s and is_default
      and (exp_year, exp_month) >= (extract(year from %(on)s::date), extract(month from %(on)s::date))
    """,
    ExpiringCard,
)
