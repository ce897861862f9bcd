"""Mails over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, PathParameter, QueryParameter, SkipValidation

from keepwell.app.mail.sending_again import send_again
from keepwell.identity.model import Actor, Principal
from keepwell.platform.http.routes import InTransaction, TheClock, TheSettings, problems, requires
from keepwell.platform.http.writes import TheWrite
from keepwell.platform.mail import service
from keepwell.platform.mail.model import MailDetail, MailPage, MailSort, MailStatus
from keepwell.platform.pagination.listing import Listing, SparsePage

MailId = Annotated[UUID, PathParameter(description="The mail's `id`.")]


class MailFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Filters and order of a list of mails."""

    status: MailStatus | None = None
    kind: str | None = None
    sort: MailSort = "-id"


def provide_mail_filter(
    status: FromQuery[MailStatus | None] = None,
    kind: Annotated[str | None, QueryParameter(max_length=63)] = None,
    sort: FromQuery[MailSort] = "-id",
) -> MailFilter:
    """The dependency `filters` of the list."""
    return MailFilter(status=status, kind=kind, sort=sort)


@get(
    "/v1/mail",
    opt=requires("read"),
    tags=["mail"],
    summary="List mails",
    operation_id="listMails",
    dependencies={"filters": Provide(provide_mail_filter, sync_to_thread=False)},
    responses=problems(),
)
async def list_mails(
    listing: SkipValidation[NamedDependency[Listing[MailFilter]]],
) -> Response[MailPage | SparsePage]:
    """Mails and what became of them, newest first."""
    chosen = listing.filters
    found = await service.list_mails(
        listing.reader,
        chosen.sort,
        workspace_id=listing.workspace_id,
        limit=listing.limit,
        after=listing.after,
        status=chosen.status,
        kind=chosen.kind,
    )
    return listing.answer(MailPage, found)


@get(
    "/v1/mail/{mail_id:uuid}",
    opt=requires("read"),
    tags=["mail"],
    summary="One mail",
    operation_id="getMail",
    responses=problems(404),
)
async def get_mail(
    principal: NamedDependency[Principal], connection: InTransaction, mail_id: MailId
) -> MailDetail:
    """One mail with its texts; those of sign-in links and invitations are for their recipients only."""
    return await service.get_mail(connection, principal.workspace_id, mail_id=mail_id)


@post(
    "/v1/mail/{mail_id:uuid}/send-again",
    opt=requires("write"),
    tags=["mail"],
    summary="Send a mail again",
    operation_id="sendMailAgain",
    status_code=200,
    responses=problems(404, 409),
)
async def send_mail_again(
    write: TheWrite,
    actor: NamedDependency[Actor],
    clock: TheClock,
    settings: TheSettings,
    mail_id: MailId,
) -> Response[MailDetail]:
    """Send a mail that was kept, failed or expired, or whose outcome is unknown. It is the same message, and may arrive twice."""
    return await write.act(
        partial(send_again, write.connection, actor, mail_id=mail_id, settings=settings, clock=clock)
    )


ROUTES: list[Any] = [list_mails, get_mail, send_mail_again]
