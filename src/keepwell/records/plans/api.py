"""Plans over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, PathParameter, SkipValidation

from keepwell.identity.model import Principal
from keepwell.platform.http.routes import InTransaction, problems, requires
from keepwell.platform.http.versions import version_of
from keepwell.platform.http.writes import IfMatch, TheWrite, versioned
from keepwell.platform.pagination.listing import Listing, SparsePage
from keepwell.records.dependencies import TheChangeContext
from keepwell.records.plans import service
from keepwell.records.plans.model import NewPlan, PlanChange, PlanItem, PlanPage, PlanSort

PlanId = Annotated[UUID, PathParameter(description="The plan's `id`.")]


@get(
    "/v1/plans",
    opt=requires("read"),
    tags=["plans"],
    summary="List plans",
    operation_id="listPlans",
    responses=problems(),
)
async def list_plans(
    listing: SkipValidation[NamedDependency[Listing[None]]],
    archived: FromQuery[bool | None] = None,
    sort: FromQuery[PlanSort] = "name",
) -> Response[PlanPage | SparsePage]:
    """Current and archived plans, a page at a time."""
    found = await service.list_plans(
        listing.reader,
        sort,
        workspace_id=listing.workspace_id,
        archived=archived,
        limit=listing.limit,
        after=listing.after,
    )
    return listing.answer(PlanPage, found)


@get(
    "/v1/plans/{plan_id:uuid}",
    opt=requires("read"),
    tags=["plans"],
    summary="One plan",
    operation_id="getPlan",
    responses=problems(404),
)
async def get_plan(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    connection: InTransaction,
    plan_id: PlanId,
) -> Response[PlanItem]:
    """One plan, with the ETag that a change of it requires."""
    item = await service.get_plan(connection, workspace_id=principal.workspace_id, plan_id=plan_id)
    return versioned(request, item, version=item.version)


@post(
    "/v1/plans",
    opt=requires("books"),
    tags=["plans"],
    summary="Add a plan",
    operation_id="createPlan",
    responses=problems(409),
)
async def create_plan(
    data: JSONBody[NewPlan], write: TheWrite, context: TheChangeContext
) -> Response[PlanItem]:
    """Add a plan that subscriptions can refer to."""
    return await write.create(partial(service.create_plan, context, data), at="/v1/plans/{id}")


@patch(
    "/v1/plans/{plan_id:uuid}",
    opt=requires("books"),
    tags=["plans"],
    summary="Change a plan",
    operation_id="updatePlan",
    responses=problems(404, 409, 412, 428),
)
async def update_plan(
    request: Request[Any, Any, Any],
    data: JSONBody[PlanChange],
    context: TheChangeContext,
    plan_id: PlanId,
    if_match: IfMatch = None,
) -> Response[PlanItem]:
    """Change the fields in the body; subscriptions keep the price they were sold at."""
    item = await service.update_plan(context, data, plan_id=plan_id, version=version_of(if_match))
    return versioned(request, item, version=item.version)


ROUTES = [list_plans, get_plan, create_plan, update_plan]
