"""Use cases: the models that were trained so far, and the report of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from keepwell.churn.label import Label
from keepwell.churn.learning.fitted.fitted_model import FittedModel
from keepwell.churn.learning.fitted.loading import StoredModel, load
from keepwell.churn.learning.fitted.probes import Probes
from keepwell.churn.model import Evaluation, signal_of
from keepwell.churn.provenance.model import Provenance
from keepwell.churn.report import PROVES_NOTHING, ModelReport
from keepwell.churn.sources.coverage import SourceName
from keepwell.churn.stored_json import stored_json
from keepwell.churn.trained import store
from keepwell.churn.trained.card import card_of
from keepwell.churn.trained.model import Comparison, ModelWithReport, TrainedModel
from keepwell.identity import service as identity
from keepwell.platform.database import Readable
from keepwell.platform.errors import NotFound
from keepwell.platform.pagination.cursors import PageEnd, RowPage


async def list_models(
    reader: Readable, _filters: None, *, workspace_id: UUID, limit: int, after: PageEnd | None = None
) -> RowPage[TrainedModel]:
    """A page of the workspace's models, newest first."""
    before = None if after is None else int(after.key)
    rows = await store.MODELS.all(reader, workspace_id=workspace_id, before=before, limit=limit + 1)
    items = [TrainedModel(**_fields(row)) for row in rows[:limit]]
    return RowPage(items, PageEnd(str(items[-1].version), workspace_id) if len(rows) > limit else None)


async def champion(reader: Readable, *, workspace_id: UUID) -> int | None:
    """The version of the model that makes lists; None before the first training."""
    found = await store.CHAMPION.maybe_one(reader, workspace_id=workspace_id)
    return None if found is None else found.version


async def get_model(reader: Readable, *, workspace_id: UUID, version: int) -> ModelWithReport:
    """One model with its report; raises NotFound, and ModelDamaged if that is not what was stored."""
    row = await store.ONE_MODEL.maybe_one(reader, workspace_id=workspace_id, version=version)
    if row is None:
        raise _no_model(version)
    fields = _fields(row)
    report = None if row.report is None else stored_json(row.report, ModelReport, name="report")
    if report is not None and fields["signal"] == "suspect":
        report = msgspec.structs.replace(report, why=PROVES_NOTHING)
    return ModelWithReport(**fields, currency=await identity.currency(reader), report=report)


async def load_model(reader: Readable, *, workspace_id: UUID, version: int) -> FittedModel | None:
    """The fitted model, checked; None if too little was there to fit one, or it is of a release that kept none.

    Raises NotFound, and ModelDamaged if it is not what was stored.
    """
    kept = await stored_model(reader, workspace_id=workspace_id, version=version)
    return None if kept is None else load(kept)


async def stored_model(reader: Readable, *, workspace_id: UUID, version: int) -> StoredModel | None:
    """The model as it is stored, of which nothing is parsed yet; None and raises as `load_model`."""
    row = await store.STORED_MODEL.maybe_one(reader, workspace_id=workspace_id, version=version)
    if row is None:
        raise _no_model(version)
    if row.model is None or row.model_sha256 is None or row.probes is None:
        return None
    probes = stored_json(row.probes, Probes, name="probes")
    return StoredModel(text=row.model, sha256=row.model_sha256, probes=probes)


async def model_card(reader: Readable, *, workspace_id: UUID, version: int) -> str:
    """The model's card as Markdown; raises as `get_model`."""
    model = await get_model(reader, workspace_id=workspace_id, version=version)
    return card_of(model, await _provenance(reader, workspace_id=workspace_id, version=version))


async def left_out(reader: Readable, *, workspace_id: UUID, version: int) -> Sequence[SourceName]:
    """The sources that the training of a model left out; none if that was not kept."""
    made_of = await _provenance(reader, workspace_id=workspace_id, version=version)
    return () if made_of is None else made_of.without


async def _provenance(reader: Readable, *, workspace_id: UUID, version: int) -> Provenance | None:
    row = await store.PROVENANCE.one(reader, workspace_id=workspace_id, version=version)
    return None if row.provenance is None else stored_json(row.provenance, Provenance, name="provenance")


def _no_model(version: int) -> NotFound:
    return NotFound(f"There is no model {version} here.", hint="GET /v1/churn/models lists them.")


def _fields(row: store.ModelOverview) -> dict[str, Any]:
    evaluation = stored_json(row.evaluation, Evaluation, name="evaluation")
    return {
        "version": row.version,
        "trained_at": row.trained_at,
        "horizon_days": row.horizon_days,
        "label": msgspec.json.decode(row.label, type=Label),
        "signal": signal_of(evaluation, was_found=row.signal),
        "statement": row.statement,
        "evaluation": evaluation,
        "standing": row.standing,
        "standing_since": row.standing_since,
        "standing_why": row.standing_why,
        "comparison": None
        if row.comparison is None
        else stored_json(row.comparison, Comparison, name="comparison"),
        "as_of": row.as_of,
        "rung": row.rung,
        "revenue_at_risk": row.revenue_at_risk,
    }
