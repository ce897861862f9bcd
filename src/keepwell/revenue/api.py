"""Revenue figures over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, QueryParameter, SkipValidation

from keepwell.identity.model import Principal
from keepwell.identity.workspace_settings.model import PolicyName
from keepwell.identity.workspace_settings.service import workspace_settings
from keepwell.platform.clock import today
from keepwell.platform.http.routes import InTransaction, TheClock, problems, requires
from keepwell.platform.pagination.listing import Listing, SparsePage
from keepwell.platform.values.periods import require_order
from keepwell.revenue import reports, service
from keepwell.revenue.reports import ReportQuery
from keepwell.revenue.views import (
    ChurnReport,
    CohortsReport,
    DifferencesReport,
    EndReasonName,
    Kind,
    LifetimeValueReport,
    MovementFilter,
    MovementPage,
    MovementsBy,
    MovementSort,
    MovementsReport,
    MrrReport,
    RetentionReport,
)

Start = Annotated[date, QueryParameter(name="from", description="The first day.")]
End = Annotated[date, QueryParameter(name="to", description="The last day, included.")]
PolicyParameter = Annotated[
    PolicyName | None,
    QueryParameter(description="The policy that defines the figure; by default the workspace's."),
]


async def provide_report_query(
    principal: NamedDependency[Principal],
    report_connection: InTransaction,
    start: Start,
    end: End,
    policy: PolicyParameter = None,
) -> ReportQuery:
    """The dependency `report_query`: workspace, period and policy of a report."""
    settings = await workspace_settings(report_connection, principal.workspace_id)
    return ReportQuery(principal.workspace_id, start, end, settings.currency, policy or settings.policy)


_REPORT_QUERY = {"report_query": Provide(provide_report_query)}
TheReportQuery = NamedDependency[ReportQuery]


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
    report_connection: InTransaction,
    clock: TheClock,
    on: Annotated[date | None, QueryParameter(description="The day; today by default.")] = None,
    policy: PolicyParameter = None,
) -> MrrReport:
    """Monthly recurring revenue at the end of a day, with ARR and ARPA."""
    settings = await workspace_settings(report_connection, principal.workspace_id)
    return await service.mrr(
        report_connection,
        workspace_id=principal.workspace_id,
        on=on or today(clock),
        currency=settings.currency,
        policy=policy or settings.policy,
    )


@get(
    "/v1/metrics/movements",
    opt=requires("read"),
    tags=["metrics"],
    summary="Movements of MRR",
    operation_id="getMovements",
    dependencies=_REPORT_QUERY,
    responses=problems(),
)
async def get_movements(
    report_connection: InTransaction, report_query: TheReportQuery, by: FromQuery[MovementsBy] = "month"
) -> MovementsReport:
    """How MRR moved between two days: opening + movements + fx = closing."""
    return await reports.movements(report_connection, report_query, by=by)


@get(
    "/v1/metrics/retention",
    opt=requires("read"),
    tags=["metrics"],
    summary="Revenue retention",
    operation_id="getRetention",
    dependencies=_REPORT_QUERY,
    responses=problems(),
)
async def get_retention(report_connection: InTransaction, report_query: TheReportQuery) -> RetentionReport:
    """GRR and NRR point to point over the opening customers, and NRR by movements."""
    return await reports.retention(report_connection, report_query)


@get(
    "/v1/metrics/churn",
    opt=requires("read"),
    tags=["metrics"],
    summary="Churn",
    operation_id="getChurn",
    dependencies=_REPORT_QUERY,
    responses=problems(),
)
async def get_churn(report_connection: InTransaction, report_query: TheReportQuery) -> ChurnReport:
    """Accounts and revenue lost, voluntary and involuntary separately, and as monthly rates."""
    return await reports.churn(report_connection, report_query)


@get(
    "/v1/metrics/lifetime-value",
    opt=requires("read"),
    tags=["metrics"],
    summary="Lifetime value",
    operation_id="getLifetimeValue",
    dependencies=_REPORT_QUERY,
    responses=problems(),
)
async def get_lifetime_value(
    report_connection: InTransaction, report_query: TheReportQuery
) -> LifetimeValueReport:
    """What an account pays before it leaves, by the formula named in the answer."""
    return await reports.lifetime_value(report_connection, report_query)


@get(
    "/v1/metrics/cohorts",
    opt=requires("read"),
    tags=["metrics"],
    summary="Cohorts",
    operation_id="getCohorts",
    dependencies=_REPORT_QUERY,
    responses=problems(),
)
async def get_cohorts(
    report_connection: InTransaction, clock: TheClock, report_query: TheReportQuery
) -> CohortsReport:
    """Cohorts by month of the first paid day: how many customers still pay, and how much."""
    return await reports.cohorts(report_connection, report_query, today=today(clock))


@get(
    "/v1/metrics/differences",
    opt=requires("read"),
    tags=["metrics"],
    summary="Why two policies differ",
    operation_id="getDifferences",
    responses=problems(),
)
async def get_differences(
    principal: NamedDependency[Principal],
    report_connection: InTransaction,
    start: Start,
    end: End,
    other: Annotated[PolicyName, QueryParameter(description="The policy to compare with.")],
    policy: PolicyParameter = None,
) -> DifferencesReport:
    """Why two policies differ: each movement that only one of them counts."""
    reports.require_days(start, end)
    settings = await workspace_settings(report_connection, principal.workspace_id)
    return await service.differences(
        report_connection,
        workspace_id=principal.workspace_id,
        policy=policy or settings.policy,
        other=other,
        start=start,
        end=end,
        currency=settings.currency,
    )


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


@get(
    "/v1/movements",
    opt=requires("read"),
    tags=["metrics"],
    summary="List movements",
    operation_id="listMovements",
    dependencies={"filters": Provide(provide_movement_filter, sync_to_thread=False)},
    responses=problems(),
)
async def list_movements(
    listing: SkipValidation[NamedDependency[Listing[MovementFilter]]],
) -> Response[MovementPage | SparsePage]:
    """The rows behind a figure: each change of each account's MRR, with its subscriptions."""
    return await listing.read(service.list_movements, MovementPage)


ROUTES = [
    get_mrr,
    get_movements,
    get_retention,
    get_churn,
    get_lifetime_value,
    get_cohorts,
    get_differences,
    list_movements,
]
