"""The audit log over HTTP, read-only."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, QueryParameter, SkipValidation

from keepwell.identity.audit import service
from keepwell.identity.audit.model import AuditFilter, AuditPage, AuditSort
from keepwell.platform.http.routes import problems, requires
from keepwell.platform.pagination.listing import Listing, SparsePage
from keepwell.platform.values.periods import Instant, require_instant, require_order

Action = Annotated[str | None, QueryParameter(max_length=100, description="Such as `account.updated`.")]
Subject = Annotated[str | None, QueryParameter(max_length=100, description="Such as `account:ID`.")]


def provide_audit_filter(
    action: Action = None,
    subject: Subject = None,
    member_id: FromQuery[UUID | None] = None,
    start: Annotated[
        Instant | None, QueryParameter(name="from", description="Entries at or after this time.")
    ] = None,
    end: Annotated[Instant | None, QueryParameter(name="to", description="Entries before this time.")] = None,
    sort: FromQuery[AuditSort] = "-sequence",
) -> AuditFilter:
    """The dependency `filters` of the list."""
    require_instant("from", start)
    require_instant("to", end)
    require_order(start, end)
    return AuditFilter(action=action, subject=subject, member_id=member_id, start=start, end=end, sort=sort)


@get(
    "/v1/audit-entries",
    opt=requires("audit"),
    tags=["audit"],
    summary="List audit entries",
    operation_id="listAuditEntries",
    dependencies={"filters": Provide(provide_audit_filter, sync_to_thread=False)},
    responses=problems(),
)
async def list_audit_entries(
    listing: SkipValidation[NamedDependency[Listing[AuditFilter]]],
) -> Response[AuditPage | SparsePage]:
    """Changes and their authors, newest first; each entry contains the hash that links it to the previous one."""
    return await listing.read(service.list_entries, AuditPage)


ROUTES = [list_audit_entries]
