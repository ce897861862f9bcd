"""The SQL of the models that were trained."""

from __future__ import annotations

from datetime import date, datetime
from typing import LiteralString

import msgspec

from keepwell.platform.statements import Command, Query


class Version(msgspec.Struct, frozen=True):
    """The version of a model."""

    version: int


class ModelOverview(msgspec.Struct, frozen=True):
    """A trained model for the list of models; `label`, `evaluation`, `comparison` and `report` are JSON text, the latter only of one model."""

    version: int
    trained_at: datetime
    standing: str
    standing_since: datetime
    standing_why: str
    comparison: str | None
    as_of: date | None
    horizon_days: int
    label: str
    signal: bool
    statement: str
    evaluation: str
    rung: str | None
    revenue_at_risk: str | None
    report: str | None


NEXT_VERSION = Query(
    "select coalesce(max(version), 0) + 1 as version from churn_models where workspace_id = %(workspace_id)s",
    Version,
)

INSERT_MODEL = Command(
    """
    insert into churn_models (workspace_id, version, trained_at, horizon_days, label, signal, statement, base_rate, announced,
                              evaluation, report, model, model_sha256, probes, provenance, standing, standing_since, standing_why,
                              champion_before, broken_on, reference)
    values (%(workspace_id)s, %(version)s, %(trained_at)s, %(horizon_days)s, %(label)s::jsonb, %(signal)s, %(statement)s,
            %(base_rate)s, %(announced)s::jsonb, %(evaluation)s::jsonb, %(report)s::jsonb, %(model)s, %(model_sha256)s,
            %(probes)s::jsonb, %(provenance)s::jsonb, %(standing)s, %(trained_at)s, %(standing_why)s, %(champion_before)s,
            %(broken_on)s, %(reference)s::jsonb)
    """
)

CHAMPION = Query(
    "select version from churn_models where workspace_id = %(workspace_id)s and standing = 'champion'",
    Version,
)

RETIRE_ALL = Command(
    """
    update churn_models set standing = 'retired', standing_since = %(now)s, standing_why = %(why)s
    where workspace_id = %(workspace_id)s and standing = any(%(standings)s)
    """
)

_COLUMNS: LiteralString = """
    select m.version, m.trained_at, m.standing, m.standing_since, m.standing_why, m.comparison::text as comparison, first.as_of, m.horizon_days, m.label::text as label, m.signal, m.statement,
           m.evaluation::text as evaluation, m.report ->> 'chosen' as rung,
           case when m.label ->> 'money' <> 'none' then first.revenue_at_risk::text end as revenue_at_risk,
"""

# With its first list: that of its training, unless it was a challenger.
_OF_MODELS: LiteralString = """
    from churn_models m left join lateral (
      select r.as_of, r.revenue_at_risk from churn_runs r
      where (r.workspace_id, r.model_version) = (m.workspace_id, m.version) and r.state = 'scored'
      order by r.number limit 1
    ) as first on true
    where m.workspace_id = %(workspace_id)s
"""

MODELS = Query(
    f"""
    {_COLUMNS} null::text as report {_OF_MODELS} and (%(before)s::integer is null or m.version < %(before)s)
    order by m.version desc limit %(limit)s
    """,
    ModelOverview,
)

ONE_MODEL = Query(
    f"""
    {_COLUMNS} m.report::text as report {_OF_MODELS} and m.version = %(version)s
    """,
    ModelOverview,
)


class StoredModelRow(msgspec.Struct, frozen=True):
    """A model as it is stored; `probes` is JSON text. All are None if nothing was fitted, or an earlier release did not keep it."""

    model: bytes | None
    model_sha256: str | None
    probes: str | None


STORED_MODEL = Query(
    """
    select model, model_sha256, probes::text as probes from churn_models
    where workspace_id = %(workspace_id)s and version = %(version)s
    """,
    StoredModelRow,
)


class ProvenanceRow(msgspec.Struct, frozen=True):
    """What a model was made of, as JSON text; None if an earlier release trained it."""

    provenance: str | None


PROVENANCE = Query(
    """
    select provenance::text as provenance from churn_models
    where workspace_id = %(workspace_id)s and version = %(version)s
    """,
    ProvenanceRow,
)


class ServedRow(msgspec.Struct, frozen=True):
    """What is needed to score with a model; all but the numbers and `signal` is JSON text, or None if an earlier release kept nothing of it."""

    version: int
    horizon_days: int
    label: str
    signal: bool
    base_rate: float
    announced: str | None
    evaluation: str
    provenance: str | None


# The champion; no other one makes lists.
SERVED_MODEL = Query(
    """
    select version, horizon_days, label::text as label, signal, base_rate, announced::text as announced, evaluation::text as evaluation,
           provenance::text as provenance
    from churn_models
    where workspace_id = %(workspace_id)s
      and case when %(version)s::integer is null then standing = 'champion' else version = %(version)s end
    """,
    ServedRow,
)
