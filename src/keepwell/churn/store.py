"""All SQL of the churn room."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.churn.model import PaymentProblem
from keepwell.churn.save_list import LeftAloneAccount, ListRisk, SaveListTotals, ScoreMoment
from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query


class Version(msgspec.Struct, frozen=True):
    """The version of a model."""

    version: int


class ModelRow(msgspec.Struct, frozen=True):
    """A trained model; `label`, `evaluation` and `silence` are JSON text."""

    version: int
    trained_at: datetime
    as_of: date
    horizon_days: int
    label: str
    signal: bool
    statement: str
    evaluation: str
    silence: str | None


class ScoreRow(msgspec.Struct, frozen=True):
    """A line of a save list with the account's name and what it pays today, or its mean spend; `reasons` is JSON text.

    `plan`, `mrr` and `revenue_at_risk` are None if they are not known.
    """

    rank: int
    is_held: bool
    account_id: UUID
    name: str
    plan: str | None
    mrr: Decimal | None
    probability: float
    revenue_at_risk: Decimal | None
    kind: str
    reasons: str
    trained_at: datetime
    annual_at_risk: Decimal
    annual_amount: Decimal
    external_id: str


class ListedRow(ScoreRow, frozen=True):
    """A line of a save list with whom to write to or call."""

    contact_name: str | None
    contact_email: str | None
    contact_phone: str | None


class RecordedDay(msgspec.Struct, frozen=True):
    """A day on which something is recorded."""

    day: date


NEXT_VERSION = Query(
    "select coalesce(max(version), 0) + 1 as version from churn_models where workspace_id = %(workspace_id)s",
    Version,
)

INSERT_MODEL = Command(
    """
    insert into churn_models (workspace_id, version, trained_at, as_of, horizon_days, label, signal, statement,
                              base_rate, evaluation, revenue_at_risk, silence, report, model, model_sha256, probes,
                              provenance)
    values (%(workspace_id)s, %(version)s, %(trained_at)s, %(as_of)s, %(horizon_days)s, %(label)s::jsonb, %(signal)s, %(statement)s,
            %(base_rate)s, %(evaluation)s::jsonb, %(revenue_at_risk)s, %(silence)s::jsonb, %(report)s::jsonb,
            %(model)s, %(model_sha256)s, %(probes)s::jsonb, %(provenance)s::jsonb)
    """
)

NOTE_SILENCE = Command(
    """
    update churn_models set silence = %(silence)s::jsonb
    where workspace_id = %(workspace_id)s
      and version = (select max(version) from churn_models where workspace_id = %(workspace_id)s)
    """
)

# `rank`, `mrr` and `revenue_at_risk` are those of the scoring, and `base_rate` and `model` those of the training: a record
# for whoever asks later, as are the `inputs`: a record that is backdated afterwards changes none of them. What is shown follows what an account pays today.
INSERT_SCORE = Command(
    """
    insert into churn_scores (workspace_id, model_version, rank, account_id, plan, mrr, probability,
                              revenue_at_risk, kind, reasons, is_held, inputs)
    values (%(workspace_id)s, %(model_version)s, %(rank)s, %(account_id)s, %(plan)s, %(mrr)s, %(probability)s,
            %(revenue_at_risk)s, %(kind)s, %(reasons)s::jsonb, %(is_held)s, %(inputs)s::jsonb)
    """
)

ERASE_INPUTS = Command(
    """
    update churn_scores set inputs = null
    where workspace_id = %(workspace_id)s and account_id = %(account_id)s and inputs is not null
    """
)

# A cursor names its model, so that a training in between does not mix two lists.
MODEL = Query(
    """
    select version, trained_at, as_of, horizon_days, label::text as label, signal, statement, evaluation::text as evaluation,
           silence::text as silence
    from churn_models
    where workspace_id = %(workspace_id)s and (%(version)s::integer is null or version = %(version)s)
    order by version desc limit 1
    """,
    ModelRow,
)

# Of subscriptions, those who pay today: standings are kept as of today, so an account leaves the list when it stops paying. By
# inactivity, everybody who was scored, with the mean spend as it was then.
_LISTED: LiteralString = """
    with listed as (
      select s.account_id, a.name, nullif(coalesce(st.plan, s.plan), '') as plan, weight.annual_amount, a.external_id,
             s.probability, s.probability::numeric * weight.annual_amount as annual_at_risk, s.kind, s.reasons, s.is_held,
             m.trained_at, m.label ->> 'money' <> 'none' as has_money
      from churn_scores s
      join churn_models m on (m.workspace_id, m.version) = (s.workspace_id, s.model_version)
      join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
      join account_standings st on (st.workspace_id, st.account_id) = (s.workspace_id, s.account_id)
      cross join lateral (
        select case when m.label ->> 'money' = 'mrr' then st.annual_amount else s.mrr * 12 end as annual_amount
      ) as weight
      where s.workspace_id = %(workspace_id)s and s.model_version = %(version)s
        and case when m.label ->> 'name' = 'subscription' then st.annual_amount > 0 else a.erased_at is null end
    )
"""

_SCORES: LiteralString = f"""
    {_LISTED}, ranked as (
      select row_number() over (
               partition by is_held order by annual_at_risk desc, annual_amount desc, probability desc, external_id
             )::int as rank, listed.*
      from listed
    )
    select rank, is_held, account_id, name, plan, case when has_money then round(annual_amount / 12, 2) end as mrr, probability,
           case when has_money then round(annual_at_risk / 12, 2) end as revenue_at_risk, kind, reasons::text as reasons,
           trained_at, annual_at_risk, annual_amount, external_id
    from ranked
"""  # noqa: S608  our own text, with the parameters apart

TOTALS = Query(
    f"""
    {_LISTED}, summed as (
      select count(*) filter (where is_voluntary) as voluntary, count(*) filter (where is_involuntary) as involuntary,
             sum(annual_amount) filter (where is_voluntary and has_money) as voluntary_mrr,
             sum(annual_amount) filter (where is_involuntary and has_money) as involuntary_mrr,
             sum(annual_at_risk) filter (where is_voluntary and has_money) as voluntary_at_risk,
             sum(annual_at_risk) filter (where is_involuntary and has_money) as involuntary_at_risk,
             count(*) filter (where is_held) as left_alone,
             case when coalesce(bool_and(has_money), true) then 0 end as nothing
      from listed, lateral (
        select kind = 'voluntary' and not is_held as is_voluntary, kind = 'involuntary' and not is_held as is_involuntary
      ) as each
    )
    select voluntary::int as voluntary, involuntary::int as involuntary,
           round(coalesce(voluntary_mrr, nothing) / 12, 2)::text as voluntary_mrr,
           round(coalesce(involuntary_mrr, nothing) / 12, 2)::text as involuntary_mrr,
           round(coalesce(voluntary_at_risk, nothing) / 12, 2)::text as voluntary_at_risk,
           round(coalesce(involuntary_at_risk, nothing) / 12, 2)::text as involuntary_at_risk, left_alone::int as left_alone
    from summed
    """,  # noqa: S608  our own text, with the parameters apart
    SaveListTotals,
)

# An address that takes no mail, or whose owner wants none, is no way to reach somebody; about payments an invoice's contact
# is asked first, about everything else those who can be called.
SCORES_AFTER = Query(
    f"""
    with page as (
      {_SCORES}
      where not is_held and (%(kind)s::text is null or kind = %(kind)s)
        and (%(annual_at_risk)s::numeric is null
             or (annual_at_risk, annual_amount, probability)
                < (%(annual_at_risk)s::numeric, %(annual_amount)s::numeric, %(probability)s::float8)
             or ((annual_at_risk, annual_amount, probability)
                 = (%(annual_at_risk)s::numeric, %(annual_amount)s::numeric, %(probability)s::float8)
                 and external_id > %(external_id)s::text))
      order by rank limit %(limit)s
    )
    select page.*, contact.name as contact_name, contact.email as contact_email, contact.phone as contact_phone
    from page left join lateral (
      select c.name, reachable.email, c.phone
      from contacts c, lateral (
        select case when c.email is distinct from c.undeliverable_email
                         and (c.is_billing or c.unsubscribed_at is null) then c.email end as email
      ) as reachable
      where c.workspace_id = %(workspace_id)s and c.account_id = page.account_id
        and (reachable.email is not null or c.phone is not null)
      order by (page.kind = 'involuntary' and c.is_billing) desc, (c.phone is not null) desc, c.is_billing desc, c.id
      limit 1
    ) as contact on true
    order by rank
    """,  # noqa: S608  our own text, with the parameters apart
    ListedRow,
)

SCORE_OF_ACCOUNT = Query(
    _SCORES + "where account_id = %(account_id)s and (%(with_held)s::boolean or not is_held)", ScoreRow
)

LEFT_ALONE = Keyset(
    """
    select a.id, a.external_id, a.name, nullif(coalesce(st.plan, s.plan), '') as plan,
           case m.label ->> 'money' when 'mrr' then round(st.annual_amount / 12, 2) when 'spend' then round(s.mrr, 2) end::text as mrr,
           s.kind, m.as_of as since, m.as_of + m.horizon_days as until
    """,
    """
    from churn_scores s
    join churn_models m on (m.workspace_id, m.version) = (s.workspace_id, s.model_version)
    join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
    join account_standings st on (st.workspace_id, st.account_id) = (s.workspace_id, s.account_id)
    where s.workspace_id = %(workspace_id)s and s.is_held
      and case when m.label ->> 'name' = 'subscription' then st.annual_amount > 0 else a.erased_at is null end
      and s.model_version = (select max(version) from churn_models where workspace_id = %(workspace_id)s)
      and (%(kind)s::text is null or s.kind = %(kind)s)
    """,
    LeftAloneAccount,
    sorts={"name": SortKey("a.name", "text", "a.id")},
)

# Who may not know who is left alone gets no score of a list that holds the account, and none at all while the newest does:
# a gap would say so too.
_MAY_BE_SEEN: LiteralString = "(%(with_held)s::boolean or not s.is_held)"

SCORES_OF_ACCOUNT = Query(
    f"""
    with page as (
      select m.trained_at as moment, 'score:' || lpad(m.version::text, 10, '0') as id, m.version, m.signal, m.label, s.*
      from churn_scores s join churn_models m on (m.workspace_id, m.version) = (s.workspace_id, s.model_version)
      where s.workspace_id = %(workspace_id)s and s.account_id = %(account_id)s and {_MAY_BE_SEEN}
        and (%(with_held)s::boolean or not exists (
          select from churn_scores held
          where held.workspace_id = %(workspace_id)s and held.account_id = %(account_id)s and held.is_held
            and held.model_version = (select max(version) from churn_models where workspace_id = %(workspace_id)s)))
        and m.trained_at <= %(before)s::timestamptz
        and (m.trained_at < %(before)s::timestamptz
             or 'score:' || lpad(m.version::text, 10, '0') collate "C" < %(before_id)s::text)
      order by m.trained_at desc, m.version desc limit %(limit)s
    )
    select moment, id, version, probability,
           (select s.probability from churn_scores s
            where s.workspace_id = %(workspace_id)s and s.account_id = %(account_id)s and s.model_version < page.version
              and {_MAY_BE_SEEN}
            order by s.model_version desc limit 1) as probability_before,
           case when label ->> 'money' <> 'none' then revenue_at_risk::text end as revenue_at_risk,
           (select currency from workspaces where id = app_workspace()) as currency, kind, reasons::text as reasons, is_held,
           signal, label ->> 'name' as label
    from page order by moment desc, version desc
    """,  # noqa: S608  our own text, with the parameters apart
    ScoreMoment,
)

RISK_BY_DAY = Query(
    """
    select distinct on (as_of) as_of, revenue_at_risk::text as revenue_at_risk from churn_models
    where workspace_id = %(workspace_id)s and as_of between %(start)s and %(end)s
      and label = (select label from churn_models where workspace_id = %(workspace_id)s order by version desc limit 1)
      and label ->> 'money' <> 'none'
    order by as_of, version desc
    """,
    ListRisk,
)

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
