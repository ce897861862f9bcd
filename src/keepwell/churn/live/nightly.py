"""Judges after each run what can be judged: older lists by what happened since, and the new one by what is known of it.

Heavy: it runs in the child that makes the run, with what the run has read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import numpy as np

from keepwell.churn.doors.door import Group
from keepwell.churn.drift.judging import drift_of
from keepwell.churn.drift.model import DAYS_BETWEEN_LOOKS, PROBABILITY, DriftJudgement, TrainingReference
from keepwell.churn.label import Label
from keepwell.churn.live import store
from keepwell.churn.live.betting import after, tolerance_of
from keepwell.churn.live.expecting import expected_figures
from keepwell.churn.live.judging import live_figures
from keepwell.churn.live.matured import PastList, matured, settled
from keepwell.churn.live.model import LiveFigures, Wagers
from keepwell.churn.live.visible import smallest_visible
from keepwell.churn.runs import service as runs
from keepwell.churn.runs.model import Run
from keepwell.churn.stored_json import stored_json
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Database

_SEED = 20_260_701
# The first night after an update may find a year of lists; the rest is for the nights after it.
_MOST_AT_ONCE = 100


class Judging(NamedTuple):
    """What a run has read: the accounts it looked at, until which day, and when."""

    database: Database
    group: Group[Any]
    observed: date
    now: datetime
    clock: Clock
    workspace_id: UUID


async def judge_after_run(work: Judging, run: Run) -> Run:
    """Judge lists whose horizon is over, or has come a third of its way further, and the list of this run; the run then.

    What was judged stays, so it may be repeated. It is noted, except of a night: that is over once its challenger was seen to.
    """
    await _judge_lists(work)
    while await _bet_on_next(work):
        pass
    await _judge_night(work, run_number=run.number)
    if run.cause == "night":
        return run
    async with work.database.workspace(work.workspace_id) as connection:
        return await runs.note_judged(connection, run, workspace_id=work.workspace_id, now=work.clock.now())


async def _judge_lists(work: Judging) -> None:
    async with work.database.snapshot(work.workspace_id) as connection:
        lists = await _judgeable(connection, work)
    due = [(each, days) for each in lists if (days := _due(each, work)) is not None]
    for row, days in due[-_MOST_AT_ONCE:]:
        async with work.database.snapshot(work.workspace_id) as connection:
            past = await _read(connection, row, workspace_id=work.workspace_id)
        figures, left_alone = _figures([past], work.group, days=days)
        async with work.database.workspace(work.workspace_id) as connection:
            await store.INSERT_LIST.run(
                connection,
                workspace_id=work.workspace_id,
                run_number=row.number,
                known_days=days,
                as_of=row.as_of,
                horizon_days=row.horizon_days,
                model_version=row.model_version,
                now=work.now,
                figures=_json(figures),
                left_alone=None if left_alone is None else _json(left_alone),
            )


async def _bet_on_next(work: Judging) -> bool:
    """Bet on the next list that does not overlap with the one before and whose horizon is over; whether there was one."""
    async with work.database.snapshot(work.workspace_id) as connection:
        last = await store.LAST_TEST.maybe_one(connection, workspace_id=work.workspace_id)
        free_from = date.min if last is None else last.as_of + timedelta(days=last.horizon_days)
        lists = [each for each in await _judgeable(connection, work) if each.as_of >= free_from]
        row = next(iter(lists), None)
        if row is None or row.as_of + timedelta(days=row.horizon_days) > work.observed:
            return False
        past = await _read(connection, row, workspace_id=work.workspace_id)
        before = None if last is None or not _same_question(last, row) else _wagers(last)
        found = after(settled(past, work.group), before, horizon_days=row.horizon_days)
        together = [past]
        for each in await store.TESTS.all(connection, workspace_id=work.workspace_id, limit=_MOST_AT_ONCE):
            if each.as_of >= found.began_on:
                together += await _read_one(connection, each.run_number, workspace_id=work.workspace_id)
    figures, left_alone = _figures(together, work.group, days=None)
    async with work.database.workspace(work.workspace_id) as connection:
        await runs.lock_runs(connection, workspace_id=work.workspace_id)
        now_last = await store.LAST_TEST.maybe_one(connection, workspace_id=work.workspace_id)
        if (now_last and now_last.run_number) != (last and last.run_number):
            # Another run judged it in the meantime.
            return False
        await store.INSERT_TEST.run(
            connection,
            workspace_id=work.workspace_id,
            run_number=row.number,
            as_of=row.as_of,
            label=row.label,
            horizon_days=row.horizon_days,
            now=work.now,
            wagers=_json(found),
            figures=_json(figures),
            left_alone=None if left_alone is None else _json(left_alone),
        )
    return True


async def _judge_night(work: Judging, *, run_number: int) -> None:
    async with work.database.snapshot(work.workspace_id) as connection:
        found = await _read_one(connection, run_number, workspace_id=work.workspace_id)
        if not found:
            return
        names = await store.INPUT_NAMES.one(connection, workspace_id=work.workspace_id, number=run_number)
        looks = await store.LOOKS.all(connection, workspace_id=work.workspace_id, limit=1)
    past = found[0]
    drift = _drift(past, names.input_names or ())
    chances = past.chances[~past.has_cancelled]
    row = past.row
    # Whichever model was served then: with one more look for each training, chance would be found more often.
    is_look = not looks or looks[0].as_of <= row.as_of - timedelta(days=DAYS_BETWEEN_LOOKS)
    visible = smallest_visible(chances, horizon_days=row.horizon_days, tolerance=past.tolerance, seed=_SEED)
    async with work.database.workspace(work.workspace_id) as connection:
        await store.INSERT_NIGHT.run(
            connection,
            workspace_id=work.workspace_id,
            run_number=run_number,
            as_of=row.as_of,
            model_version=row.model_version,
            now=work.now,
            is_look=is_look and drift is not None,
            drifted=[] if drift is None else list(drift.drifted),
            drift=None if drift is None else _json(drift),
            expected=_json(expected_figures(chances)),
            smallest_visible=visible,
        )


def _drift(past: PastList, names: Sequence[str]) -> DriftJudgement | None:
    """The drift of the list's accounts that had not announced their leaving; None without a reference, or without such accounts."""
    rows = [
        each.inputs for each in past.scores if not each.has_cancelled and len(each.inputs or ()) == len(names)
    ]
    if past.row.reference is None or not rows:
        return None
    reference = stored_json(past.row.reference, TrainingReference, name="reference")
    columns = np.array(rows, dtype=np.float64).T
    values = dict(zip(names, columns, strict=True))
    values[PROBABILITY] = past.chances[~past.has_cancelled]
    return drift_of(reference, values, seed=_SEED + past.row.number)


async def _judgeable(connection: Connection, work: Judging) -> Sequence[store.ListRow]:
    """The lists by models that call the same leaving, oldest first."""
    lists = await store.LISTS.all(connection, workspace_id=work.workspace_id, before=work.observed)
    own = work.group.label
    return [each for each in lists if _leaves_alike(msgspec.json.decode(each.label, type=Label), own)]


def _leaves_alike(one: Label, other: Label) -> bool:
    return (one.name, one.active_within_days) == (other.name, other.active_within_days)


def _due(row: store.ListRow, work: Judging) -> int | None:
    """The days of the horizon to judge the list by now; None if nothing has changed since the last time."""
    known = (work.observed - row.as_of).days
    horizon = row.horizon_days
    # Whoever has not gone quiet yet may still do so: half a horizon says nothing of inactivity.
    thirds = (
        (horizon,)
        if not work.group.label.is_recorded
        else (round(horizon / 3), round(2 * horizon / 3), horizon)
    )
    reached = [each for each in thirds if 0 < each <= known]
    return reached[-1] if reached and reached[-1] not in row.judged else None


def _figures(
    lists: Sequence[PastList], group: Group[Any], *, days: int | None
) -> tuple[LiveFigures, LiveFigures | None]:
    """Those of all accounts, and of those left alone; None if nobody was."""
    rows = matured(lists, group, days=days)
    held = np.concatenate([each.is_held[~each.has_cancelled] for each in lists])
    left_alone = live_figures(rows.where(held), seed=_SEED) if held.any() else None
    return live_figures(rows, seed=_SEED), left_alone


def _same_question(last: store.TestRow, row: store.ListRow) -> bool:
    labels = [msgspec.json.decode(each, type=Label) for each in (last.label, row.label)]
    return _leaves_alike(*labels) and last.horizon_days == row.horizon_days


async def _read_one(connection: Connection, number: int, *, workspace_id: UUID) -> list[PastList]:
    """The list of a run; nothing if its scores are no longer kept."""
    row = await store.ONE_LIST.maybe_one(connection, workspace_id=workspace_id, number=number)
    return [] if row is None else [await _read(connection, row, workspace_id=workspace_id)]


async def _read(connection: Connection, row: store.ListRow, *, workspace_id: UUID) -> PastList:
    scores = await store.SCORES.all(
        connection,
        workspace_id=workspace_id,
        number=row.number,
        as_of=row.as_of,
        until=row.as_of + timedelta(days=row.horizon_days),
    )
    # A model of an earlier release does not say how many departures it has learnt from: more than those that it was tested on.
    departed = row.held_out_departed
    if row.reference is not None:
        departed = stored_json(row.reference, TrainingReference, name="reference").departed
    return PastList(row, scores, tolerance_of(departed))


def _wagers(row: store.TestRow) -> Wagers:
    return stored_json(row.wagers, Wagers, name="wagers")


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
