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
    """A line of a save list with what the account pays today, or its mean spend, and whom to write to or call; `reasons` is JSON text.

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
    contact_name: str | None
    contact_email: str | None
    contact_phone: str | None


class Ranked(msgspec.Struct, frozen=True):
    """An account's rank on a save list."""

    rank: int
    account_id: UUID


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

_MODEL: LiteralString = """
    with model as materialized (
      select label ->> 'money' = 'mrr' as is_mrr, label ->> 'money' <> 'none' as has_money,
             label ->> 'name' = 'subscription' as is_of_subscriptions
      from churn_models where workspace_id = %(workspace_id)s and version = %(version)s
    )
"""

_WEIGHT: LiteralString = """
    cross join lateral (
      select case when (select is_mrr from model) then st.annual_amount else s.mrr * 12 end as annual_amount
    ) as weight
"""

# Of subscriptions, those who pay today: standings are kept as of today, so an account leaves the list when it stops paying. By
# inactivity, everybody who was scored, with the mean spend as it was then. Narrow, because all of it is sorted or added up: of
# 100,000 accounts, sorting the reasons and names as well takes more than twice as long. Not materialized, so that one account
# is found by its key.
_LISTED: LiteralString = f"""
    {_MODEL}, listed as not materialized (
      select s.account_id, s.kind, s.is_held, s.probability, weight.annual_amount,
             s.probability::numeric * weight.annual_amount as annual_at_risk
      from churn_scores s
      join account_standings st on (st.workspace_id, st.account_id) = (s.workspace_id, s.account_id)
      {_WEIGHT}
      where s.workspace_id = %(workspace_id)s and s.model_version = %(version)s
        and case when (select is_of_subscriptions from model) then st.annual_amount > 0
                 else not exists (
                   select from accounts a
                   where a.workspace_id = %(workspace_id)s and a.id = s.account_id and a.erased_at is not null)
            end
    )
"""  # noqa: S608  our own text, with the parameters apart

_RANKED: LiteralString = f"""
    {_LISTED}, ranked as (
      select row_number() over (order by annual_at_risk desc, annual_amount desc, probability desc, external_id)::int as rank,
             account_id, kind, annual_at_risk, annual_amount, probability, external_id
      from listed join accounts a on a.workspace_id = %(workspace_id)s and a.id = account_id
      where not is_held
    )
"""  # noqa: S608  our own text, with the parameters apart

# The lines of `page`, which has ranks and accounts. An address that takes no mail, or whose owner wants none, is no way to reach
# somebody; about payments an invoice's contact is asked first, about everything else those who can be called.
_LINES: LiteralString = f"""
    select page.rank, s.is_held, s.account_id, a.name, nullif(coalesce(st.plan, s.plan), '') as plan,
           case when model.has_money then round(weight.annual_amount / 12, 2) end as mrr, s.probability,
           case when model.has_money then round(risk.annual / 12, 2) end as revenue_at_risk, s.kind, s.reasons::text as reasons,
           m.trained_at, risk.annual as annual_at_risk, weight.annual_amount, a.external_id,
           contact.name as contact_name, contact.email as contact_email, contact.phone as contact_phone
    from page
    join churn_scores s
      on (s.workspace_id, s.model_version, s.account_id) = (%(workspace_id)s, %(version)s, page.account_id)
    join churn_models m on (m.workspace_id, m.version) = (s.workspace_id, s.model_version)
    join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
    join account_standings st on (st.workspace_id, st.account_id) = (s.workspace_id, s.account_id)
    cross join model
    {_WEIGHT}
    cross join lateral (select s.probability::numeric * weight.annual_amount as annual) as risk
    left join lateral (
      select c.name, reachable.email, c.phone
      from contacts c, lateral (
        select case when c.email is distinct from c.undeliverable_email
                         and (c.is_billing or c.unsubscribed_at is null) then c.email end as email
      ) as reachable
      where c.workspace_id = %(workspace_id)s and c.account_id = page.account_id
        and (reachable.email is not null or c.phone is not null)
      order by (s.kind = 'involuntary' and c.is_billing) desc, (c.phone is not null) desc, c.is_billing desc, c.id
      limit 1
    ) as contact on true
    order by page.rank
"""  # noqa: S608  our own text, with the parameters apart

TOTALS = Query(
    f"""
    {_LISTED}, summed as (
      select count(*) filter (where is_voluntary) as voluntary, count(*) filter (where is_involuntary) as involuntary,
             sum(annual_amount) filter (where is_voluntary) as voluntary_mrr,
             sum(annual_amount) filter (where is_involuntary) as involuntary_mrr,
             sum(annual_at_risk) filter (where is_voluntary) as voluntary_at_risk,
             sum(annual_at_risk) filter (where is_involuntary) as involuntary_at_risk,
             count(*) filter (where is_held) as left_alone
      from listed, lateral (
        select kind = 'voluntary' and not is_held as is_voluntary, kind = 'involuntary' and not is_held as is_involuntary
      ) as each
    )
    select voluntary::int as voluntary, involuntary::int as involuntary,
           case when has_money then round(coalesce(voluntary_mrr, 0) / 12, 2)::text end as voluntary_mrr,
           case when has_money then round(coalesce(involuntary_mrr, 0) / 12, 2)::text end as involuntary_mrr,
           case when has_money then round(coalesce(voluntary_at_risk, 0) / 12, 2)::text end as voluntary_at_risk,
           case when has_money then round(coalesce(involuntary_at_risk, 0) / 12, 2)::text end as involuntary_at_risk,
           left_alone::int as left_alone
    from summed, model
    """,  # noqa: S608  our own text, with the parameters apart
    SaveListTotals,
)

SCORES_AFTER = Query(
    f"""
    {_RANKED}, page as (
      select rank, account_id from ranked
      where (%(kind)s::text is null or kind = %(kind)s)
        and (%(annual_at_risk)s::numeric is null
             or (annual_at_risk, annual_amount, probability)
                < (%(annual_at_risk)s::numeric, %(annual_amount)s::numeric, %(probability)s::float8)
             or ((annual_at_risk, annual_amount, probability)
                 = (%(annual_at_risk)s::numeric, %(annual_amount)s::numeric, %(probability)s::float8)
                 and external_id > %(external_id)s::text))
      order by rank limit %(limit)s
    )
    {_LINES}
    """,  # noqa: S608  our own text, with the parameters apart
    ScoreRow,
)

# The whole list without its lines, and then the lines of any part of it.
RANKS = Query(
    f"""
    {_RANKED}
    select rank, account_id from ranked where %(kind)s::text is null or kind = %(kind)s order by rank
    """,  # noqa: S608  our own text, with the parameters apart
    Ranked,
)

LINES = Query(
    f"""
    {_MODEL}, page as (
      select * from unnest(%(ranks)s::int[], %(account_ids)s::uuid[]) as each (rank, account_id)
    )
    {_LINES}
    """,  # noqa: S608  our own text, with the parameters apart
    ScoreRow,
)

# Counts those ahead instead of ranking everybody.
SCORE_OF_ACCOUNT = Query(
    f"""
    {_LISTED}, own as (
      select listed.*, a.external_id
      from listed join accounts a on a.workspace_id = %(workspace_id)s and a.id = account_id
      where account_id = %(account_id)s and (%(with_held)s::boolean or not is_held)
    ), page as (
      select own.account_id, 1 + (
        select count(*) from listed each join accounts a on a.workspace_id = %(workspace_id)s and a.id = each.account_id
        where each.is_held = own.is_held
          and ((each.annual_at_risk, each.annual_amount, each.probability)
               > (own.annual_at_risk, own.annual_amount, own.probability)
               or ((each.annual_at_risk, each.annual_amount, each.probability)
                   = (own.annual_at_risk, own.annual_amount, own.probability)
                   and a.external_id < own.external_id))
      )::int as rank
      from own
    )
    {_LINES}
    """,  # noqa: S608  our own text, with the parameters apart
    ScoreRow,
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
