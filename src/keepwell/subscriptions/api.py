"""Revenue figures over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from keepwell.identity.model import Principal
from keepwell.platform.clock import today
from keepwell.platform.http import InTransaction, TheClock, problems, requires
from keepwell.subscriptions import service
from keepwell.subscriptions.views import MovementsBy, MovementsReport, MrrReport


@get(
    "/v1/metrics/mrr",
    opt=requires("read"),
    tags=["metrics"],
    summary="MRR of a day",
    operation_id="getMrr",
    responses=problems(),
)
async def get_mrr(
    principal: NamedDependency[Principal],
    connection: InTransaction,
    clock: TheClock,
    on: Annotated[date | None, QueryParameter(description="The day; today where left out.")] = None,
) -> MrrReport:
    """Monthly recurring revenue at the end of a day."""
    return await service.mrr(connection, workspace_id=principal.workspace_id, on=on or today(clock))


@get(
    "/v1/metrics/movements",
    opt=requires("read"),
    tags=["metrics"],
    summary="Movements of MRR",
    operation_id="getMovements",
    responses=problems(),
)
async def get_movements(
    principal: NamedDependency[Principal],
    connection: InTransaction,
    start: Annotated[date, QueryParameter(name="from", description="The first day.")],
    end: Annotated[date, QueryParameter(name="to", description="The last day, included.")],
    by: FromQuery[MovementsBy] = "month",
) -> MovementsReport:
    """How MRR moved from one day to another: opening + movements + fx = closing."""
    return await service.movements_report(
        connection, workspace_id=principal.workspace_id, start=start, end=end, by=by
    )
