"""The timeline of an account over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, PathParameter, SkipValidation

from keepwell.app.timeline.model import Timeline, TimelineFilter, TimelineKind
from keepwell.app.timeline.service import TimelineReader
from keepwell.identity.model import Principal
from keepwell.identity.permissions import Permission
from keepwell.platform.clock import today
from keepwell.platform.http.routes import TheClock, TheSettings, problems, requires
from keepwell.platform.pagination.listing import Listing
from keepwell.records.timeline.model import TimelinePlace


def provide_timeline_filter(kinds: FromQuery[list[TimelineKind] | None] = None) -> TimelineFilter:
    """The dependency `filters` of a timeline; a kind named twice is read once."""
    return TimelineFilter(list(dict.fromkeys(kinds)) if kinds else None)


@get(
    "/v1/accounts/{account_id:uuid}/timeline",
    opt=requires("read"),
    tags=["accounts"],
    summary="Timeline of an account",
    operation_id="getAccountTimeline",
    dependencies={"filters": Provide(provide_timeline_filter, sync_to_thread=False)},
    responses=problems(404),
)
async def get_account_timeline(
    listing: SkipValidation[NamedDependency[Listing[TimelineFilter]]],
    principal: NamedDependency[Principal],
    clock: TheClock,
    settings: TheSettings,
    account_id: Annotated[UUID, PathParameter(description="The account's `id`.")],
) -> Response[Timeline]:
    """What happened to an account, newest first, with product events folded by day; and what is known to come."""
    timeline = TimelineReader(
        reader=listing.reader,
        lake=settings.lake,
        intake_root=settings.intake(principal.workspace_id),
        workspace_id=principal.workspace_id,
        today=today(clock),
        with_held=Permission.READ_HOLDOUT in principal.permissions,
    )
    after = listing.place(TimelinePlace)
    page, end = await timeline.page(listing.filters, account_id=account_id, limit=listing.limit, after=after)
    planned = await timeline.planned(account_id) if after is None else []
    cursor, headers = listing.next_page(end)
    return Response(Timeline(page, planned, cursor), headers=headers)


ROUTES: list[Any] = [get_account_timeline]
