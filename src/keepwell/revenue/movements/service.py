"""The facts behind figures, listed, counted and as moments of an account."""

from __future__ import annotations

from uuid import UUID

from keepwell.identity.workspace_settings.model import PolicyName
from keepwell.platform.database import Connection, Readable
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.records.timeline.service import MomentsBefore
from keepwell.revenue.movements import store
from keepwell.revenue.movements.model import MovementFact, MovementFilter, MovementMoment, MovementTotals
from keepwell.revenue.rollups import service as rollups
from keepwell.revenue.rollups.service import Scope
from keepwell.revenue.views import money


async def list_movements(
    reader: Readable,
    filters: MovementFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[MovementFact]:
    """A page of the facts behind a figure."""
    return await store.PAGES.page(
        reader,
        filters.sort,
        limit=limit,
        after=after,
        workspace_id=workspace_id,
        policy=filters.policy,
        account_id=filters.account_id,
        kind=filters.kind,
        end_reason=filters.end_reason,
        cohort=filters.cohort,
        paying_before=filters.paying_before,
        start=filters.start,
        end=filters.end,
    )


async def movement_totals(
    connection: Connection, filters: MovementFilter, *, workspace_id: UUID, currency: str, policy: PolicyName
) -> MovementTotals:
    """How many movements and FX lines the filters list, and their sum."""
    chosen = filters.policy or policy
    kind = {"kind": filters.kind, "end_reason": filters.end_reason, "cohort": filters.cohort}
    if filters.account_id is None and filters.paying_before is None:
        found = await rollups.counted(
            connection, Scope(workspace_id, chosen), start=filters.start, end=filters.end, **kind
        )
    else:
        found = await store.COUNTED.one(
            connection,
            workspace_id=workspace_id,
            policy=chosen,
            account_id=filters.account_id,
            paying_before=filters.paying_before,
            start=filters.start,
            end=filters.end,
            **kind,
        )
    return MovementTotals(found.movements, money(found.annual_amount), currency, chosen)


async def movement_moments(reader: Readable, asked: MomentsBefore) -> list[MovementMoment]:
    """The account's movements by the workspace's policy, newest first, each with its MRR before and after."""
    return await store.MOVEMENTS_OF_ACCOUNT.all(reader, **asked.parameters())
