"""Save cases over HTTP."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter, SkipValidation
from litestar.response import Stream

from keepwell.churn.cases import service
from keepwell.churn.cases.model import (
    Arm,
    CaseContact,
    CaseDetail,
    CaseFilter,
    CaseItem,
    CaseOutcome,
    CasePage,
    CaseSort,
    NewCaseContact,
)
from keepwell.identity.model import Principal
from keepwell.identity.permissions import Permission
from keepwell.platform.http.routes import InTransaction, problems, requires
from keepwell.platform.http.writes import TheWrite, versioned
from keepwell.platform.pagination.export import Export
from keepwell.platform.pagination.listing import Listing, SparsePage
from keepwell.records.dependencies import TheChangeContext

CaseId = Annotated[UUID, PathParameter(description="The case's `id`.")]
ContactId = Annotated[UUID, PathParameter(description="The `id` of a contact of the case.")]


def provide_case_filter(
    principal: NamedDependency[Principal],
    account_id: FromQuery[UUID | None] = None,
    arm: FromQuery[Arm | None] = None,
    outcome: FromQuery[CaseOutcome | None] = None,
    opened_from: Annotated[
        date | None, QueryParameter(description="Only cases opened on this day or later.")
    ] = None,
    opened_to: Annotated[
        date | None, QueryParameter(description="Only cases opened on this day or earlier.")
    ] = None,
    sort: FromQuery[CaseSort] = "-opened_on",
) -> CaseFilter:
    """The dependency `filters`: the filter of cases."""
    return CaseFilter(
        with_held=_may_see_held(principal),
        account_id=account_id,
        arm=arm,
        outcome=outcome,
        opened_from=opened_from,
        opened_to=opened_to,
        sort=sort,
    )


_FILTERS = {"filters": Provide(provide_case_filter, sync_to_thread=False)}


@get(
    "/v1/save-cases",
    opt=requires("read"),
    tags=["save cases"],
    summary="List cases",
    operation_id="listSaveCases",
    dependencies=_FILTERS,
    responses=problems(),
)
async def list_cases(
    listing: SkipValidation[NamedDependency[Listing[CaseFilter]]],
) -> Response[CasePage | SparsePage]:
    """Accounts at risk and what became of them. Those that are left alone are listed for whoever may read the holdout."""
    return await listing.read(service.list_cases, CasePage)


@get(
    "/v1/save-cases.csv",
    opt=requires("export"),
    tags=["save cases"],
    summary="Export cases",
    operation_id="exportSaveCases",
    media_type="text/csv",
    dependencies=_FILTERS,
    responses=problems(),
)
async def export_cases(export: SkipValidation[NamedDependency[Export[CaseFilter]]]) -> Stream:
    """All cases of the filtered list as CSV, from one snapshot; those left alone for whoever may read the holdout."""
    return await export.csv(service.list_cases, CaseItem, name="save-cases")


@get(
    "/v1/save-cases/{case_id:uuid}",
    opt=requires("read"),
    tags=["save cases"],
    summary="One case",
    operation_id="getSaveCase",
    responses=problems(404),
)
async def get_case(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    connection: InTransaction,
    case_id: CaseId,
) -> Response[CaseDetail]:
    """A case with the contacts that were made."""
    item = await service.get_case(
        connection,
        workspace_id=principal.workspace_id,
        case_id=case_id,
        with_held=_may_see_held(principal),
    )
    return versioned(request, item, version=item.version)


@post(
    "/v1/save-cases/{case_id:uuid}/contacts",
    opt=requires("follow-up"),
    tags=["save cases"],
    summary="Record a contact",
    operation_id="recordSaveCaseContact",
    responses=problems(404, 409),
)
async def record_contact(
    data: JSONBody[NewCaseContact],
    principal: NamedDependency[Principal],
    write: TheWrite,
    context: TheChangeContext,
    case_id: CaseId,
) -> Response[CaseContact]:
    """Record that somebody called, wrote to or met the account.

    409 `account-left-alone` says that it is not to be contacted; with `crossover_reason` the contact is recorded nevertheless, and the
    case stays counted among those left alone.
    """
    work = partial(service.record_contact, context, data, case_id=case_id, with_held=_may_see_held(principal))
    return await write.create(work, at=f"/v1/save-cases/{case_id}")


@delete(
    "/v1/save-cases/{case_id:uuid}/contacts/{contact_id:uuid}",
    opt=requires("follow-up"),
    tags=["save cases"],
    summary="Take back a contact",
    operation_id="removeSaveCaseContact",
    responses=problems(404),
)
async def remove_contact(
    principal: NamedDependency[Principal],
    context: TheChangeContext,
    case_id: CaseId,
    contact_id: ContactId,
) -> None:
    """Remove a contact that was recorded by mistake."""
    await service.remove_contact(
        context, case_id=case_id, contact_id=contact_id, with_held=_may_see_held(principal)
    )


def _may_see_held(principal: Principal) -> bool:
    return Permission.READ_HOLDOUT in principal.permissions


ROUTES: list[Any] = [list_cases, export_cases, get_case, record_contact, remove_contact]
