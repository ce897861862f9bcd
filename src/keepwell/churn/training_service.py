"""Use case: train a model on a workspace's history, and store it with its save list.

Apart from the service, because ibis takes as long to import as the rest of the server.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from keepwell.churn import store
from keepwell.churn.model import DEFAULT_HORIZON_DAYS, HOLDOUTS, ChurnModel
from keepwell.churn.pipeline import BillingRecords, LearningResult, learn
from keepwell.identity.workspace_settings.service import workspace_settings
from keepwell.importing.import_log import service as import_log
from keepwell.intake import service as intake
from keepwell.intake.lake.model import Engine
from keepwell.platform.clock import Clock, today
from keepwell.platform.database import Connection, Database
from keepwell.platform.holdout import Holdout
from keepwell.platform.progress import Progress
from keepwell.revenue import service as revenue
from keepwell.revenue.model import PayingSpan, Rates
from keepwell.revenue.rates.service import stored_rates


class TrainingContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a training needs; `engine` reads the lake, and `holdout` decides who is left alone."""

    database: Database
    lake: Path
    engine: Engine = "duckdb"
    holdout: Holdout
    clock: Clock
    progress: Progress


class TrainingResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a training."""

    model: ChurnModel
    as_of: date
    accounts_scored: int


async def train(
    work: TrainingContext, *, workspace_id: UUID, horizon_days: int = DEFAULT_HORIZON_DAYS
) -> TrainingResult:
    """Train on all data of the workspace and store the model with its save list, in one transaction.

    Raises NothingToScore, TooLittleHistory, CorruptData for a damaged lake, and Unavailable if the extra
    `churn`, or `spark`, is not installed; nothing is stored then.
    """
    async with work.database.workspace(workspace_id) as connection:
        spans = await revenue.paying_spans(connection, workspace_id=workspace_id)
        rates = await stored_rates(connection, workspace_id=workspace_id)
        billing = await _billing(connection, workspace_id=workspace_id, before=today(work.clock))
    # Outside any transaction, since it takes seconds, and on this thread, so that Ctrl-C stops it.
    learned = _learn(
        work, spans, rates=rates, billing=billing, workspace_id=workspace_id, horizon_days=horizon_days
    )
    async with work.database.workspace(workspace_id) as connection:
        model = await _keep(connection, learned, work, workspace_id=workspace_id)
    return TrainingResult(model=model, as_of=learned.as_of, accounts_scored=len(learned.scores))


async def _billing(connection: Connection, *, workspace_id: UUID, before: date) -> BillingRecords:
    """The records about payments; a reading of Stripe covers the days before it even if nothing changed on them."""
    problems = await store.PAYMENT_PROBLEMS.all(connection, workspace_id=workspace_id, today=before)
    last = await store.LAST_BILLING_DAY.one(connection, workspace_id=workspace_id, before=before)
    reading = await import_log.last_reading(connection, workspace_id=workspace_id, source="stripe")
    days = [last.day, None if reading is None else reading.astimezone(UTC).date() - timedelta(days=1)]
    return BillingRecords(
        problems=problems, recorded_on=max((day for day in days if day is not None), default=None)
    )


def _learn(
    work: TrainingContext,
    spans: Iterable[PayingSpan],
    *,
    rates: Rates,
    billing: BillingRecords,
    workspace_id: UUID,
    horizon_days: int,
) -> LearningResult:
    with intake.lake_errors():
        return learn(
            spans,
            intake.events_table(work.lake, workspace_id=workspace_id, engine=work.engine),
            rates=rates,
            billing=billing,
            today=today(work.clock),
            horizon_days=horizon_days,
            progress=work.progress,
        )


async def _keep(
    connection: Connection, learned: LearningResult, work: TrainingContext, *, workspace_id: UUID
) -> ChurnModel:
    version = (await store.NEXT_VERSION.one(connection, workspace_id=workspace_id)).version
    model = ChurnModel(
        version=version,
        trained_at=work.clock.now(),
        horizon_days=learned.horizon_days,
        signal=learned.evaluation.signal,
        statement=learned.statement,
        evaluation=learned.evaluation,
    )
    await store.INSERT_MODEL.run(
        connection,
        workspace_id=workspace_id,
        as_of=learned.as_of,
        base_rate=learned.base_rate,
        parameters=None if learned.model is None else _json(learned.model),
        **(
            msgspec.structs.asdict(model)
            | {"signal": model.signal == "found", "evaluation": _json(model.evaluation)}
        ),
    )
    shares = (await workspace_settings(connection, workspace_id)).holdout_shares
    rows = (
        msgspec.structs.asdict(score)
        | {
            "workspace_id": workspace_id,
            "model_version": version,
            "reasons": _json(score.reasons),
            "is_held": work.holdout.is_held(
                workspace_id=workspace_id,
                account_id=score.account_id,
                share=shares.share(HOLDOUTS[score.kind]),
            ),
        }
        for score in learned.scores
    )
    await store.INSERT_SCORE.run_many(connection, rows)
    return model


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
