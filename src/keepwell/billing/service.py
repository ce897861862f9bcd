"""Failed payments: which are open, who has to act on them, and what became of others since a time."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from keepwell.billing import store
from keepwell.billing.model import (
    AUTHENTICATION_DECLINES,
    HARD_DECLINES,
    USUAL_DAYS,
    FailedPaymentFilter,
    FailedPaymentItem,
    FailedPaymentTotals,
)
from keepwell.platform.database import Readable
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.records.accounts.model import AccountGroup, group_of

_FIRST = 3
_RULES = {
    "hard_declines": list(HARD_DECLINES),
    "authentication_declines": list(AUTHENTICATION_DECLINES),
    "usual_days": USUAL_DAYS,
}


async def list_failed_payments(
    reader: Readable,
    filters: FailedPaymentFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[FailedPaymentItem]:
    """A page of failed payments; by default the largest first, and those without an exchange rate last."""
    return await store.PAGES.page(
        reader,
        filters.sort,
        limit=limit,
        after=after,
        workspace_id=workspace_id,
        on=filters.on,
        needs_person=filters.needs_person,
        account_id=filters.account_id,
        **_RULES,
    )


async def totals(reader: Readable, *, workspace_id: UUID, on: date) -> FailedPaymentTotals:
    """How many failed payments there are on the day `on`, and how many of them need a person."""
    return await store.TOTALS.one(reader, workspace_id=workspace_id, on=on, **_RULES)


async def failed_since(
    reader: Readable, since: datetime, *, workspace_id: UUID, until: datetime
) -> AccountGroup:
    """Payments whose latest charge since then failed."""
    return group_of(
        await store.FAILED_SINCE.all(
            reader, workspace_id=workspace_id, since=since, until=until, on=until.date(), limit=_FIRST
        )
    )


async def recovered_since(
    reader: Readable, since: datetime, *, workspace_id: UUID, until: datetime
) -> AccountGroup:
    """Payments that succeeded since then after an earlier charge for the same invoice had failed."""
    return group_of(
        await store.RECOVERED_SINCE.all(
            reader, workspace_id=workspace_id, since=since, until=until, on=until.date(), limit=_FIRST
        )
    )
