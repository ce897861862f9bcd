"""Use cases of runs: keep a list, or why there is none; list them; and forget what is older than 400 days.

Functions that write take a connection that is inside a transaction of the workspace, and never commit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from keepwell.churn.cases.episodes import service as episodes
from keepwell.churn.cases.episodes.arms import held_accounts
from keepwell.churn.cases.episodes.enrolment import ListMade
from keepwell.churn.model import WARNING_CODES, Score
from keepwell.churn.runs import store
from keepwell.churn.runs.model import (
    ListsBusy,
    NightIsDone,
    Occasion,
    Run,
    RunState,
    ScoredList,
    Shown,
    is_news,
    nights_between,
    shown,
)
from keepwell.churn.scoring import total_at_risk
from keepwell.churn.sources.coverage import Silence, SourceSilent
from keepwell.platform.database import Connection, Readable
from keepwell.platform.erasure import Person
from keepwell.platform.errors import TimedOut
from keepwell.platform.holdout import Holdout
from keepwell.platform.pagination.cursors import PageEnd, RowPage

# Not made up: the records of today say more about that day than was known on it.
MISSED = "No worker ran that night, and a list of today's records would claim to have known then what became known since."
# Scores and inputs; what a run came to stays.
KEPT_DAYS = 400
_LIST_STORED_AFTER = timedelta(seconds=15)
_NOTHING = {"model_version": None, "as_of": None, "accounts": 0, "revenue_at_risk": None, "input_names": None}


async def lock_runs(connection: Connection, *, workspace_id: UUID) -> None:
    """Let nobody else store a list, or a model, of the workspace until the transaction ends."""
    await store.LOCK_RUNS.run(connection, workspace_id=workspace_id)


async def lock_runs_soon(connection: Connection, *, workspace_id: UUID) -> None:
    """As `lock_runs`, for somebody who waits: raises ListsBusy after two seconds, such as while a long list is being stored."""
    await store.WAIT_BRIEFLY.run(connection)
    try:
        await lock_runs(connection, workspace_id=workspace_id)
    except TimedOut:
        raise ListsBusy(
            "A list, or a model, is being stored.",
            hint="Try again in a minute; nothing was changed.",
            retry_after=_LIST_STORED_AFTER,
        ) from None


async def keep_list(
    connection: Connection, found: ScoredList, *, occasion: Occasion, holdout: Holdout, workspace_id: UUID
) -> Run:
    """Store a list with its run, and open its cases: the one place where a list is made. The `holdout` decides who is left alone.

    Raises NightIsDone if it is a night's and there is one already.
    """
    await lock_runs(connection, workspace_id=workspace_id)
    # An account keeps the arm of its open case, unless that has ended.
    await episodes.decide_ended(connection, workspace_id=workspace_id, now=occasion.read_at)
    kinds = {score.account_id: score.kind for score in found.scores}
    held = await held_accounts(connection, kinds, holdout=holdout, workspace_id=workspace_id)
    before = await _last_shown(connection, workspace_id=workspace_id)
    run = await _insert(
        connection,
        occasion,
        workspace_id=workspace_id,
        state="scored",
        silence=found.silence,
        model_version=found.model_version,
        as_of=found.as_of,
        accounts=len(found.scores),
        revenue_at_risk=total_at_risk(
            (score for score in found.scores if score.account_id not in held), found.observations
        ),
        input_names=found.input_names,
    )
    of_run = {"workspace_id": workspace_id, "run_number": run.number}
    await store.INSERT_SCORE.run_many(
        connection, ({**of_run, **row} for row in _rows(found.scores, held=held, before=before))
    )
    await episodes.open_cases(
        connection,
        ListMade(model_version=found.model_version, as_of=found.as_of, scores=found.scores),
        workspace_id=workspace_id,
        held=held,
        now=occasion.read_at,
    )
    return run


async def keep_reason(
    connection: Connection,
    occasion: Occasion,
    *,
    workspace_id: UUID,
    state: RunState,
    statement: str,
    silence: Silence | None = None,
) -> Run:
    """Store a run that made no list, and why; the list that exists stays. Raises as `keep_list`."""
    await lock_runs(connection, workspace_id=workspace_id)
    return await _insert(
        connection,
        occasion,
        workspace_id=workspace_id,
        state=state,
        statement=statement,
        silence=silence,
        **_NOTHING,
    )


async def keep_silence(
    connection: Connection, error: SourceSilent, *, occasion: Occasion, workspace_id: UUID
) -> Run:
    """Store a run that made no list because a source has gone silent. Raises as `keep_list`."""
    return await keep_reason(
        connection,
        occasion,
        workspace_id=workspace_id,
        state="silent",
        statement=error.message,
        silence=error.silence,
    )


async def last_night(reader: Readable, *, workspace_id: UUID, today: date) -> date | None:
    """The newest night, not later than today, that has a run; None before the first."""
    return (await store.LAST_NIGHT.one(reader, workspace_id=workspace_id, today=today)).night


async def night_of(reader: Readable, *, workspace_id: UUID, night: date) -> Run | None:
    """The run of a night; None if there is none."""
    return await store.NIGHT.maybe_one(reader, workspace_id=workspace_id, date=night)


async def list_runs(
    reader: Readable, _filters: None, *, workspace_id: UUID, limit: int, after: PageEnd | None = None
) -> RowPage[Run]:
    """A page of the workspace's runs, newest first."""
    before = None if after is None else int(after.key)
    items = await store.RUNS.all(reader, workspace_id=workspace_id, before=before, limit=limit + 1)
    end = PageEnd(str(items[limit - 1].number), workspace_id) if len(items) > limit else None
    return RowPage(items[:limit], end)


async def last_attempt(reader: Readable, *, workspace_id: UUID) -> Run | None:
    """The newest run that read the records, whether or not it made a list; None before the first."""
    return await store.LAST_ATTEMPT.maybe_one(reader, workspace_id=workspace_id)


async def note_judged(connection: Connection, run: Run, *, workspace_id: UUID, now: datetime) -> Run:
    """Note that all that has to follow the run's list was done, unless that was noted before, or there is no list; the run then."""
    await store.NOTE_JUDGED.run(connection, workspace_id=workspace_id, number=run.number, now=now)
    return await store.RUN.one(connection, workspace_id=workspace_id, number=run.number)


async def run_of(reader: Readable, *, workspace_id: UUID, number: int) -> Run | None:
    """The run of the number; None if there is none."""
    return await store.RUN.maybe_one(reader, workspace_id=workspace_id, number=number)


async def forget_scores(connection: Connection, *, workspace_id: UUID, today: date) -> int:
    """Delete the scores, and their inputs, of lists that are more than 400 days old, unless one is the newest; how many."""
    before = today - timedelta(days=KEPT_DAYS)
    return await store.FORGET_SCORES.run(connection, workspace_id=workspace_id, before=before)


async def erase_person(connection: Connection, person: Person) -> dict[str, int]:
    """Remove what runs have seen of the account; the rows by table."""
    erased = await store.ERASE_INPUTS.run(
        connection, workspace_id=person.workspace_id, account_id=person.account_id
    )
    return {"churn_run_scores": erased}


async def _insert(
    connection: Connection,
    occasion: Occasion,
    *,
    workspace_id: UUID,
    state: RunState,
    silence: Silence | None,
    statement: str | None = None,
    **listed: object,
) -> Run:
    if occasion.cause == "night" and state != "missed":
        await _begin_night(connection, occasion, workspace_id=workspace_id)
    number = (await store.NEXT_NUMBER.one(connection, workspace_id=workspace_id)).number
    await store.INSERT_RUN.run(
        connection,
        workspace_id=workspace_id,
        number=number,
        date=occasion.date,
        cause=occasion.cause,
        state=state,
        statement=statement,
        scored_at=occasion.read_at,
        silence=None if silence is None else _json(silence),
        **listed,
    )
    return await store.RUN.one(connection, workspace_id=workspace_id, number=number)


async def _begin_night(connection: Connection, occasion: Occasion, *, workspace_id: UUID) -> None:
    """Note the nights that were missed before this one; raises NightIsDone."""
    night = occasion.date
    if await night_of(connection, workspace_id=workspace_id, night=night) is not None:
        raise NightIsDone(f"The night of {night} has its run already.")
    last = await last_night(connection, workspace_id=workspace_id, today=night)
    for missed in nights_between(last, night):
        await _insert(
            connection,
            occasion._replace(date=missed),
            workspace_id=workspace_id,
            state="missed",
            statement=MISSED,
            silence=None,
            **_NOTHING,
        )


async def _last_shown(connection: Connection, *, workspace_id: UUID) -> Mapping[UUID, Shown]:
    rows = await store.LAST_SHOWN.all(connection, workspace_id=workspace_id)
    warnings = set(WARNING_CODES)
    return {
        row.account_id: Shown(row.probability, row.kind, row.is_held, warnings.intersection(row.codes))
        for row in rows
    }


def _rows(
    scores: Sequence[Score], *, held: Collection[UUID], before: Mapping[UUID, Shown]
) -> Iterator[dict[str, object]]:
    for score in scores:
        is_held = score.account_id in held
        yield msgspec.structs.asdict(score) | {
            "reasons": _json(score.reasons),
            "is_held": is_held,
            "is_moment": is_news(before.get(score.account_id), shown(score, is_held=is_held)),
        }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
