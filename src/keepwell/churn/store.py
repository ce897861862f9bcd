"""All SQL of the churn room."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

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
    """A line of a save list with the account's name; `reasons` is JSON text."""

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

_SCORES = """
    select s.rank, s.account_id, a.name, s.plan, s.mrr, s.probability, s.revenue_at_risk, s.kind,
           s.reasons::text as reasons, m.trained_at
    from churn_scores s
    join churn_models m on (m.workspace_id, m.version) = (s.workspace_id, s.model_version)
    join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
    where s.workspace_id = %(workspace_id)s
"""

SCORES_AFTER = Query(
    _SCORES
    + """
      and s.model_version = %(version)s and s.rank > %(after_rank)s
    order by s.rank limit %(limit)s
    """,
    ScoreRow,
)

SCORE_OF_ACCOUNT = Query(
    _SCORES + "and s.model_version = %(version)s and s.account_id = %(account_id)s",
    ScoreRow,
)
