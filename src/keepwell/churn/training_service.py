"""Use cases: train a model on a workspace's history, and store it with its save list, or without one as a challenger.

Apart from the service, because ibis takes as long to import as the rest of the server.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from keepwell.churn.doors.model import Question
from keepwell.churn.history import Learned, TrainingContext, learned_from, read_history
from keepwell.churn.learning.fitted.loading import stored
from keepwell.churn.live.nightly import Judging, judge_after_run
from keepwell.churn.model import ChurnModel
from keepwell.churn.pipeline import SEED, LearningResult
from keepwell.churn.report import ModelReport
from keepwell.churn.runs import service as runs
from keepwell.churn.runs.model import Run, ScoredList, occasion_of
from keepwell.churn.sources.coverage import SourceSilent
from keepwell.churn.trained import store as trained
from keepwell.churn.trained.model import Standing
from keepwell.platform.database import Connection

_USUAL = Question()
_FIRST, _BY_HAND = "It was the first.", "It was trained by hand."


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The standing that a new model gets, and why; of a champion, the one before, of a challenger, the list on which that one broke."""

    standing: Standing
    why: str
    champion_before: int | None = None
    broken_on: date | None = None


class TrainingResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a training, and the run that made its list; without a report if too little was there to test."""

    model: ChurnModel
    report: ModelReport | None
    as_of: date
    accounts_scored: int
    run: Run


async def train(work: TrainingContext, *, workspace_id: UUID, question: Question = _USUAL) -> TrainingResult:
    """Train on all data of the workspace and store the model as the champion, with its save list, in one transaction.

    Then judge the lists before it. Raises as `keep_training`.
    """
    result, judging = await keep_training(work, workspace_id=workspace_id, question=question)
    return msgspec.structs.replace(result, run=await judge_after_run(judging, result.run))


async def keep_training(
    work: TrainingContext, *, workspace_id: UUID, question: Question = _USUAL, night: date | None = None
) -> tuple[TrainingResult, Judging]:
    """As `train`, without judging: what that needs is returned.

    The run is a training, or the one of a `night`. Raises NothingToScore, TooLittleHistory, NoSuchAmount, CorruptData for a
    damaged lake, and Unavailable if the extra `churn`, or `spark`, is not installed; nothing is stored then. Raises SourceSilent if
    a source has gone silent, so that no newer list can be made: the existing one stays, and a run says so. Raises NightIsDone.
    """
    history = await read_history(work, workspace_id=workspace_id)
    occasion = occasion_of("training", read_at=history.read_at, night=night)
    # Outside any transaction, since it takes seconds, and on this thread, so that Ctrl-C stops it.
    try:
        learned = learned_from(work, history, workspace_id=workspace_id, question=question)
    except SourceSilent as error:
        async with work.database.workspace(workspace_id) as connection:
            await runs.keep_silence(connection, error, occasion=occasion, workspace_id=workspace_id)
        raise
    result = learned.result
    async with work.database.workspace(workspace_id) as connection:
        await runs.lock_runs(connection, workspace_id=workspace_id)
        place = await _champions_place(connection, workspace_id=workspace_id)
        model = await keep_model(
            connection, learned, place=place, workspace_id=workspace_id, now=history.read_at
        )
        run = await runs.keep_list(
            connection,
            ScoredList(
                model_version=model.version,
                as_of=result.as_of,
                scores=result.scores,
                observations=result.studied.current,
                silence=result.silence,
            ),
            occasion=occasion,
            holdout=work.holdout,
            workspace_id=workspace_id,
        )
    made = TrainingResult(
        model=model, report=result.report, as_of=result.as_of, accounts_scored=len(result.scores), run=run
    )
    studied = result.studied
    return made, Judging(
        work.database, studied.group, studied.observed, history.read_at, work.clock, workspace_id
    )


async def _champions_place(connection: Connection, *, workspace_id: UUID) -> Place:
    before = await trained.CHAMPION.maybe_one(connection, workspace_id=workspace_id)
    if before is None:
        return Place(standing="champion", why=_FIRST)
    return Place(standing="champion", why=_BY_HAND, champion_before=before.version)


async def keep_model(
    connection: Connection, found: Learned, *, place: Place, workspace_id: UUID, now: datetime
) -> ChurnModel:
    """Store what was learnt as a model of its own version; the caller has locked the runs.

    A champion retires the one before and its challenger, a challenger the one that waited.
    """
    learned = found.result
    version = (await trained.NEXT_VERSION.one(connection, workspace_id=workspace_id)).version
    await trained.RETIRE_ALL.run(
        connection,
        workspace_id=workspace_id,
        standings=["challenger", *(["champion"] if place.standing == "champion" else [])],
        now=now,
        why=f"Model {version} was trained.",
    )
    model = _model(learned, version=version, now=now)
    await trained.INSERT_MODEL.run(
        connection,
        workspace_id=workspace_id,
        base_rate=learned.base_rate,
        announced=_json(learned.ranking.announced),
        provenance=_json(found.provenance),
        standing=place.standing,
        standing_why=place.why,
        champion_before=place.champion_before,
        broken_on=place.broken_on,
        **_stored_fields(learned),
        report=None if learned.report is None else _json(learned.report),
        reference=None if learned.reference is None else _json(learned.reference),
        **(
            msgspec.structs.asdict(model)
            | {
                "signal": model.signal == "found",
                "evaluation": _json(model.evaluation),
                "label": _json(model.label),
            }
        ),
    )
    return model


def _model(learned: LearningResult, *, version: int, now: datetime) -> ChurnModel:
    return ChurnModel(
        version=version,
        trained_at=now,
        horizon_days=learned.horizon_days,
        label=learned.label,
        signal=learned.evaluation.signal,
        statement=learned.statement,
        evaluation=learned.evaluation,
    )


def _stored_fields(learned: LearningResult) -> dict[str, bytes | str | None]:
    if learned.model is None:
        return {"model": None, "model_sha256": None, "probes": None}
    kept = stored(learned.model, seed=SEED)
    return {"model": kept.text, "model_sha256": kept.sha256, "probes": _json(kept.probes)}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
