"""Use cases: announce breaks and drift over the bus, each once, whoever found it; and say what was announced lately.

The child that judges has no bus: so the worker announces in the transaction that ends its work, and makes up for what a kill has prevented.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from keepwell.churn.live import store
from keepwell.churn.live.events import InputsDrifted, ProbabilitiesBroken
from keepwell.churn.live.model import Break, Drift, Wagers
from keepwell.churn.stored_json import stored_json
from keepwell.platform.bus import Bus
from keepwell.platform.database import Connection, Readable


async def announce(connection: Connection, *, workspace_id: UUID, bus: Bus, now: datetime) -> None:
    """Publish each break, and each input that has newly drifted, that was not announced yet."""
    own = {"workspace_id": workspace_id, "now": now}
    for row in await store.ANNOUNCE_BREAKS.all(connection, **own):
        found = _break(row)
        if found is not None:
            await bus.publish(connection, ProbabilitiesBroken(workspace_id=workspace_id, found=found))
    for each in await store.ANNOUNCE_DRIFT.all(connection, **own):
        drifted = _drift(each)
        if drifted.drifted:
            await bus.publish(connection, InputsDrifted(workspace_id=workspace_id, found=drifted))


async def announced_since(
    reader: Readable, since: datetime, *, workspace_id: UUID
) -> Sequence[Break | Drift]:
    """What was announced since then, oldest first, breaks before drift."""
    asked = {"workspace_id": workspace_id, "since": since}
    breaks = [_break(row) for row in await store.BREAKS_SINCE.all(reader, **asked)]
    drifts = [_drift(row) for row in await store.DRIFT_SINCE.all(reader, **asked)]
    return [
        *(each for each in breaks if each is not None),
        *(each for each in drifts if each.drifted),
    ]


def _break(row: store.BreakRow) -> Break | None:
    wagers = stored_json(row.wagers, Wagers, name="wagers")
    if wagers.broken_by is None:
        return None
    return Break(
        run=row.run_number,
        as_of=row.as_of,
        model_version=wagers.model_version,
        broken_by=wagers.broken_by,
        lists=wagers.lists,
        departed=wagers.departed,
        expected=wagers.expected,
    )


def _drift(row: store.DriftRow) -> Drift:
    return Drift(
        run=row.run_number,
        as_of=row.as_of,
        model_version=row.model_version,
        drifted=[each for each in row.drifted if each not in row.drifted_before],
    )
