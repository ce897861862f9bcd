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
from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import DataValidationError
from keepwell.revenue import projections
from keepwell.revenue.rates import store
from keepwell.revenue.rates.model import (
    DatedRate,
    ExchangeRate,
    ImportedRates,
    NewRates,
    RateFilter,
    RatePlace,
    StoredRates,
    checked_rate,
)


async def stored_rates(connection: Connection, *, workspace_id: UUID) -> StoredRates:
    """The workspace's exchange rates."""
    rows = await store.RATES.all(connection, workspace_id=workspace_id)
    own = await identity.currency(connection)
    return StoredRates((DatedRate(row.currency, row.on, row.rate) for row in rows), own=own)


async def set_rates(
    connection: Connection, rates: Iterable[DatedRate], *, workspace_id: UUID, today: date
) -> None:
    """Store `rates` and recompute the figures of every account that they concern."""
    rows = [{"workspace_id": workspace_id, **rate._asdict()} for rate in rates]
    await store.SET_RATE.run_many(connection, rows)
    # Facts that an earlier release did not store would else look complete afterwards.
    await projections.advance_to(connection, workspace_id=workspace_id, today=today)
    concerned = await store.ACCOUNTS_IN.all(
        connection, workspace_id=workspace_id, currencies=sorted({rate["currency"] for rate in rows})
    )
    await projections.refresh(
        connection,
        workspace_id=workspace_id,
        account_ids=[each.account_id for each in concerned],
        today=today,
    )


async def import_rates(
    connection: Connection, actor: Actor, rates: Sequence[DatedRate], *, clock: Clock
) -> ImportedRates:
    """As `set_rates`, with an entry in the audit log, which is returned."""
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
    return imported


async def import_new(connection: Connection, actor: Actor, new: NewRates, *, clock: Clock) -> ImportedRates:
    """As `import_rates`; raises DataValidationError that names the place of the first wrong rate, or of a repeated one."""
    own, today = await identity.currency(connection), today_of(clock)
    checked: dict[tuple[str, date], DatedRate] = {}
    for number, each in enumerate(new.rates):
        place = f"rates[{number}]"
        try:
            rate = checked_rate(each.currency, each.on, each.rate, own=own, today=today)
        except DataValidationError as error:
            raise DataValidationError(f"{place}: {error.message}", hint=error.hint) from None
        if (rate.currency, rate.on) in checked:
            raise DataValidationError(
                f"{place}: there is another rate of {rate.currency} for {rate.on}.", hint="Send one of them."
            )
        checked[rate.currency, rate.on] = rate
    return await import_rates(connection, actor, list(checked.values()), clock=clock)


async def rates_page(
    reader: Readable,
    filters: RateFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: RatePlace | None = None,
) -> tuple[list[ExchangeRate], RatePlace | None]:
    """A page of exchange rates by currency, the newest first, and where it ended unless it is the last one."""
    found = await store.PAGE.all(
        reader,
        workspace_id=workspace_id,
        **msgspec.structs.asdict(filters),
        after=after.currency if after else None,
        after_on=after.on if after else None,
        limit=limit + 1,
    )
    items = found[:limit]
    return items, RatePlace(items[-1].currency, items[-1].on) if len(found) > limit else None
