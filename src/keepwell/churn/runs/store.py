"""The SQL of runs, and of the lists that they made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.churn.runs.model import Run
from keepwell.platform.statements import Command, Query


class Number(msgspec.Struct, frozen=True):
    """The number of a run."""

    number: int


class LastNight(msgspec.Struct, frozen=True):
    """The newest night with a run; None before the first."""

    night: date | None


class LastShown(msgspec.Struct, frozen=True):
    """What was last news of an account; `codes` are those of all its reasons."""

    account_id: UUID
    probability: float
    kind: str
    is_held: bool
    codes: Sequence[str]


class EndedRun(msgspec.Struct, frozen=True):
    """A run whose horizon is over, and whose scores are kept: what its list said can be compared with what happened.

    Its probabilities are of leaving from the day `as_of` on, within `horizon_days`; `label` is JSON text, `signal` that of the model.
    """

    number: int
    cause: str
    model_version: int
    as_of: date
    date: date
    horizon_days: int
    label: str
    signal: bool
    input_names: Sequence[str] | None


class PastScore(msgspec.Struct, frozen=True):
    """A line of a run as it was made; `inputs` are in the order of the run's names, None once the person was erased."""

    account_id: UUID
    rank: int
    probability: float
    mrr: Decimal
    revenue_at_risk: Decimal
    kind: str
    is_held: bool
    inputs: Sequence[float | None] | None


# One list of a workspace is stored at a time: two at once would take the same number, or two models the same version. The
# release before takes the same lock.
LOCK_RUNS = Command(
    "select pg_advisory_xact_lock(hashtextextended('churn_models ' || %(workspace_id)s::text, 0))"
)

# For somebody who waits for an answer; until the transaction ends.
WAIT_BRIEFLY = Command("set local lock_timeout = '2s'")

NEXT_NUMBER = Query(
    "select coalesce(max(number), 0) + 1 as number from churn_runs where workspace_id = %(workspace_id)s",
    Number,
)

INSERT_RUN = Command(
    """
    insert into churn_runs (workspace_id, number, date, cause, state, statement, scored_at, model_version, as_of, accounts,
                            revenue_at_risk, silence, input_names)
    values (%(workspace_id)s, %(number)s, %(date)s, %(cause)s, %(state)s, %(statement)s, %(scored_at)s, %(model_version)s, %(as_of)s,
            %(accounts)s, %(revenue_at_risk)s, %(silence)s::jsonb, %(input_names)s)
    """
)

# `rank`, `mrr` and `revenue_at_risk` are those of the scoring: a record for whoever asks later, as are the `inputs`. A record that is
# backdated afterwards changes none of them. What is shown follows what an account pays today.
INSERT_SCORE = Command(
    """
    insert into churn_run_scores (workspace_id, account_id, run_number, rank, probability, mrr, revenue_at_risk, is_held, is_moment,
                                  kind, plan, reasons, inputs)
    values (%(workspace_id)s, %(account_id)s, %(run_number)s, %(rank)s, %(probability)s, %(mrr)s, %(revenue_at_risk)s, %(is_held)s,
            %(is_moment)s, %(kind)s, %(plan)s, %(reasons)s::jsonb, %(inputs)s::float8[])
    """
)

LAST_SHOWN = Query(
    """
    select distinct on (account_id) account_id, probability, kind, is_held,
           array(select reason ->> 'code' from jsonb_array_elements(reasons) as reason) as codes
    from churn_run_scores
    where workspace_id = %(workspace_id)s and is_moment
    order by account_id, run_number desc
    """,
    LastShown,
)

# Not a later night, which a clock that was ahead has left behind: until that date, none would be done.
LAST_NIGHT = Query(
    """
    select max(date) as night from churn_runs
    where workspace_id = %(workspace_id)s and cause = 'night' and date <= %(today)s
    """,
    LastNight,
)

_COLUMNS: LiteralString = """
    select r.number, r.cause, r.state, r.statement, r.scored_at, r.model_version, r.as_of, r.date, r.accounts,
           case when m.label ->> 'money' <> 'none' then r.revenue_at_risk::text end as revenue_at_risk, r.judged_at
    from churn_runs r left join churn_models m on (m.workspace_id, m.version) = (r.workspace_id, r.model_version)
    where r.workspace_id = %(workspace_id)s
"""

RUNS = Query(
    f"""
    {_COLUMNS} and (%(before)s::integer is null or r.number < %(before)s)
    order by r.number desc limit %(limit)s
    """,
    Run,
)

RUN = Query(f"{_COLUMNS} and r.number = %(number)s", Run)

NIGHT = Query(f"{_COLUMNS} and r.cause = 'night' and r.date = %(date)s", Run)

# The newest attempt at a list, whether or not one came of it: `scored_at` says what it has seen.
LAST_ATTEMPT = Query(f"{_COLUMNS} and r.state <> 'missed' order by r.number desc limit 1", Run)

NOTE_JUDGED = Command(
    """
    update churn_runs set judged_at = %(now)s
    where workspace_id = %(workspace_id)s and number = %(number)s and state = 'scored' and judged_at is null
    """
)

ENDED_RUNS = Query(
    """
    select r.number, r.cause, r.model_version, r.as_of, r.date, m.horizon_days, m.label::text as label, m.signal, r.input_names
    from churn_runs r join churn_models m on (m.workspace_id, m.version) = (r.workspace_id, r.model_version)
    where r.workspace_id = %(workspace_id)s and r.state = 'scored' and r.as_of + m.horizon_days <= %(today)s
      and exists (select from churn_run_scores s where (s.workspace_id, s.run_number) = (r.workspace_id, r.number))
    order by r.number
    """,
    EndedRun,
)

SCORES_OF_RUN = Query(
    """
    select account_id, rank, probability, mrr, revenue_at_risk, kind, is_held, inputs from churn_run_scores
    where workspace_id = %(workspace_id)s and run_number = %(number)s order by rank
    """,
    PastScore,
)

# The newest list stays, however old it is.
FORGET_SCORES = Command(
    """
    delete from churn_run_scores s using churn_runs r
    where r.workspace_id = %(workspace_id)s and r.state = 'scored' and r.date < %(before)s
      and r.number < (select max(number) from churn_runs where workspace_id = %(workspace_id)s and state = 'scored')
      and (s.workspace_id, s.run_number) = (r.workspace_id, r.number)
    """
)

ERASE_INPUTS = Command(
    """
    update churn_run_scores set inputs = null
    where workspace_id = %(workspace_id)s and account_id = %(account_id)s and inputs is not null
    """
)
