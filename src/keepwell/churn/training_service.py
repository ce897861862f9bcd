"""Use case: train a model on a workspace's history, and store it with its save list.

Apart from the service, because ibis takes as long to import as the rest of the server.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from keepwell.churn import store
from keepwell.churn.doors.model import Question
from keepwell.churn.history import Learned, TrainingContext, learned_from, read_history
from keepwell.churn.learning.fitted.loading import stored
from keepwell.churn.model import HOLDOUTS, ChurnModel
from keepwell.churn.pipeline import SEED, LearningResult
from keepwell.churn.report import ModelReport
from keepwell.churn.scoring import total_at_risk
from keepwell.churn.sources.coverage import SourceSilent
from keepwell.churn.trained import store as trained
from keepwell.identity.workspace_settings.service import workspace_settings
from keepwell.platform.database import Connection

_USUAL = Question()


class TrainingResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a training; without a report if too little was there to test."""

    model: ChurnModel
    report: ModelReport | None
    as_of: date
    accounts_scored: int


async def train(work: TrainingContext, *, workspace_id: UUID, question: Question = _USUAL) -> TrainingResult:
    """Train on all data of the workspace and store the model with its save list, in one transaction.

    Raises NothingToScore, TooLittleHistory, NoSuchAmount, CorruptData for a damaged lake, and Unavailable if the extra
    `churn`, or `spark`, is not installed; nothing is stored then. Raises SourceSilent if a source has gone silent, so that no
    newer list can be made: the existing one stays, with a note of it.
    """
    history = await read_history(work, workspace_id=workspace_id)
    # Outside any transaction, since it takes seconds, and on this thread, so that Ctrl-C stops it.
    try:
        learned = learned_from(work, history, workspace_id=workspace_id, question=question)
    except SourceSilent as error:
        async with work.database.workspace(workspace_id) as connection:
            await store.NOTE_SILENCE.run(connection, workspace_id=workspace_id, silence=_json(error.silence))
        raise
    async with work.database.workspace(workspace_id) as connection:
        model = await _keep(connection, learned, work, workspace_id=workspace_id, now=history.read_at)
    result = learned.result
    return TrainingResult(
        model=model, report=result.report, as_of=result.as_of, accounts_scored=len(result.scores)
    )


async def _keep(
    connection: Connection, found: Learned, work: TrainingContext, *, workspace_id: UUID, now: datetime
) -> ChurnModel:
    learned = found.result
    await trained.LOCK_MODELS.run(connection, workspace_id=workspace_id)
    version = (await store.NEXT_VERSION.one(connection, workspace_id=workspace_id)).version
    model = ChurnModel(
        version=version,
        trained_at=now,
        horizon_days=learned.horizon_days,
        label=learned.label,
        signal=learned.evaluation.signal,
        statement=learned.statement,
        evaluation=learned.evaluation,
    )
    shares = (await workspace_settings(connection, workspace_id)).holdout_shares
    held = {
        score.account_id
        for score in learned.scores
        if work.holdout.is_held(
            workspace_id=workspace_id,
            account_id=score.account_id,
            share=shares.share(HOLDOUTS[score.kind]),
        )
    }
    await store.INSERT_MODEL.run(
        connection,
        workspace_id=workspace_id,
        as_of=learned.as_of,
        base_rate=learned.base_rate,
        provenance=_json(found.provenance),
        **_stored_fields(learned),
        silence=None if learned.silence is None else _json(learned.silence),
        report=None if learned.report is None else _json(learned.report),
        revenue_at_risk=total_at_risk(
            (score for score in learned.scores if score.account_id not in held), learned.studied.current
        ),
        **(
            msgspec.structs.asdict(model)
            | {
                "signal": model.signal == "found",
                "evaluation": _json(model.evaluation),
                "label": _json(model.label),
            }
        ),
    )
    rows = (
        msgspec.structs.asdict(score)
        | {
            "workspace_id": workspace_id,
            "model_version": version,
            "reasons": _json(score.reasons),
            "inputs": _json(score.inputs),
            "is_held": score.account_id in held,
        }
        for score in learned.scores
    )
    await store.INSERT_SCORE.run_many(connection, rows)
    return model


def _stored_fields(learned: LearningResult) -> dict[str, bytes | str | None]:
    if learned.model is None:
        return {"model": None, "model_sha256": None, "probes": None}
    kept = stored(learned.model, seed=SEED)
    return {"model": kept.text, "model_sha256": kept.sha256, "probes": _json(kept.probes)}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
