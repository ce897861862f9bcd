"""The SQL that opens save cases and decides how they ended."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from keepwell.churn.cases.episodes.enrolment import ModelOfList
from keepwell.churn.cases.model import Outcome, UnknownBecause
from keepwell.platform.statements import Command, Query


class ArmRow(msgspec.Struct, frozen=True):
    """The arm of an account with an open case."""

    account_id: UUID
    is_held: bool


class EndedRow(msgspec.Struct, frozen=True):
    """A case whose horizon is over, with what is stored of its end, and what its account paid, a year."""

    id: UUID
    horizon_ends_on: date
    outcome: Outcome | None
    mrr_at_horizon: Decimal | None
    mrr_lost: Decimal | None
    unknown_because: UnknownBecause | None
    annual_at_horizon: Decimal
    annual_moved: Decimal
    is_readable: bool


class RecordedDay(msgspec.Struct, frozen=True):
    """A day on which something is recorded."""

    day: date


MODEL_OF_LIST = Query(
    """
    select label ->> 'name' as label, horizon_days, base_rate from churn_models
    where workspace_id = %(workspace_id)s and version = %(version)s
    """,
    ModelOfList,
)

OPEN_ARMS = Query(
    """
    select account_id, arm = 'hold' as is_held from save_cases
    where workspace_id = %(workspace_id)s and outcome is null
    """,
    ArmRow,
)

# The id is made of what follows, so that a list that is kept again opens nothing twice. A case that has not ended, or that covers the
# day of the list, is the same episode.
OPEN = Command(
    """
    with given as (
      select each.*, md5('save case ' || %(workspace_id)s::uuid::text || each.account_id::text || %(opened_on)s::date::text)::uuid as id
      from unnest(%(account_ids)s::uuid[], %(arms)s::text[], %(probabilities)s::float8[], %(mrr)s::numeric[], %(reasons)s::jsonb[])
        as each (account_id, arm, probability, mrr, reasons)
    )
    insert into save_cases (workspace_id, id, external_id, account_id, opened_on, horizon_ends_on, arm, held_share, model_version,
                            probability, mrr, reasons, is_announced)
    select %(workspace_id)s, g.id, g.id::text, g.account_id, %(opened_on)s, %(horizon_ends_on)s, g.arm, %(held_share)s,
           %(model_version)s, g.probability, g.mrr, g.reasons, false
    from given g join accounts a on a.workspace_id = %(workspace_id)s and a.id = g.account_id
    where a.erased_at is null and not exists (
      select from save_cases c
      where c.workspace_id = %(workspace_id)s and c.account_id = g.account_id
        and (c.outcome is null or c.horizon_ends_on >= %(opened_on)s))
    """
)

# The days on which the records of subscriptions changed; an announced end is not a change on its own day.
SUBSCRIPTION_DAYS = Query(
    """
    select distinct day from subscriptions,
      lateral (values (starts_on), (cancelled_on), (case when cancelled_on is null then ends_on end)) as each (day)
    where workspace_id = %(workspace_id)s and not is_trial and day < %(before)s
    order by day
    """,
    RecordedDay,
)

# Those that are not decided, and those whose account has other movements by now. What happened on the day of the list, which knows
# nothing of that day, is an outcome.
ENDED = Query(
    """
    select c.id, c.horizon_ends_on, c.outcome, c.mrr_at_horizon, c.mrr_lost, c.unknown_because,
           paid.annual_at_horizon, paid.annual_moved, readable.is_readable
    from save_cases c
    cross join lateral (
      select coalesce(sum(annual_amount), 0) as annual_at_horizon,
             coalesce(sum(annual_amount) filter (where "on" >= c.opened_on and kind <> 'fx'), 0) as annual_moved
      from movement_facts f
      where f.workspace_id = c.workspace_id and f.account_id = c.account_id and f."on" <= c.horizon_ends_on
        and 'default' = any(f.policies)
    ) as paid
    cross join lateral (
      select not exists (
        select from unreadable_subscriptions u
        where u.workspace_id = c.workspace_id and u.account_id = c.account_id and u.until is null and u.since <= c.horizon_ends_on
      ) as is_readable
    ) as readable
    where c.workspace_id = %(workspace_id)s and c.horizon_ends_on < %(today)s
      and (c.outcome is null or c.outcome = 'unknown' or not readable.is_readable
           or c.horizon_ends_on > coalesce(%(records_until)s::date, '-infinity')
           or (c.mrr_at_horizon, c.mrr_lost)
              is distinct from (greatest(round(paid.annual_at_horizon / 12, 2), 0), round(greatest(-paid.annual_moved, 0) / 12, 2)))
    order by c.id
    for update of c
    """,
    EndedRow,
)

# What a source did not say of an imported case, as soon as the records reach its first day.
FILL_MRR = Command(
    """
    update save_cases c
    set version = c.version + 1, mrr = (
      select greatest(coalesce(round(sum(annual_amount) / 12, 2), 0), 0) from movement_facts f
      where f.workspace_id = c.workspace_id and f.account_id = c.account_id and f."on" < c.opened_on and 'default' = any(f.policies))
    where c.workspace_id = %(workspace_id)s and c.mrr is null and c.opened_on <= %(records_until)s
    """
)

# An unknown outcome that becomes known is no revision.
DECIDE = Command(
    """
    update save_cases c
    set outcome = d.outcome, mrr_at_horizon = d.mrr_at_horizon, mrr_lost = d.mrr_lost, unknown_because = d.because,
        records_until = %(records_until)s, is_announced = false, version = c.version + 1,
        decided_at = case when d.outcome <> 'unknown' then %(now)s::timestamptz end,
        revised_at = case when c.outcome <> 'unknown' then %(now)s::timestamptz else c.revised_at end,
        revised_from = case when c.outcome <> 'unknown' then c.outcome else c.revised_from end
    from unnest(%(ids)s::uuid[], %(outcomes)s::text[], %(mrr_at_horizon)s::numeric[], %(mrr_lost)s::numeric[], %(because)s::text[])
      as d (id, outcome, mrr_at_horizon, mrr_lost, because)
    where c.workspace_id = %(workspace_id)s and c.id = d.id
    """
)

# Whoever reads a list asks it who is left alone, so a case that an import opens is written into the newest one. A list that is made
# later has its account apart by itself.
LEAVE_ALONE = Command(
    """
    update churn_run_scores s set is_held = true
    from save_cases c
    where c.workspace_id = %(workspace_id)s and c.outcome is null and c.arm = 'hold'
      and s.workspace_id = c.workspace_id and s.account_id = c.account_id and not s.is_held
      and s.run_number = (
        select max(number) from churn_runs where workspace_id = %(workspace_id)s and state = 'scored')
    """
)
