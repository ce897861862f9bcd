"""Movements over HTTP: their list, its totals, and the export."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, QueryParameter, SkipValidation
from litestar.response import Stream

from keepwell.identity.model import Principal
from keepwell.identity.workspace_settings.service import workspace_settings
from keepwell.platform.http.routes import InTransaction, problems, requires
from keepwell.platform.pagination.export import Export
from keepwell.platform.pagination.listing import Listing, SparsePage
from keepwell.platform.values.periods import require_order
from keepwell.revenue.movements import service
from keepwell.revenue.movements.model import (
    MovementFact,
    MovementFilter,
    MovementPage,
    MovementSort,
    MovementTotals,
)
from keepwell.revenue.query_parameters import PolicyParameter
from keepwell.revenue.views import EndReasonName, Kind


def provide_movement_filter(
    start: Annotated[date | None, QueryParameter(name="from", description="The first day.")] = None,
    end: Annotated[date | None, QueryParameter(name="to", description="The last day, included.")] = None,
    policy: PolicyParameter = None,
    account_id: FromQuery[UUID | None] = None,
    kind: FromQuery[Kind | None] = None,
    end_reason: FromQuery[EndReasonName | None] = None,
    cohort: Annotated[date | None, QueryParameter(description="The first day of the cohort's month.")] = None,
    paying_before: Annotated[
        date | None, QueryParameter(description="Only of accounts that paid on the day before this one.")
    ] = None,
    sort: FromQuery[MovementSort] = "on",
) -> MovementFilter:
    """The dependency `filters`: the filter of the movement list."""
    require_order(start, end)
    return MovementFilter(
        policy=policy,
        account_id=account_id,
        kind=kind,
        end_reason=end_reason,
        cohort=cohort,
        paying_before=paying_before,
        start=start,
        end=end,
        sort=sort,
    )


_FILTERS = {"filters": Provide(provide_movement_filter, sync_to_thread=False)}


@get(
    "/v1/movements",
    opt=requires("read"),
    tags=["metrics"],
    summary="List movements",
    operation_id="listMovements",
    dependencies=_FILTERS,
    responses=problems(),
)
async def list_movements(
    listing: SkipValidation[NamedDependency[Listing[MovementFilter]]],
) -> Response[MovementPage | SparsePage]:
    """The rows behind a figure: each change of each account's MRR, with its subscriptions."""
    return await listing.read(service.list_movements, MovementPage)


@get(
    "/v1/movements/totals",
    opt=requires("read"),
    tags=["metrics"],
    summary="Totals of movements",
    operation_id="getMovementTotals",
    dependencies=_FILTERS,
    responses=problems(),
)
async def get_movement_totals(
    principal: NamedDependency[Principal],
    report_connection: InTransaction,
    filters: SkipValidation[NamedDependency[MovementFilter]],
) -> MovementTotals:
    """The number of all movements that the same filters list, and the sum of their amounts; `sort` makes no difference."""
    settings = await workspace_settings(report_connection, principal.workspace_id)
    return await service.movement_totals(
        report_connection,
        filters,
        workspace_id=principal.workspace_id,
        currency=settings.currency,
        policy=settings.policy,
    )


@get(
    "/v1/movements.csv",
    opt=requires("export"),
    tags=["metrics"],
    summary="Export movements",
    operation_id="exportMovements",
    media_type="text/csv",
    dependencies=_FILTERS,
    responses=problems(),
)
async def export_movements(export: SkipValidation[NamedDependency[Export[MovementFilter]]]) -> Stream:
    """All movements of the filtered list as CSV, from one snapshot."""
    return await export.csv(service.list_movements, MovementFact, name="movements")


ROUTES = [list_movements, get_movement_totals, export_movements]
