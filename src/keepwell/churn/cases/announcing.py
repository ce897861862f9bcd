"""Telling the changes feed and other systems of cases that were opened, or that ended; of accounts left alone, nobody else hears."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from keepwell.churn.cases import store
from keepwell.churn.cases.model import SentCase, SentCases
from keepwell.churn.cases.service import RESOURCE
from keepwell.platform.bus import Bus
from keepwell.platform.database import Connection
from keepwell.records.events import ActionTaken, RecordsChanged

# A list may open thousands, and a message stays small.
_MOST_IN_A_MESSAGE = 100


async def announce(connection: Connection, bus: Bus, *, workspace_id: UUID) -> None:
    """Publish the cases that were opened or decided since the last time."""
    rows = await store.ANNOUNCE.all(connection, workspace_id=workspace_id)
    if not rows:
        return
    event = RecordsChanged(workspace_id=workspace_id, records={RESOURCE: [row.id for row in rows]})
    await bus.publish(connection, event)
    told = [
        SentCase(
            id=row.id,
            account_id=row.account_id,
            opened_on=row.opened_on,
            horizon_ends_on=row.horizon_ends_on,
            outcome=row.outcome,
        )
        for row in rows
        if row.arm == "act"
    ]
    opened = [each for each in told if each.outcome is None]
    ended = [each for each in told if each.outcome is not None]
    await _send(connection, bus, opened, workspace_id=workspace_id, action="save_cases.opened")
    await _send(connection, bus, ended, workspace_id=workspace_id, action="save_cases.ended")


async def _send(
    connection: Connection, bus: Bus, cases: Sequence[SentCase], *, workspace_id: UUID, action: str
) -> None:
    for start in range(0, len(cases), _MOST_IN_A_MESSAGE):
        some = SentCases(cases[start : start + _MOST_IN_A_MESSAGE])
        await bus.publish(connection, ActionTaken(workspace_id=workspace_id, action=action, data=some))
