"""The SQL of making a model again: the records as they stood at an instant, the stored model and its scores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.churn.billing_records import store as billing_store
from keepwell.churn.model import PaymentProblem
from keepwell.platform.statements import Query
from keepwell.revenue.model import PaidSubscription


class RecordedAccount(msgspec.Struct, frozen=True):
    """An account as it was on record."""

    id: UUID
    external_id: str


class KeptModel(msgspec.Struct, frozen=True):
    """A model with what it was made of; `provenance` is JSON text, None if an earlier release made it.

    `run` is that of its training, None of a challenger's, which made no list; `input_names` are those of the run's scores.
    """

    trained_at: datetime
    model: bytes | None
    base_rate: float
    provenance: str | None
    run: int | None
    input_names: Sequence[str] | None


class KeptScore(msgspec.Struct, frozen=True):
    """A line of the list of the training as it was stored; `inputs` is None once the person was erased."""

    account_id: UUID
    rank: int
    probability: float
    mrr: Decimal
    revenue_at_risk: Decimal
    inputs: Sequence[float | None] | None


class ChangedRecords(msgspec.Struct, frozen=True):
    """How many records of a kind have changed since, how many of them by imports, and the ids of the first five others."""

    kind: str
    records: int
    imported: int
    others: Sequence[UUID]


# Tables of the same names hide the real ones: rows as they were before the first import that began later, without those that
# it made. Other changes leave no earlier row behind.
_AS_RECORDED: LiteralString = """
    with later as (
      select distinct on (c.entity, c.row_id) c.entity, c.row_id, c.before
      from import_changes c join imports i on (i.workspace_id, i.id) = (c.workspace_id, c.import_id)
      where c.workspace_id = %(workspace_id)s and i.started_at > %(recorded_until)s
      order by c.entity, c.row_id, i.started_at, c.sequence
    ), subscriptions as (
      select old.* from subscriptions t
      left join later l on l.entity = 'subscriptions' and l.row_id = t.id
      cross join lateral jsonb_populate_record(t, coalesce(l.before, '{}')) old
      where t.workspace_id = %(workspace_id)s and (l.row_id is null or l.before is not null)
    ), invoices as (
      select old.* from invoices t
      left join later l on l.entity = 'invoices' and l.row_id = t.id
      cross join lateral jsonb_populate_record(t, coalesce(l.before, '{}')) old
      where t.workspace_id = %(workspace_id)s and (l.row_id is null or l.before is not null)
    ), charges as (
      select old.* from charges t
      left join later l on l.entity = 'charges' and l.row_id = t.id
      cross join lateral jsonb_populate_record(t, coalesce(l.before, '{}')) old
      where t.workspace_id = %(workspace_id)s and (l.row_id is null or l.before is not null)
    )
"""

SPANS = Query(
    f"""
    {_AS_RECORDED}
    select s.account_id, a.external_id, s.id as subscription_id, s.plan, s.seats, s.billing_interval, s.annual_amount, s.currency,
           s.starts_on, s.ends_on, s.cancelled_on, s.end_reason
    from subscriptions s join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
    where not s.is_trial and (s.ends_on is null or s.ends_on > s.starts_on)
    """,  # noqa: S608  our own text, with the parameters apart
    PaidSubscription,
)

ACCOUNTS = Query(
    f"""
    {_AS_RECORDED}
    select a.id, a.external_id from accounts a
    left join later l on l.entity = 'accounts' and l.row_id = a.id
    where a.workspace_id = %(workspace_id)s and (l.row_id is null or l.before is not null)
    """,  # noqa: S608  our own text, with the parameters apart
    RecordedAccount,
)

PAYMENT_PROBLEMS = Query(f"{_AS_RECORDED} {billing_store.PAYMENT_PROBLEMS.sql}", PaymentProblem)

BILLING_DAYS = Query(f"{_AS_RECORDED} {billing_store.BILLING_DAYS.sql}", billing_store.RecordedDay)

KEPT_MODEL = Query(
    """
    select m.trained_at, m.model, m.base_rate, m.provenance::text as provenance, r.number as run, r.input_names
    from churn_models m left join churn_runs r
      on (r.workspace_id, r.model_version, r.scored_at) = (m.workspace_id, m.version, m.trained_at)
    where m.workspace_id = %(workspace_id)s and m.version = %(version)s
    order by r.number limit 1
    """,
    KeptModel,
)

KEPT_SCORES = Query(
    """
    select account_id, rank, probability, mrr, revenue_at_risk, inputs from churn_run_scores
    where workspace_id = %(workspace_id)s and run_number = %(run)s order by rank
    """,
    KeptScore,
)

CHANGED = Query(
    """
    with changed as (
      select c.kind, c.record_id, c.version, exists (
               select from import_changes i join imports on (imports.workspace_id, imports.id) = (i.workspace_id, i.import_id)
               where i.workspace_id = c.workspace_id and i.entity = c.kind and i.row_id = c.record_id
                 and imports.started_at > %(recorded_until)s
             ) as is_imported
      from changes c
      where c.workspace_id = %(workspace_id)s and c.version > %(records_version)s
        and c.kind in ('accounts', 'subscriptions', 'invoices', 'charges')
    )
    select kind, count(*)::int as records, (count(*) filter (where is_imported))::int as imported,
           coalesce((array_agg(record_id order by version) filter (where not is_imported))[1:5], '{}') as others
    from changed group by kind order by kind
    """,
    ChangedRecords,
)
