"""Plans: list, read, add, change. A plan that was ever sold is archived, not deleted."""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import NotFound
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.values.fields import given
from keepwell.platform.values.versions import require_version
from keepwell.records.changes import ChangeContext
from keepwell.records.plans import store
from keepwell.records.plans.model import NewPlan, PlanChange, PlanItem, PlanSort


async def list_plans(
    reader: Readable,
    sort: PlanSort,
    *,
    workspace_id: UUID,
    archived: bool | None,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[PlanItem]:
    """A page of plans: archived, current, or all."""
    return await store.PAGES.page(
        reader, sort, limit=limit, after=after, workspace_id=workspace_id, archived=archived
    )


async def get_plan(connection: Connection, *, workspace_id: UUID, plan_id: UUID) -> PlanItem:
    """One plan; raises NotFound if the workspace has no such plan."""
    found = await store.PLAN.maybe_one(connection, workspace_id=workspace_id, plan_id=plan_id)
    if found is None:
        raise _no_plan(plan_id)
    return found


async def create_plan(context: ChangeContext, new: NewPlan) -> PlanItem:
    """Add a plan; raises Conflict if its external id is taken."""
    plan_id = context.runtime.ids.new()
    await store.INSERT.run(
        context.connection, workspace_id=context.workspace_id, id=plan_id, **msgspec.structs.asdict(new)
    )
    await context.changed("plans", plan_id)
    created = await get_plan(context.connection, workspace_id=context.workspace_id, plan_id=plan_id)
    await context.record("plan.created", plan_id, after=created)
    return created


async def ensure_plan(context: ChangeContext, external_id: str) -> None:
    """Create the plan, named after its id, if there is none: a subscription may name a plan nobody described."""
    plan_id = context.runtime.ids.new()
    is_new = await store.ENSURE.run(
        context.connection, workspace_id=context.workspace_id, id=plan_id, external_id=external_id
    )
    if is_new:
        await context.changed("plans", plan_id)


async def update_plan(
    context: ChangeContext, change: PlanChange, *, plan_id: UUID, version: int | None
) -> PlanItem:
    """Apply a partial update; raises NotFound, or PreconditionFailed if the version is not `version`."""
    before = await store.LOCKED_PLAN.maybe_one(
        context.connection, workspace_id=context.workspace_id, plan_id=plan_id
    )
    if before is None:
        raise _no_plan(plan_id)
    require_version(before.version, version)
    fields = {name: getattr(before, name) for name in ("name", "amount", "amount_per", "currency")}
    values = {"is_archived": before.archived_at is not None, **fields, **given(change)}
    archived_at = (before.archived_at or context.runtime.clock.now()) if values.pop("is_archived") else None
    await store.UPDATE.run(
        context.connection,
        workspace_id=context.workspace_id,
        plan_id=plan_id,
        archived_at=archived_at,
        **values,
    )
    await context.changed("plans", plan_id)
    after = await get_plan(context.connection, workspace_id=context.workspace_id, plan_id=plan_id)
    await context.record("plan.updated", plan_id, before=before, after=after)
    return after


def _no_plan(plan_id: UUID) -> NotFound:
    return NotFound(f"There is no plan {plan_id} here.", hint="GET /v1/plans lists them.")
