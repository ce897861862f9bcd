"""The SQL of the models that were trained."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from keepwell.platform.statements import Command, Query


class ModelOverview(msgspec.Struct, frozen=True):
    """A trained model for the list of models; `label`, `evaluation` and `report` are JSON text, the latter only of one model."""

    version: int
    trained_at: datetime
    as_of: date
    horizon_days: int
    label: str
    signal: bool
    statement: str
    evaluation: str
    rung: str | None
    revenue_at_risk: str | None
    report: str | None


# One training of a workspace at a time is stored: two at once would take the same version.
LOCK_MODELS = Command(
    "select pg_advisory_xact_lock(hashtextextended('churn_models ' || %(workspace_id)s::text, 0))"
)

MODELS = Query(
    """
    select version, trained_at, as_of, horizon_days, label::text as label, signal, statement, evaluation::text as evaluation,
           report->>'chosen' as rung, case when label ->> 'money' <> 'none' then revenue_at_risk::text end as revenue_at_risk,
           null::text as report
    from churn_models
    where workspace_id = %(workspace_id)s and (%(before)s::integer is null or version < %(before)s)
    order by version desc limit %(limit)s
    """,
    ModelOverview,
)

ONE_MODEL = Query(
    """
    select version, trained_at, as_of, horizon_days, label::text as label, signal, statement, evaluation::text as evaluation,
           report->>'chosen' as rung, case when label ->> 'money' <> 'none' then revenue_at_risk::text end as revenue_at_risk,
           report::text as report
    from churn_models
    where workspace_id = %(workspace_id)s and version = %(version)s
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
