"""The save list over HTTP."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from keepwell.churn import service
from keepwell.churn.model import SaveList
from keepwell.identity.model import Principal
from keepwell.platform.http import Cursor, InTransaction, Limit, next_page_header, problems


@get(
    "/v1/save-list", tags=["churn"], summary="The save list", operation_id="getSaveList", responses=problems()
)
async def get_save_list(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    connection: InTransaction,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response[SaveList]:
    """Paying accounts by revenue at risk, with reasons, and what the model behind it is worth."""
    page = await service.save_list(
        connection, workspace_id=principal.workspace_id, limit=limit, cursor=cursor
    )
    return Response(page, headers=next_page_header(request, page.next))
