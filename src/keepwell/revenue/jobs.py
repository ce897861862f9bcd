"""The nightly work of revenue: account standings of the new day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from uuid import UUID

from keepwell.platform.clock import Clock, today
from keepwell.platform.database import Connection
from keepwell.platform.work.kinds import Kind
from keepwell.platform.work.nightly import nightly
from keepwell.revenue import projections

STANDINGS = "revenue.standings"


def kinds(*, clock: Clock) -> Sequence[Kind]:
    """The kinds of work of this room."""
    return [nightly(STANDINGS, partial(bring_up_to_date, clock=clock), clock=clock)]


async def bring_up_to_date(connection: Connection, workspace_id: UUID, night: date, *, clock: Clock) -> None:
    """Store the standings of today. A night that is made up has nothing to add, and must not turn them back."""
    if night == today(clock):
        await projections.advance_to(connection, workspace_id=workspace_id, today=night)
