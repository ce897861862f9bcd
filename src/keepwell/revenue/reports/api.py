"""Reports of a period over HTTP."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, QueryParameter

from keepwell.identity.model import Principal
from keepwell.identity.workspace_settings.service import workspace_settings
from keepwell.platform.clock import today
from keepwell.platform.http.routes import InTransaction, TheClock, problems, requires
from keepwell.revenue.query_parameters import End, PolicyParameter, Start
from keepwell.revenue.reports.churn import churn_report, lifetime_value_report
from keepwell.revenue.reports.cohorts import cohorts_report
from keepwell.revenue.reports.model import (
    ChurnReport,
    CohortsReport,
    LifetimeValueReport,
    MovementsBy,
    MovementsReport,
    RetentionReport,
    SeriesReport,
)
from keepwell.revenue.reports.movements import movements_report
from keepwell.revenue.reports.query import ReportQuery
from keepwell.revenue.reports.retention import retention_report
from keepwell.revenue.reports.series import series_report
from keepwell.revenue.steps import StepName


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
    """How MRR moved between two days, by at most 400 steps: opening + movements + fx = closing."""
    return await movements_report(report_connection, report_query, by=by)


@get(
    "/v1/metrics/series",
    opt=requires("read"),
    tags=["metrics"],
    summary="Figures by step",
    operation_id="getSeries",
    dependencies=_REPORT_QUERY,
    responses=problems(),
)
async def get_series(
    report_connection: InTransaction,
    report_query: TheReportQuery,
    by: FromQuery[StepName] = "month",
    over: Annotated[
        int, QueryParameter(ge=1, le=60, description="Over how many months ratios look back.")
    ] = 12,
) -> SeriesReport:
    """MRR, accounts and ARPA at the end of each step, with the ratios of the months before it."""
    return await series_report(report_connection, report_query, by=by, over=over)


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
    return await retention_report(report_connection, report_query)


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
    return await churn_report(report_connection, report_query)


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
    return await lifetime_value_report(report_connection, report_query)


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
    return await cohorts_report(report_connection, report_query, today=today(clock))


ROUTES = [get_movements, get_series, get_retention, get_churn, get_lifetime_value, get_cohorts]
