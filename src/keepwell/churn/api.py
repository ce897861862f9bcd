"""The save list over HTTP."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from keepwell.churn import service
from keepwell.churn.model import SaveList, SaveListPlace
from keepwell.platform.http.routes import problems, requires
from keepwell.platform.pagination.listing import Listing


@get(
    "/v1/save-list",
    opt=requires("read"),
    tags=["churn"],
    summary="The save list",
    operation_id="getSaveList",
    responses=problems(),
)
async def get_save_list(listing: SkipValidation[NamedDependency[Listing[None]]]) -> Response[SaveList]:
    """Accounts that pay today by revenue at risk, with reasons, and how reliable the model behind them is."""
    page, end = await service.save_list(
        listing.reader,
        workspace_id=listing.workspace_id,
        limit=listing.limit,
        after=listing.place(SaveListPlace),
    )
    cursor, headers = listing.next_page(end)
    return Response(msgspec.structs.replace(page, next=cursor), headers=headers)
