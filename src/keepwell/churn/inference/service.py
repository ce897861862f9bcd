"""Use cases: load the models that are served, and describe them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from uuid import UUID

from keepwell.churn.inference import store
from keepwell.churn.inference.model import (
    MODEL_NAME,
    ModelMetadata,
    NoServedModel,
    named_inputs,
    outputs_of,
    rows_input,
)
from keepwell.churn.inference.scorer import Scorer
from keepwell.churn.learning.fitted.loading import StoredModel, load
from keepwell.churn.model import Evaluation, signal_of
from keepwell.churn.stored_json import stored_json
from keepwell.churn.trained import service as trained
from keepwell.platform.database import Database, Readable
from keepwell.platform.errors import NotFound

_MOST_TRIED = 5
_MOST_LISTED = 100
_PLATFORM = "keepwell_churn"


class StoredModels:
    """The models of the database, each tried in a child before it is loaded; `executor` is where that is waited for."""

    def __init__(self, database: Database, executor: Executor) -> None:
        self._database = database
        self._executor = executor

    async def served(self, workspace_id: UUID) -> Sequence[int]:
        """Some versions that have a model, the champion first, without a challenger."""
        reader = self._database.reader(workspace_id)
        rows = await store.SERVED.all(reader, workspace_id=workspace_id, limit=_MOST_TRIED)
        return [row.version for row in rows]

    async def load(self, workspace_id: UUID, version: int) -> Scorer:
        """The version, checked. Raises NoServedModel and ModelDamaged."""
        reader = self._database.reader(workspace_id)
        try:
            kept = await trained.stored_model(reader, workspace_id=workspace_id, version=version)
        except NotFound:
            kept = None
        if kept is None:
            raise NoServedModel(
                f"There is no version {version} of {MODEL_NAME} here.",
                hint="GET /v2/models/churn lists them.",
            )
        return await asyncio.get_running_loop().run_in_executor(self._executor, _scorer_of, kept, version)


async def versions(reader: Readable, *, workspace_id: UUID) -> list[int]:
    """The versions that have a model, newest first."""
    rows = await store.VERSIONS.all(reader, workspace_id=workspace_id, limit=_MOST_LISTED)
    return [row.version for row in rows]


async def metadata_of(
    reader: Readable, scorer: Scorer, *, workspace_id: UUID, is_pinned: bool
) -> ModelMetadata:
    """What the model takes and gives: whole rows where the version is named, one tensor for each column otherwise."""
    columns = scorer.columns
    listed = await versions(reader, workspace_id=workspace_id)
    found = await store.DESCRIPTION.one(reader, workspace_id=workspace_id, version=scorer.version)
    evaluation = stored_json(found.evaluation, Evaluation, name="evaluation")
    return ModelMetadata(
        name=MODEL_NAME,
        versions=[str(each) for each in listed],
        platform=_PLATFORM,
        inputs=rows_input(columns) if is_pinned else named_inputs(columns),
        outputs=outputs_of(columns),
        parameters={
            "version": str(scorer.version),
            "trained_at": found.trained_at.isoformat(),
            "horizon_days": found.horizon_days,
            "signal": signal_of(evaluation, was_found=found.signal),
            "rung": scorer.rung,
            "sha256": scorer.sha256,
            "columns": columns,
        },
    )


def _scorer_of(kept: StoredModel, version: int) -> Scorer:
    return Scorer(load(kept), version=version, sha256=kept.sha256, probes=kept.probes)
