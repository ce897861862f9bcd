"""Revenue figures and accounts over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from keepwell.identity.model import Principal
from keepwell.platform.clock import today
from keepwell.platform.http import Cursor, InTransaction, Limit, TheClock, next_page_header, problems
from keepwell.subscriptions import service
from keepwell.subscriptions.views import (
    AccountFilter,
    AccountPage,
    AccountSort,
    AccountStatus,
    MovementsBy,
    MovementsReport,
    MrrReport,
)


@get("/v1/metrics/mrr", tags=["metrics"], summary="MRR of a day", operation_id="getMrr", responses=problems())
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


@get(
    "/v1/accounts",
    tags=["accounts"],
    summary="List accounts",
    operation_id="listAccounts",
    responses=problems(),
)
async def list_accounts(  # noqa: PLR0913, PLR0917  one argument per query parameter
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    connection: InTransaction,
    clock: TheClock,
    q: Annotated[str | None, QueryParameter(max_length=200, description="A part of the name or id.")] = None,
    status: FromQuery[AccountStatus | None] = None,
    plan: Annotated[str | None, QueryParameter(max_length=200)] = None,
    sort: FromQuery[AccountSort] = "-mrr",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response[AccountPage]:
    """Accounts as of today, a page at a time."""
    page = await service.list_accounts(
        connection,
        AccountFilter(search=q, status=status, plan=plan, sort=sort),
        workspace_id=principal.workspace_id,
        on=today(clock),
        limit=limit,
        cursor=cursor,
    )
    return Response(page, headers=next_page_header(request, page.next))
