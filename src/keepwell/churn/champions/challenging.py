"""Use cases of a night with a challenger: train one, score with it beside the champion, and compare both once.

Apart from the service, because ibis takes as long to import as the rest of the server.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from keepwell.churn import training_service
from keepwell.churn.champions import service, store
from keepwell.churn.champions.comparing import PairRow, Pairs, compare, held_out_pairs, pairs_of
from keepwell.churn.champions.model import (
    ChampionChanged,
    Judged,
    NoChampion,
    OtherQuestion,
    challenger_is_due,
    comparison_sentence,
    waiting_sentence,
)
from keepwell.churn.doors.looking import Looked
from keepwell.churn.doors.model import Question
from keepwell.churn.history import (
    Learned,
    TrainingContext,
    TrainingSources,
    learned_from,
    list_from,
    looked_at,
    read_history,
)
from keepwell.churn.model import Score
from keepwell.churn.pipeline import LearningResult
from keepwell.churn.report import RUNGS
from keepwell.churn.runs import service as runs
from keepwell.churn.runs.model import Run
from keepwell.churn.trained.model import Comparison
from keepwell.churn.trained.served import ServedModel, served_model
from keepwell.platform.bus import Bus
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """A challenger that was trained: whether it makes the lists now, and the sentence that says what became of it."""

    version: int
    is_promoted: bool
    statement: str
    comparison: Comparison | None


class _Both(NamedTuple):
    champion: ServedModel
    challenger: ServedModel | None


async def challenge(
    work: TrainingContext,
    bus: Bus,
    *,
    workspace_id: UUID,
    question: Question | None = None,
    broken_on: date | None = None,
) -> Challenge:
    """Train a challenger of the champion, and compare both at once if enough of what the champion said can be judged; else it waits.

    It answers the champion's question, which a `question` has to be, if there is one. `broken_on` is the list on which the champion
    broke its bound. Raises NoChampion, OtherQuestion, ChampionChanged if another model became the champion meanwhile, and as a training
    does; nothing is stored then.
    """
    champion = (await _both(work, workspace_id=workspace_id)).champion
    if question is not None and _asked(question) != _asked(champion.question):
        raise OtherQuestion(
            "--challenge: it has to ask what the champion was asked, or nothing could be compared.",
            hint=f"Model {champion.version}: label {champion.label.name}, {champion.horizon_days} days.",
        )
    history = msgspec.structs.replace(await read_history(work, workspace_id=workspace_id), kept_as_of=None)
    learned = learned_from(work, history, workspace_id=workspace_id, question=champion.question)
    async with work.database.snapshot(workspace_id) as connection:
        pairs = await _pairs_of_training(connection, learned.result, champion, workspace_id=workspace_id)
    compared = None
    if pairs.are_enough:
        compared = compare(pairs, champion=champion.version, by="held_out")
    new = _New(learned, history.read_at, champion.version, broken_on, compared)
    async with work.database.workspace(workspace_id) as connection:
        return await _keep(connection, bus, new, clock=work.clock, workspace_id=workspace_id)


async def after_night(
    work: TrainingContext, bus: Bus, run: Run, *, verdict: Judged | None, workspace_id: UUID
) -> None:
    """What a challenger needs after the `run` of a night: its scores beside the list, the comparison, or to be trained if one is due.

    Nothing without a list, or while another model than the champion has made it. Raises as `challenge`.
    """
    if run.state != "scored":
        return
    both = await _both(work, workspace_id=workspace_id)
    if run.model_version != both.champion.version:
        return
    if both.challenger is not None:
        await _score(work, run, both.challenger, workspace_id=workspace_id)
        await _judge(work, bus, both, workspace_id=workspace_id)
        return
    async with work.database.snapshot(workspace_id) as connection:
        so_far = await service.challenges(connection, workspace_id=workspace_id)
    today = work.clock.now().date()
    if challenger_is_due(verdict, so_far, horizon_days=both.champion.horizon_days, today=today):
        assert verdict is not None  # noqa: S101  for mypy: without one, none is due
        without = TrainingSources(engine=work.read.engine, without=both.champion.without)
        full = msgspec.structs.replace(work, read=without, rungs=RUNGS)
        # The verdict was on the champion that it had then.
        with suppress(ChampionChanged):
            await challenge(full, bus, workspace_id=workspace_id, broken_on=verdict.broken_on)


async def _both(work: TrainingContext, *, workspace_id: UUID) -> _Both:
    async with work.database.snapshot(workspace_id) as connection:
        champion = await served_model(connection, workspace_id=workspace_id)
        if champion is None:
            raise NoChampion(
                "There is no model yet that another one could challenge.",
                hint="Train the first: ./keepwell churn train",
            )
        waiting = (await service.challenges(connection, workspace_id=workspace_id)).waiting
        if waiting is None:
            return _Both(champion, None)
        return _Both(champion, await served_model(connection, workspace_id=workspace_id, version=waiting))


class _New(NamedTuple):
    """A challenger that was learnt from the records of an instant, and what came of the comparison with the champion, if there was one."""

    learned: Learned
    read_at: datetime
    champion: int
    broken_on: date | None
    compared: Comparison | None


def _asked(question: Question) -> tuple[object, ...]:
    return question.label, question.horizon_days, question.active_within_days


async def _keep(
    connection: Connection, bus: Bus, new: _New, *, clock: Clock, workspace_id: UUID
) -> Challenge:
    """Store the challenger with what came of the comparison, in one transaction: it is never seen half settled."""
    await runs.lock_runs(connection, workspace_id=workspace_id)
    await service.require_champion(connection, new.champion, workspace_id=workspace_id)
    why = waiting_sentence(new.champion)
    model = await training_service.keep_model(
        connection,
        new.learned,
        place=training_service.Place(standing="challenger", why=why, broken_on=new.broken_on),
        workspace_id=workspace_id,
        now=new.read_at,
    )
    promotion = None
    if new.compared is not None:
        promotion = await service.settle(
            connection,
            new.compared,
            challenger=model.version,
            clock=clock,
            bus=bus,
            workspace_id=workspace_id,
        )
        why = comparison_sentence(new.compared, challenger=model.version)
    return Challenge(
        version=model.version, is_promoted=promotion is not None, statement=why, comparison=new.compared
    )


async def _pairs_of_training(
    connection: Connection, learned: LearningResult, champion: ServedModel, *, workspace_id: UUID
) -> Pairs:
    days = sorted(set(learned.held_out.days))
    said = await store.SAID.all(connection, workspace_id=workspace_id, champion=champion.version, days=days)
    return held_out_pairs(learned, {(each.account_id, each.as_of): each.probability for each in said})


async def _score(work: TrainingContext, run: Run, challenger: ServedModel, *, workspace_id: UUID) -> None:
    """Store what the challenger says of the accounts of the run."""
    work = msgspec.structs.replace(work, read=_sources(work, challenger))
    history = msgspec.structs.replace(await read_history(work, workspace_id=workspace_id), kept_as_of=None)
    found = list_from(
        work, history, challenger.ranking, workspace_id=workspace_id, question=challenger.question
    )
    if found.as_of != run.as_of:
        # Records came in since: what it says is of another day.
        return
    async with work.database.workspace(workspace_id) as connection:
        listed = await store.ACCOUNTS_OF_RUN.all(connection, workspace_id=workspace_id, run_number=run.number)
        accounts = {each.account_id for each in listed}
        await store.INSERT_SHADOW.run_many(
            connection,
            (
                {
                    "workspace_id": workspace_id,
                    "run_number": run.number,
                    "account_id": score.account_id,
                    "model_version": challenger.version,
                    "probability": score.probability,
                }
                for score in _in(found.scores, accounts)
            ),
        )


def _in(scores: Sequence[Score], accounts: set[UUID]) -> list[Score]:
    return [score for score in scores if score.account_id in accounts]


def _sources(work: TrainingContext, model: ServedModel) -> TrainingSources:
    return TrainingSources(engine=work.read.engine, without=model.without)


async def _judge(work: TrainingContext, bus: Bus, both: _Both, *, workspace_id: UUID) -> None:
    """Compare both by their nights whose horizon is over, once these are enough."""
    champion, challenger = both
    assert challenger is not None  # noqa: S101  for mypy: the caller has looked
    own = {"workspace_id": workspace_id, "champion": champion.version, "version": challenger.version}
    last = work.clock.now().date() - timedelta(days=challenger.horizon_days)
    async with work.database.snapshot(workspace_id) as connection:
        days = [each.as_of for each in await store.SHADOW_DAYS.all(connection, **own) if each.as_of <= last]
    if not days:
        return
    work = msgspec.structs.replace(work, read=_sources(work, challenger))
    history = msgspec.structs.replace(await read_history(work, workspace_id=workspace_id), kept_as_of=None)
    looked = looked_at(
        work, history, challenger.ranking, workspace_id=workspace_id, question=challenger.question
    )
    observed = looked.period.observed - timedelta(days=challenger.horizon_days)
    days = [day for day in days if day <= observed]
    if not days:
        return
    async with work.database.snapshot(workspace_id) as connection:
        scored = await store.SHADOW.all(connection, **own, days=days)
    pairs = _pairs(scored, looked, days)
    if not pairs.are_enough:
        return
    compared = compare(pairs, champion=champion.version, by="shadow")
    async with work.database.workspace(workspace_id) as connection:
        await service.settle(
            connection,
            compared,
            challenger=challenger.version,
            clock=work.clock,
            bus=bus,
            workspace_id=workspace_id,
        )


def _pairs(scored: Sequence[store.ShadowRow], looked: Looked, days: Sequence[date]) -> Pairs:
    """Both scores with what happened; without accounts that had announced their end, which nobody has to predict."""
    group = looked.group
    taken = group.on(days)
    taken = taken.where(~taken.has_cancelled)
    keys = zip([group.account_ids[place] for place in taken.accounts], taken.days.tolist(), strict=True)
    left = dict(zip(keys, group.left(taken).tolist(), strict=True))
    rows = ((row, left.get((row.account_id, row.as_of.toordinal()))) for row in scored)
    return pairs_of(
        [
            PairRow(row.account_id, row.as_of, row.champion, row.challenger, is_left)
            for row, is_left in rows
            if is_left is not None
        ]
    )
