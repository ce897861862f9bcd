"""The workspace's exchange rates: read, and replaced with every figure that depends on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import msgspec

from keepwell.identity import service as identity
from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor
from keepwell.platform.clock import Clock
from keepwell.platform.clock import today as today_of
from keepwell.platform.database import Connection
from keepwell.revenue import projections
from keepwell.revenue.rates import store
from keepwell.revenue.rates.model import DatedRate, StoredRates


class ImportedRates(msgspec.Struct, frozen=True):
    """What the audit log says of imported exchange rates: how many, of which currencies, from which day until which."""

    rates: int
    currencies: Sequence[str]
    first: date | None
    last: date | None


async def stored_rates(connection: Connection, *, workspace_id: UUID) -> StoredRates:
    """The workspace's exchange rates."""
    rows = await store.RATES.all(connection, workspace_id=workspace_id)
    own = await identity.currency(connection)
    return StoredRates((DatedRate(row.currency, row.on, row.rate) for row in rows), own=own)


async def set_rates(
    connection: Connection, rates: Iterable[DatedRate], *, workspace_id: UUID, today: date
) -> None:
    """Store `rates` and recompute every figure."""
    rows = [{"workspace_id": workspace_id, **rate._asdict()} for rate in rates]
    await store.SET_RATE.run_many(connection, rows)
    await projections.refresh_all(connection, workspace_id=workspace_id, today=today)


async def import_rates(
    connection: Connection, actor: Actor, rates: Sequence[DatedRate], *, clock: Clock
) -> None:
    """As `set_rates`, with an entry in the audit log."""
    workspace_id = actor.principal.workspace_id
    await set_rates(connection, rates, workspace_id=workspace_id, today=today_of(clock))
    days = [rate.on for rate in rates]
    imported = ImportedRates(
        len(rates),
        sorted({rate.currency for rate in rates}),
        first=min(days, default=None),
        last=max(days, default=None),
    )
    await audit.record(
        connection,
        actor,
        action="exchange_rates.imported",
        subject=f"workspace:{workspace_id}",
        after=imported,
        clock=clock,
    )
