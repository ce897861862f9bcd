"""All SQL of the churn room."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.churn.model import PaymentProblem, SaveListTotals
from keepwell.platform.database import Command, Query


class Version(msgspec.Struct, frozen=True):
    """The version of a model."""

    version: int


class ModelRow(msgspec.Struct, frozen=True):
    """A trained model; `evaluation` is JSON text."""

    version: int
    trained_at: datetime
    as_of: date
    horizon_days: int
    signal: bool
    statement: str
    evaluation: str


class ScoreRow(msgspec.Struct, frozen=True):
    """A line of a save list with the account's name and what it pays today; `reasons` is JSON text."""

    rank: int
    account_id: UUID
    name: str
    plan: str
    mrr: Decimal
    probability: float
    revenue_at_risk: Decimal
    kind: str
    reasons: str
    trained_at: datetime
    annual_at_risk: Decimal
    annual_amount: Decimal
    external_id: str


class LastDay(msgspec.Struct, frozen=True):
    """A day; None if nothing is recorded."""

    day: date | None


NEXT_VERSION = Query(
    "select coalesce(max(version), 0) + 1 as version from churn_models where workspace_id = %(workspace_id)s",
    Version,
)

INSERT_MODEL = Command(
    """
    insert into churn_models (workspace_id, version, trained_at, as_of, horizon_days, signal, statement,
                              base_rate, evaluation, parameters)
    values (%(workspace_id)s, %(version)s, %(trained_at)s, %(as_of)s, %(horizon_days)s, %(signal)s, %(statement)s,
            %(base_rate)s, %(evaluation)s::jsonb, %(parameters)s::jsonb)
    """
)

# `rank`, `mrr` and `revenue_at_risk` are those of the scoring, and `base_rate` and `parameters` those of the model: a record
# for whoever asks later. What is shown follows what an account pays today.
INSERT_SCORE = Command(
    """
    insert into churn_scores (workspace_id, model_version, rank, account_id, plan, mrr, probability,
                              revenue_at_risk, kind, reasons)
    values (%(workspace_id)s, %(model_version)s, %(rank)s, %(account_id)s, %(plan)s, %(mrr)s, %(probability)s,
            %(revenue_at_risk)s, %(kind)s, %(reasons)s::jsonb)
    """
)

# A cursor names its model, so that a training in between does not mix two lists.
MODEL = Query(
    """
    select version, trained_at, as_of, horizon_days, signal, statement, evaluation::text as evaluation
    from churn_models
    where workspace_id = %(workspace_id)s and (%(version)s::integer is null or version = %(version)s)
    order by version desc limit 1
    """,
    ModelRow,
)

# Those who pay today: standings are kept as of today, so an account leaves the list when it stops paying.
_LISTED: LiteralString = """
    with listed as (
      select s.account_id, a.name, coalesce(st.plan, s.plan) as plan, st.annual_amount, a.external_id,
             s.probability, s.probability::numeric * st.annual_amount as annual_at_risk, s.kind, s.reasons, m.trained_at
      from churn_scores s
      join churn_models m on (m.workspace_id, m.version) = (s.workspace_id, s.model_version)
      join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
      join account_standings st on (st.workspace_id, st.account_id) = (s.workspace_id, s.account_id)
      where s.workspace_id = %(workspace_id)s and s.model_version = %(version)s and st.annual_amount > 0
    )
"""

_SCORES: LiteralString = f"""
    {_LISTED}, ranked as (
      select row_number() over (order by annual_at_risk desc, annual_amount desc, external_id)::int as rank, listed.*
      from listed
    )
    select rank, account_id, name, plan, round(annual_amount / 12, 2) as mrr, probability,
           round(annual_at_risk / 12, 2) as revenue_at_risk, kind, reasons::text as reasons, trained_at,
           annual_at_risk, annual_amount, external_id
    from ranked
"""  # noqa: S608  our own text, with the parameters apart

TOTALS = Query(
    f"""
    {_LISTED}
    select (count(*) filter (where kind = 'voluntary'))::int as voluntary,
           (count(*) filter (where kind = 'involuntary'))::int as involuntary
    from listed
    """,  # noqa: S608  our own text, with the parameters apart
    SaveListTotals,
)

SCORES_AFTER = Query(
    _SCORES
    + """
    where %(annual_at_risk)s::numeric is null
       or (annual_at_risk, annual_amount) < (%(annual_at_risk)s::numeric, %(annual_amount)s::numeric)
       or ((annual_at_risk, annual_amount) = (%(annual_at_risk)s::numeric, %(annual_amount)s::numeric)
           and external_id > %(external_id)s::text)
    order by rank limit %(limit)s
    """,
    ScoreRow,
)

SCORE_OF_ACCOUNT = Query(_SCORES + "where account_id = %(account_id)s", ScoreRow)

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

LAST_BILLING_DAY = Query(
    """
    select greatest(
      (select max(day) from invoices, lateral (values (issued_on), (paid_on)) as each (day)
       where workspace_id = %(workspace_id)s and day < %(before)s),
      (select max((charged_at at time zone 'UTC')::date) from charges
       where workspace_id = %(workspace_id)s and (charged_at at time zone 'UTC')::date < %(before)s)) as day
    """,
    LastDay,
)
