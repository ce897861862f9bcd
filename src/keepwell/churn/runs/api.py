"""The runs over HTTP."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from keepwell.churn.runs import service
from keepwell.churn.runs.model import RunPage
from keepwell.platform.http.routes import problems, requires
from keepwell.platform.pagination.listing import Listing, SparsePage


@get(
    "/v1/churn/runs",
    opt=requires("read"),
    tags=["churn"],
    summary="List runs",
    operation_id="listChurnRuns",
    responses=problems(),
)
async def list_runs(
    listing: SkipValidation[NamedDependency[Listing[None]]],
) -> Response[RunPage | SparsePage]:
    """The scorings of the accounts so far, newest first: the newest with the state `scored` made the save list."""
    return await listing.read(service.list_runs, RunPage)


ROUTES: list[Any] = [list_runs]
