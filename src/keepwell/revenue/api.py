"""Revenue figures over HTTP: MRR of a day, and the policies and why they differ."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from keepwell.identity.model import Principal
from keepwell.identity.workspace_settings.model import PolicyName
from keepwell.identity.workspace_settings.service import workspace_settings
from keepwell.platform.clock import today
from keepwell.platform.http.routes import InTransaction, TheClock, problems, requires
from keepwell.revenue import policies, service
from keepwell.revenue.policies import Policies
from keepwell.revenue.query_parameters import End, PolicyParameter, Start
from keepwell.revenue.reports.query import require_days
from keepwell.revenue.views import DifferencesReport, MrrReport


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
    require_days(start, end)
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


@get(
    "/v1/policies",
    opt=requires("read"),
    tags=["metrics"],
    summary="List policies",
    operation_id="listPolicies",
    responses=problems(),
)
async def list_policies(principal: NamedDependency[Principal], connection: InTransaction) -> Policies:
    """The definitions that figures can follow: pass the `name` of one as `policy`, or make it the workspace's.

    `PATCH /v1/workspace` with `policy` changes which one figures follow unless another is asked for.
    """
    settings = await workspace_settings(connection, principal.workspace_id)
    return Policies(list(policies.POLICIES.values()), settings.policy)


ROUTES = [get_mrr, get_differences, list_policies]
