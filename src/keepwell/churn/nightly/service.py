"""Use case: make a run now, with the stored model, or with a new one if there is none yet.

Apart from `runs`, because ibis takes as long to import as the rest of the server.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import NamedTuple
from uuid import UUID

import msgspec

from keepwell.churn import training_service
from keepwell.churn.champions.model import ChampionChanged
from keepwell.churn.champions.service import require_champion
from keepwell.churn.history import TrainingContext, TrainingSources, list_from, looked_at, read_history
from keepwell.churn.live.nightly import Judging, judge_after_run
from keepwell.churn.runs import service as runs
from keepwell.churn.runs.model import NightIsDone, Occasion, Run, RunCause, ScoredList, occasion_of
from keepwell.churn.sources.coverage import SourceSilent
from keepwell.churn.trained.served import ServedModel, served_model
from keepwell.platform.errors import DomainError


async def make_run(
    work: TrainingContext, *, workspace_id: UUID, cause: RunCause, night: date | None = None
) -> Run:
    """Score the accounts of today with the stored model, and store the list with the inputs of every score, in one transaction.

    Then judge the lists before it by what happened since. A workspace without a model gets one trained, by the usual question and rung.
    If no list can be made, because a source has gone silent, or there is nothing to score or too little to train on, the run says
    so, and the list that exists stays. A `night` has one run, whoever asks for it: the one that is there is returned, judged.

    Raises ModelDamaged, CorruptData for a damaged lake, and ExtraMissing if a training needs what is not installed. If it raises after
    the list was stored, `judge_again` does the rest.
    """
    try:
        made = await _made_by_champion(work, workspace_id=workspace_id, cause=cause, night=night)
    except NightIsDone:
        assert night is not None  # noqa: S101  for mypy: only a night can be done
        async with work.database.workspace(workspace_id) as connection:
            done = await runs.night_of(connection, workspace_id=workspace_id, night=night)
        assert done is not None  # noqa: S101  as above; runs are never deleted
        return await judge_again(work, done, workspace_id=workspace_id)
    if made.judging is None:
        return made.run
    run = await judge_after_run(made.judging, made.run)
    async with work.database.workspace(workspace_id) as connection:
        await runs.forget_scores(connection, workspace_id=workspace_id, today=run.scored_at.date())
    return run


async def judge_again(work: TrainingContext, run: Run, *, workspace_id: UUID) -> Run:
    """Judge what should have been judged when the run was made, with the records of now; nothing if that was finished.

    Raises as `make_run`, and as `look` does if there is nothing to look at any more.
    """
    if not run.is_to_be_judged:
        return run
    async with work.database.snapshot(workspace_id) as connection:
        model = await served_model(connection, workspace_id=workspace_id, version=run.model_version)
    assert model is not None  # noqa: S101  for mypy: a run goes with its model
    work = _reading(work, model)
    history = msgspec.structs.replace(await read_history(work, workspace_id=workspace_id), kept_as_of=None)
    looked = looked_at(work, history, model.ranking, workspace_id=workspace_id, question=model.question)
    judging = Judging(
        work.database, looked.group, looked.period.observed, history.read_at, work.clock, workspace_id
    )
    return await judge_after_run(judging, run)


class _Made(NamedTuple):
    """A run, and what judging after it needs; None without a list."""

    run: Run
    judging: Judging | None = None


async def _made_by_champion(
    work: TrainingContext, *, workspace_id: UUID, cause: RunCause, night: date | None
) -> _Made:
    """As `_made`, again if another model became the champion meanwhile: the newest list is never by one that was replaced."""
    while True:
        with suppress(ChampionChanged):
            return await _made(work, workspace_id=workspace_id, cause=cause, night=night)


async def _made(work: TrainingContext, *, workspace_id: UUID, cause: RunCause, night: date | None) -> _Made:
    occasion = occasion_of(cause, read_at=work.clock.now(), night=night)
    try:
        async with work.database.snapshot(workspace_id) as connection:
            model = await served_model(connection, workspace_id=workspace_id)
        if model is None:
            trained, judging = await training_service.keep_training(
                work, workspace_id=workspace_id, night=night
            )
            return _Made(trained.run, judging)
        work = _reading(work, model)
        history = await read_history(work, workspace_id=workspace_id)
        occasion = occasion_of(cause, read_at=history.read_at, night=night)
        found = list_from(work, history, model.ranking, workspace_id=workspace_id, question=model.question)
    except SourceSilent as error:
        async with work.database.workspace(workspace_id) as connection:
            return _Made(
                await runs.keep_silence(connection, error, occasion=occasion, workspace_id=workspace_id)
            )
    except NightIsDone:
        raise
    except DomainError as error:
        return _Made(await _keep_reason(work, occasion, error=error, workspace_id=workspace_id))
    async with work.database.workspace(workspace_id) as connection:
        await runs.lock_runs(connection, workspace_id=workspace_id)
        await require_champion(connection, model.version, workspace_id=workspace_id)
        run = await runs.keep_list(
            connection,
            ScoredList(
                model_version=model.version,
                as_of=found.as_of,
                scores=found.scores,
                observations=found.accounts,
                silence=found.silence,
            ),
            occasion=occasion,
            holdout=work.holdout,
            workspace_id=workspace_id,
        )
    period = found.looked.period
    return _Made(
        run,
        Judging(
            work.database, found.looked.group, period.observed, history.read_at, work.clock, workspace_id
        ),
    )


def _reading(work: TrainingContext, model: ServedModel) -> TrainingContext:
    """What the model reads."""
    sources = TrainingSources(engine=work.read.engine, without=model.without)
    return msgspec.structs.replace(work, read=sources)


async def _keep_reason(
    work: TrainingContext, occasion: Occasion, *, error: DomainError, workspace_id: UUID
) -> Run:
    async with work.database.workspace(workspace_id) as connection:
        return await runs.keep_reason(
            connection,
            occasion,
            workspace_id=workspace_id,
            state="not_scored",
            statement=f"{error.message} {error.hint}".strip(),
        )
