"""The life of cases beside lists: opened with a list, in the arm that the list was drawn with, and decided when their horizon has ended.

Functions take a connection that is inside a transaction of the workspace, and never commit.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec

from keepwell.churn.billing_records import store as billing_store
from keepwell.churn.cases.episodes import store
from keepwell.churn.cases.episodes.deciding import Decision, Paid, decide
from keepwell.churn.cases.episodes.enrolment import ListMade, enrolled
from keepwell.churn.model import HOLDOUTS, ChurnKind
from keepwell.churn.sources.coverage import Source, SourceName, coverage_of
from keepwell.identity.workspace_settings.service import workspace_settings
from keepwell.importing.import_log import service as import_log
from keepwell.platform.database import Connection
from keepwell.platform.work import service as work
from keepwell.revenue.facts import service as facts

# The kind of work that tells others.
ANNOUNCE = "churn.cases"
_ONE_DAY = timedelta(days=1)


async def open_cases(
    connection: Connection,
    made: ListMade,
    *,
    workspace_id: UUID,
    held: Collection[UUID],
    now: datetime,
) -> int:
    """Open a case for each account that the rule of enrolment names, unless one is open or covers the day of the list; how many.

    `held` are the accounts that the list leaves alone. Cases that have ended are to be decided first: an account with an open case
    gets no other.
    """
    model = await store.MODEL_OF_LIST.one(connection, workspace_id=workspace_id, version=made.model_version)
    scores = enrolled(made, model, today=now.astimezone(UTC).date())
    shares = (await workspace_settings(connection, workspace_id)).holdout_shares
    opened = await store.OPEN.run(
        connection,
        workspace_id=workspace_id,
        opened_on=made.as_of,
        horizon_ends_on=model.ends_on(made.as_of),
        held_share=shares.share(HOLDOUTS[ChurnKind.VOLUNTARY]),
        model_version=made.model_version,
        account_ids=[each.account_id for each in scores],
        arms=["hold" if each.account_id in held else "act" for each in scores],
        probabilities=[each.probability for each in scores],
        mrr=[each.mrr for each in scores],
        reasons=[msgspec.json.encode(each.reasons).decode() for each in scores],
    )
    # An import may have opened a case since the list asked who is left alone.
    await leave_alone(connection, workspace_id=workspace_id)
    if opened:
        await _announce_soon(connection, workspace_id=workspace_id, now=now)
    return opened


async def leave_alone(connection: Connection, *, workspace_id: UUID) -> None:
    """Take accounts with an open case in the arm `hold` off the newest list, for whoever reads it, wherever the case came from."""
    await store.LEAVE_ALONE.run(connection, workspace_id=workspace_id)


async def decide_ended(connection: Connection, *, workspace_id: UUID, now: datetime) -> int:
    """Decide the cases whose horizon has ended, again those that the records tell otherwise by now; how many changed.

    A case is unknown while the records do not reach its last day, or cannot be read.
    """
    until = await _records_until(connection, workspace_id=workspace_id, today=now.astimezone(UTC).date())
    if until is not None:
        await store.FILL_MRR.run(connection, workspace_id=workspace_id, records_until=until)
    rows = await store.ENDED.all(
        connection, workspace_id=workspace_id, today=now.astimezone(UTC).date(), records_until=until
    )
    decided = [(row, _decision(row, until)) for row in rows]
    changed = [(row, found) for row, found in decided if found != _stored(row)]
    if changed:
        await _store(connection, changed, workspace_id=workspace_id, now=now, until=until)
        await _announce_soon(connection, workspace_id=workspace_id, now=now)
    return len(changed)


async def _announce_soon(connection: Connection, *, workspace_id: UUID, now: datetime) -> None:
    """Whoever makes a list has no bus: the worker tells others."""
    await work.hasten(
        connection, workspace_id=workspace_id, kind=ANNOUNCE, subject_id=workspace_id, due_at=now
    )


async def _store(
    connection: Connection,
    changed: Sequence[tuple[store.EndedRow, Decision]],
    *,
    workspace_id: UUID,
    now: datetime,
    until: date | None,
) -> None:
    await store.DECIDE.run(
        connection,
        workspace_id=workspace_id,
        now=now,
        records_until=until,
        ids=[row.id for row, _ in changed],
        outcomes=[found.outcome for _, found in changed],
        mrr_at_horizon=[found.mrr_at_horizon for _, found in changed],
        mrr_lost=[found.mrr_lost for _, found in changed],
        because=[found.because for _, found in changed],
    )


def _decision(row: store.EndedRow, until: date | None) -> Decision:
    return decide(
        Paid(row.annual_at_horizon, row.annual_moved),
        horizon_ends_on=row.horizon_ends_on,
        records_until=until,
        is_readable=row.is_readable,
    )


def _stored(row: store.EndedRow) -> Decision | None:
    if row.outcome is None:
        return None
    return Decision(row.outcome, row.mrr_at_horizon, row.mrr_lost, row.unknown_because)


async def _records_until(connection: Connection, *, workspace_id: UUID, today: date) -> date | None:
    """The last day that the records of subscriptions cover; None if there are none.

    Payments prove that records go on, unless subscriptions have paused for longer than they ever do: then what became of them since is
    unknown. A reading of Stripe covers the days before it even if nothing changed on them.
    """
    if await facts.are_missing(connection, workspace_id=workspace_id):
        return None
    scope = {"workspace_id": workspace_id, "before": today}
    reading = await import_log.last_reading(connection, workspace_id=workspace_id, source="stripe")
    read_on = None if reading is None else reading.astimezone(UTC).date() - _ONE_DAY
    changed = [each.day for each in await store.SUBSCRIPTION_DAYS.all(connection, **scope)]
    if not changed and read_on is None:
        return None
    paid = [each.day for each in await billing_store.BILLING_DAYS.all(connection, **scope)]
    coverage = coverage_of(
        [
            Source(name=SourceName.SUBSCRIPTIONS, days=changed, read_on=read_on),
            Source(name=SourceName.PAYMENTS, days=paid, read_on=read_on),
        ],
        today=today,
    )
    silent = [each.last_on for each in coverage.silences if each.source is SourceName.SUBSCRIPTIONS]
    return min([coverage.observed - _ONE_DAY, *silent])
