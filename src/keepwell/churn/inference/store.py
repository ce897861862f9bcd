"""The SQL of the models that are served, and of what their newest list knew of an account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from keepwell.platform.statements import Query


class ServedVersion(msgspec.Struct, frozen=True):
    """A version whose model is stored."""

    version: int


class DescriptionRow(msgspec.Struct, frozen=True):
    """What a training found out about a version; `evaluation` is JSON text."""

    trained_at: datetime
    horizon_days: int
    signal: bool
    evaluation: str


DESCRIPTION = Query(
    """
    select trained_at, horizon_days, signal, evaluation::text as evaluation
    from churn_models where workspace_id = %(workspace_id)s and version = %(version)s
    """,
    DescriptionRow,
)

# A version without a model is of a training with too little to fit one, or of a release that kept none.
VERSIONS = Query(
    """
    select version from churn_models
    where workspace_id = %(workspace_id)s and model is not null and probes is not null
    order by version desc limit %(limit)s
    """,
    ServedVersion,
)


# The champion; if it is damaged, or has no model, the newest other one. A challenger answers only where its version is named.
SERVED = Query(
    """
    select version from churn_models
    where workspace_id = %(workspace_id)s and model is not null and probes is not null and standing <> 'challenger'
    order by standing = 'champion' desc, version desc limit %(limit)s
    """,
    ServedVersion,
)


class ListRow(msgspec.Struct, frozen=True):
    """The newest list, and the model that made it; `label` and `evaluation` are JSON text, `input_names` None if it kept no inputs."""

    run: int
    version: int
    as_of: date
    input_names: Sequence[str] | None
    horizon_days: int
    label: str
    signal: bool
    evaluation: str
    base_rate: float
    has_model: bool


class AccountRow(msgspec.Struct, frozen=True):
    """An account that was asked for: `account_id` is None if there is none of this name, and `kind` if it is not on the list.

    `inputs` are in the order of the list's names, None if they were not kept; `reasons` is JSON text.
    """

    place: int
    account_id: UUID | None
    external_id: str | None
    kind: str | None
    probability: float | None
    reasons: str | None
    inputs: Sequence[float | None] | None


NEWEST_LIST = Query(
    """
    select r.number as run, m.version, r.as_of, r.input_names, m.horizon_days, m.label::text as label, m.signal,
           m.evaluation::text as evaluation, m.base_rate, m.model is not null as has_model
    from churn_runs r join churn_models m on (m.workspace_id, m.version) = (r.workspace_id, r.model_version)
    where r.workspace_id = %(workspace_id)s and r.state = 'scored'
    order by r.number desc limit 1
    """,
    ListRow,
)

# As on the list itself: of subscriptions, accounts that pay today. One that is left alone looks like one that is not there to
# those who may not know.
ACCOUNTS_OF_LIST = Query(
    """
    select asked.place::int as place, a.id as account_id, a.external_id, s.kind, s.probability, s.reasons::text as reasons, s.inputs
    from unnest(%(names)s::text[], %(ids)s::uuid[]) with ordinality as asked (name, id, place)
    left join accounts a on a.workspace_id = %(workspace_id)s and (a.external_id = asked.name or a.id = asked.id)
    left join account_standings st on (st.workspace_id, st.account_id) = (a.workspace_id, a.id)
    left join churn_run_scores s
      on s.workspace_id = a.workspace_id and s.account_id = a.id and s.run_number = %(run)s
         and (%(with_held)s::boolean or not s.is_held)
         and (not %(is_of_subscriptions)s::boolean or st.annual_amount > 0) and a.erased_at is null
    order by asked.place
    """,
    AccountRow,
)
