"""Use cases of the churn room: train a model, and read the scores of the newest one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from uuid import UUID

import msgspec

from keepwell.churn import store
from keepwell.churn.learning import LearningResult, learn
from keepwell.churn.model import (
    DEFAULT_HORIZON_DAYS,
    AccountRisk,
    ChurnKind,
    ChurnModel,
    Evaluation,
    Reason,
    SaveList,
    SaveListEntry,
    SaveListPlace,
    Score,
)
from keepwell.identity import service as identity
from keepwell.intake import service as intake
from keepwell.intake.model import Engine
from keepwell.platform.clock import Clock, today
from keepwell.platform.database import Connection, Database, Readable
from keepwell.platform.errors import DataValidationError
from keepwell.platform.progress import Progress
from keepwell.revenue import service as revenue
from keepwell.revenue.model import DEFAULT_POLICY, PayingSpan


class TrainingContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a training needs; `engine` reads the lake."""

    database: Database
    lake: Path
    engine: Engine = "duckdb"
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
    # Outside any transaction, since it takes seconds, and on this thread, so that Ctrl-C stops it.
    learned = _learn(work, spans, workspace_id=workspace_id, horizon_days=horizon_days)
    async with work.database.workspace(workspace_id) as connection:
        model = await _keep(connection, learned, workspace_id=workspace_id, clock=work.clock)
    return TrainingResult(model=model, as_of=learned.as_of, accounts_scored=len(learned.scores))


async def save_list(
    reader: Readable, *, workspace_id: UUID, limit: int, after: SaveListPlace | None = None
) -> tuple[SaveList, SaveListPlace | None]:
    """A page of the newest model's save list, or of the list that `after` belongs to, and the place of the next page.

    Empty before the first training. Raises DataValidationError if the list of `after` does not exist.
    """
    version = after.version if after else None
    row = await store.MODEL.maybe_one(reader, workspace_id=workspace_id, version=version)
    currency = await identity.currency(reader)
    if row is None:
        if after is not None:
            hint = "Start again without a cursor."
            raise DataValidationError("cursor: it belongs to a list that no longer exists.", hint=hint)
        empty = SaveList(
            scored_at=None,
            as_of=None,
            currency=currency,
            policy=DEFAULT_POLICY,
            model=None,
            items=[],
            next=None,
        )
        return empty, None
    scores = await store.SCORES_AFTER.all(
        reader,
        workspace_id=workspace_id,
        version=row.version,
        after_rank=after.rank if after else 0,
        limit=limit + 1,
    )
    items = [_entry(each) for each in scores[:limit]]
    more = len(scores) > limit
    page = SaveList(
        scored_at=row.trained_at,
        as_of=row.as_of,
        currency=currency,
        policy=DEFAULT_POLICY,
        model=_model(row),
        items=items,
        next=None,
    )
    return page, SaveListPlace(row.version, items[-1].rank) if more else None


async def risk_of(connection: Connection, *, workspace_id: UUID, account_id: UUID) -> AccountRisk | None:
    """The newest model's score of an account; None if it did not pay then, or no model is trained."""
    own = {"workspace_id": workspace_id}
    newest = await store.MODEL.maybe_one(connection, **own, version=None)
    if newest is None:
        return None
    row = await store.SCORE_OF_ACCOUNT.maybe_one(
        connection, **own, version=newest.version, account_id=account_id
    )
    if row is None:
        return None
    return AccountRisk(
        probability=row.probability,
        revenue_at_risk=str(row.revenue_at_risk),
        kind=ChurnKind(row.kind),
        reasons=_reasons(row.reasons),
        scored_at=row.trained_at,
        rank=row.rank,
    )


def _learn(
    work: TrainingContext, spans: Iterable[PayingSpan], *, workspace_id: UUID, horizon_days: int
) -> LearningResult:
    with intake.lake_errors():
        return learn(
            spans,
            intake.events_table(work.lake, workspace_id=workspace_id, engine=work.engine),
            today=today(work.clock),
            horizon_days=horizon_days,
            progress=work.progress,
        )


async def _keep(
    connection: Connection, learned: LearningResult, *, workspace_id: UUID, clock: Clock
) -> ChurnModel:
    version = (await store.NEXT_VERSION.one(connection, workspace_id=workspace_id)).version
    model = ChurnModel(
        version=version,
        trained_at=clock.now(),
        horizon_days=learned.horizon_days,
        signal=learned.evaluation.shows_signal,
        statement=learned.statement,
        evaluation=learned.evaluation,
    )
    await store.INSERT_MODEL.run(
        connection,
        workspace_id=workspace_id,
        as_of=learned.as_of,
        base_rate=learned.base_rate,
        parameters=None if learned.model is None else _json(learned.model),
        **(msgspec.structs.asdict(model) | {"evaluation": _json(model.evaluation)}),
    )
    rows = (_score_row(score, workspace_id=workspace_id, version=version) for score in learned.scores)
    await store.INSERT_SCORE.run_many(connection, rows)
    return model


def _score_row(score: Score, *, workspace_id: UUID, version: int) -> Mapping[str, object]:
    own = {"workspace_id": workspace_id, "model_version": version, "reasons": _json(score.reasons)}
    return msgspec.structs.asdict(score) | own


def _model(row: store.ModelRow) -> ChurnModel:
    return ChurnModel(
        version=row.version,
        trained_at=row.trained_at,
        horizon_days=row.horizon_days,
        signal=row.signal,
        statement=row.statement,
        evaluation=msgspec.json.decode(row.evaluation, type=Evaluation),
    )


def _entry(row: store.ScoreRow) -> SaveListEntry:
    return SaveListEntry(
        rank=row.rank,
        account_id=row.account_id,
        name=row.name,
        plan=row.plan,
        mrr=str(row.mrr),
        probability=row.probability,
        revenue_at_risk=str(row.revenue_at_risk),
        kind=ChurnKind(row.kind),
        reasons=_reasons(row.reasons),
        scored_at=row.trained_at,
    )


def _reasons(text: str) -> list[Reason]:
    return msgspec.json.decode(text, type=list[Reason])


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
