"""The SQL of standings, and of what a challenger says beside the champion."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from keepwell.platform.statements import Command, Query


class StandingRow(msgspec.Struct, frozen=True):
    """A model's standing; `can_serve` unless it found a signal and an earlier release did not keep its numbers."""

    version: int
    standing: str
    champion_before: int | None
    can_serve: bool


class ChallengesRow(msgspec.Struct, frozen=True):
    """The challengers so far."""

    waiting: int | None
    trained_on: date | None
    broken_on: date | None


class SaidRow(msgspec.Struct, frozen=True):
    """What the champion said of an account on a day."""

    account_id: UUID
    as_of: date
    probability: float


class ShadowRow(msgspec.Struct, frozen=True):
    """What both models said of an account on a day."""

    account_id: UUID
    as_of: date
    champion: float
    challenger: float


class AccountOfRun(msgspec.Struct, frozen=True):
    """An account of a list."""

    account_id: UUID


class ShadowDay(msgspec.Struct, frozen=True):
    """A day on which both models scored."""

    as_of: date


STANDING = Query(
    """
    select version, standing, champion_before, model is not null or not signal as can_serve from churn_models
    where workspace_id = %(workspace_id)s and version = %(version)s
    """,
    StandingRow,
)

CHAMPION = Query(
    """
    select version, standing, champion_before, model is not null or not signal as can_serve from churn_models
    where workspace_id = %(workspace_id)s and standing = 'champion'
    """,
    StandingRow,
)

CHALLENGES = Query(
    """
    select max(version) filter (where standing = 'challenger') as waiting, (max(trained_at) at time zone 'UTC')::date as trained_on,
           max(broken_on) as broken_on
    from churn_models where workspace_id = %(workspace_id)s and (standing = 'challenger' or broken_on is not null or comparison is not null)
    """,
    ChallengesRow,
)

# Of the champion of a time before, the place in the chain goes: a rollback leads further back, never in circles.
RETIRE = Command(
    """
    update churn_models
    set standing = 'retired', standing_since = %(now)s, standing_why = %(why)s,
        champion_before = case when %(is_rolled_back)s then null else champion_before end
    where workspace_id = %(workspace_id)s and version = %(version)s
    """
)

CROWN = Command(
    """
    update churn_models
    set standing = 'champion', standing_since = %(now)s, standing_why = %(why)s,
        champion_before = case when %(is_rollback)s then champion_before else %(before)s::integer end
    where workspace_id = %(workspace_id)s and version = %(version)s
    """
)

KEEP_COMPARISON = Command(
    """
    update churn_models set comparison = %(comparison)s::jsonb
    where workspace_id = %(workspace_id)s and version = %(version)s
    """
)

# The champion's first word on each day: a later list of the day may have known more.
SAID = Query(
    """
    select distinct on (s.account_id, r.as_of) s.account_id, r.as_of, s.probability
    from churn_runs r join churn_run_scores s on (s.workspace_id, s.run_number) = (r.workspace_id, r.number)
    where r.workspace_id = %(workspace_id)s and r.state = 'scored' and r.model_version = %(champion)s and r.as_of = any(%(days)s::date[])
    order by s.account_id, r.as_of, r.number
    """,
    SaidRow,
)

ACCOUNTS_OF_RUN = Query(
    """
    select account_id from churn_run_scores where workspace_id = %(workspace_id)s and run_number = %(run_number)s
    """,
    AccountOfRun,
)

INSERT_SHADOW = Command(
    """
    insert into churn_shadow_scores (workspace_id, run_number, account_id, model_version, probability)
    values (%(workspace_id)s, %(run_number)s, %(account_id)s, %(model_version)s, %(probability)s)
    on conflict do nothing
    """
)

SHADOW_DAYS = Query(
    """
    select distinct r.as_of
    from churn_runs r
    where r.workspace_id = %(workspace_id)s and r.model_version = %(champion)s and r.state = 'scored' and exists (
      select from churn_shadow_scores s
      where (s.workspace_id, s.run_number) = (r.workspace_id, r.number) and s.model_version = %(version)s)
    order by as_of
    """,
    ShadowDay,
)

SHADOW = Query(
    """
    select distinct on (s.account_id, r.as_of) s.account_id, r.as_of, s.probability as champion, shadow.probability as challenger
    from churn_shadow_scores shadow
    join churn_runs r on (r.workspace_id, r.number) = (shadow.workspace_id, shadow.run_number)
    join churn_run_scores s
      on (s.workspace_id, s.run_number, s.account_id) = (shadow.workspace_id, shadow.run_number, shadow.account_id)
    where shadow.workspace_id = %(workspace_id)s and shadow.model_version = %(version)s and r.model_version = %(champion)s
      and r.as_of = any(%(days)s::date[])
    order by s.account_id, r.as_of, r.number
    """,
    ShadowRow,
)

FORGET_SHADOW = Command(
    "delete from churn_shadow_scores where workspace_id = %(workspace_id)s and model_version = %(version)s"
)
