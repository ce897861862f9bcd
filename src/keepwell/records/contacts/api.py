"""Contacts over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter, SkipValidation
from litestar.response import Stream

from keepwell.identity.model import Principal
from keepwell.platform.http.routes import InTransaction, problems, requires
from keepwell.platform.http.versions import version_of
from keepwell.platform.http.writes import IfMatch, TheWrite, versioned
from keepwell.platform.pagination.export import Export
from keepwell.platform.pagination.listing import Listing, SparsePage
from keepwell.records.contacts import service
from keepwell.records.contacts.model import (
    ContactChange,
    ContactFilter,
    ContactItem,
    ContactPage,
    ContactSort,
    NewContact,
)
from keepwell.records.dependencies import TheChangeContext

ContactId = Annotated[UUID, PathParameter(description="The contact's `id`.")]


def provide_contact_filter(
    account_id: FromQuery[UUID | None] = None,
    email: Annotated[
        str | None, QueryParameter(max_length=320, description="The whole e-mail, in any case.")
    ] = None,
    is_billing: FromQuery[bool | None] = None,
    sort: FromQuery[ContactSort] = "name",
) -> ContactFilter:
    """The dependency `filters`: the filter of the contact lists."""
    return ContactFilter(account_id=account_id, email=email, is_billing=is_billing, sort=sort)


_FILTERS = {"filters": Provide(provide_contact_filter, sync_to_thread=False)}


@get(
    "/v1/contacts",
    opt=requires("read"),
    tags=["contacts"],
    summary="List contacts",
    operation_id="listContacts",
    dependencies=_FILTERS,
    responses=problems(),
)
async def list_contacts(
    listing: SkipValidation[NamedDependency[Listing[ContactFilter]]],
) -> Response[ContactPage | SparsePage]:
    """Contacts, a page at a time."""
    return await listing.read(service.list_contacts, ContactPage)


@get(
    "/v1/contacts.csv",
    opt=requires("export"),
    tags=["contacts"],
    summary="Export contacts",
    operation_id="exportContacts",
    media_type="text/csv",
    dependencies=_FILTERS,
    responses=problems(),
)
async def export_contacts(export: SkipValidation[NamedDependency[Export[ContactFilter]]]) -> Stream:
    """All contacts of the filtered list as CSV, from one snapshot."""
    return await export.csv(service.list_contacts, ContactItem, name="contacts")


@get(
    "/v1/contacts/{contact_id:uuid}",
    opt=requires("read"),
    tags=["contacts"],
    summary="One contact",
    operation_id="getContact",
    responses=problems(404),
)
async def get_contact(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    connection: InTransaction,
    contact_id: ContactId,
) -> Response[ContactItem]:
    """One contact, with the ETag that a change of it requires."""
    item = await service.get_contact(connection, workspace_id=principal.workspace_id, contact_id=contact_id)
    return versioned(request, item, version=item.version)


@post(
    "/v1/contacts",
    opt=requires("write"),
    tags=["contacts"],
    summary="Add a contact",
    operation_id="createContact",
    responses=problems(404, 409),
)
async def create_contact(
    data: JSONBody[NewContact], write: TheWrite, context: TheChangeContext
) -> Response[ContactItem]:
    """Add a person or a role at an account. A new billing contact takes the flag from the account's previous one."""
    return await write.create(partial(service.create_contact, context, data), at="/v1/contacts/{id}")


@patch(
    "/v1/contacts/{contact_id:uuid}",
    opt=requires("write"),
    tags=["contacts"],
    summary="Change a contact",
    operation_id="updateContact",
    responses=problems(404, 409, 412, 428),
)
async def update_contact(
    request: Request[Any, Any, Any],
    data: JSONBody[ContactChange],
    context: TheChangeContext,
    contact_id: ContactId,
    if_match: IfMatch = None,
) -> Response[ContactItem]:
    """Change the fields in the body; `is_billing` takes the flag from the account's previous billing contact."""
    item = await service.update_contact(context, data, contact_id=contact_id, version=version_of(if_match))
    return versioned(request, item, version=item.version)


@delete(
    "/v1/contacts/{contact_id:uuid}",
    opt=requires("write"),
    tags=["contacts"],
    summary="Remove a contact",
    operation_id="deleteContact",
    responses=problems(404, 412, 428),
)
async def delete_contact(context: TheChangeContext, contact_id: ContactId, if_match: IfMatch = None) -> None:
    """Delete a contact."""
    await service.delete_contact(context, contact_id=contact_id, version=version_of(if_match))


ROUTES = [list_contacts, export_contacts, get_contact, create_contact, update_contact, delete_contact]
