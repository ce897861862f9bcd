"""What lists turned out to be worth, and drift, over HTTP."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from keepwell.churn.drift.model import DriftReport
from keepwell.churn.live import service
from keepwell.churn.live.model import JudgedListPage, LiveReport
from keepwell.identity.model import Principal
from keepwell.platform.http.routes import TheReader, problems, requires
from keepwell.platform.pagination.listing import Listing, SparsePage


@get(
    "/v1/churn/live",
    opt=requires("read"),
    tags=["churn"],
    summary="What lists turned out to be worth",
    operation_id="getChurnLive",
    responses=problems(),
)
async def get_live(principal: NamedDependency[Principal], reader: TheReader) -> LiveReport:
    """Whether the probabilities of the served model hold, by what then happened, beside its held-out figures."""
    return await service.live_report(reader, workspace_id=principal.workspace_id)


@get(
    "/v1/churn/live/lists",
    opt=requires("read"),
    tags=["churn"],
    summary="List judged lists",
    operation_id="listChurnLiveLists",
    responses=problems(),
)
async def list_judged(
    listing: SkipValidation[NamedDependency[Listing[None]]],
) -> Response[JudgedListPage | SparsePage]:
    """Each list with what became of its accounts, judged after a third, two thirds and all of its horizon; newest first."""
    return await listing.read(service.judged_lists, JudgedListPage)


@get(
    "/v1/churn/drift",
    opt=requires("read"),
    tags=["churn"],
    summary="Drift of the newest list",
    operation_id="getChurnDrift",
    responses=problems(),
)
async def get_drift(principal: NamedDependency[Principal], reader: TheReader) -> DriftReport:
    """How far the accounts of the newest list are from those that its model was learnt from, beside what chance does."""
    return await service.drift_report(reader, workspace_id=principal.workspace_id)


ROUTES: list[Any] = [get_live, list_judged, get_drift]
