"""All SQL of the churn room."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.churn.save_list import LeftAloneAccount, ListRisk, SaveListTotals
from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Query


class ListRow(msgspec.Struct, frozen=True):
    """A save list: the run that made it, and its model; `label`, `evaluation` and `silence` are JSON text.

    The `silence` is that of the newest run, which may have made no list because of it.
    """

    run: int
    scored_at: datetime
    as_of: date
    silence: str | None
    version: int
    trained_at: datetime
    horizon_days: int
    label: str
    signal: bool
    statement: str
    evaluation: str


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
    scored_at: datetime
    annual_at_risk: Decimal
    annual_amount: Decimal
    external_id: str
    contact_name: str | None
    contact_email: str | None
    contact_phone: str | None
    case_id: UUID | None
    case_opened_on: date | None
    case_ends_on: date | None
    case_contacts: int | None
    case_contacted_at: datetime | None
    website_state: str | None
    website_status: int | None
    website_moved_to: str | None
    website_since: datetime | None
    pages: str


class Ranked(msgspec.Struct, frozen=True):
    """An account's rank on a save list."""

    rank: int
    account_id: UUID


LIST = Query(
    """
    select r.number as run, r.scored_at, r.as_of, (
             select newest.silence::text from churn_runs newest
             where newest.workspace_id = %(workspace_id)s and newest.state in ('scored', 'silent')
             order by newest.number desc limit 1
           ) as silence,
           m.version, m.trained_at, m.horizon_days, m.label::text as label, m.signal, m.statement, m.evaluation::text as evaluation
    from churn_runs r join churn_models m on (m.workspace_id, m.version) = (r.workspace_id, r.model_version)
    where r.workspace_id = %(workspace_id)s and r.state = 'scored' and (%(run)s::integer is null or r.number = %(run)s)
    order by r.number desc limit 1
    """,
    ListRow,
)

_MODEL: LiteralString = """
    with model as materialized (
      select label ->> 'money' = 'mrr' as is_mrr, label ->> 'money' <> 'none' as has_money,
             label ->> 'name' = 'subscription' as is_of_subscriptions
      from churn_runs r join churn_models m on (m.workspace_id, m.version) = (r.workspace_id, r.model_version)
      where r.workspace_id = %(workspace_id)s and r.number = %(run)s
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
      from churn_run_scores s
      join account_standings st on (st.workspace_id, st.account_id) = (s.workspace_id, s.account_id)
      {_WEIGHT}
      where s.workspace_id = %(workspace_id)s and s.run_number = %(run)s
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
           r.scored_at, risk.annual as annual_at_risk, weight.annual_amount, a.external_id,
           contact.name as contact_name, contact.email as contact_email, contact.phone as contact_phone,
           open_case.id as case_id, open_case.opened_on as case_opened_on, open_case.horizon_ends_on as case_ends_on,
           open_case.contacts as case_contacts, open_case.contacted_at as case_contacted_at,
           now ->> 'state' as website_state, (now -> 'status')::int as website_status, now ->> 'to' as website_moved_to,
           website.observed_at as website_since, pages.wrong as pages
    from page
    join churn_run_scores s
      on (s.workspace_id, s.run_number, s.account_id) = (%(workspace_id)s, %(run)s, page.account_id)
    join churn_runs r on (r.workspace_id, r.number) = (s.workspace_id, s.run_number)
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
    left join lateral (
      select c.id, c.opened_on, c.horizon_ends_on, made.contacts, made.contacted_at
      from save_cases c, lateral (
        select count(*)::int as contacts, max(contacted_at) as contacted_at from save_case_contacts m
        where (m.workspace_id, m.case_id) = (c.workspace_id, c.id)
      ) as made
      where c.workspace_id = %(workspace_id)s and c.account_id = page.account_id and c.outcome is null
        and c.arm = case when s.is_held then 'hold' else 'act' end
    ) as open_case on true
    left join lateral (
      select value -> 'now' as now, observed_at from account_signals
      where (workspace_id, account_id, kind) = (%(workspace_id)s, page.account_id, 'website.status')
        -- What was seen of a website that the account no longer has, or before a new one was read, says nothing of it.
        and exists (
          select from websites_of_accounts own join named_websites r using (workspace_id, account_id, website)
          where (own.workspace_id, own.account_id, own.place) = (%(workspace_id)s, page.account_id, 0) and r.url is not null)
      order by observed_at desc, known_at desc limit 1) as website on true
    cross join lateral (
      select coalesce(jsonb_agg(jsonb_build_object(
               'website', seen.website, 'state', seen.now ->> 'state', 'status', seen.now -> 'status',
               'moved_to', seen.now ->> 'to', 'since', seen.observed_at) order by seen.website), '[]')::text as wrong
      from (
        select distinct on (value ->> 'website') value ->> 'website' as website, value -> 'now' as now, observed_at
        from account_signals
        where (workspace_id, account_id, kind) = (%(workspace_id)s, page.account_id, 'webpage.status')
        order by value ->> 'website', observed_at desc, known_at desc) as seen
      where seen.now ->> 'state' in ('moved', 'dead') and seen.website in (
        -- The first one is the account's own.
        select other.website from websites_of_accounts other
        where (other.workspace_id, other.account_id) = (%(workspace_id)s, page.account_id) and other.place between 1 and 4)
    ) as pages
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
           s.kind, coalesce(c.opened_on, r.as_of) as since, coalesce(c.horizon_ends_on, r.as_of + m.horizon_days) as until
    """,
    """
    from churn_run_scores s
    join churn_runs r on (r.workspace_id, r.number) = (s.workspace_id, s.run_number)
    join churn_models m on (m.workspace_id, m.version) = (r.workspace_id, r.model_version)
    join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
    join account_standings st on (st.workspace_id, st.account_id) = (s.workspace_id, s.account_id)
    left join save_cases c
      on (c.workspace_id, c.account_id) = (s.workspace_id, s.account_id) and c.outcome is null and c.arm = 'hold'
    where s.workspace_id = %(workspace_id)s and s.is_held
      and case when m.label ->> 'name' = 'subscription' then st.annual_amount > 0 else a.erased_at is null end
      and s.run_number = (
        select max(number) from churn_runs where workspace_id = %(workspace_id)s and state = 'scored')
      and (%(kind)s::text is null or s.kind = %(kind)s)
    """,
    LeftAloneAccount,
    sorts={"name": SortKey("a.name", "text", "a.id")},
)

RISK_BY_DAY = Query(
    """
    with lists as (
      select r.number, r.as_of, r.revenue_at_risk, m.label
      from churn_runs r join churn_models m on (m.workspace_id, m.version) = (r.workspace_id, r.model_version)
      where r.workspace_id = %(workspace_id)s and r.state = 'scored'
    )
    select distinct on (as_of) as_of, revenue_at_risk::text as revenue_at_risk from lists
    where as_of between %(start)s and %(end)s and label ->> 'money' <> 'none'
      and label = (select label from lists order by number desc limit 1)
    order by as_of, number desc
    """,
    ListRisk,
)
