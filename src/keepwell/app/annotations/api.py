"""Annotations over HTTP."""

from __future__ import annotations

from typing import Any

from litestar import get
from litestar.di import NamedDependency

from keepwell.app.annotations import service
from keepwell.app.annotations.model import Annotations
from keepwell.identity.model import Principal
from keepwell.platform.http.routes import TheReader, problems, requires
from keepwell.revenue.query_parameters import End, Start


@get(
    "/v1/metrics/annotations",
    opt=requires("read"),
    tags=["metrics"],
    summary="What explains the figures",
    operation_id="listAnnotations",
    responses=problems(),
)
async def list_annotations(
    principal: NamedDependency[Principal], reader: TheReader, start: Start, end: End
) -> Annotations:
    """Events to mark on a chart: the first day with revenue, imports and their undo, Stripe, policies, exchange rates, list prices."""
    return await service.happened(reader, workspace_id=principal.workspace_id, start=start, end=end)


ROUTES: list[Any] = [list_annotations]
